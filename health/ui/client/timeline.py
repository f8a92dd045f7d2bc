"""What happened: one list of everything, sought and filtered; the row chosen can be corrected; and what was changed at the desk."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import streamlit as st

from health import format as fmt
from health.access import Book
from health.insight.client import rows as own
from health.insight.client import timeline as happened
from health.ui import cache, entry
from health.ui.cards import card, note
from health.ui.client.context import Client
from health.ui.client.tables import timeline_table
from health.ui.entry.forms import PLAIN
from health.ui.tables import search, words_table

_SHOWN = 20
_SPANS = {"A quarter": 92, "A year": 365, "All": None}


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """The list and the trail of the desk. NotFound for an id outside the book."""
    ledgers, names = own.ledgers(book, customer_id), cache.ask(own.employees, book)
    rows, planned = own.rows(book, customer_id, happened.TABLES), own.planned(book, customer_id, as_of)
    return {
        "timeline": happened.happened(rows, planned, ledgers, as_of, names, newest=as_of == cache.state(book).as_of),
        "changes": happened.changes(ledgers["trail"], names),
    }


def show(shown: Client) -> None:
    """Draws it."""
    told = read(shown.book, shown.id, shown.as_of)
    timeline = told["timeline"]
    about = "Newest first; file, line and load say where a row came from"
    with card(happened.finding(timeline, shown.as_of), f"{about}; a row chosen can be corrected" if shown.desk else about):
        leaving = ["exit"] if shown.row["status"] == "active" else []
        entry.new(shown.desk, "complaint", "promise", "diary", *leaving, *PLAIN, noting=True)
        found = happened.sought(timeline, *_asked(timeline["kind"].unique(maintain_order=True).sort().to_list(), shown.as_of))
        place = f"timeline-{shown.id}-{shown.book.version}-{found.height}"  # a choice of rows ends with the rows it was made of
        row = timeline_table(found, place, choose=shown.desk is not None)
        if row is not None:
            entry.of_row(shown.desk, found["table"][row], found["key"][row], "timeline")
    if not told["changes"].is_empty():
        _changes(told["changes"])


def _asked(kinds: list[str], as_of: date) -> tuple[list[str], str, date | None]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = search("Words, people, files", "sought", 260)
        span = st.segmented_control("Since", list(_SPANS), default="A year", required=True, key="span", label_visibility="collapsed")
    chosen = st.pills("Kinds", kinds, selection_mode="multi", label_visibility="collapsed", key="kinds") if kinds else []
    days = _SPANS[span]
    return list(chosen), words, as_of - timedelta(days=days) if days else None


def _changes(changes: pl.DataFrame) -> None:
    with card("What was written and changed at the desk", "Nothing of it is ever taken away; newest first"):
        when = pl.Series("when", [fmt.instant(moment) for moment in changes["when"]], pl.String)
        labels = {"when": "When", "who": "Who", "what": "What", "before": "Before", "after": "After", "why": "Why"}
        alt = "Entries, corrections and removals at the desk with author and reason"
        words_table(changes.with_columns(when).head(_SHOWN), labels, alt)
        if changes.height > _SHOWN:
            note(f"{fmt.plural(changes.height - _SHOWN, 'earlier change')} not shown.")
