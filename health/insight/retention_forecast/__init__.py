"""Gross and net revenue retention of the twelve months ahead, with an interval and how the same forecast did before."""

from health.insight.retention_forecast.billing import bills_of_stayers, lag_months
from health.insight.retention_forecast.compute import from_chances
from health.insight.retention_forecast.request import past_days, retention
from health.insight.retention_forecast.result import Forecast, Side

__all__ = ["Forecast", "Side", "bills_of_stayers", "from_chances", "lag_months", "past_days", "retention"]
