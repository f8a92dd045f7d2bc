"""Manual overrides of the score: shown next to it with the author's track record, and the forms to add or withdraw one."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, TextColumn

from health import format as fmt
from health.access import Book
from health.insight.client import overrides as override_insight
from health.score import overrides
from health.ui import cache
from health.ui.cards import card, note
from health.ui.columns import Columns
from health.ui.feedback import LONGEST, attempt, keep_message, show_message
from health.ui.tables import table

Row = Mapping[str, Any]
USUAL_DAYS = 30


def override_card(book: Book, customer: Row, data: Mapping[str, pl.DataFrame], newest: date, as_of: date) -> None:
    """Draw the override in force, past ones, and the form for viewers who may override.

    `data`: frames of `insight.client.overrides.read`; `newest`: the newest day on file.
    """
    override, may_override = data["held"], book.may("override")
    if data["ledger"].is_empty() and not may_override:
        return
    title = (
        f"{override['author'][0]} rates this customer as {override_insight.override_text(override.row(0, named=True))}"
        if override.height
        else "No manual override"
    )
    with card(title, "An override is shown next to the calculated score and does not change it; evaluations ignore it"):
        show_message()
        if override.height:
            st.text(override_insight.comparison_text(customer, override.row(0, named=True)))
            _track_record(data["record"], override["author"][0])
        _past_table(override_insight.override_table(data["ledger"], as_of))
        start = min(newest, date.today())
        if not may_override or as_of != newest:
            return
        if override.height:
            _withdrawal(book, override.row(0, named=True), start)
        else:
            _form(book, str(customer["customer_id"]), start)
            _track_record(data["record"], author_name(book))


def author_name(book: Book) -> str:
    """Name of the viewer: the employee's, where the viewer is one, else that of the user."""
    return cache.employees(book).get(book.viewer.employee_id or "", book.viewer.name)


def _track_record(record: pl.DataFrame, author: str) -> None:
    """Draw how earlier overrides of the author turned out."""
    results = override_insight.track_record_texts(record, author)
    note(f"Earlier overrides by {author}: {'; '.join(results)}." if results else f"No override by {author} has an outcome yet.")


def _past_table(rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    columns: Columns = {
        "held": TextColumn("Override", width=106),
        "author": 120,
        "reason": 220,
        "from_on": DateColumn("From", width=96, format="D MMM YYYY"),
        "until_on": DateColumn("Until", width=96, format="D MMM YYYY"),
        "state": 200,
    }
    table(rows, columns, key="overrides", alt="Overrides of this customer with author, reason and state", rows=4, wrap=True)


def _form(book: Book, customer_id: str, start: date) -> None:
    """Draw the form: health, band or both, a reason, and an end within the days allowed.

    Its key names the customer, so that input for one never appears in the form of another.
    """
    latest = start + timedelta(days=overrides.MOST_DAYS)
    with st.expander("Override the rating", icon=":material/pan_tool:"), st.form(f"override-{customer_id}", border=False):
        with st.grid(3, min_column_width=200):
            band = st.selectbox("Band", overrides.BANDS, None, format_func=lambda key: fmt.band(key).word, placeholder="As calculated")
            health = st.number_input("Health", 0, 100, None, placeholder="As calculated", help="0 to 100; enter a band, a health or both")
            until = st.date_input("Until", min(latest, max(start, date.today()) + timedelta(days=USUAL_DAYS)), min_value=start,
            max_value=latest, format="DD-MM-YYYY",
                                  help=f"At most {overrides.MOST_DAYS} days from its start on {fmt.day(start)}")  # fmt: skip
        reason = st.text_input("Reason", placeholder="What do you know that is not in the data?", max_chars=LONGEST)
        if st.form_submit_button("Save override", icon=":material/pan_tool:") and isinstance(until, date):
            with attempt():
                overrides.add(book, customer_id, health, band, author_name(book), reason, start, until, datetime.now())
                keep_message("Override saved; the calculated score is unchanged.")


def _withdrawal(book: Book, override: Row, first_day: date) -> None:
    with st.expander("Withdraw the override", icon=":material/undo:"), st.form(f"withdraw-{override['override_id']}", border=False):
        reason = st.text_input("Reason", placeholder="Why does it no longer apply?", max_chars=LONGEST)
        if st.form_submit_button("Withdraw the override", icon=":material/undo:"):
            override_id, start = int(override["override_id"]), max(first_day, override["from_on"])
            with attempt():
                overrides.withdraw(book, override_id, author_name(book), reason, start, datetime.now())
                keep_message("Override withdrawn. It stays on file with your reason.")
