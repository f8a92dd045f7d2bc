"""Six numbers at the top of the Data screen, each with its usual value or change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from health import format as fmt
from health.insight.data import loads as loads_insight
from health.insight.headlines import Headline
from health.portfolio import State
from health.ui.cards import number, strip


def data_headlines(state: State, page: Mapping[str, Any]) -> None:
    """Draw the numbers. `page`: the screen's content."""
    strip(
        [
            _tables(state),
            _rows(state, page["loads"]),
            _newest(state),
            _last_load(page["loads"], datetime.now()),
            _fully_known(*page["complete"]),
            _reachable(page["mended"], bool(state.rows["contacts"])),
        ]
    )


def _tables(state: State) -> Headline:
    empty_tables = [name.replace("_", " ") for name, rows in state.rows.items() if not rows]
    fact = f"{empty_tables[0]} empty" if len(empty_tables) == 1 else f"{len(empty_tables)} empty" if empty_tables else "none empty"
    help = f"Empty: {', '.join(empty_tables)}" if empty_tables else "Every table has rows"
    return number("Tables with rows", f"{len(state.rows) - len(empty_tables)} of {len(state.rows)}", fact, help)


def _rows(state: State, loads: pl.DataFrame) -> Headline:
    in_force = loads_insight.loads_in_force(loads)
    fact = f"+{_short(in_force['added'][0] or 0)} last load" if in_force.height else ""
    return number("Rows", _short(sum(state.rows.values())), fact, "Rows in all tables. Below: new rows from the last load.")


def _short(n: int) -> str:
    return fmt.count(n) if n < 1_000_000 else f"{n / 1e6:.1f}m"


def _newest(state: State) -> Headline:
    day = state.as_of
    help = "The most recent day with an event. Planned and due dates do not count. Below: month ends with a stored score."
    if day is None:
        return number("Newest day", fmt.UNKNOWN, "", help)
    months = f", {fmt.plural(len(state.month_ends), 'month')}" if state.month_ends else ""
    return number("Newest day", fmt.day(day).removesuffix(f" {day.year}"), f"{day.year}{months}", help)


def _last_load(loads: pl.DataFrame, now: datetime) -> Headline:
    days, usual = loads_insight.days_since_last_load(loads, now)
    help = "Days since the last load that was not undone. Below: the usual time between two loads (median)."
    if days is None:
        return number("Last load", fmt.UNKNOWN, "no load yet", help)
    fact = (
        f"usual: {fmt.plural(usual, 'day')}"
        if usual is not None
        else f"{fmt.plural(loads_insight.loads_in_force(loads).height, 'load')} so far"
    )
    return number("Last load", "Today" if days == 0 else fmt.plural(days, "day"), fact, help)


def _fully_known(complete: int, firm: int, active: int) -> Headline:
    help = (
        f"Active customers with data for every component of the score: {fmt.count(complete)} of {fmt.count(active)}. "
        f"Firm band: missing data could not change it ({fmt.count(firm)})."
    )
    return number("Complete data", _part(complete, active), f"firm band: {_part(firm, active)}" if active else "no active customers", help)


def _reachable(without_fault: tuple[int, int], loaded: bool) -> Headline:
    complete, active = without_fault
    help = "Active customers without a problem in the list of contact details below."
    if not loaded:
        return number("Contacts complete", fmt.UNKNOWN, "none loaded", help)
    return number("Contacts complete", _part(complete, active), f"{fmt.count(active - complete)} to fix", help)


def _part(k: int, n: int) -> str:
    return fmt.share(k / n) if n else fmt.UNKNOWN
