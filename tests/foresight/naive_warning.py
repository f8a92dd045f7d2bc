"""Warning times worked out a second way: one loss at a time, month end by month end, from the stored history."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from health.access import Book

WARN = {"warning_days": {"watch", "at_risk"}, "at_risk_days": {"at_risk"}}


def month_ends_back_from(day: date) -> Iterator[date]:
    """The month ends before a day, latest first."""
    first = day.replace(day=1)
    while True:
        if (end := (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)) < day:
            yield end
        first = (first - timedelta(days=1)).replace(day=1)


def bands_by_customer(history: pl.DataFrame) -> dict[str, dict[date, str]]:
    """The band of each active customer at each month end, where it is known."""
    held: dict[str, dict[date, str]] = defaultdict(dict)
    for who, day, status, band in history.select("customer_id", "as_of", "status", "band").iter_rows():
        if status == "active" and band != "unknown":
            held[who][day] = band
    return held


def days_warned(bands: dict[date, str], decided_on: date, level: str) -> int | None:
    """Days from the first month end of the run to the decision."""
    if not any(end < decided_on for end in bands):
        return None
    days = 0
    for end in month_ends_back_from(decided_on):
        if bands.get(end) not in WARN[level]:
            return days
        days = (decided_on - end).days
    raise AssertionError


def shortest_lists(book: Book, losses: pl.DataFrame, since: date, newest: date) -> dict[str, int | None]:
    """By customer lost in the held-out months: the least whole per cent of the book whose lowest scores hold it throughout."""
    with book.reading() as session:
        history = session.rows("history").filter((pl.col("status") == "active") & (pl.col("band") != "unknown"))
    order = {
        day: sorted(rows.select("health", "customer_id").iter_rows())
        for (day,), rows in history.partition_by("as_of", as_dict=True).items()
    }
    found: dict[str, int | None] = {}
    for who, decided_on in losses.select("customer_id", "decided_on").iter_rows():
        ahead = next(end for end in month_ends_back_from(decided_on) if (decided_on - end).days >= 60)
        if ahead < since or decided_on > newest - timedelta(days=30):
            continue
        if not any((row[1] == who) for day, rows in order.items() if day < decided_on for row in rows):
            continue
        found[who] = _shortest(order, who, ahead, decided_on)
    return found


def _shortest(order: dict[date, list[Any]], who: str, ahead: date, decided_on: date) -> int | None:
    for percent in range(1, 101):
        held = []
        for end in month_ends_back_from(decided_on):
            if end < ahead:
                break
            length = -(-percent * len(order[end]) // 100)
            held.append(who in [name for _, name in order[end][:length]])
        if all(held):
            return percent
    return None
