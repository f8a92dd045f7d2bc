"""Retention forecast from churn probabilities: expected shares, intervals, and past forecasts with their outcomes."""

import math
from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from health.foresight.backtest.labels import INVOLUNTARY_REASONS
from health.insight.rates import YEAR_MONTHS, losses, month_ends, months_back, retention
from health.insight.retention_forecast.result import Forecast, ForecastSide
from health.score.components import DAYS_A_MONTH
from health.status import CUSTOMER, LEAVING, LOST

MIN_COVERED = 0.5  # of the MRR; with less there is no forecast
HALF_YEAR = 6
SIDE_NAMES = ("gross", "net")
Z = 1.96
_TYPES = {"made_on": pl.Date, "until": pl.Date, "side": pl.String, "expected": pl.Float64, "low": pl.Float64, "high": pl.Float64,
          "chance_sd": pl.Float64, "came": pl.Float64}  # fmt: skip


def forecast_from_probabilities(
    now: pl.DataFrame,
    history: pl.DataFrame,
    as_of: date,
    observed_from: date | None,
    chances: pl.DataFrame,
    chances_by_day: Mapping[date, pl.DataFrame],
) -> Forecast | None:
    """Forecast from `churn.predict` of the day and of past quarter ends (docs/method.md, Retention forecast).

    Expected: MRR x retention probability over MRR; gross and net times the billing of stayers in the twelve months before. The interval is
    normal: variance of individual churn weighted by MRR, plus the mean squared error of past forecasts beyond theirs. Past intervals use
    only what was due by their own day.
    """
    past = pl.DataFrame(schema=_TYPES)
    for day in sorted(chances_by_day):
        until = months_back(day, -YEAR_MONTHS)
        rows_at_start, rows_at_end = (history.filter(pl.col("as_of") == end) for end in (day, until))
        past_forecast, observed = (
            _forecast_on(rows_at_start, history, day, observed_from, chances_by_day[day], past),
            retention(rows_at_start, rows_at_end),
        )
        if past_forecast is not None and observed is not None:
            sides = zip(SIDE_NAMES, (past_forecast.gross, past_forecast.net), observed, strict=True)
            rows = [(day, until, name, s.expected, s.low, s.high, s.chance_sd, share) for name, s, share in sides if s is not None]
            past = pl.concat([past, pl.DataFrame(rows, schema=_TYPES, orient="row")])
    return _forecast_on(now, history, as_of, observed_from, chances, past)


def _forecast_on(
    start_rows: pl.DataFrame, history: pl.DataFrame, day: date, observed_from: date | None, chances: pl.DataFrame, past: pl.DataFrame
) -> Forecast | None:
    """Forecast of one day; past forecasts count only if they were due by then."""
    known_history = history.filter(pl.col("as_of") <= day)
    until = _one_year_later(day)
    billed = start_rows.filter(CUSTOMER & (pl.col("mrr") > 0)).join(chances, on="customer_id", how="left").sort("customer_id")
    with_probability = billed.select("mrr", "status", _billed_probability(until, lag_months(known_history)).alias("stays"))
    predicted, leaving = with_probability.drop_nulls("stays"), with_probability.filter(LEAVING)
    total, covered, leaving_mrr = (float(frame["mrr"].sum()) for frame in (with_probability, predicted, leaving))
    if covered - leaving_mrr <= 0 or covered - leaving_mrr < MIN_COVERED * (total - leaving_mrr):
        return None
    # active customers without a probability count as the mean of those with one
    weight = pl.col("mrr") * pl.when(LEAVING).then(1.0).otherwise((total - leaving_mrr) / (covered - leaving_mrr)) / total
    variance = weight**2 * pl.col("stays") * (1 - pl.col("stays"))
    retained_share, sd = predicted.select((weight * pl.col("stays")).sum(), variance.sum().sqrt().alias("sd")).row(0)
    stayer_billing, due_forecasts = billing_of_stayers(known_history, day, observed_from), past.filter(pl.col("until") <= day)
    gross, net = stayer_billing or (1.0, None)
    net_side = None if net is None else _forecast_side(net * retained_share, net * sd, due_forecasts, "net")
    return Forecast(
        day,
        until,
        billed.height,
        covered / total,
        _forecast_side(gross * retained_share, gross * sd, due_forecasts, "gross"),
        net_side,
        past,
    )


def _billed_probability(until: date, lag: float) -> pl.Expr:
    """Probability of being billed on the last day; the decision to leave precedes it by `lag` months.

    Leaving customers have a known date. Between six and twelve months the monthly churn probability is constant.
    """
    half, year = (1 - pl.col(name) for name in ("p_leave_180d", "p_leave_12m"))
    lag_share = min(lag, HALF_YEAR) / (YEAR_MONTHS - HALF_YEAR)
    is_billed = pl.when(pl.col("lost_on") <= until).then(0.0).when(pl.col("lost_on").is_not_null()).then(1.0)
    return pl.when(LEAVING).then(is_billed).otherwise(half**lag_share * year ** (1 - lag_share))


def _forecast_side(expected: float, chance_sd: float, due_forecasts: pl.DataFrame, side: str) -> ForecastSide:
    """Build one side with its normal 95 % interval."""
    past = due_forecasts.filter(pl.col("side") == side)
    beyond = ((past["expected"] - past["came"]) ** 2 - past["chance_sd"] ** 2).sum() / past.height if past.height else None
    model_sd = None if beyond is None else math.sqrt(max(beyond, 0.0))
    half_width = Z * math.hypot(chance_sd, model_sd or 0.0)
    upper_limit = 1.0 if side == "gross" else math.inf
    return ForecastSide(expected, max(0.0, expected - half_width), min(upper_limit, expected + half_width), chance_sd, model_sd)


def _one_year_later(day: date) -> date:
    """The day a year later; a month end stays a month end."""
    later: date = pl.Series([day]).dt.offset_by("1y")[0]
    return later if (day + timedelta(days=1)).day > 1 else months_back(day, -YEAR_MONTHS)


def lag_months(history: pl.DataFrame) -> float:
    """Mean months from decision to last day of the known losses; 0 without any."""
    dated_losses = losses(history).drop_nulls(["decided_on", "lost_on"])
    days = (dated_losses["lost_on"] - dated_losses["decided_on"]).dt.total_days()
    return max(int(days.sum()), 0) / dated_losses.height / DAYS_A_MONTH if dated_losses.height else 0.0


def billing_of_stayers(history: pl.DataFrame, day: date, observed_from: date | None) -> tuple[float, float] | None:
    """Gross and net billing of stayers over the twelve months to the newest month end, relative to the start.

    Stayers did not choose to leave; involuntary ends, which the probabilities leave out, count as 0. None without such months.
    """
    observed_ends = month_ends(history, day, observed_from)
    if not observed_ends or months_back(observed_ends[-1], YEAR_MONTHS) not in observed_ends:
        return None
    before, after = (history.filter(pl.col("as_of") == end) for end in (months_back(observed_ends[-1], YEAR_MONTHS), observed_ends[-1]))
    is_involuntary = LOST & pl.col("exit_reason").is_in(INVOLUNTARY_REASONS)
    stayers = after.filter(CUSTOMER | is_involuntary.fill_null(False)).select("customer_id")
    return retention(before.join(stayers, on="customer_id", how="semi"), after)
