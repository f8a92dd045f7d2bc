"""Forecast of gross and net revenue retention over twelve months, with an interval and past results."""

from health.insight.retention_forecast.billing import bills_of_stayers, lag_months
from health.insight.retention_forecast.compute import from_chances
from health.insight.retention_forecast.request import past_days, retention
from health.insight.retention_forecast.result import Forecast, Side

__all__ = ["Forecast", "Side", "bills_of_stayers", "from_chances", "lag_months", "past_days", "retention"]
