"""The account manager's week: the strip, the urgent lane, the ranked list with what to do about each, and what stands beside it."""

from health.ui.week.lists import lists
from health.ui.week.panels import beside
from health.ui.week.plays import plays_card
from health.ui.week.query import capacity, told, whose
from health.ui.week.strip import facts, strip

__all__ = ["beside", "capacity", "facts", "lists", "plays_card", "strip", "told", "whose"]
