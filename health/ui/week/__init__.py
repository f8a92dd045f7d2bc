"""The screen My week: headline strip, urgent lane, ranked list with actions, and side panels."""

from health.ui.week.lists import worklists
from health.ui.week.panels import panels
from health.ui.week.plays import plays_card
from health.ui.week.query import chosen_employee, hours_available, read_week
from health.ui.week.strip import facts, strip

__all__ = ["panels", "hours_available", "facts", "worklists", "plays_card", "strip", "read_week", "chosen_employee"]
