"""My week: whom to call first and why, what is urgent, and what was done about it (METHOD section 8, worklist)."""

from health.desk.worklist.week import Week, week

__all__ = ["Week", "week"]
