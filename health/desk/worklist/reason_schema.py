"""Columns of a candidate for a reason, before the strongest are selected."""

import polars as pl

WEAK, EVENT, SLIGHT, NO_REASON_TIER = range(4)
"""Order of reasons: weak components, events, components that lose a little, no reason."""


def candidate_rows(
    frame: pl.DataFrame, component: str | None, reason: str, about: str, words: pl.Expr, value: pl.Expr, against: pl.Expr | None = None,
    on_day: pl.Expr | None = None, of_what: pl.Expr | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Rows of one reason; the frame has tier, lost_h and place."""
    return frame.select(
        "customer_id", pl.col("tier").cast(pl.Int64), pl.col("lost_h").cast(pl.Int64), pl.col("place").cast(pl.Int64),
        pl.lit(component, pl.String).alias("component"), pl.lit(reason).alias("reason"), pl.lit(about).alias("about"),
        words.cast(pl.String).alias("words"), value.cast(pl.Float64).alias("value"),
        (pl.lit(None) if against is None else against).cast(pl.Float64).alias("against"),
        (pl.lit(None) if on_day is None else on_day).cast(pl.Date).alias("on_day"),
        (pl.lit(None) if of_what is None else of_what).cast(pl.String).alias("of_what"),
    )  # fmt: skip
