"""Recorded outcomes of renewals, from opportunities of that kind."""

from datetime import date

import polars as pl

from health.access import Book


def outcomes(book: Book, as_of: date) -> pl.DataFrame:
    """One row per renewal of the viewer's book as known at the end of `as_of`.

    Sorted by customer_id, opened_on, opportunity_id. customer_id, opportunity_id, opened_on, closed_on (null: not by then), outcome ("open"
    until it was closed, or where none is given), monthly_value, load_id. Renewals are recorded by `entries`, as rows of `opportunities` of
    the kind renewal.
    """
    with book.reading() as session:
        rows = book.own(session, session.staged("opportunities").filter(pl.col("kind") == "renewal", pl.col("opened_on") <= as_of))
    is_known = pl.coalesce("closed_on", "opened_on") <= as_of
    return rows.select(
        "customer_id", "opportunity_id", "opened_on",
        pl.when(pl.col("closed_on") <= as_of).then("closed_on").alias("closed_on"),
        pl.when(is_known).then(pl.col("outcome").fill_null("open")).otherwise(pl.lit("open")).alias("outcome"),
        pl.col("month_value").alias("monthly_value"), "load_id",
    ).sort("customer_id", "opened_on", "opportunity_id")  # fmt: skip
