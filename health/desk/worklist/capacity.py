"""A week's hours over a list: what fits, and by which working day."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

FRIDAY = 4


def working_days(as_of: date) -> list[date]:
    """What is left of the week of a day, the day itself included, Monday to Friday; at a weekend the week that follows. Public holidays are
    not known here."""
    first = as_of if as_of.weekday() <= FRIDAY else as_of + timedelta(days=7 - as_of.weekday())
    return [first + timedelta(days=n) for n in range(FRIDAY - first.weekday() + 1)]


def schedule(
    rows: pl.DataFrame, capacity_hours: float, days: Sequence[date], hours_taken: float = 0.0, first_day: bool = False
) -> pl.DataFrame:
    """Adds in_week and due to rows with hours, in their order: a row is in the week while all hours up to its end, those `taken` before
    included, fit; the first that does not fit ends the week. `due`: the day in which its hours begin, the capacity spread evenly over the
    days, or for all the first day; null outside the week."""
    hours_until = hours_taken + pl.col("hours").cum_sum()
    day_index = ((hours_until - pl.col("hours")) * len(days) / capacity_hours).floor().cast(pl.Int64) if capacity_hours > 0 else pl.lit(0)
    day = pl.lit(0) if first_day else day_index.clip(0, len(days) - 1)
    due = day.replace_strict(dict(enumerate(days)), return_dtype=pl.Date)
    fits = (hours_until <= capacity_hours).alias("in_week")
    return rows.with_columns(fits).with_columns(pl.when("in_week").then(due).alias("due"))
