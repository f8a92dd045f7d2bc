"""The frames behind the overview's charts and tables."""

from datetime import date

import polars as pl


def band_shares(history: pl.DataFrame, as_of: date, observed_from: date | None, months: int = 24) -> pl.DataFrame:
    """One row a month end and band: as_of, band, customers, share (0..1) of those active or leaving; none before observed_from."""
    return pl.DataFrame(schema={"as_of": pl.Date, "band": pl.Utf8, "customers": pl.Int64, "share": pl.Float64})


def risk_by_driver(now: pl.DataFrame) -> pl.DataFrame:
    """One row a segment and heaviest driver of the at-risk customers: segment, driver (its label), customers, mrr."""
    return pl.DataFrame(schema={"segment": pl.Utf8, "driver": pl.Utf8, "customers": pl.Int64, "mrr": pl.Float64})


def at_risk(now: pl.DataFrame) -> pl.DataFrame:
    """The at-risk customers, most MRR first: customer_id, customer, band (list of one chip), health (rounded down), trend (list),
    change (points of health in three months), driver (label), mrr, renewal_on, owner."""
    return pl.DataFrame()


def falls(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The largest falls of health between two dates: customer_id, customer, band (list of one chip), change, moved_by (label), health, mrr.

    `before`: `portfolio.build` at the earlier date, or the rows of `portfolio.history` at that month end.
    """
    return pl.DataFrame()
