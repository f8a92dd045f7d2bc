"""Buttons that open the entry forms: for new rows, and for the row chosen in a table."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from health import format as fmt
from health.desk.entries import KINDS, notes
from health.ui.entry import dialogs, undo
from health.ui.entry.context import Desk
from health.ui.entry.forms import NEW, STEPS
from health.ui.entry.undo import Change
from health.ui.feedback import attempt

Row = Mapping[str, Any]
_STEP_AVAILABLE: dict[str, Callable[[Row], bool]] = {
    "reopened": lambda row: row["resolved_at"] is not None and (row["reopened_at"] is None or row["reopened_at"] < row["resolved_at"]),
    "solved": lambda row: row["resolved_at"] is None or (row["reopened_at"] is not None and row["reopened_at"] >= row["resolved_at"]),
    "answered": lambda row: row["first_response_at"] is None and row["resolved_at"] is None,
}
"""When a step of a complaint is available; any other step is available while its first column is blank."""


def log_contact(desk: Desk | None) -> None:
    """Draw the screen's primary button."""
    if desk and st.button("Log a contact", type="primary", key="primary-contact", icon=":material/add_call:"):
        dialogs.open_new(desk, "contact")


def entry_buttons(desk: Desk | None, *kinds: str, with_note: bool = False) -> None:
    """Draw one button for each kind of entry. `with_note`: also for a note."""
    if desk is None:
        return
    with st.container(horizontal=True):
        for kind in kinds:
            if st.button(NEW[kind].title, icon=f":material/{NEW[kind].icon}:", key=f"new-{kind}"):
                dialogs.open_new(desk, kind)
        if with_note and st.button("Add a note", icon=":material/sticky_note_2:", key="new-note"):
            dialogs.open_note(desk)


def row_actions(desk: Desk | None, table: str | None, key: str | None, place: str) -> None:
    """Draw the actions on a row chosen in a table, or a note that its kind is not entered by hand. `place`: start of the widgets' keys."""
    if desk is None or table is None or key is None:
        return
    if table == "notes":
        return _note_removal(desk, key, place)
    row = dialogs.row_of(desk, table, key) if table in KINDS else None
    if row is None:
        st.markdown(f":small[:gray[{fmt.plain('Rows of this kind come from files; correct them in the source of the file.')}]]")
        return None
    with st.container(horizontal=True):
        for step in _steps(table, row):
            if st.button(STEPS[step].title, icon=f":material/{STEPS[step].icon}:", key=f"{place}-{step}"):
                dialogs.open_step(desk, step, row)
        if st.button("Correct", icon=":material/edit:", key=f"{place}-correct"):
            dialogs.open_correction(desk, table, row)
        if st.button("Remove", icon=":material/delete:", key=f"{place}-remove", help="Removes a manual entry, or manual changes of a row"):
            dialogs.open_removal(desk, table, row)
    return None


def _steps(table: str, row: Row) -> Sequence[str]:
    """Keys of the steps that are available for a row."""
    forms = [form for form in STEPS.values() if form.table == table]
    return [form.key for form in forms if (_STEP_AVAILABLE[form.key](row) if form.key in _STEP_AVAILABLE else row[form.asks[0]] is None)]


def _note_removal(desk: Desk, key: str, place: str) -> None:
    if not st.button("Remove the note", icon=":material/delete:", key=f"{place}-remove"):
        return

    def remove_note() -> tuple[Sequence[Change], str]:
        notes.remove(desk.book, int(key), datetime.now())
        return (), ""

    with attempt():
        undo.run_and_confirm(desk, "Note removed", desk.as_of, remove_note, scored=False)
