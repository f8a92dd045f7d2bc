"""Referrals by one customer, and whether to ask for one now."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from health import format as fmt

ASK_AGAIN_DAYS = 365


def referrals(rows: pl.DataFrame, names: Mapping[str, str], as_of: date) -> pl.DataFrame:
    """One row per referral made by `as_of`, newest first: the table's columns, `sent`, `state` (in words).

    `sent`: the referred customer's name if it is in the viewer's book, else the id. `names`: of the viewer's customers.
    """
    won_on = pl.when(pl.col("won_on") <= as_of).then("won_on")
    referrals_made = (
        rows.filter(pl.col("made_on") <= as_of)
        .with_columns(won_on.alias("won_on"))
        .sort("made_on", "referral_id", descending=[True, False])
    )
    states = ["■ Open" if day is None else f"● Signed {fmt.day(day)}" for day in referrals_made["won_on"]]
    return referrals_made.with_columns(pl.col("referred_id").replace(dict(names)).alias("sent"), pl.Series("state", states, pl.String))


def finding(referral_rows: pl.DataFrame, customer: Mapping[str, Any], as_of: date) -> str:
    """Title: the result of referrals, or that a healthy customer has not been asked."""
    recent = referral_rows.filter(pl.col("made_on") > as_of - timedelta(days=ASK_AGAIN_DAYS))
    if recent.is_empty() and customer["band"] == "healthy":
        return "Healthy and no referral in a year: ask now"
    if referral_rows.is_empty():
        return "No referrals yet"
    customers_won = referral_rows.drop_nulls("won_on").height
    return f"{fmt.plural(referral_rows.height, 'referral')}, {f'{customers_won:,} won' if customers_won else 'none won yet'}"
