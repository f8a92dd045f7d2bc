"""My week: which customers to contact first and why, what is urgent, what was done (docs/method.md, section 8)."""

from health.desk.worklist.week import Week, week

__all__ = ["Week", "week"]
