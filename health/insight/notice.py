"""Last day for notice: in words for one customer, and as a column of a list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from health import format as fmt

NEAR_DAYS = 90
"""Days before the last day for notice, or before an end, from which the client's screen shows it as a badge."""
ASSUMED = " (assumed)"
HELP = "The last day on which the customer can give notice for this end. Assumed: no notice period is on file, so 30 days are taken."


def notice_words(customer: Mapping[str, Any], as_of: date) -> str:
    """What can still be decided about the agreed end of an active customer's row of `portfolio.build`; empty without an agreed end."""
    notice_by, end = customer["notice_by"], customer["renewal_on"]
    if end is None or notice_by is None:
        return ""
    if customer["renews_on"] is not None:
        return f"Renews on {fmt.day(customer['renews_on'])}, too late to leave{_assumed(customer)}"
    if notice_by >= as_of:
        return f"Notice until {fmt.day(notice_by)}{_assumed(customer)}"
    return f"Ends on {fmt.day(end)}; notice was possible until {fmt.day(notice_by)}{_assumed(customer)}"


def notice_note(customer: Mapping[str, Any], as_of: date) -> str:
    """The same in about 20 characters, for print; in another year than that of `as_of`, the month."""
    notice_by = customer["notice_by"]
    if customer["renewal_on"] is None or notice_by is None:
        return "no end date"
    if customer["renews_on"] is not None:
        return "renews, too late"
    if notice_by < as_of:
        return "notice day passed"
    day = f"{notice_by.day} {notice_by:%b}" if notice_by.year == as_of.year else f"{notice_by:%b %Y}"
    return f"notice {day}" + (", assumed" if customer["notice_assumed"] else "")


def notice_badge(customer: Mapping[str, Any], as_of: date) -> str:
    """The words for a badge, where the last day for notice or the end lies within 90 days, short enough for a phone; else empty."""
    days = [(day - as_of).days for name in ("notice_by", "renews_on", "renewal_on") if (day := customer[name]) is not None]
    if not customer["renewal_on"] or not any(0 <= n <= NEAR_DAYS for n in days):
        return ""
    if customer["renews_on"] is None and customer["notice_by"] is not None and customer["notice_by"] < as_of:
        return f"Ends on {fmt.day(customer['renewal_on'])}; notice day passed{_assumed(customer)}"
    return notice_words(customer, as_of)


def notice_column() -> pl.Expr:
    """`notice`: the last day for notice as text, marked where the notice period is assumed; null without an agreed end."""
    mark = pl.when(pl.col("notice_assumed").fill_null(False)).then(pl.lit(ASSUMED)).otherwise(pl.lit(""))
    return pl.format("{}{}", pl.col("notice_by").dt.to_string("%-d %b %Y"), mark).alias("notice")


def _assumed(customer: Mapping[str, Any]) -> str:
    return ASSUMED if customer["notice_assumed"] else ""
