"""Actions on the chosen customer: open, done, snooze with a reason, hand over to a colleague, take back."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import streamlit as st

from health import format as fmt
from health.access import Book, Viewer
from health.desk import plays
from health.desk.worklist import actions
from health.insight.client import rows
from health.ui import cache
from health.ui.cards import note
from health.ui.feedback import LONGEST, attempt, keep_message
from health.ui.labels import unique_labels
from health.ui.links import open_client

USUAL_DAYS = 7


def customer_actions(book: Book, row: Mapping[str, Any], as_of: date, part: str) -> None:
    """Draw the chosen customer with reasons and actions.

    Widget keys name the customer and its state: a selection stays with the row number, and after a colleague's action another customer may
    be in that row.
    """
    customer = str(row["customer_id"])
    key_suffix = f"{part}-{customer}-{row.get('made_at') or ''}"
    with st.container(border=True, gap="small"):
        st.markdown(f"**{fmt.plain(row['name'] or customer)}**")
        for text in (row.get("why"), row.get("why_2"), row.get("what"), row.get("note")):
            if text:
                note(f"{text}.", small=False)
        if row.get("play"):
            note(f"Suggested play: {plays.play_by_key(row['play']).name}, below.", small=False)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Open the client", type="primary", key=f"primary-open-{key_suffix}", icon=":material/apartment:"):
                open_client(customer)
            if not book.may("write"):
                return note("You look on: an account manager or analyst acts here.")
            if part == "away":
                if st.button("Take it back", icon=":material/undo:", key=f"reopen-{key_suffix}"):
                    with attempt():
                        keep_message(actions.reopen(book, customer, datetime.now()).words)
                return
            reason_keys = list(row.get("keys") or [])
            if st.button(
                "Done", icon=":material/check:", key=f"done-{key_suffix}", help="Rests until the next agreed contact, or something urgent"
            ):
                with attempt():
                    keep_message(actions.mark_done(book, customer, as_of, datetime.now(), reason_keys).words)
            with st.popover("Put off", icon=":material/snooze:"):
                _snooze(book, customer, as_of, reason_keys, key_suffix)
            with st.popover("Hand over", icon=":material/swap_horiz:"):
                _hand_over(book, customer, key_suffix)


def _snooze(book: Book, customer: str, as_of: date, reason_keys: list[str], key_suffix: str) -> None:
    with st.form(f"snooze-{key_suffix}", border=False):
        until = st.date_input("Until", as_of + timedelta(days=USUAL_DAYS), min_value=as_of + timedelta(days=1),
                              max_value=as_of + timedelta(days=actions.LONGEST_DAYS), format="DD-MM-YYYY")  # fmt: skip
        reason = st.text_input("Why", max_chars=LONGEST, placeholder="In a few words")
        if st.form_submit_button("Put off"):
            with attempt():
                keep_message(actions.snooze(book, customer, until, reason, as_of, datetime.now(), reason_keys).words)


def _hand_over(book: Book, customer: str, key_suffix: str) -> None:
    colleagues = {
        employee_id: name for employee_id, name in cache.read_cached(rows.employees, book).items() if employee_id != book.viewer.employee_id
    }
    with st.form(f"hand-{key_suffix}", border=False):
        labels = unique_labels({employee_id: f"{name} · {employee_id}" for employee_id, name in colleagues.items()})
        recipient = st.selectbox(
            "To", list(labels), format_func=labels.__getitem__, help="Who sees it from then on, until it is done or taken back"
        )
        reason = st.text_input("Why", max_chars=LONGEST, placeholder="In a few words")
        if st.form_submit_button("Hand over") and recipient:
            recipient_book = Book(Viewer(colleagues[recipient], "account_manager", recipient), cache.warehouse())
            with attempt():
                keep_message(actions.hand_over(book, customer, recipient_book, reason, datetime.now()).words)
