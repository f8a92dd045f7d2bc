"""Calendar month ends: of a day, with an offset in months, and the last one by a day; months between two days."""

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl


def month_end(day: date, months: int = 0) -> date:
    """Last day of the month `months` after the month of `day` (negative: before)."""
    years, month = divmod(day.year * 12 + day.month + months, 12)
    return date(years, month + 1, 1) - timedelta(days=1)


def last_month_end(day: pl.Expr) -> pl.Expr:
    """The last month end at or before a day; null for null."""
    return pl.when(day.dt.month_end() == day).then(day).otherwise(day.dt.month_start() - pl.duration(days=1))


def months_from(day: pl.Expr, later: pl.Expr) -> pl.Expr:
    """Calendar months from the month of one day to that of a later one."""
    return (later.dt.year() - day.dt.year()).cast(pl.Int64) * 12 + later.dt.month().cast(pl.Int64) - day.dt.month().cast(pl.Int64)


def month_end_by(day: date) -> date:
    """The last month end at or before a day."""
    return day if month_end(day) == day else month_end(day, -1)


def latest_of(ends: Iterable[date], as_of: date) -> date:
    """The last of these month ends at or before `as_of`; `as_of` itself if there is none."""
    return max((end for end in ends if end <= as_of), default=as_of)
