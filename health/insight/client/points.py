"""Frames of one customer's charts."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from health.score.components import COMPONENTS
from health.score.settings import Settings
from health.status import CUSTOMER

MONTHS = 24


def component_points(customer: Mapping[str, object], weights: Mapping[str, int], in_force: Settings) -> pl.DataFrame:
    """One row per component with weight: key, label, weight, points, earned, band.

    `points`: null if unknown; `earned`: weight x points / 100; `band`: by the band edges in force. `customer`: its row of
    `portfolio.build`; `weights`: of its segment.
    """
    components = [c for c in COMPONENTS if weights.get(c.key, 0) > 0]
    frame = pl.DataFrame(
        {
            "key": [c.key for c in components],
            "label": [c.label for c in components],
            "weight": [weights[c.key] for c in components],
            "points": [customer[c.column] for c in components],
        },
        schema={"key": pl.Utf8, "label": pl.Utf8, "weight": pl.Int64, "points": pl.Float64},
    )
    points = pl.col("points")
    at_risk = pl.when(points.is_null()).then(pl.lit("unknown")).when(points < in_force.at_risk_below).then(pl.lit("at_risk"))
    band = at_risk.when(points < in_force.healthy_from).then(pl.lit("watch")).otherwise(pl.lit("healthy"))
    return frame.with_columns((pl.col("weight") * points / 100).alias("earned"), band.alias("band"))


def health_history(history: pl.DataFrame, customer_id: str, as_of: date) -> pl.DataFrame:
    """The last 24 month ends up to `as_of` at which the customer was active or leaving, oldest first: as_of, health, band.

    `health` is null where the band is unknown.
    """
    customer_rows = history.filter((pl.col("customer_id") == customer_id) & CUSTOMER & (pl.col("as_of") <= as_of))
    health = pl.when(pl.col("band") != "unknown").then("health").alias("health")
    return customer_rows.select("as_of", health, "band").sort("as_of").tail(MONTHS)


def version_marks(versions: pl.DataFrame) -> pl.DataFrame:
    """One row per saved version of the settings: on (its day), label ('v2'). `versions`: `settings.versions`."""
    saved = versions.drop_nulls("created_at").sort("version")
    return saved.select(pl.col("created_at").dt.date().alias("on"), pl.format("v{}", "version").alias("label"))


def override_spans(overrides: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per override of health begun by `as_of`: from_on, until_on (its last day in force), health (0 to 100), label.

    `overrides`: `overrides.ledger` of the customer.
    """
    before_withdrawal = pl.col("withdrawn_on") - timedelta(days=1)
    spans = overrides.with_columns(pl.min_horizontal("until_on", before_withdrawal).alias("until_on"))
    is_shown = pl.col("health").is_not_null() & (pl.col("from_on") <= as_of) & (pl.col("until_on") >= pl.col("from_on"))
    label: pl.Expr = pl.format("override {} by {}", pl.col("health") // 100, "author")
    return spans.filter(is_shown).select("from_on", "until_on", pl.col("health") / 100, label.alias("label")).sort("from_on", "until_on")
