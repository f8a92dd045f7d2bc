"""Capacity of a week: which rows fit the hours, and on which working day they are due."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

FRIDAY = 4


def working_days(as_of: date) -> list[date]:
    """Remaining working days of the week, today included, Monday to Friday; at a weekend those of the next week.

    Public holidays are not considered.
    """
    first = as_of if as_of.weekday() <= FRIDAY else as_of + timedelta(days=7 - as_of.weekday())
    return [first + timedelta(days=n) for n in range(FRIDAY - first.weekday() + 1)]


def schedule(
    rows: pl.DataFrame, capacity_hours: float, days: Sequence[date], hours_taken: float = 0.0, first_day: bool = False
) -> pl.DataFrame:
    """Add in_week and due to rows with hours, in their order.

    A row is in the week while all hours up to its end, those `hours_taken` before included, fit; the first that does not fit ends the week.
    `due`: the day on which its hours begin, with the capacity spread evenly over the days, or the first day for all; null outside the week.
    """
    hours_until = hours_taken + pl.col("hours").cum_sum()
    day_index = ((hours_until - pl.col("hours")) * len(days) / capacity_hours).floor().cast(pl.Int64) if capacity_hours > 0 else pl.lit(0)
    day = pl.lit(0) if first_day else day_index.clip(0, len(days) - 1)
    due = day.replace_strict(dict(enumerate(days)), return_dtype=pl.Date)
    fits = (hours_until <= capacity_hours).alias("in_week")
    return rows.with_columns(fits).with_columns(pl.when("in_week").then(due).alias("due"))
