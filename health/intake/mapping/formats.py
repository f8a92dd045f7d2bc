"""Formats in which an external file may write dates and amounts, with their descriptions."""

import re
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from health import currency

DATES = {
    "iso": "year first, as in 2026-12-31",
    "day_first": "day first, as in 31/12/2026",
    "month_first": "month first, as in 12/31/2026",
}
DECIMALS = (".", ",")
THOUSANDS = (".", ",", " ", "'")
ZERO = "^[^1-9]*0[^1-9]*$"
"""Matches an amount of 0, however it is written."""
UTC, BOOK = "utc", "book"
"""The zones that a column's times without an offset can be in: UTC, or that of the book."""
_TRIAL = datetime(2026, 11, 30, 17, 45)


@dataclass(frozen=True)
class ValueFormat:
    """Format of one column's values; None means our own format."""

    dates: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    currency: str | None = None
    utc: bool = False
    """Times without an offset are UTC."""

    @property
    def plain_numbers(self) -> bool:
        """Whether numbers are in our own format."""
        return self.decimal in (None, ".") and not self.thousands and not self.currency

    @property
    def number_like(self) -> str:
        """A sample amount in this format."""
        return f"1{self.thousands or ''}234{self.decimal or '.'}50"


def says_utc(heading: str) -> bool:
    """Whether the heading of a column says that its times are in UTC: 'Created (UTC)', 'closed_at_utc'."""
    return re.search(r"(?i)(?<![a-z])(utc|gmt)(?![a-z])", heading) is not None


def date_words(form: str) -> str:
    """Description of a date format."""
    return DATES.get(form, form)


def has_time(pattern: str) -> bool:
    """Whether a strptime pattern includes a time of day."""
    return re.search(r"%-?[HIklTRrc]", pattern) is not None


def date_fault(form: object) -> str | None:
    """What is wrong with a date format, or None. A pattern must read back a date that it has written."""
    if form in DATES:
        return None
    if isinstance(form, str) and "%" in form:
        try:
            day_text = pl.select(pl.lit(_TRIAL).dt.to_string(form))
            day_read = day_text.select(pl.first().str.to_datetime(form) if has_time(form) else pl.first().str.to_date(form)).item()
        except (pl.exceptions.PolarsError, OverflowError):
            day_read = None
        if (
            day_read is not None
            and (day_read.year, day_read.month, day_read.day) == (2026, 11, 30)
            and not (has_time(form) and day_read.hour != _TRIAL.hour)
        ):
            return None
    return f"date_format '{form}' is not a date format; use {', '.join(DATES)} or a pattern such as %d.%m.%Y"


def zone_fault(zone: object) -> str | None:
    """What is wrong with the zone of a column, or None."""
    return None if zone in (None, UTC, BOOK) else f"zone '{zone}' is not supported; use {UTC}, or {BOOK} for the zone of your data"


def number_fault(decimal: object, thousands: object) -> str | None:
    """What is wrong with the decimal or thousands separator, or None."""
    if decimal is not None and decimal not in DECIMALS:
        return f"decimal '{decimal}' is not supported; use '.' or ','"
    if thousands is not None and thousands not in THOUSANDS:
        return f"thousands '{thousands}' is not supported; use one of {' '.join(repr(mark) for mark in THOUSANDS)}"
    if thousands is not None and thousands == (decimal or "."):
        return f"decimal and thousands are both '{thousands}'; use two different characters"
    return None


def currency_fault(code: object) -> str | None:
    """What is wrong with the currency in which amounts are written, or None."""
    return None if code is None or currency.is_code(code) else f"currency '{code}' is not a currency code; use one such as EUR"
