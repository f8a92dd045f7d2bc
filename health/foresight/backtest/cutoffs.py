"""Cut-offs: the past days on which the score is tested (docs/method.md, Evidence)."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from health import format as fmt
from health.month_ends import month_end
from health.warehouse.facts import GRACE_DAYS, Span

MONTHS_BEFORE = 12
HORIZONS = (90, 180)


def matures_on(cutoff: date, horizon_days: int) -> date:
    """Day on which the outcomes within the horizon are known, including customers lost without notice (30 days of grace)."""
    return cutoff + timedelta(days=horizon_days + GRACE_DAYS)


def cutoffs(span: Span, horizon_days: int) -> list[date]:
    """Quarter ends at least 12 months after observation began whose outcome is known, oldest first."""
    if span.observed_from is None or span.outcomes_until is None:
        return []
    first = _first_possible(span.observed_from)
    quarter_ends = pl.date_range(first.replace(day=1), max(span.outcomes_until, first), "3mo", eager=True).dt.month_end().to_list()
    return [day for day in quarter_ends if matures_on(day, horizon_days) <= span.outcomes_until]


def previous_quarter_end(cutoff: date) -> date:
    """Quarter end three months earlier."""
    return month_end(cutoff, -3)


def matured_cutoffs(days: Sequence[date], by: date, horizon_days: int) -> list[date]:
    """Cut-offs whose outcome was known on a day; only these may be used on it."""
    return [day for day in days if matures_on(day, horizon_days) <= by]


def split_in_halves(days: Sequence[date], horizon_days: int) -> tuple[list[date], list[date]]:
    """(earlier, later) halves: fit on the earlier ones known before the first later one, test on the later."""
    later = list(days[(len(days) + 1) // 2 :])
    return (matured_cutoffs(days, later[0], horizon_days) if later else []), later


def explain_no_cutoffs(span: Span, horizon_days: int) -> str:
    """Why there is no cut-off, and what would make one."""
    if span.observed_from is None or span.newest_day is None or span.outcomes_until is None:
        return "No dated events are loaded yet: no interactions, complaints or exits."
    first, newest = span.observed_from, span.newest_day
    period = f"on one day, {fmt.day(first)}" if first == newest else f"from {fmt.day(first)} to {fmt.day(newest)}"
    day = _first_possible(first)
    needed = f"The first possible test date is {fmt.day(day)}; it needs data up to {fmt.day(matures_on(day, horizon_days))}"
    until = span.outcomes_until
    incomplete = f" Contracts and exits are complete through {fmt.day(until)} only." if until < newest else ""
    return (
        f"Events are on file {period}; start dates of contracts do not count as history. {needed}: a year of history to score, then "
        f"{horizon_days + GRACE_DAYS} days to see who churned.{incomplete}"
    )


def _first_possible(observed_from: date) -> date:
    """First quarter end at least 12 months later."""
    year_later = _add_months(observed_from, MONTHS_BEFORE)
    return month_end(year_later, -year_later.month % 3)


def _add_months(day: date, months: int) -> date:
    later_day: date = pl.Series([day]).dt.offset_by(f"{months}mo")[0]
    return later_day
