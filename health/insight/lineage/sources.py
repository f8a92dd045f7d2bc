"""Source rows of one figure: what each row adds, and where it came from."""

from dataclasses import dataclass
from typing import Any

import polars as pl

SCHEMA: dict[str, Any] = {
    "table": pl.String,
    "day": pl.Date,
    "what": pl.String,
    "adds": pl.Float64,
    "file": pl.String,
    "line": pl.String,
    "load_id": pl.String,
}


@dataclass(frozen=True)
class SourceRows:
    """Source rows of one figure.

    `explanation`: how the rows make the figure; `rows`: one row per source row in the columns of `SCHEMA`, `adds` null where only its day
    counts.
    """

    figure: str
    explanation: str
    rows: pl.DataFrame


def source_rows(frame: pl.DataFrame, table: str, day: str | None, description: pl.Expr, adds: pl.Expr | None = None) -> pl.DataFrame:
    """Rows in the columns of `SCHEMA`, newest first; `day` names the date column that counts, if any."""
    source_columns = [pl.col(c).cast(pl.String) for c in ("file", "line", "load_id")]
    return frame.select(
        pl.lit(table).alias("table"),
        (pl.col(day) if day else pl.lit(None)).cast(pl.Date).alias("day"),
        description.cast(pl.String).alias("what"),
        (pl.lit(None) if adds is None else adds).cast(pl.Float64).alias("adds"),
        *(c if c.meta.output_name() in frame.columns else pl.lit(None, pl.String).alias(c.meta.output_name()) for c in source_columns),
    ).sort("day", "what", descending=[True, False], nulls_last=True)


def concat_rows(*frames: pl.DataFrame) -> pl.DataFrame:
    """Concatenate frames in the columns of `SCHEMA`, in this order."""
    return pl.concat([pl.DataFrame(schema=SCHEMA), *frames])


def join_words(*columns: str) -> pl.Expr:
    """Join the given columns in words: 'call, out, no reply'."""
    return pl.concat_str(*(pl.col(c).cast(pl.String).str.replace_all("_", " ") for c in columns), separator=", ", ignore_nulls=True)


def format_number(x: float) -> str:
    """Format with at most two decimals: 16.3 -> '16.3', 4.0 -> '4', 1234.5 -> '1,234.5'."""
    return f"{round(x, 2):,.2f}".rstrip("0").rstrip(".")
