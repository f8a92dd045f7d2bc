"""Movement of customers between segments from one day to another."""

from datetime import date

import polars as pl

from health.access import Book
from health.foresight.segments.positions import positions_on
from health.foresight.segments.quadrants import SEGMENTS
from health.foresight.segments.summary import UNKNOWN
from health.status import ACTIVE

NEW, LEFT = "new", "left"
"""New: not active before (started or returned). Left: no longer active (gone, in grace or known to leave)."""
_FROM = pl.Enum([*SEGMENTS, UNKNOWN, NEW])
_TO = pl.Enum([*SEGMENTS, UNKNOWN, LEFT])


def segment_moves(book: Book, before: date, after: date, margin_rate: float | None = None) -> pl.DataFrame:
    """One row per pair of segments with at least one customer: from, to, customers, mrr_before, mrr_after.

    `from` includes new, `to` includes left; unknown is active without a segment. Summing over `to` gives the sizes and MRR of the first
    day, over `from` those of the second; money is null where none is known. Each day has its own edges.
    """
    active = positions_on(book, [before, after], margin_rate).filter(ACTIVE)
    start, end = (
        active.filter(pl.col("as_of") == day).select(
            "customer_id",
            pl.col("segment").fill_null(UNKNOWN).alias(side),
            (pl.col("mrr") * 100).round().cast(pl.Int64).alias(f"mrr_{side}"),
        )
        for day, side in ((before, "from"), (after, "to"))
    )
    positions = start.join(end, on="customer_id", how="full", coalesce=True)
    pairs = positions.with_columns(pl.col("from").fill_null(NEW).cast(_FROM), pl.col("to").fill_null(LEFT).cast(_TO))
    return (
        pairs.group_by("from", "to")
        .agg(pl.len().cast(pl.Int64).alias("customers"), _sum("mrr_from", "mrr_before"), _sum("mrr_to", "mrr_after"))
        .sort("from", "to")
        .with_columns(pl.col("from", "to").cast(pl.String))
    )


def _sum(name: str, alias: str) -> pl.Expr:
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum() / 100).alias(alias)
