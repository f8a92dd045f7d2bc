"""Timeline view: everything that happened, with search and filters; a chosen row can be corrected; and the audit trail of entries."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import streamlit as st

from health import format as fmt
from health.access import Book
from health.insight.client import rows as customer_rows
from health.insight.client import timeline as timeline_insight
from health.ui import cache, entry
from health.ui.cards import card, note
from health.ui.client.context import Client
from health.ui.client.tables import timeline_table
from health.ui.entry.forms import PLAIN_TABLES
from health.ui.tables import search, words_table

_SHOWN = 20
_SPANS = {"A quarter": 92, "A year": 365, "All": None}


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """Read the timeline and the audit trail of entries. Raises NotFound for an id outside the book."""
    ledgers, names = customer_rows.read_ledgers(book, customer_id), cache.read_cached(customer_rows.employees, book)
    rows, planned_contacts = (
        customer_rows.customer_rows(book, customer_id, timeline_insight.TABLES),
        customer_rows.planned_contacts(book, customer_id, as_of),
    )
    return {
        "timeline": timeline_insight.build_timeline(
            rows, planned_contacts, ledgers, as_of, names, is_newest_day=as_of == cache.state(book).as_of
        ),
        "changes": timeline_insight.change_log(ledgers["trail"], names),
    }


def show(client: Client) -> None:
    """Draw the view."""
    data = read(client.book, client.id, client.as_of)
    timeline = data["timeline"]
    about = "Newest first; file, line and load show the source"
    with card(timeline_insight.finding(timeline, client.as_of), f"{about}. Select a row to correct it" if client.desk else about):
        exit_form = ["exit"] if client.row["status"] in ("active", "paused") else []
        entry.entry_buttons(client.desk, "complaint", "promise", "diary", *exit_form, *PLAIN_TABLES, with_note=True)
        matches = timeline_insight.filter_timeline(
            timeline, *_filters(timeline["kind"].unique(maintain_order=True).sort().to_list(), client.as_of)
        )
        table_key = f"timeline-{client.id}-{client.book.version}-{matches.height}"  # a selection ends when the rows change
        row = timeline_table(matches, table_key, choose=client.desk is not None)
        if row is not None:
            entry.row_actions(client.desk, matches["table"][row], matches["key"][row], "timeline")
    if not data["changes"].is_empty():
        _changes(data["changes"])


def _filters(kinds: list[str], as_of: date) -> tuple[list[str], str, date | None]:
    """Draw the filters and return them: kinds, words, and the first day, if any."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = search("Words, people, files", "sought", 260)
        period = st.segmented_control("Since", list(_SPANS), default="A year", required=True, key="span", label_visibility="collapsed")
    chosen = st.pills("Kinds", kinds, selection_mode="multi", label_visibility="collapsed", key="kinds") if kinds else []
    days = _SPANS[period]
    return list(chosen), words, as_of - timedelta(days=days) if days else None


def _changes(changes: pl.DataFrame) -> None:
    with card("Manual entries and changes", "Complete audit trail, newest first"):
        when = pl.Series("when", [fmt.instant(moment) for moment in changes["when"]], pl.String)
        labels = {"when": "When", "who": "Who", "what": "What", "before": "Before", "after": "After", "why": "Why"}
        alt = "Manual entries, corrections and removals with author and reason"
        words_table(changes.with_columns(when).head(_SHOWN), labels, alt)
        if changes.height > _SHOWN:
            note(f"{fmt.plural(changes.height - _SHOWN, 'earlier change')} not shown.")
