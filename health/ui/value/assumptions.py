"""Assumptions behind every value: stated in versions, and changed here by viewers who may."""

from dataclasses import Field, replace
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import TextColumn

from health import currency
from health.access import Book
from health.foresight.lifetime import assumptions
from health.foresight.lifetime.assumptions import FIELDS, Assumptions
from health.ui import cache
from health.ui.cards import card, note
from health.ui.columns import Columns, column
from health.ui.feedback import LONGEST, attempt, keep_message, show_message
from health.ui.tables import table, words_table

RANGE_POINTS = ("low", "mid", "high")
ABOUT = "Three figures mean low, mid and high. All values follow from these assumptions; adapt them to your company"
DISPLAY_FACTOR = {"share": 100.0}
_FORM_VERSION = "assumptions-drawn"


def assumptions_card(book: Book) -> None:
    """Draw the assumptions in force, the form for viewers who may change settings, and past versions."""
    current, versions = _read(book)
    with card(f"Assumptions (version {current.version})", ABOUT):
        show_message()
        rows = [
            {"what": field.metadata["label"], "value": current.text_of(field.name), "words": field.metadata["words"]} for field in FIELDS
        ]
        words_table(pl.DataFrame(rows), {"what": "Assumption", "value": "Value", "words": "Meaning"}, "Assumptions in force")
        if book.may("settings"):
            _form(book, current)
        else:
            note("Analysts can change these assumptions.")
        if versions.height > 1:
            columns: Columns = {
                "version": 70, "author": 110, "reason": 200,
                "created_at": column("loaded_at", 130), "changed": TextColumn("Changes", width=300),
            }  # fmt: skip
            version_rows = versions.with_columns(pl.col("changed").list.join("; "))
            table(version_rows, columns, key="assumption-versions", alt="Versions of the assumptions", rows=5)


@cache.cached
def _read(book: Book) -> tuple[Assumptions, pl.DataFrame]:
    with book.reading() as session:
        return assumptions.in_force(session), assumptions.versions(session)


def _form(book: Book, current: Assumptions) -> None:
    """Draw the form of all figures and save them as a new version."""
    form_version = st.session_state.get(_FORM_VERSION, current.version)  # the values sent were entered in the form as drawn before
    st.session_state[_FORM_VERSION] = current.version
    with st.expander("Change assumptions", icon=":material/edit:"), st.form("assumptions", border=False):
        new_values: dict[str, Any] = {}
        with st.grid(3, min_column_width=220):
            for field in FIELDS:
                new_values[field.name] = _inputs(field, getattr(current, field.name), current.version)
        reason = st.text_input("Reason", max_chars=LONGEST, placeholder="In a few words, for later readers")
        if not st.form_submit_button("Save as a new version", icon=":material/save:"):
            return
        with attempt():
            saved = assumptions.save(book, replace(current, **new_values, version=form_version), book.viewer.name, reason, datetime.now())
            keep_message(f"Assumptions saved: version {saved.version} is in force.")


def _inputs(field: Field[Any], value: Any, version: int) -> Any:
    """Draw the input of a figure, three for a range; return its value. An empty input of a measurable figure is None: measured.

    The keys contain the version, so that a form never carries figures of an older version over to a newer one.
    """
    key = f"{version}-{field.name}"
    if not isinstance(value, tuple):
        return _input(field, field.metadata["label"], value, key)
    with st.container():
        return tuple(
            _input(field, f"{field.metadata['label']}, {point}", value[index], f"{key}-{point}") for index, point in enumerate(RANGE_POINTS)
        )


def _input(field: Field[Any], label: str, value: float | None, key: str) -> float | int | None:
    """Draw one number in its display unit and return it in its own."""
    unit, factor = field.metadata["unit"], DISPLAY_FACTOR.get(field.metadata["unit"], 1.0)
    name = f"{label}, {'%' if unit == 'share' else currency.unit() if unit == 'money' else unit}"
    minimum, maximum = field.metadata["least"] * factor, field.metadata["most"] * factor
    help, placeholder = field.metadata["words"], assumptions.MEASURED if field.default is None else None
    if field.type is int or field.type == "int":
        return int(st.number_input(name, int(minimum), int(maximum), int(value or 0), 1, key=f"assume-{key}", help=help))
    entered = st.number_input(
        name,
        float(minimum),
        float(maximum),
        None if value is None else float(value * factor),
        key=f"assume-{key}",
        help=help,
        placeholder=placeholder,
    )
    return None if entered is None else round(entered / factor, 12)  # so that a share survives the conversion unchanged
