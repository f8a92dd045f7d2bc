"""The frames behind one customer's charts."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from health.score.components import COMPONENTS
from health.score.settings import DEFAULT

EDGES = (DEFAULT.at_risk_below, DEFAULT.healthy_from)


def points_of(customer: Mapping[str, object], weights: Mapping[str, int], edges: tuple[int, int] = EDGES) -> pl.DataFrame:
    """One row a component with weight: key, label, weight, points (null = unknown), earned (weight x points / 100), band of its points.

    `customer`: the customer's row of `portfolio.build`; `weights` of the settings; `edges`: at risk below, healthy from.
    """
    weighed = [c for c in COMPONENTS if weights.get(c.key, 0) > 0]
    frame = pl.DataFrame(
        {
            "key": [c.key for c in weighed],
            "label": [c.label for c in weighed],
            "weight": [weights[c.key] for c in weighed],
            "points": [customer[c.column] for c in weighed],
        },
        schema={"key": pl.Utf8, "label": pl.Utf8, "weight": pl.Int64, "points": pl.Float64},
    )
    points = pl.col("points")
    sick = pl.when(points.is_null()).then(pl.lit("unknown")).when(points < edges[0]).then(pl.lit("at_risk"))
    band = sick.when(points < edges[1]).then(pl.lit("watch")).otherwise(pl.lit("healthy"))
    return frame.with_columns((pl.col("weight") * points / 100).alias("earned"), band.alias("band"))


def line_of(history: pl.DataFrame, customer_id: str, months: int = 24, as_of: date | None = None) -> pl.DataFrame:
    """One row a month end up to `as_of` at which the customer was active or leaving, oldest first: as_of, health, band.

    `health` is null where the band is unknown: too little is known to place it among the bands.
    """
    own = history.filter((pl.col("customer_id") == customer_id) & pl.col("status").is_in(["active", "leaving"]))
    own = own if as_of is None else own.filter(pl.col("as_of") <= as_of)
    placed = pl.when(pl.col("band") != "unknown").then("health").alias("health")
    return own.select("as_of", placed, "band").sort("as_of").tail(months)
