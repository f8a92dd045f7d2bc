"""Summary of each segment: customers, money, health and churn."""

from datetime import date

import polars as pl

from health.access import Book
from health.foresight.segments.positions import churn_cutoffs, customers_on, with_churn
from health.foresight.segments.quadrants import SEGMENTS, quadrants
from health.foresight.stats.proportions import wilson
from health.score import settings
from health.status import ACTIVE

UNKNOWN = "unknown"
"""Active customers without a segment: health or value is unknown."""
CHURN = {
    "segment": pl.String, "customers": pl.Int64, "lost": pl.Int64, "rate": pl.Float64, "low": pl.Float64, "high": pl.Float64,
}  # fmt: skip


def summary(frame: pl.DataFrame, churned: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per segment, then unknown: segment, customers (active), share, mrr, margin, health (mean), lifetime_value, churn, low,
    high.

    `frame` as of `quadrants`, with status, mrr, margin and optionally lifetime_value (sum of those known); money is null where none is
    known. `churned` as of `churn`.
    """
    value = pl.col("lifetime_value") if "lifetime_value" in frame.columns else pl.lit(None, pl.Float64)
    active = frame.filter(ACTIVE).with_columns(pl.col("segment").fill_null(UNKNOWN), value.alias("lifetime_value"))
    totals = active.group_by("segment").agg(
        pl.len().cast(pl.Int64).alias("customers"), _sum("mrr"), _sum("margin"), _mean("health"), _sum("lifetime_value")
    )
    churn_rows = churned if churned is not None else pl.DataFrame(schema=CHURN)
    rates = churn_rows.select("segment", pl.col("rate").alias("churn"), "low", "high")
    rows = pl.DataFrame({"segment": [*SEGMENTS, UNKNOWN]}).join(totals, on="segment", how="left", maintain_order="left")
    share = pl.when(pl.lit(active.height > 0)).then(pl.col("customers") / max(active.height, 1)).alias("share")
    joined = (
        rows.with_columns(pl.col("customers").fill_null(0)).with_columns(share).join(rates, on="segment", how="left", maintain_order="left")
    )
    return joined.select("segment", "customers", "share", "mrr", "margin", "health", "lifetime_value", "churn", "low", "high")


def _sum(name: str) -> pl.Expr:
    """Sum in whole cents, so that the result does not depend on the order."""
    cents = (pl.col(name) * 100).round().cast(pl.Int64)
    return pl.when(cents.count() > 0).then(cents.sum() / 100).alias(name)


def _mean(name: str) -> pl.Expr:
    hundredths = (pl.col(name) * 100).round().cast(pl.Int64)
    return pl.when(hundredths.count() > 0).then((hundredths.sum() / hundredths.count() / 100).round(2)).alias(name)


def churn(book: Book, as_of: date, margin_rate: float | None = None) -> pl.DataFrame:
    """One row per segment: segment, customers (once per quarter start), lost (decided within 90 days), rate, low, high (Wilson).

    Over the last four quarter starts whose 90-day outcome was known by `as_of`, each with its own edges, without involuntary and merged
    ends. No rows in a young book; null rates for empty segments.
    """
    rows = [pl.DataFrame(schema={"segment": pl.String, "lost": pl.Boolean})]
    with book.reading() as session:
        score_settings, days = settings.in_force(session), churn_cutoffs(session, as_of)
        for day in days:
            assigned_rows = book.own(session, quadrants(customers_on(session, day, margin_rate), score_settings))
            rows.append(with_churn(session, assigned_rows).select("segment", "lost"))
    return rates(pl.concat(rows)) if days else pl.DataFrame(schema=CHURN)


def rates(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per segment from (segment, lost), in the declared order; rows without a segment are ignored."""
    counts = {segment: (n, k) for segment, n, k in rows.group_by("segment").agg(pl.len(), pl.col("lost").sum()).iter_rows()}
    rate_rows = []
    for segment in SEGMENTS:
        n, k = counts.get(segment, (0, 0))
        rate_rows.append((segment, n, k, *((k / n, *wilson(k, n)) if n else (None, None, None))))
    return pl.DataFrame(rate_rows, CHURN, orient="row")
