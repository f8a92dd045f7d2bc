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
SIDES = ("gross", "net")
Z = 1.96
_TYPES = {"made_on": pl.Date, "until": pl.Date, "side": pl.String, "expected": pl.Float64, "low": pl.Float64, "high": pl.Float64,
          "chance_sd": pl.Float64, "came": pl.Float64}  # fmt: skip


def forecast_from_probabilities(
    now: pl.DataFrame,
    history: pl.DataFrame,
    as_of: date,
    observed_from: date | None,
    chances: pl.DataFrame,
    then: Mapping[date, pl.DataFrame],
) -> Forecast | None:
    """Forecast from `churn.predict` of the day and of past quarter ends (docs/method.md, Retention forecast).

    Expected: MRR x retention probability over MRR; gross and net times the billing of stayers in the twelve months before. The interval is
    normal: variance of individual churn weighted by MRR, plus the mean squared error of past forecasts beyond theirs. Past intervals use
    only what was due by their own day.
    """
    past = pl.DataFrame(schema=_TYPES)
    for day in sorted(then):
        until = months_back(day, -YEAR_MONTHS)
        stood, ended = (history.filter(pl.col("as_of") == end) for end in (day, until))
        made, came = _forecast(stood, history, day, observed_from, then[day], past), retention(stood, ended)
        if made is not None and came is not None:
            sides = zip(SIDES, (made.gross, made.net), came, strict=True)
            told = [(day, until, name, s.expected, s.low, s.high, s.chance_sd, share) for name, s, share in sides if s is not None]
            past = pl.concat([past, pl.DataFrame(told, schema=_TYPES, orient="row")])
    return _forecast(now, history, as_of, observed_from, chances, past)


def _forecast(
    stood: pl.DataFrame, history: pl.DataFrame, day: date, observed_from: date | None, chances: pl.DataFrame, past: pl.DataFrame
) -> Forecast | None:
    """One forecast; of the past ones only those due by its day count."""
    known = history.filter(pl.col("as_of") <= day)
    until = _year_on(day)
    billed = stood.filter(CUSTOMER & (pl.col("mrr") > 0)).join(chances, on="customer_id", how="left").sort("customer_id")
    each = billed.select("mrr", "status", _billed_probability(until, lag_months(known)).alias("stays"))
    foreseen, going = each.drop_nulls("stays"), each.filter(LEAVING)
    whole, covered, gone = (float(frame["mrr"].sum()) for frame in (each, foreseen, going))
    if covered - gone <= 0 or covered - gone < MIN_COVERED * (whole - gone):
        return None
    # whoever has no chance of its own counts as the mean of the active who have one
    weight = pl.col("mrr") * pl.when(LEAVING).then(1.0).otherwise((whole - gone) / (covered - gone)) / whole
    variance = weight**2 * pl.col("stays") * (1 - pl.col("stays"))
    kept, sd = foreseen.select((weight * pl.col("stays")).sum(), variance.sum().sqrt().alias("sd")).row(0)
    bills, due = billing_of_stayers(known, day, observed_from), past.filter(pl.col("until") <= day)
    gross, net = bills or (1.0, None)
    grown = None if net is None else _side(net * kept, net * sd, due, "net")
    return Forecast(day, until, billed.height, covered / whole, _side(gross * kept, gross * sd, due, "gross"), grown, past)


def _billed_probability(until: date, lag: float) -> pl.Expr:
    """Probability of being billed on the last day: the decision precedes it by a lag; customers known to leave have a date.

    Between six and twelve months the monthly churn probability is constant.
    """
    half, year = (1 - pl.col(name) for name in ("p_leave_180d", "p_leave_12m"))
    back = min(lag, HALF_YEAR) / (YEAR_MONTHS - HALF_YEAR)
    leaves = pl.when(pl.col("lost_on") <= until).then(0.0).when(pl.col("lost_on").is_not_null()).then(1.0)
    return pl.when(LEAVING).then(leaves).otherwise(half**back * year ** (1 - back))


def _side(expected: float, chance_sd: float, due: pl.DataFrame, name: str) -> ForecastSide:
    past = due.filter(pl.col("side") == name)
    beyond = ((past["expected"] - past["came"]) ** 2 - past["chance_sd"] ** 2).sum() / past.height if past.height else None
    model_sd = None if beyond is None else math.sqrt(max(beyond, 0.0))
    half = Z * math.hypot(chance_sd, model_sd or 0.0)
    top = 1.0 if name == "gross" else math.inf
    return ForecastSide(expected, max(0.0, expected - half), min(top, expected + half), chance_sd, model_sd)


def _year_on(day: date) -> date:
    """A year later; a month end stays a month end."""
    later: date = pl.Series([day]).dt.offset_by("1y")[0]
    return later if (day + timedelta(days=1)).day > 1 else months_back(day, -YEAR_MONTHS)


def lag_months(history: pl.DataFrame) -> float:
    """Mean months from decision to last day of the known losses; 0 without any."""
    told = losses(history).drop_nulls(["decided_on", "lost_on"])
    days = (told["lost_on"] - told["decided_on"]).dt.total_days()
    return max(int(days.sum()), 0) / told.height / DAYS_A_MONTH if told.height else 0.0


def billing_of_stayers(history: pl.DataFrame, day: date, observed_from: date | None) -> tuple[float, float] | None:
    """(gross, net): billing of customers who did not choose to leave in the twelve months to the newest month end, over their billing
    before.

    Involuntary ends, which the probabilities leave out, count as 0. None without such months.
    """
    ends = month_ends(history, day, observed_from)
    if not ends or months_back(ends[-1], YEAR_MONTHS) not in ends:
        return None
    before, after = (history.filter(pl.col("as_of") == end) for end in (months_back(ends[-1], YEAR_MONTHS), ends[-1]))
    not_theirs = LOST & pl.col("exit_reason").is_in(INVOLUNTARY_REASONS)
    counted = after.filter(CUSTOMER | not_theirs.fill_null(False)).select("customer_id")
    return retention(before.join(counted, on="customer_id", how="semi"), after)
