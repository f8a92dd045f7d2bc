"""Who moved from segment to segment between two days."""

from datetime import date

import polars as pl

from health.access import Book
from health.foresight.segments.positions import on
from health.foresight.segments.quadrants import SEGMENTS
from health.foresight.segments.summary import UNKNOWN

NEW, LEFT = "new", "left"
"""New: not active before (begun, or come back). Left: no longer active (gone, between two lines, or known to leave)."""
_FROM = pl.Enum([*SEGMENTS, UNKNOWN, NEW])
_TO = pl.Enum([*SEGMENTS, UNKNOWN, LEFT])


def movement(book: Book, before: date, after: date, margin_rate: float | None = None) -> pl.DataFrame:
    """One row a pair of segments somebody moved between, or stayed in: from, to, customers, mrr_before, mrr_after.

    From ends in new, to in left; unknown is who was active but could not be placed. Summed over `to` it gives the sizes and MRR of the
    active on the day before, over `from` those of the day after; money is null where none is known. Each day has edges of its own.
    """
    active = on(book, [before, after], margin_rate).filter(pl.col("status") == "active")
    start, end = (
        active.filter(pl.col("as_of") == day).select(
            "customer_id",
            pl.col("segment").fill_null(UNKNOWN).alias(what),
            (pl.col("mrr") * 100).round().cast(pl.Int64).alias(f"mrr_{what}"),
        )
        for day, what in ((before, "from"), (after, "to"))
    )
    both = start.join(end, on="customer_id", how="full", coalesce=True)
    pairs = both.with_columns(pl.col("from").fill_null(NEW).cast(_FROM), pl.col("to").fill_null(LEFT).cast(_TO))
    return (
        pairs.group_by("from", "to")
        .agg(pl.len().cast(pl.Int64).alias("customers"), _sum("mrr_from", "mrr_before"), _sum("mrr_to", "mrr_after"))
        .sort("from", "to")
        .with_columns(pl.col("from", "to").cast(pl.String))
    )


def _sum(name: str, alias: str) -> pl.Expr:
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum() / 100).alias(alias)
