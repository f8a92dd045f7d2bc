"""Retention forecast on request: probabilities of the day, and of past quarter ends as they were known then."""

from dataclasses import replace
from datetime import date

import polars as pl

from health.access import Book
from health.errors import InsufficientData
from health.foresight import churn
from health.foresight.lifetime import band_fallback
from health.insight.rates import YEAR_MONTHS, month_ends, months_back
from health.insight.retention_forecast.compute import forecast_from_probabilities
from health.insight.retention_forecast.result import Forecast
from health.status import ACTIVE

MAX_PAST_FORECASTS = 8


def forecast_retention(
    book: Book,
    as_of: date,
    now: pl.DataFrame,
    history: pl.DataFrame,
    observed_from: date | None,
    model: churn.Hazard,
    check: churn.Check | None = None,
    max_past: int = MAX_PAST_FORECASTS,
) -> Forecast | None:
    """Forecast for the viewer's book on `as_of`; None where nothing is billed or less than half of it has a probability.

    `now`: `portfolio.build` at `as_of`; `history`: `portfolio.history`. A past forecast uses a model fitted at its quarter end; quarter
    ends with too little history are left out. Where `check` does not hold, observed band rates are used, then as now.
    """
    by_band = check is not None and not check.holds
    days = past_quarter_ends(history, as_of, observed_from, max_past)
    rows_by_day = {day: history.filter(pl.col("as_of") == day) for day in days}
    if by_band:
        chances_by_day, chances = {day: _predict_by_band(book, rows_by_day[day], day) for day in days}, _predict_by_band(book, now, as_of)
    else:
        predictions = {day: _predict_by_model(book, day) for day in days}
        chances_by_day = {day: frame for day, frame in predictions.items() if frame is not None}
        chances = churn.predict(book, model, as_of)
    forecast = forecast_from_probabilities(now, history, as_of, observed_from, chances, chances_by_day)
    return replace(forecast, by_band=by_band) if forecast else None


def _predict_by_model(book: Book, day: date) -> pl.DataFrame | None:
    try:
        return churn.predict(book, churn.fit(book, day), day)
    except InsufficientData:
        return None


def _predict_by_band(book: Book, customers: pl.DataFrame, day: date) -> pl.DataFrame:
    with book.reading() as session:
        band_rates = band_fallback.observed_band_rates(session, day)
    active = customers.filter(ACTIVE)
    return band_fallback.predict_from_bands(active, band_rates, discount_rate=0.0, horizon_months=YEAR_MONTHS)


def past_quarter_ends(history: pl.DataFrame, as_of: date, observed_from: date | None, max_count: int = MAX_PAST_FORECASTS) -> list[date]:
    """Quarter ends whose twelve months have passed by `as_of`, the newest of them, oldest first."""
    observed_ends = month_ends(history, as_of, observed_from)
    completed = [end for end in observed_ends if end.month % 3 == 0 and months_back(end, -YEAR_MONTHS) in observed_ends]
    return completed[max(0, len(completed) - max_count) :]
