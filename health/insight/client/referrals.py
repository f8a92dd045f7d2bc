"""Whom one customer sent us, and whether now is the time to ask."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from health import format as fmt

ASK_AGAIN_DAYS = 365


def referrals(rows: pl.DataFrame, names: Mapping[str, str], as_of: date) -> pl.DataFrame:
    """One row a referral made by `as_of`, newest first: the table's columns, `sent` (the name where it is in the viewer's book, else the
    id), `state` in words. `names`: of the viewer's own customers."""
    won = pl.when(pl.col("won_on") <= as_of).then("won_on")
    own = rows.filter(pl.col("made_on") <= as_of).with_columns(won.alias("won_on")).sort("made_on", "referral_id", descending=[True, False])
    state = ["■ Open" if day is None else f"● Signed {fmt.day(day)}" for day in own["won_on"]]
    return own.with_columns(pl.col("referred_id").replace(dict(names)).alias("sent"), pl.Series("state", state, pl.String))


def finding(made: pl.DataFrame, customer: Mapping[str, Any], as_of: date) -> str:
    """The head of the list: what came of asking, or that a healthy customer has not been asked."""
    recent = made.filter(pl.col("made_on") > as_of - timedelta(days=ASK_AGAIN_DAYS))
    if recent.is_empty() and customer["band"] == "healthy":
        return "Healthy, and sent nobody in a year: ask now"
    if made.is_empty():
        return "Has not sent us anybody yet"
    won = made.drop_nulls("won_on").height
    return f"Sent us {fmt.plural(made.height, 'prospect')}, {fmt.plural(won, 'customer')} came of it"
