"""What can be done about the chosen row: open the client, done, put off with a reason, hand over to a colleague, take back."""

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


def act(book: Book, row: Mapping[str, Any], as_of: date, part: str) -> None:
    """Below the list: one customer, its figures in words, and what can be done.

    The keys name the customer and what holds of it: a choice stays with the row's number, so that after a colleague's action another
    customer may stand there, and a button pressed for the one must not act on the other.
    """
    customer = str(row["customer_id"])
    place = f"{part}-{customer}-{row.get('made_at') or ''}"
    with st.container(border=True, gap="small"):
        st.markdown(f"**{fmt.plain(row['name'] or customer)}**")
        for words in (row.get("why"), row.get("why_2"), row.get("what"), row.get("note")):
            if words:
                note(f"{words}.", small=False)
        if row.get("play"):
            note(f"Suggested play: {plays.play(row['play']).name}, below.", small=False)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Open the client", type="primary", key=f"primary-open-{place}", icon=":material/apartment:"):
                open_client(customer)
            if not book.may("write"):
                return note("You look on: an account manager or analyst acts here.")
            if part == "away":
                if st.button("Take it back", icon=":material/undo:", key=f"reopen-{place}"):
                    with attempt():
                        keep_message(actions.reopen(book, customer, datetime.now()).words)
                return
            seen = list(row.get("keys") or [])
            if st.button(
                "Done", icon=":material/check:", key=f"done-{place}", help="Rests until the next agreed contact, or something urgent"
            ):
                with attempt():
                    keep_message(actions.done(book, customer, as_of, datetime.now(), seen).words)
            with st.popover("Put off", icon=":material/snooze:"):
                _snooze(book, customer, as_of, seen, place)
            with st.popover("Hand over", icon=":material/swap_horiz:"):
                _hand_over(book, customer, place)


def _snooze(book: Book, customer: str, as_of: date, seen: list[str], place: str) -> None:
    with st.form(f"snooze-{place}", border=False):
        until = st.date_input("Until", as_of + timedelta(days=USUAL_DAYS), min_value=as_of + timedelta(days=1),
                              max_value=as_of + timedelta(days=actions.LONGEST_DAYS), format="DD-MM-YYYY")  # fmt: skip
        reason = st.text_input("Why", max_chars=LONGEST, placeholder="In a few words")
        if st.form_submit_button("Put off"):
            with attempt():
                keep_message(actions.snooze(book, customer, until, reason, as_of, datetime.now(), seen).words)


def _hand_over(book: Book, customer: str, place: str) -> None:
    people = {i: name for i, name in cache.read_cached(rows.employees, book).items() if i != book.viewer.employee_id}
    with st.form(f"hand-{place}", border=False):
        label = unique_labels({i: f"{name} · {i}" for i, name in people.items()})
        to = st.selectbox("To", list(label), format_func=label.__getitem__, help="Who sees it from then on, until it is done or taken back")
        reason = st.text_input("Why", max_chars=LONGEST, placeholder="In a few words")
        if st.form_submit_button("Hand over") and to:
            theirs = Book(Viewer(people[to], "account_manager", to), cache.warehouse())
            with attempt():
                keep_message(actions.hand_over(book, customer, theirs, reason, datetime.now()).words)
