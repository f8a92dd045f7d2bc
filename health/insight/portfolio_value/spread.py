"""How the values are spread: quantiles, by segment."""

import polars as pl

from health import format as fmt
from health.insight.portfolio_value.total import placed

_MARKS = {"p10": 0.10, "p25": 0.25, "median": 0.50, "p75": 0.75, "p90": 0.90}


def quantiles(value: pl.DataFrame, now: pl.DataFrame, column: str = "segment") -> pl.DataFrame:
    """One row a group with a value, the highest median first: group, customers,
    p10, p25, median, p75, p90 (money; linear between ranks)."""
    rows = _grouped(value, now, column)
    marks = (pl.col("lifetime_value").quantile(q, "linear").alias(name) for name, q in _MARKS.items())
    told = rows.group_by("group").agg(pl.len().cast(pl.Int64).alias("customers"), *marks)
    return told.sort(["median", "group"], descending=[True, False])


def _grouped(value: pl.DataFrame, now: pl.DataFrame, column: str) -> pl.DataFrame:
    rows = placed(value, now).with_columns(pl.col(column).cast(pl.String).fill_null(fmt.NOT_GIVEN).alias("group"))
    return rows.drop_nulls("lifetime_value").select("group", "lifetime_value")
