"""Purchase counts of customers without a contract: frequency, recency and age (Fader, Hardie and Lee 2005)."""

from datetime import date

import polars as pl

from health.errors import InsufficientData
from health.warehouse import Session, completeness

MIN_CUSTOMERS = 30
"""Repeat buyers needed: fewer cannot support four parameters."""
DAYS_A_WEEK = 7
GROUP = ["frequency", "recency_weeks", "age_weeks"]


def counts(session: Session, as_of: date) -> pl.DataFrame:
    """One row per customer without a contract who has purchased, as known on `as_of`, sorted by id.

    frequency (days of purchase after the first), recency_weeks (first to last purchase), age_weeks (first purchase to `as_of`, or to the
    day through which invoices are complete if earlier), spend (mean of the days after the first; null without any), gone (gave notice
    since).
    """
    until = min(as_of, completeness.read(session).through("invoices") or as_of)
    return count_purchases(session.frame("queries/purchase_days", as_of=as_of).filter(pl.col("day") <= until), until)


def count_purchases(days: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`counts` from days of purchase (customer_id, day, cents, gone), sorted by both, up to `as_of`."""
    first, last, repeats = pl.col("day").first(), pl.col("day").last(), pl.len().cast(pl.Int64) - 1
    repeat_cents = pl.col("cents").sum() - pl.col("cents").first()
    return days.group_by("customer_id", maintain_order=True).agg(
        repeats.alias("frequency"),
        ((last - first).dt.total_days() / DAYS_A_WEEK).alias("recency_weeks"),
        ((pl.lit(as_of) - first).dt.total_days() / DAYS_A_WEEK).alias("age_weeks"),
        pl.when(repeats > 0).then(repeat_cents / repeats / 100).alias("spend"),
        pl.col("gone").first(),
    )


def distinct_histories(counts: pl.DataFrame) -> pl.DataFrame:
    """One row per distinct history, sorted: frequency, recency_weeks, age_weeks, customers."""
    return counts.group_by(GROUP).agg(pl.len().alias("customers")).sort(GROUP)


def require_enough(counts: pl.DataFrame) -> None:
    """Raise InsufficientData where the counts cannot support a purchase model."""
    repeaters = counts.filter(pl.col("frequency") > 0).height
    if repeaters < MIN_CUSTOMERS:
        raise InsufficientData(
            f"Too few repeat buyers without a contract to forecast purchases: {repeaters}; {MIN_CUSTOMERS} are needed. Load more invoices."
        )
