"""How the values are spread: bins of a log scale for a chart, and quantiles, by segment."""

import polars as pl

from health import format as say
from health.insight.value.worth.total import placed

BINS_A_DECADE = 4
_MARKS = {"p10": 0.10, "p25": 0.25, "median": 0.50, "p75": 0.75, "p90": 0.90}


def spread(value: pl.DataFrame, now: pl.DataFrame, column: str = "segment", bins_a_decade: int = BINS_A_DECADE) -> pl.DataFrame:
    """One row a group and bin, empty ones included, sorted: group, low, high (money, equally wide on a log scale: low <= value < high),
    customers, share (of the group's valued customers). Values of 0 and below, which have no place on a log scale, stand in a bin without
    edges; unknown values in none."""
    rows = _grouped(value, now, column)
    above = rows.filter(pl.col("lifetime_value") > 0)
    if above.is_empty():
        return _counted(rows.with_columns(pl.lit(None, pl.Int64).alias("bin")), rows.clear().select("group"), 0, 0, bins_a_decade)
    # a value right on an edge belongs above it, whatever the logarithm's last digit says
    place = (above["lifetime_value"].log10() * bins_a_decade).floor().cast(pl.Int64).alias("bin")
    above = above.with_columns(place)
    up, down = (10 ** ((pl.col("bin") + step) / bins_a_decade) for step in (1, 0))
    stands = pl.when(pl.col("lifetime_value") >= up).then(pl.col("bin") + 1).when(pl.col("lifetime_value") < down).then(pl.col("bin") - 1)
    above = above.with_columns(stands.otherwise("bin").alias("bin"))
    first, last = above.select(pl.col("bin").min().alias("first"), pl.col("bin").max().alias("last")).row(0)
    nothing = rows.filter(pl.col("lifetime_value") <= 0).with_columns(pl.lit(None, pl.Int64).alias("bin"))
    return _counted(pl.concat([above, nothing]), rows.select("group").unique(), first, last + 1, bins_a_decade)


def _counted(binned: pl.DataFrame, groups: pl.DataFrame, first: int, stop: int, bins_a_decade: int) -> pl.DataFrame:
    held = binned.group_by("group", "bin").agg(pl.len().cast(pl.Int64).alias("customers"))
    grid = groups.join(pl.DataFrame({"bin": range(first, stop)}, {"bin": pl.Int64}), how="cross")
    filled = grid.join(held, on=["group", "bin"], how="left").with_columns(pl.col("customers").fill_null(0))
    every = pl.concat([filled, held.filter(pl.col("bin").is_null())])
    edges = ((10 ** ((pl.col("bin") + step) / bins_a_decade)).alias(name) for step, name in ((0, "low"), (1, "high")))
    share = (pl.col("customers") / pl.col("customers").sum().over("group")).alias("share")
    return every.with_columns(*edges, share).sort("group", "bin").select("group", "low", "high", "customers", "share")


def quantiles(value: pl.DataFrame, now: pl.DataFrame, column: str = "segment") -> pl.DataFrame:
    """One row a group with a value, the highest median first: group, customers,
    p10, p25, median, p75, p90 (money; linear between ranks)."""
    rows = _grouped(value, now, column)
    marks = (pl.col("lifetime_value").quantile(q, "linear").alias(name) for name, q in _MARKS.items())
    told = rows.group_by("group").agg(pl.len().cast(pl.Int64).alias("customers"), *marks)
    return told.sort(["median", "group"], descending=[True, False])


def _grouped(value: pl.DataFrame, now: pl.DataFrame, column: str) -> pl.DataFrame:
    rows = placed(value, now).with_columns(pl.col(column).cast(pl.String).fill_null(say.NOT_GIVEN).alias("group"))
    return rows.drop_nulls("lifetime_value").select("group", "lifetime_value")
