"""The screen My week: headline strip, urgent lane, ranked list with actions, and views."""

from health.ui.week.lists import worklists
from health.ui.week.query import chosen_employee, hours_available, read_week
from health.ui.week.strip import facts, strip
from health.ui.week.views import show_view

__all__ = ["hours_available", "facts", "worklists", "show_view", "strip", "read_week", "chosen_employee"]
