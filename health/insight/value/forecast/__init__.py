"""Gross and net revenue retention of the twelve months ahead, with an interval and how the same forecast did before."""

from health.insight.value.forecast.asked import past_days, retention
from health.insight.value.forecast.bills import bills_of_stayers, lag_months
from health.insight.value.forecast.made import from_chances
from health.insight.value.forecast.told import Forecast, Side

__all__ = ["Forecast", "Side", "bills_of_stayers", "from_chances", "lag_months", "past_days", "retention"]
