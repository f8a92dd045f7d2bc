"""Forecast of gross and net revenue retention over twelve months, with an interval and past results."""

from health.insight.retention_forecast.compute import billing_of_stayers, forecast_from_probabilities, lag_months
from health.insight.retention_forecast.request import forecast_retention, past_quarter_ends
from health.insight.retention_forecast.result import Forecast, ForecastSide

__all__ = [
    "Forecast",
    "ForecastSide",
    "billing_of_stayers",
    "forecast_from_probabilities",
    "lag_months",
    "past_quarter_ends",
    "forecast_retention",
]
