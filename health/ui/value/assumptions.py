"""What every value takes for granted: stated, in versions, and changed here by whoever may."""

from dataclasses import Field, replace
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import TextColumn

from health import format as fmt
from health.access import Book
from health.foresight.lifetime import assumptions
from health.foresight.lifetime.assumptions import FIELDS, Assumptions
from health.ui import cache
from health.ui.cards import card, note
from health.ui.columns import Columns, column
from health.ui.feedback import LONGEST, attempt, keep_message, show_message
from health.ui.tables import table, words_table

ENDS = ("low", "mid", "high")
ABOUT = "Of three figures: low, mid, high. Change what does not fit your company: every value follows"
SCALE = {"share": 100.0}
_DRAWN = "assumptions-drawn"


def assumptions_card(book: Book) -> None:
    """Each figure with its words; a form for whoever has the right; what was changed before, by whom and why."""
    stated, versions = _read(book)
    with card(f"What is taken for granted: version {stated.version}", ABOUT):
        show_message()
        rows = [{"what": one.metadata["label"], "value": stated.said(one.name), "words": one.metadata["words"]} for one in FIELDS]
        words_table(pl.DataFrame(rows), {"what": "Assumption", "value": "Value", "words": "What it means"}, "Assumptions in force")
        if book.may("settings"):
            _form(book, stated)
        else:
            note("An analyst can change them.")
        if versions.height > 1:
            columns: Columns = {
                "version": 70, "author": 110, "reason": column("why", 250),
                "created_at": column("loaded_at", 130), "changed": TextColumn("Changed", width=340),
            }  # fmt: skip
            shown = versions.with_columns(pl.col("changed").list.join("; "))
            table(shown, columns, key="assumption-versions", alt="Versions of the assumptions", rows=5)


@cache.cached
def _read(book: Book) -> tuple[Assumptions, pl.DataFrame]:
    with book.reading() as session:
        return assumptions.in_force(session), assumptions.versions(session)


def _form(book: Book, stated: Assumptions) -> None:
    drawn = st.session_state.get(_DRAWN, stated.version)  # what is sent was filled in on the form as it was drawn before
    st.session_state[_DRAWN] = stated.version
    with st.expander("Change them", icon=":material/edit:"), st.form("assumptions", border=False):
        wanted: dict[str, Any] = {}
        with st.grid(3, min_column_width=220):
            for one in FIELDS:
                wanted[one.name] = _inputs(one, getattr(stated, one.name), stated.version)
        reason = st.text_input("Why", max_chars=LONGEST, placeholder="In a few words, for whoever looks at the values later")
        if not st.form_submit_button("Save as a new version", icon=":material/save:"):
            return
        with attempt():
            saved = assumptions.save(book, replace(stated, **wanted, version=drawn), book.viewer.name, reason, datetime.now())
            keep_message(f"Version {saved.version} is in force.")


def _inputs(one: Field[Any], value: Any, version: int) -> Any:
    """A range has three fields; an empty field of a figure that may be measured leaves it to the book.

    The keys hold the version: a form never carries the figures of an older one over to a version that somebody saved meanwhile.
    """
    key = f"{version}-{one.name}"
    if not isinstance(value, tuple):
        return _input(one, one.metadata["label"], value, key)
    with st.container():
        return tuple(_input(one, f"{one.metadata['label']}, {end}", value[n], f"{key}-{end}") for n, end in enumerate(ENDS))


def _input(one: Field[Any], label: str, value: float | None, key: str) -> float | int | None:
    unit, times = one.metadata["unit"], SCALE.get(one.metadata["unit"], 1.0)
    name = f"{label}, {'%' if unit == 'share' else fmt.CURRENCY if unit == 'money' else unit}"
    least, most = one.metadata["least"] * times, one.metadata["most"] * times
    help, hint = one.metadata["words"], assumptions.MEASURED if one.default is None else None
    if one.type is int or one.type == "int":
        return int(st.number_input(name, int(least), int(most), int(value or 0), 1, key=f"assume-{key}", help=help))
    given = st.number_input(
        name, float(least), float(most), None if value is None else float(value * times), key=f"assume-{key}", help=help, placeholder=hint
    )
    return None if given is None else round(given / times, 12)  # back and forth, a share stays the same number
