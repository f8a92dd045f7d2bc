"""Forecasts of renewals beside the churn model: where both disagree, what stood before the last day of notice, and who was right."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from health import format as fmt
from health.foresight.backtest.downsell import FALL_PERCENT
from health.foresight.stats.proportions import wilson
from health.status import CUSTOMER

CHECKPOINT_DAYS = (90, 60, 30)
"""Days before the last day of notice on which a forecast is frozen."""
SETTLED_AFTER_DAYS = 30
"""Days after the end from which its outcome is known: a silent renewal may be signed late."""
LEAST_JUDGED = 10
"""Fewest settled forecasts for which an author's hit rate is shown."""
PERIODS = {90: "p_leave_90d", 180: "p_leave_180d"}
"""The churn model's probabilities by the longest time, in days, that each is used for; beyond them the one of 12 months."""
OUTCOME_WORDS = {"renews": "Renews", "shrinks": "Shrinks", "leaves": "Leaves"}
END = ["customer_id", "ends_on"]


def with_forecasts(renewals: pl.DataFrame, forecasts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add the forecast in force to each row of `renewals.due`, the largest disagreement with the model first, then those without one.

    forecast (in words), forecast_author, forecast_value, p_leave (the model's probability to leave by the end), model_value (revenue
    a month x probability to stay), difference (forecast minus model, per month); null is unknown.
    """
    newest = forecasts.sort("forecast_id").unique(END, keep="last").select(
        *END, pl.col("outcome").replace(OUTCOME_WORDS).alias("forecast"), pl.col("author").alias("forecast_author"),
        pl.col("monthly_value").cast(pl.Float64).alias("forecast_value"),
    )  # fmt: skip
    return (
        renewals.join(newest, left_on=["customer_id", "renewal_on"], right_on=END, how="left", maintain_order="left")
        .with_columns(_churn_probability(as_of).alias("p_leave"))
        .with_columns((pl.col("mrr").cast(pl.Float64) * (1 - pl.col("p_leave"))).alias("model_value"))
        .with_columns((pl.col("forecast_value") - pl.col("model_value")).alias("difference"))
        .sort(pl.col("difference").abs(), descending=True, nulls_last=True, maintain_order=True)
    )


def _churn_probability(as_of: date) -> pl.Expr:
    """Probability to leave within the shortest period of the model that reaches the end of the term."""
    days = (pl.col("renewal_on") - pl.lit(as_of)).dt.total_days()
    return pl.coalesce(*(pl.when(days <= most).then(name) for most, name in PERIODS.items()), "p_leave_12m")


def probability_until(value: Mapping[str, Any], days: int) -> float | None:
    """The same for one customer's row of `lifetime.value`; None without a model."""
    name = next((name for most, name in PERIODS.items() if days <= most), "p_leave_12m")
    return float(value[name]) if value[name] is not None else None


def with_checkpoints(forecasts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Forecasts, newest first, with `frozen`: the checkpoints that each stood at, as '90, 60 days before'; null for none."""
    stood_at = frozen(forecasts, as_of).group_by("forecast_id").agg(pl.col("days_before").sort(descending=True))
    words = pl.format("{} days before", pl.col("days_before").cast(pl.List(pl.String)).list.join(", "))
    return (
        forecasts.join(stood_at, on="forecast_id", how="left")
        .with_columns(pl.when(pl.col("days_before").is_not_null()).then(words).alias("frozen"))
        .drop("days_before")
        .sort("forecast_id", descending=True)
    )


def record_texts(record: pl.DataFrame, names: Mapping[str, str]) -> list[str]:
    """How the settled forecasts of each author turned out, a sentence each. `names`: of employees, by id."""
    return [_record_text(row, names.get(row["author"], row["author"])) for row in record.iter_rows(named=True)]


def _record_text(row: Mapping[str, Any], name: str) -> str:
    right = f"{name}: {row['right']} of {fmt.plural(row['judged'], 'renewal forecast')} right"
    if row["share"] is None:
        return f"{right}; a hit rate is shown from {LEAST_JUDGED} on."
    return f"{right} ({fmt.share(row['share'])}, 95 % interval {fmt.interval(row['low'], row['high'])}).{_error_text(row)}"


def _error_text(row: Mapping[str, Any]) -> str:
    if row["model_error"] is None:
        return ""
    own, model = fmt.money(row["error"]), fmt.money(row["model_error"])
    return f" Expected MRR was off by {own} on average, the churn model's by {model}."


def frozen(forecasts: pl.DataFrame, as_of: date, days: Sequence[int] = CHECKPOINT_DAYS) -> pl.DataFrame:
    """One row per end and checkpoint passed by `as_of` with a forecast: the last one made by then.

    days_before, frozen_on and the columns of `forecasts`; sorted by customer, end, the earliest checkpoint first. The last day of notice is
    the one that was known when the forecast was made.
    """
    checkpoints = pl.DataFrame({"days_before": sorted(days, reverse=True)}, schema={"days_before": pl.Int64})
    return (
        forecasts.join(checkpoints, how="cross")
        .with_columns((pl.col("notice_by") - pl.duration(days="days_before")).alias("frozen_on"))
        .filter(pl.col("made_on") <= pl.col("frozen_on"), pl.col("frozen_on") <= as_of)
        .sort("forecast_id")
        .unique([*END, "days_before"], keep="last")
        .sort(*END, "days_before", descending=[False, False, True])
    )


def settled(forecasts: pl.DataFrame, history: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per end whose outcome is known at the first month end 30 days after it: the last frozen forecast and what happened.

    actual (renews, shrinks, leaves), actual_value (monthly revenue), right (the forecast's outcome is the actual one), error and
    model_error (absolute, of the monthly revenue; null without a probability). `history`: `portfolio.history`.
    """
    last_frozen = frozen(forecasts, as_of).sort("days_before", descending=True).unique(END, keep="last", maintain_order=True)
    month_ends = history.filter(pl.col("as_of") <= as_of).select(
        "customer_id", pl.col("as_of").alias("seen_on"), "status", pl.col("mrr").alias("later_mrr")
    )
    after = pl.when(CUSTOMER).then("later_mrr").otherwise(0.0)
    before, expected = pl.col("mrr").cast(pl.Float64), pl.col("monthly_value").cast(pl.Float64)
    model_value = before * (1 - pl.col("churn_probability"))
    actual = (
        pl.when(~CUSTOMER).then(pl.lit("leaves")).when(after <= before * (100 - FALL_PERCENT) / 100).then(pl.lit("shrinks"))
        .otherwise(pl.lit("renews"))
    )  # fmt: skip
    return (
        last_frozen.join(month_ends, on="customer_id", how="inner")
        .filter(pl.col("seen_on") >= pl.col("ends_on") + pl.duration(days=SETTLED_AFTER_DAYS))
        .sort("seen_on")
        .unique(END, keep="first", maintain_order=True)
        .with_columns(actual.alias("actual"), after.alias("actual_value"))
        .with_columns(
            (pl.col("outcome") == pl.col("actual")).alias("right"),
            (expected - pl.col("actual_value")).abs().alias("error"),
            (model_value - pl.col("actual_value")).abs().alias("model_error"),
        )
        .sort(END)
    )


def track_record(settled_forecasts: pl.DataFrame) -> pl.DataFrame:
    """One row per author, sorted: judged, right, share with Wilson interval (low, high; null under 10 judged), error and model_error.

    Errors are means of the absolute difference in monthly revenue, over the ends where the model had a probability.
    """
    compared = pl.col("model_error").is_not_null()
    counts = settled_forecasts.group_by("author", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("judged"), pl.col("right").sum().cast(pl.Int64),
        pl.col("error").filter(compared).mean(), pl.col("model_error").mean(),
    ).sort("author")  # fmt: skip
    enough = [(right, judged) if judged >= LEAST_JUDGED else None for right, judged in counts.select("right", "judged").iter_rows()]
    intervals = [wilson(*pair) if pair else (None, None) for pair in enough]
    return counts.with_columns(
        pl.Series("share", [pair[0] / pair[1] if pair else None for pair in enough], pl.Float64),
        pl.Series("low", [low for low, _ in intervals], pl.Float64),
        pl.Series("high", [high for _, high in intervals], pl.Float64),
    )
