"""The six numbers at the head of the data screen, each with what is usual or what changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from health import format as fmt
from health.insight.data import loads as past
from health.insight.headlines import Headline
from health.portfolio import State
from health.ui.cards import number, strip


def vitals(state: State, told: Mapping[str, Any]) -> None:
    """The strip; `told`: the page's read."""
    strip(
        [
            _tables(state),
            _rows(state, told["loads"]),
            _newest(state),
            _last_load(told["loads"], datetime.now()),
            _known(*told["complete"]),
            _reachable(told["mended"], bool(state.rows["contacts"])),
        ]
    )


def _tables(state: State) -> Headline:
    lacking = [name.replace("_", " ") for name, rows in state.rows.items() if not rows]
    fact = f"{lacking[0]} empty" if len(lacking) == 1 else f"{len(lacking)} empty" if lacking else "none is empty"
    told = f"Empty: {', '.join(lacking)}" if lacking else "Every table that can be loaded holds rows"
    return number("Tables with rows", f"{len(state.rows) - len(lacking)} of {len(state.rows)}", fact, told)


def _rows(state: State, loads: pl.DataFrame) -> Headline:
    live = past.in_force(loads)
    fact = f"+{_short(live['added'][0] or 0)} last load" if live.height else ""
    return number("Rows", _short(sum(state.rows.values())), fact, "Rows of all tables; below: new rows of the last load")


def _short(n: int) -> str:
    return fmt.count(n) if n < 1_000_000 else f"{n / 1e6:.1f}m"


def _newest(state: State) -> Headline:
    day = state.as_of
    told = "The latest day on which something happened; plans and due days do not count. Below: month ends on file"
    if day is None:
        return number("Newest day", fmt.UNKNOWN, "", told)
    months = f", {fmt.plural(len(state.month_ends), 'month')}" if state.month_ends else ""
    return number("Newest day", fmt.day(day).removesuffix(f" {day.year}"), f"{day.year}{months}", told)


def _last_load(loads: pl.DataFrame, now: datetime) -> Headline:
    days, usual = past.since_last(loads, now)
    told = "Days since the newest load that is in force; below: the usual pause between two loads, their median"
    if days is None:
        return number("Last load", fmt.UNKNOWN, "none in force", told)
    fact = f"usual: {fmt.plural(usual, 'day')}" if usual is not None else f"{fmt.plural(past.in_force(loads).height, 'load')} so far"
    return number("Last load", "Today" if days == 0 else fmt.plural(days, "day"), fact, told)


def _known(complete: int, firm: int, active: int) -> Headline:
    told = (
        f"Active customers with every component of the score known: {fmt.count(complete)} of {fmt.count(active)}. "
        f"Firm: what is unknown could not move the band ({fmt.count(firm)})"
    )
    return number("Fully known", _part(complete, active), f"{_part(firm, active)} firm" if active else "nobody active", told)


def _reachable(mended: tuple[int, int], loaded: bool) -> Headline:
    complete, active = mended
    told = "Active customers without an entry in the fix-list of contact details below; usual is all of them"
    if not loaded:
        return number("Contacts complete", fmt.UNKNOWN, "none loaded", told)
    return number("Contacts complete", _part(complete, active), f"{fmt.count(active - complete)} to mend", told)


def _part(k: int, n: int) -> str:
    return fmt.share(k / n) if n else fmt.UNKNOWN
