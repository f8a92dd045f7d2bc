"""My week: customers to contact first and why, urgent cases, actions taken (docs/method.md, section 8)."""

from health.desk.worklist.week import Week, week

__all__ = ["Week", "week"]
