"""Compute health, coverage, range and band from points, in whole hundredths so that row order has no effect (docs/method.md, section 4)."""

import polars as pl

from health.score.components import COMPONENTS
from health.score.knock_outs import KNOCK_OUTS
from health.score.settings import Settings
from health.status import CUSTOMER, LEAVING

COLUMNS_READ = [
    *(c.column for c in COMPONENTS), "critical_late", "overdue_60", "broken_promises_90", "diary_present", "invoices_present",
    "stale_tables",
]  # fmt: skip
"""Columns that `compose` reads, besides status and segment."""
SCORE_COLUMNS = ("health", "low", "high", "coverage", "cap")


def compose(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Add health, low, high, coverage, band, firm and cap from points and status; pure, so any settings can be replayed.

    If segments have their own weights, the frame needs `score_segment`.
    """
    weights = _row_weights(settings)
    total_weight = sum(settings.weights.values())
    return (
        frame.with_columns(row_weight.alias(f"weight_{key}") for key, row_weight in weights.items())
        .with_columns(
            _health(weights), _coverage(weights, total_weight),
            _health_filled(weights, total_weight, 0).alias("low"), _health_filled(weights, total_weight, 10_000).alias("high"),
        )
        .drop(f"weight_{key}" for key in weights)
        .with_columns(_cap(settings))
        .with_columns(_band(settings))
        .with_columns(_firm(settings))
    )  # fmt: skip


def compose_scored(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """`compose`, with score columns null for customers that are not scored."""
    is_scored = CUSTOMER
    return frame.pipe(compose, settings).with_columns(pl.when(is_scored).then(pl.col(name)).alias(name) for name in SCORE_COLUMNS)


def _row_weights(settings: Settings) -> dict[str, pl.Expr]:
    """Weight per row of each component with some weight."""
    return {c.key: row_weight(c.key, settings) for c in COMPONENTS if settings.weighs(c.key)}


def row_weight(key: str, settings: Settings) -> pl.Expr:
    """Weight of a component per row: that of the customer's `score_segment` if it has its own weights, else the general one."""
    default_weight, segment_weights = (
        settings.weights[key],
        {segment: weights[key] for segment, weights in settings.segment_weights.items()},
    )
    if not segment_weights:
        return pl.lit(default_weight, pl.Int64)
    return pl.col("score_segment").replace_strict(segment_weights, default=default_weight, return_dtype=pl.Int64)


def _known_weight(weights: dict[str, pl.Expr]) -> pl.Expr:
    """Sum of the weights of known components, per row."""
    return pl.sum_horizontal(pl.when(pl.col(f"{key}_points").is_not_null()).then(pl.col(f"weight_{key}")).otherwise(0) for key in weights)


def _earned_points(weights: dict[str, pl.Expr], fill: int) -> pl.Expr:
    """Weighted sum of points, unknown ones as `fill`."""
    return pl.sum_horizontal(pl.col(f"{key}_points").fill_null(fill) * pl.col(f"weight_{key}") for key in weights)


def _health(weights: dict[str, pl.Expr]) -> pl.Expr:
    known_weight = _known_weight(weights)
    return pl.when(known_weight > 0).then((2 * _earned_points(weights, 0) + known_weight) // (2 * known_weight)).alias("health")


def _coverage(weights: dict[str, pl.Expr], total_weight: int) -> pl.Expr:
    return (10_000 * _known_weight(weights) // total_weight).cast(pl.Int64).alias("coverage")


def _health_filled(weights: dict[str, pl.Expr], total_weight: int, fill: int) -> pl.Expr:
    """Health if all unknown points were `fill`."""
    return (2 * _earned_points(weights, fill) + total_weight) // (2 * total_weight)


def _cap(settings: Settings) -> pl.Expr:
    """Causes of the knock-out rules that apply, joined; null if none."""
    causes = [pl.when(rule.holds).then(pl.lit(rule.cause)) for rule in KNOCK_OUTS if getattr(settings, rule.setting)]
    if not causes:
        return pl.lit(None, pl.String).alias("cap")
    cause_text = pl.concat_str(causes, separator="; ", ignore_nulls=True)
    return pl.when(cause_text != "").then(cause_text).alias("cap")


def _raw_band(value: str, settings: Settings) -> pl.Expr:
    """Band of a value, capped at watch if a knock-out rule applies."""
    healthy = (pl.col(value) >= 100 * settings.healthy_from) & pl.col("cap").is_null()
    at_risk = pl.col(value) < 100 * settings.at_risk_below
    return pl.when(healthy).then(pl.lit("healthy")).when(at_risk).then(pl.lit("at_risk")).otherwise(pl.lit("watch"))


def _band(settings: Settings) -> pl.Expr:
    low_coverage = pl.col("health").is_null() | (pl.col("coverage") < 100 * settings.coverage_least)
    return (
        pl.when(LEAVING).then(pl.lit("leaving"))
        .when(~CUSTOMER).then(None)
        .when(low_coverage).then(pl.lit("unknown"))
        .otherwise(_raw_band("health", settings))
        .alias("band")
    )  # fmt: skip


def _firm(settings: Settings) -> pl.Expr:
    """True if low and high fall in the same band; null without a score band.

    Healthy is never firm without a diary and invoices on file, since missed appointments and unpaid bills could not show. No band is firm
    where a table that a weighted component reads ended long before the day.
    """
    same_band = (_raw_band("low", settings) == pl.col("band")) & (_raw_band("high", settings) == pl.col("band"))
    unproven = (pl.col("band") == "healthy") & ~(pl.col("diary_present") & pl.col("invoices_present"))
    return pl.when(pl.col("band").is_in(["healthy", "watch", "at_risk"])).then(same_band & ~unproven & ~_any_stale(settings)).alias("firm")


def _any_stale(settings: Settings) -> pl.Expr:
    """Whether a table of a component with some weight is stale, per row."""
    weights = _row_weights(settings)
    stale_tables = pl.col("stale_tables").str.split(", ")
    return pl.any_horizontal(
        (weights[c.key] > 0) & pl.any_horizontal(stale_tables.list.contains(table) for table in c.tables)
        for c in COMPONENTS
        if c.key in weights
    ).fill_null(False)
