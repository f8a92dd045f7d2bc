"""Actions on the chosen customer: open, done, snooze with a reason, hand over to a colleague, put back on the list."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import streamlit as st

from health import format as fmt
from health.access import Book, Viewer
from health.desk import plays
from health.desk.worklist import actions
from health.desk.worklist.actions import ActionResult
from health.insight.client import rows
from health.ui import cache
from health.ui.cards import note
from health.ui.feedback import LONGEST, attempt, keep_message
from health.ui.labels import unique_labels
from health.ui.links import open_client

USUAL_DAYS = 7
READ_ONLY = "Read-only for your role."


def customer_actions(book: Book, row: Mapping[str, Any], as_of: date, part: str) -> None:
    """Draw the chosen customer with reasons and actions.

    Widget keys name the customer and its state: a selection stays with the row number, and after a colleague's action another customer may
    be in that row.
    """
    customer = str(row["customer_id"])
    key_suffix = f"{part}-{customer}-{row.get('made_at') or ''}"
    with st.container(border=True, gap="small"):
        st.markdown(f"**{fmt.plain(row['name'] or customer)}**")
        labels = {"why": "Why now", "why_2": "Second reason", "what": "What to do", "note": "Note"}
        for name, label in labels.items():
            if row.get(name):
                note(f"{label}: {row[name]}.", small=False)
        if row.get("play"):
            note(f"Suggested play: {plays.play_by_key(row['play']).name}; see the view Plays below.", small=False)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Open client", type="primary", key=f"primary-open-{key_suffix}", icon=":material/apartment:"):
                open_client(customer)
            if not book.may("write"):
                return note(READ_ONLY)
            if part == "away":
                if st.button("Put back on the list", icon=":material/undo:", key=f"reopen-{key_suffix}"):
                    with attempt():
                        keep_message(_reopen(book, customer))
                return
            reason_keys = list(row.get("keys") or [])
            help = "Hides the customer until the next agreed contact, or until something urgent comes up"
            if st.button("Done", icon=":material/check:", key=f"done-{key_suffix}", help=help):
                with attempt():
                    _keep(book, customer, actions.mark_done(book, customer, as_of, datetime.now(), reason_keys))
            with st.popover("Snooze", icon=":material/snooze:"):
                _snooze(book, customer, as_of, reason_keys, key_suffix)
            with st.popover("Hand over", icon=":material/swap_horiz:"):
                _hand_over(book, customer, key_suffix)


def _keep(book: Book, customer: str, result: ActionResult) -> None:
    """Keep the message of an action, with its Undo."""
    keep_message(result.words, partial(_reopen, book, customer))


def _reopen(book: Book, customer: str) -> str:
    return actions.reopen(book, customer, datetime.now()).words


def _snooze(book: Book, customer: str, as_of: date, reason_keys: list[str], key_suffix: str) -> None:
    """Draw the form; its days count from today, or from the day of the data if that is later."""
    start = max(as_of, date.today())
    with st.form(f"snooze-{key_suffix}", border=False):
        until = st.date_input("Until", start + timedelta(days=USUAL_DAYS), min_value=start + timedelta(days=1),
                              max_value=start + timedelta(days=actions.LONGEST_DAYS), format="DD-MM-YYYY")  # fmt: skip
        reason = st.text_input("Reason", max_chars=LONGEST, placeholder="In a few words")
        if st.form_submit_button("Snooze"):
            with attempt():
                _keep(book, customer, actions.snooze(book, customer, until, reason, start, datetime.now(), reason_keys))


def _hand_over(book: Book, customer: str, key_suffix: str) -> None:
    colleagues = {
        employee_id: name for employee_id, name in cache.read_cached(rows.employees, book).items() if employee_id != book.viewer.employee_id
    }
    with st.form(f"hand-{key_suffix}", border=False):
        labels = unique_labels({employee_id: f"{name} · {employee_id}" for employee_id, name in colleagues.items()})
        help = "Sees and edits the customer until it is marked as done or the handover is undone"
        recipient = st.selectbox("To", list(labels), format_func=labels.__getitem__, help=help)
        reason = st.text_input("Reason", max_chars=LONGEST, placeholder="In a few words")
        if st.form_submit_button("Hand over") and recipient:
            recipient_book = Book(Viewer(colleagues[recipient], "account_manager", recipient), cache.warehouse())
            with attempt():
                _keep(book, customer, actions.hand_over(book, customer, recipient_book, reason, datetime.now()))
