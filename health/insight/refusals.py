"""Refused rows by their reason, without the cell that was wrong."""

import polars as pl

_VALUE = r" '.*?' "


def by_reason(refused: pl.DataFrame) -> pl.DataFrame:
    """One row a first reason, commonest first: reason, rows. `refused`: table_name, line, reasons, raw."""
    first = pl.col("reasons").str.split("; ").list.first().str.replace(_VALUE, " ")
    return (
        refused.group_by(first.alias("reason")).agg(pl.len().cast(pl.Int64).alias("rows")).sort("rows", "reason", descending=[True, False])
    )
