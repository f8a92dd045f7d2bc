"""Refused rows grouped by reason and as a table."""

import json

import polars as pl

_VALUE = r" '.*?' "


def by_reason(refused: pl.DataFrame) -> pl.DataFrame:
    """One row per first reason without its cell value, most frequent first: reason, rows. `refused`: table_name, line, reasons, raw."""
    first = pl.col("reasons").str.split("; ").list.first().str.replace(_VALUE, " ")
    return (
        refused.group_by(first.alias("reason")).agg(pl.len().cast(pl.Int64).alias("rows")).sort("rows", "reason", descending=[True, False])
    )


def refused_table(refused: pl.DataFrame, max_rows: int) -> pl.DataFrame:
    """The first `max_rows` refused rows: table_name, line, reasons, cells (as in the file)."""
    cells = [", ".join(cell or "" for cell in json.loads(raw).values()) for raw in refused["raw"].head(max_rows)]
    return refused.head(max_rows).select("table_name", "line", "reasons", pl.Series("cells", cells, pl.String))
