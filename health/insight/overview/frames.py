"""Frames of the overview's charts and tables."""

from datetime import date

import polars as pl

from health import format as fmt
from health.insight.rates import month_ends
from health.score.components import COMPONENTS
from health.status import CUSTOMER

COMPONENT_LABELS = {c.key: c.label for c in COMPONENTS}
MONTHS = 24


def band_shares(history: pl.DataFrame, as_of: date, observed_from: date | None) -> pl.DataFrame:
    """One row per month end (the last 24 observed) and band: as_of, band, customers, share (0 to 1)."""
    shown_ends = month_ends(history, as_of, observed_from)[-MONTHS:]
    return (
        history.filter(CUSTOMER & pl.col("as_of").is_in(shown_ends) & pl.col("band").is_not_null())
        .group_by("as_of", "band")
        .agg(pl.len().cast(pl.Int64).alias("customers"))
        .with_columns((pl.col("customers") / pl.col("customers").sum().over("as_of")).alias("share"))
        .sort("as_of", "band")
    )


def risk_by_driver(now: pl.DataFrame) -> pl.DataFrame:
    """One row per segment and main driver of at-risk customers: segment, driver (label), customers, mrr."""
    return (
        now.filter(pl.col("band") == "at_risk")
        .select(_or_not_given("segment"), _driver("driver"), "mrr")
        .group_by("segment", "driver")
        .agg(pl.len().cast(pl.Int64).alias("customers"), pl.col("mrr").sum())
        .sort(["mrr", "segment", "driver"], descending=[True, False, False])
    )


def at_risk(now: pl.DataFrame) -> pl.DataFrame:
    """One row per at-risk customer, most MRR first.

    customer_id, customer, band (list of one chip), health (rounded down), trend (list), change (points of health in three months), driver
    (label), mrr, renewal_on, owner.
    """
    return now.filter(pl.col("band") == "at_risk").select(
        "customer_id",
        pl.col("name").alias("customer"),
        _band_chip(),
        pl.col("health").floor().cast(pl.Int64),
        "trend",
        (pl.col("health") - pl.col("health_before")).round(0).cast(pl.Int64).alias("change"),
        _driver("driver"),
        "mrr",
        "renewal_on",
        pl.coalesce("owner_name", "owner").alias("owner"),
    ).sort(["mrr", "customer_id"], descending=[True, False], nulls_last=True)  # fmt: skip


def _or_not_given(column: str) -> pl.Expr:
    return pl.col(column).fill_null(fmt.NOT_GIVEN)


def _driver(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(COMPONENT_LABELS, default=None, return_dtype=pl.Utf8).fill_null(fmt.UNKNOWN)


def _band_chip() -> pl.Expr:
    """A list of one sign and word, as chip columns read it."""
    return pl.concat_list(pl.col("band").replace_strict({b.key: b.label for b in fmt.BANDS}, return_dtype=pl.Utf8)).alias("band")
