"""What was just saved: the sentence that names what changed, and Undo beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import streamlit as st

from health import format as fmt
from health.access import Book
from health.desk import entries
from health.desk.entries import notes
from health.insight.client import entry_effect
from health.ui.entry.context import Desk
from health.ui.feedback import attempt

_DONE = "desk-done"
UNDONE = "undone right after saving"


@dataclass(frozen=True)
class Act:
    """One thing to take back: a note (its number is the key), an entry, or where `before` is given the values that a correction changed."""

    table: str
    key: str
    load_id: int
    before: Mapping[str, Any] = field(default_factory=dict)

    def undo(self, book: Book, now: datetime) -> None:
        """Takes it back. Raises HealthError."""
        if self.table == "notes":
            notes.remove(book, int(self.key), now)
        elif self.before:
            entries.correct(book, self.table, self.key, self.before, self.load_id, UNDONE, now)
        else:
            entries.remove(book, self.table, self.key, self.load_id, UNDONE, now)


@dataclass(frozen=True)
class Done:
    """What is told on the customer's page until something else is saved, or another customer is looked at."""

    customer_id: str
    words: str
    day: date
    acts: Sequence[Act] = ()


def keep(desk: Desk, what: str, day: date, act: Callable[[], tuple[Sequence[Act], str]]) -> None:
    """Does it and draws the page anew with what changed; raises HealthError where it is refused.

    `act` does it, and answers what there is to undo and what is flagged.
    """
    before = entry_effect.standing(desk.book, desk.customer_id, day)
    acts, flagged = act()
    after = entry_effect.standing(desk.book, desk.customer_id, day)
    words = " ".join([entry_effect.words(before, after, what), *([flagged] if flagged else [])])
    st.session_state[_DONE] = Done(desk.customer_id, words, day, acts)
    st.rerun()


def flags(written: entries.Written) -> str:
    """What a written row is flagged for; empty for nothing."""
    return f"Flagged: {written.words.split(' Flagged: ', 1)[1]}" if " Flagged: " in written.words else ""


def confirmation(desk: Desk) -> None:
    """The sentence and its Undo, if something of this customer was just saved."""
    done = st.session_state.get(_DONE)
    if not isinstance(done, Done):
        return
    if done.customer_id != desk.customer_id:
        del st.session_state[_DONE]
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(fmt.plain(done.words), icon=":material/check_circle:")
        if done.acts and st.button("Undo", icon=":material/undo:", key="desk-undo", help="Takes back what was just saved"):
            _undo(desk, done)
        if st.button("Close", icon=":material/close:", key="desk-close", type="tertiary"):
            del st.session_state[_DONE]
            st.rerun()


def _undo(desk: Desk, done: Done) -> None:
    def take_back() -> tuple[Sequence[Act], str]:
        now = datetime.now()
        for act in reversed(done.acts):
            act.undo(desk.book, now)
        return (), ""

    with attempt():
        keep(desk, "taken back", done.day, take_back)
