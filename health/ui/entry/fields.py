"""The field of one column: which widget it takes, what it offers, what it begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import streamlit as st

from health.columns import Column
from health.insight.client import rows as own
from health.tables import TABLES
from health.ui import cache
from health.ui.entry.context import Desk
from health.ui.entry.forms import label, word
from health.ui.feedback import LONGEST
from health.ui.labels import unique_labels

FEW = 3
LONG = 4_000
_DAY = "DD-MM-YYYY"
_LATEST = timedelta(days=3_650)


@dataclass(frozen=True)
class Place:
    """Where a field stands: the desk, the table, the start of its keys, and the row that is changed (empty for a new one)."""

    desk: Desk
    table: str
    key: str
    row: Mapping[str, Any]


def draw(place: Place, name: str, start: Any) -> Any:
    """The field of a column, and what it holds now; None for nothing. It begins with `start`, once; a blank stays a blank."""
    column, key = TABLES[place.table].column(name), f"{place.key} {name}"
    caption = f"{label(name)}{' *' if column.required else ''}"
    if column.type == "timestamp":
        return _instant(place, column, caption, key, start)
    if key not in st.session_state and start is not None:
        st.session_state[key] = _native(column, start)
    help = f"{column.words[:1].upper()}{column.words[1:]}"
    match column.type:
        case "date":
            return _date(place, column, caption, key, help)
        case "flag":
            return st.checkbox(caption, key=key, help=help) or None
        case "money" | "number":
            return st.number_input(caption, value=None, key=key, help=help, step=1.0, min_value=_least(column))
        case "count":
            return st.number_input(caption, value=None, key=key, help=help, step=1, min_value=column.least, max_value=column.most)
    return _text(place, column, caption, key, help)


def _least(column: Column) -> float | None:
    return None if column.least is None else float(column.least)


def _native(column: Column, value: Any) -> Any:
    """As the widget holds it: a stored decimal is a number there."""
    return float(value) if column.type in ("money", "number") else value


def _text(place: Place, column: Column, caption: str, key: str, help: str) -> Any:
    offered = _offered(place, column)
    if column.name == "comment":
        return st.text_area(caption, key=key, help=help, max_chars=LONG, height=96)
    if offered is None:
        return st.text_input(caption, key=key, help=help, max_chars=LONGEST)
    if held := st.session_state.get(key):
        offered.setdefault(held, held)
    free, choices = column.name in ("theme", "product"), unique_labels(offered)
    if column.allowed and len(offered) <= FEW:
        return st.segmented_control(caption, list(offered), format_func=lambda v: choices.get(v, v), key=key, help=help)
    return st.selectbox(
        caption, list(offered), index=None, format_func=lambda v: choices.get(v, str(v)), key=key, help=help,
        placeholder="Choose or type" if free else "Not said", accept_new_options=free,
    )  # fmt: skip


def _offered(place: Place, column: Column) -> dict[str, str] | None:
    """What can be chosen, with its words; None for free text."""
    book, customer = place.desk.book, place.desk.customer_id
    if column.allowed:
        return {value: word(value) for value in column.allowed}
    if column.name == "employee_id":
        return cache.read_cached(own.employees, book)
    if column.name == "theme":
        return {theme: theme for theme in cache.read_cached(own.themes, book)}
    if column.name in ("contact_id", "contract_id", "product"):
        rows = cache.read_cached(own.rows, book, customer, ("contacts", "contracts"))
        if column.name == "contact_id":
            return dict(rows["contacts"].sort("name", "contact_id").select("contact_id", "name").iter_rows())
        if column.name == "product":
            return {product: product for product in rows["contracts"]["product"].unique().sort()}
        lines = rows["contracts"].sort("start_on", "contract_id", descending=[True, False])
        return {line: f"{product} · {line}" for line, product in lines.select("contract_id", "product").iter_rows()}
    return None


def _bounds(place: Place, column: Column) -> dict[str, date]:
    """Nothing that happened lies ahead; what is planned may."""
    latest = place.desk.today if column.event else place.desk.today + _LATEST
    return {"min_value": date(1900, 1, 1), "max_value": latest}


def _date(place: Place, column: Column, caption: str, key: str, help: str) -> Any:
    return st.date_input(caption, value=None, key=key, help=help, format=_DAY, **_bounds(place, column))  # type: ignore[call-overload]


def _instant(place: Place, column: Column, caption: str, key: str, start: datetime | None) -> datetime | None:
    """A day and a time of day; the seconds of a stored moment stay where neither was touched."""
    on, at = f"{key} on", f"{key} at"
    if start is not None and on not in st.session_state and at not in st.session_state:
        st.session_state[on], st.session_state[at] = start.date(), start.time().replace(second=0, microsecond=0)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        day = _date(place, column, caption, on, f"{column.words[:1].upper()}{column.words[1:]}")
    with right:
        clock = st.time_input(f"{label(column.name)}, time", value=None, key=at, step=300)
    if day is None:
        return None
    moment = datetime.combine(day, clock or time(12))
    stored = place.row.get(column.name)
    return stored if stored is not None and stored.replace(second=0, microsecond=0) == moment else moment
