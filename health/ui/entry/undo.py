"""Confirmation of the last entry: what changed, and its Undo."""

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
from health.ui.as_of import follow_newest_day
from health.ui.entry.context import Desk
from health.ui.feedback import attempt

_SAVED_KEY = "desk-done"
UNDONE = "undone directly after saving"


@dataclass(frozen=True)
class Change:
    """One change that can be undone. `key`: of its row, of a note its number; `before`: values that a correction replaced."""

    table: str
    key: str
    load_id: int
    before: Mapping[str, Any] = field(default_factory=dict)

    def undo(self, book: Book, now: datetime) -> None:
        """Undo the change. Raises HealthError."""
        if self.table == "notes":
            notes.remove(book, int(self.key), now)
        elif self.before:
            entries.correct(book, self.table, self.key, self.before, self.load_id, UNDONE, now)
        else:
            entries.remove(book, self.table, self.key, self.load_id, UNDONE, now)


@dataclass(frozen=True)
class Confirmation:
    """Confirmation shown on the customer's page until the next entry, or until another customer is opened."""

    customer_id: str
    words: str
    day: date
    changes: Sequence[Change] = ()


def run_and_confirm(
    desk: Desk, done_words: str, day: date, action: Callable[[], tuple[Sequence[Change], str]], scored: bool = True
) -> None:  # fmt: skip
    """Run an action, keep its confirmation and rerun the page. Raises HealthError if it is refused.

    `action` returns the changes that can be undone, and warnings in words. `done_words`: what was saved; `day`: that of the scores;
    `scored`: whether it can affect the score.
    """
    before = entry_effect.score_state(desk.book, desk.customer_id, day)
    changes, warnings = action()
    after = entry_effect.score_state(desk.book, desk.customer_id, day)
    sentences = [
        entry_effect.effect_sentence(before, after, done_words) if scored else f"{done_words}.",
        entry_effect.new_day_sentence(desk.as_of, day),
        warnings,
    ]
    words = " ".join(filter(None, [f"{desk.name}:", *sentences]))
    follow_newest_day()
    st.session_state[_SAVED_KEY] = Confirmation(desk.customer_id, words, day, changes)
    st.rerun()


def warning_words(written: entries.EntryResult) -> str:
    """Warnings on a written row in words; empty if there are none."""
    return f"Warning: {written.words.split(' Flagged: ', 1)[1]}" if " Flagged: " in written.words else ""


def confirmation(desk: Desk) -> None:
    """Draw the confirmation of this customer's last entry and its Undo."""
    saved = st.session_state.get(_SAVED_KEY)
    if not isinstance(saved, Confirmation):
        return
    if saved.customer_id != desk.customer_id:
        del st.session_state[_SAVED_KEY]
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(fmt.plain(saved.words), icon=":material/check_circle:")
        if saved.changes and st.button("Undo", icon=":material/undo:", key="desk-undo", help="Reverses what was just saved"):
            _undo(desk, saved)
        if st.button("Close", icon=":material/close:", key="desk-close", type="tertiary"):
            del st.session_state[_SAVED_KEY]
            st.rerun()


def _undo(desk: Desk, saved: Confirmation) -> None:
    def undo_changes() -> tuple[Sequence[Change], str]:
        now = datetime.now()
        for change in reversed(saved.changes):
            change.undo(desk.book, now)
        return (), ""

    with attempt():
        run_and_confirm(desk, "Undone", saved.day, undo_changes)
