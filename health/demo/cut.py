"""A generated company as it was on file at the end of an earlier day: later rows are missing, later answers are blank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

KNOWN_FROM = {
    "contacts": pl.col("active_from"),
    "contracts": pl.coalesce("signed_on", "start_on"),
    "interactions": pl.col("occurred_at"),
    "complaints": pl.col("opened_at"),
    "surveys": pl.col("asked_on"),
    "invoices": pl.col("issued_on"),
    "promises": pl.col("promised_on"),
    "diary": pl.col("created_on"),
    "exits": pl.col("announced_on"),
    "referrals": pl.col("made_on"),
    "opportunities": pl.col("opened_on"),
    "usage": pl.col("month").dt.month_end(),
    "market_prices": pl.col("observed_on"),
}
"""The day from which a row is on file; rows without such a day always are."""
FILLED_LATER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "customers": {"customer_since": ("customer_since",)},
    "contacts": {"active_to": ("active_to",)},
    "contracts": {"notice_on": ("notice_on", "terminated_on"), "paused_from": ("paused_from", "paused_until")},
    "complaints": {"first_response_at": ("first_response_at",), "resolved_at": ("resolved_at",)},
    "surveys": {"answered_on": ("answered_on", "score")},
    "invoices": {"paid_on": ("paid_on",)},
    "promises": {"delivered_at": ("delivered_at",)},
    "diary": {"cancelled_on": ("cancelled_on",)},
    "exits": {"interviewed_on": ("interviewed_on",), "left_on": ("written_off",)},
    "referrals": {"won_on": ("won_on", "referred_id")},
    "opportunities": {"closed_on": ("closed_on", "outcome")},
}
"""By table and day: the columns that are filled on that day; an offer that is not closed is open, and the last day is agreed before."""
BLANK = {"outcome": "open"}


def cut_tables(tables: Mapping[str, pl.DataFrame], until: date) -> dict[str, pl.DataFrame]:
    """The tables as on file at the end of `until`, in the same order. Customers are on file from their first contract."""
    known = {name: _known_rows(name, frame, until) for name, frame in tables.items()}
    on_file = known["contracts"]["customer_id"].unique()
    return {name: _of_customers(frame, on_file) for name, frame in known.items()}


def _known_rows(name: str, frame: pl.DataFrame, until: date) -> pl.DataFrame:
    """Rows on file by the day, with what was filled in later blank."""
    rows = frame.filter((KNOWN_FROM[name].cast(pl.Date) <= until).fill_null(True)) if name in KNOWN_FROM else frame
    later = {
        column: pl.when((pl.col(day).cast(pl.Date) > until).fill_null(False)).then(pl.lit(BLANK.get(column))).otherwise(pl.col(column))
        for day, columns in FILLED_LATER.get(name, {}).items()
        for column in columns
    }
    return rows.with_columns(**later) if later else rows


def _of_customers(frame: pl.DataFrame, on_file: pl.Series) -> pl.DataFrame:
    """The rows of customers who are on file; a group led by another one has no parent yet."""
    if "parent_id" in frame.columns:
        parent = pl.when(pl.col("parent_id").is_in(on_file.implode())).then("parent_id")
        frame = frame.with_columns(parent.alias("parent_id"))
    return frame.filter(pl.col("customer_id").is_in(on_file.implode())) if "customer_id" in frame.columns else frame
