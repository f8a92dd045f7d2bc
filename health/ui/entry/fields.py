"""Form fields of table columns: widget, choices and start value of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import streamlit as st

from health.columns import Column
from health.insight.client import rows as customer_rows
from health.tables import TABLES
from health.ui import cache
from health.ui.entry.context import Desk
from health.ui.entry.forms import label, word
from health.ui.feedback import LONGEST
from health.ui.labels import unique_labels

MAX_SEGMENTS = 3
MAX_COMMENT = 4_000
_DATE_FORMAT = "DD-MM-YYYY"
_MAX_AHEAD = timedelta(days=3_650)


@dataclass(frozen=True)
class FieldForm:
    """A form that fields belong to: desk, table, start of the widgets' keys, and the row that is changed (empty for a new one)."""

    desk: Desk
    table: str
    key: str
    row: Mapping[str, Any]


def draw(form: FieldForm, name: str, start: Any) -> Any:
    """Draw the field of a column and return its value; None if empty. `start`: its first value; a field that was cleared stays empty."""
    column, key = TABLES[form.table].column(name), f"{form.key} {name}"
    caption = f"{label(name)}{' *' if column.required else ''}"
    if column.type == "timestamp":
        return _timestamp(form, column, caption, key, start)
    if key not in st.session_state and start is not None:
        st.session_state[key] = _widget_value(column, start)
    help = _help(column)
    match column.type:
        case "date":
            return _date(form, column, caption, key, help)
        case "flag":
            return st.checkbox(caption, key=key, help=help) or None
        case "money" | "number" | "rate":
            return st.number_input(caption, value=None, key=key, help=help, step=1.0, min_value=_least(column))
        case "count":
            return st.number_input(caption, value=None, key=key, help=help, step=1, min_value=column.least, max_value=column.most)
    return _text(form, column, caption, key, help)


def _least(column: Column) -> float | None:
    return None if column.least is None else float(column.least)


def _help(column: Column) -> str:
    return f"{column.words[:1].upper()}{column.words[1:]}"


def _widget_value(column: Column, value: Any) -> Any:
    """Value as the widget holds it: decimals as float."""
    return float(value) if column.type in ("money", "number", "rate") else value


def _text(form: FieldForm, column: Column, caption: str, key: str, help: str) -> Any:
    choices = _choices(form, column)
    if column.name == "comment":
        return st.text_area(caption, key=key, help=help, max_chars=MAX_COMMENT, height=96)
    if choices is None:
        return st.text_input(caption, key=key, help=help, max_chars=LONGEST)
    if chosen := st.session_state.get(key):
        choices.setdefault(chosen, chosen)
    accepts_new, labels = column.name in ("theme", "product"), unique_labels(choices)
    if column.allowed and len(choices) <= MAX_SEGMENTS:
        return st.segmented_control(caption, list(choices), format_func=lambda value: labels.get(value, value), key=key, help=help)
    return st.selectbox(
        caption, list(choices), index=None, format_func=lambda value: labels.get(value, str(value)), key=key, help=help,
        placeholder="Choose or type" if accepts_new else "Not given", accept_new_options=accepts_new,
    )  # fmt: skip


def _choices(form: FieldForm, column: Column) -> dict[str, str] | None:
    """Choices of a column with their labels; None for free text."""
    book, customer = form.desk.book, form.desk.customer_id
    if column.allowed:
        return {value: word(value) for value in column.allowed}
    if column.name == "employee_id":
        return cache.read_cached(customer_rows.employees, book)
    if column.name == "theme":
        return {theme: theme for theme in cache.read_cached(customer_rows.themes, book)}
    if column.name in ("contact_id", "contract_id", "product"):
        rows = cache.read_cached(customer_rows.customer_rows, book, customer, ("contacts", "contracts"))
        if column.name == "contact_id":
            return dict(rows["contacts"].sort("name", "contact_id").select("contact_id", "name").iter_rows())
        if column.name == "product":
            return {product: product for product in rows["contracts"]["product"].unique().sort()}
        contracts = rows["contracts"].sort("start_on", "contract_id", descending=[True, False])
        return {
            contract_id: f"{product} · {contract_id}" for contract_id, product in contracts.select("contract_id", "product").iter_rows()
        }
    return None


def _bounds(form: FieldForm, column: Column) -> dict[str, date]:
    """Earliest and latest day: an event lies at most on today, a plan up to ten years ahead."""
    latest = form.desk.today if column.event else form.desk.today + _MAX_AHEAD
    return {"min_value": date(1900, 1, 1), "max_value": latest}


def _date(form: FieldForm, column: Column, caption: str, key: str, help: str) -> Any:
    return st.date_input(caption, value=None, key=key, help=help, format=_DATE_FORMAT, **_bounds(form, column))  # type: ignore[call-overload]


def _timestamp(form: FieldForm, column: Column, caption: str, key: str, start: datetime | None) -> datetime | None:
    """Draw a day and a time of day; the seconds of a stored value are kept while both are unchanged."""
    day_key, time_key = f"{key} on", f"{key} at"
    if start is not None and day_key not in st.session_state and time_key not in st.session_state:
        st.session_state[day_key], st.session_state[time_key] = start.date(), start.time().replace(second=0, microsecond=0)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        day = _date(form, column, caption, day_key, _help(column))
    with right:
        time_of_day = st.time_input(f"{label(column.name)}, time", value=None, key=time_key, step=300)
    if day is None:
        return None
    moment = datetime.combine(day, time_of_day or time(12))
    stored = form.row.get(column.name)
    return stored if stored is not None and stored.replace(second=0, microsecond=0) == moment else moment
