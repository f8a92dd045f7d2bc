"""Churn, retention and losses while healthy, computed from month-end history as known at each month end.

A month counts only if its first day is observed: before that, only surviving customers are on file. None is unknown.
"""

import math
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from health.foresight.stats.proportions import Rate, wilson
from health.month_ends import last_month_end, month_end
from health.status import CUSTOMER, LOST, MERGED

YEAR_MONTHS = 12
DAYS_BEFORE = 90


def month_ends(history: pl.DataFrame, as_of: date, observed_from: date | None) -> list[date]:
    """Observed month ends of a history up to a day, oldest first."""
    if observed_from is None:
        return []
    return history["as_of"].unique().sort().to_frame().filter(pl.col("as_of").is_between(observed_from, as_of))["as_of"].to_list()


def months_back(end: date, months: int) -> date:
    """Month end a number of months earlier; a negative number goes forward."""
    return month_end(end, -months)


def losses(history: pl.DataFrame) -> pl.DataFrame:
    """One row per loss: customer_id, lost_on, decided_on, month, known_at.

    `month`: its month end; `known_at`: the first month end that knew of it.
    """
    return (
        history.filter(LOST)
        .group_by("customer_id", "lost_on")
        .agg(pl.col("decided_on").first(), pl.col("as_of").min().alias("known_at"))
        .with_columns(pl.col("lost_on").dt.month_end().alias("month"))
        .sort("customer_id", "lost_on")
    )


def churn(history: pl.DataFrame, ends: list[date], observed_from: date | None) -> dict[date, Rate]:
    """Annual churn rate at each of `ends`: 1 - product of (1 - lost in the month / customers at its start).

    Month ends with fewer than twelve observed months before them are left out. Interval: Wilson's, on customer-years.
    """
    customers = history.filter(CUSTOMER)
    at_start = dict(customers.group_by("as_of").len().iter_rows())
    counted_losses = losses(history).with_columns(pl.col("month").dt.offset_by("-1mo").dt.month_end().alias("start"))
    counted_losses = counted_losses.join(
        customers.select("customer_id", pl.col("as_of").alias("start")), on=["customer_id", "start"], how="semi"
    )
    observed_starts = [s for s in at_start if observed_from is not None and s + timedelta(days=1) >= observed_from]
    rate_by_end = {}
    for end in ends:
        starts = [months_back(end, months) for months in range(1, YEAR_MONTHS + 1)]
        if not set(starts) <= set(observed_starts):
            continue
        losses_by_start = dict(counted_losses.filter(pl.col("known_at") <= end).group_by("start").len().iter_rows())
        rate_by_end[end] = _yearly_churn([at_start[s] for s in starts], [losses_by_start.get(s, 0) for s in starts])
    return rate_by_end


def _yearly_churn(at_start: list[int], lost_by_month: list[int]) -> Rate:
    """Combine twelve monthly loss shares into one annual rate."""
    retained_share = math.prod(1 - k / n for k, n in zip(lost_by_month, at_start, strict=True))
    customer_years = sum(at_start) / len(at_start)
    return Rate(1 - retained_share, *wilson((1 - retained_share) * customer_years, customer_years), sum(lost_by_month), customer_years)


def observed_months(history: pl.DataFrame, as_of: date, observed_from: date | None) -> int:
    """Count whole months observed from their first day to their last."""
    return sum(months_back(end, 1) == start for start, end in pairwise(month_ends(history, as_of, observed_from)))


def retention(base_rows: pl.DataFrame, current_rows: pl.DataFrame) -> tuple[float, float] | None:
    """Gross and net revenue retention: current MRR of the earlier customers over their MRR then.

    Gross caps each customer at its earlier amount. Merged customers are left out of both sides, lost ones count 0. None where nothing was
    billed then.
    """
    base = base_rows.filter(CUSTOMER & pl.col("mrr").is_not_null()).select("customer_id", pl.col("mrr").alias("was"))
    current = current_rows.select("customer_id", "status", pl.when(CUSTOMER).then("mrr").otherwise(0.0).alias("is"))
    pairs = base.join(current, on="customer_id", how="left").filter((~MERGED).fill_null(True))
    pairs = pairs.with_columns(pl.when(pl.col("status").is_null()).then(0.0).otherwise("is").alias("is")).drop_nulls("is")
    base_mrr, gross_mrr, net_mrr = pairs.select(
        pl.col("was").sum(), pl.min_horizontal("was", "is").sum().alias("gross"), pl.col("is").sum()
    ).row(0)
    return (gross_mrr / base_mrr, net_mrr / base_mrr) if base_mrr else None


def lost_while_healthy(history: pl.DataFrame, ends: list[date]) -> dict[date, Rate]:
    """Share of losses that were healthy 90 days before `decided_on`, over the twelve months to each of `ends`.

    The band is read at the last month end by that day; customers not on file then are left out.
    """
    bands = history.filter(CUSTOMER).select("customer_id", "as_of", "band").sort("as_of")
    losses_with_band = (
        losses(history)
        .drop_nulls("decided_on")
        .with_columns((pl.col("decided_on") - timedelta(days=DAYS_BEFORE)).alias("day"))
        .with_columns(last_month_end(pl.col("day")).alias("as_of"))
        .join(bands, on=["customer_id", "as_of"], how="inner")
    )
    rate_by_end = {}
    for end in ends:
        within_year = pl.col("lost_on").is_between(months_back(end, YEAR_MONTHS), end, closed="right")
        year_losses = losses_with_band.filter((pl.col("known_at") <= end) & within_year)
        if year_losses.height:
            k = year_losses.filter(pl.col("band") == "healthy").height
            rate_by_end[end] = Rate(k / year_losses.height, *wilson(k, year_losses.height), k, year_losses.height)
    return rate_by_end
