"""What a person holds against the score: shown beside it, with the author's track record; a form to say so, and to take it back."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, TextColumn

from health import format as fmt
from health.access import Book
from health.insight.client import overrides as by_hand
from health.score import overrides
from health.ui.cards import card, note
from health.ui.columns import Columns
from health.ui.feedback import LONGEST, attempt, said, show_said
from health.ui.tables import table

Row = Mapping[str, Any]
USUAL_DAYS = 30


def override_card(book: Book, customer: Row, told: Mapping[str, pl.DataFrame], newest: date, as_of: date) -> None:
    """The override in force, those before, and for whoever has the right the form. `told`: `by_hand.read`; `newest`: day on file."""
    held, may = told["held"], book.may("override")
    if told["ledger"].is_empty() and not may:
        return
    title = (
        f"{held['author'][0]} holds it {by_hand.what(held.row(0, named=True))}"
        if held.height
        else "Nobody holds anything against the score"
    )
    with card(title, "Shown beside the score, never in its place; back-tests leave it out"):
        show_said()
        if held.height:
            st.text(by_hand.beside(customer, held.row(0, named=True)))
            _record(told["record"], held["author"][0])
        _past(by_hand.past(told["ledger"], as_of))
        begins = min(newest, date.today())
        if not may or as_of != newest:
            return
        if held.height:
            _withdrawal(book, held.row(0, named=True), begins)
        else:
            _form(book, str(customer["customer_id"]), begins)
            _record(told["record"], book.viewer.name)


def _record(record: pl.DataFrame, author: str) -> None:
    """How the author fared with earlier ones."""
    words = by_hand.records(record, author)
    note(f"{author} so far: {'; '.join(words)}." if words else f"No override of {author} can be judged by its outcome yet.")


def _past(past: pl.DataFrame) -> None:
    if past.is_empty():
        return
    columns: Columns = {
        "held": TextColumn("Held", width=120),
        "author": 120,
        "reason": 260,
        "from_on": DateColumn("From", width=96, format="D MMM YYYY"),
        "until_on": DateColumn("Until", width=96, format="D MMM YYYY"),
        "state": 300,
    }
    table(past, columns, key="overrides", alt="Overrides of this customer with author, reason and what became of them", rows=4)


def _form(book: Book, customer_id: str, begins: date) -> None:
    """Health, band or both; a reason; an end within the days allowed. Named by the customer, so that what was begun for one never stands
    in the form of another."""
    latest = begins + timedelta(days=overrides.MOST_DAYS)
    with st.expander("Hold something else", icon=":material/pan_tool:"), st.form(f"override-{customer_id}", border=False):
        with st.grid(3, min_column_width=200):
            band = st.selectbox(
                "Band", overrides.BANDS, None, format_func=lambda key: fmt.band(key).word, placeholder="As the score has it"
            )
            health = st.number_input("Health", 0, 100, None, placeholder="As the score has it", help="0 to 100; a band, a health or both")
            until = st.date_input("Until", begins + timedelta(days=USUAL_DAYS), min_value=begins, max_value=latest, format="DD-MM-YYYY",
                                  help=f"At most {overrides.MOST_DAYS} days from {fmt.day(begins)}, when it begins")  # fmt: skip
        reason = st.text_input("Reason", placeholder="What do you know that the score does not see?", max_chars=LONGEST)
        if st.form_submit_button("Hold it", icon=":material/pan_tool:") and isinstance(until, date):
            with attempt():
                overrides.add(book, customer_id, health, band, book.viewer.name, reason, begins, until, datetime.now())
                said("Held. The score stays as it is; yours stands beside it.")


def _withdrawal(book: Book, held: Row, begins: date) -> None:
    with st.expander("Take it back", icon=":material/undo:"), st.form(f"withdraw-{held['override_id']}", border=False):
        reason = st.text_input("Reason", placeholder="Why does it no longer hold?", max_chars=LONGEST)
        if st.form_submit_button("Take it back", icon=":material/undo:"):
            number, start = int(held["override_id"]), max(begins, held["from_on"])
            with attempt():
                overrides.withdraw(book, number, book.viewer.name, reason, start, datetime.now())
                said("Taken back. It stays on file with your reason.")
