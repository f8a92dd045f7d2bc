"""Dialogs for entries: a new row, a step of an existing row, a correction, a removal, a note. A refusal is shown in the form."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import streamlit as st

from health import format as fmt
from health.desk import entries
from health.desk.entries import KINDS, key_of, notes
from health.errors import HealthError, InvalidInput
from health.insight.client import entry_effect, rows
from health.intake import ledger
from health.tables import TABLES
from health.ui import cache
from health.ui.cards import note
from health.ui.entry import fields, undo
from health.ui.entry.context import Desk
from health.ui.entry.fields import FieldForm
from health.ui.entry.forms import NEW, STEPS, correctable_columns
from health.ui.entry.undo import Change
from health.ui.feedback import LONGEST
from health.ui.tables import table
from health.warehouse.lineage import DESK

Row = Mapping[str, Any]
DUE_TIME = time(17)
"""Time of day at which a promise with only a due date is due."""


def open_new(desk: Desk, key: str) -> None:
    """Open the form of a new row."""
    form = NEW[key]
    _open(desk, form.title, form.icon, lambda: _new(desk, key))


def open_step(desk: Desk, key: str, row: Row) -> None:
    """Open the form of a step, such as the answer to a complaint, for a row as the viewer saw it."""
    form = STEPS[key]
    _open(desk, f"{form.title}: {KINDS[form.table]}", form.icon, lambda: _step(desk, key, row))


def open_correction(desk: Desk, name: str, row: Row) -> None:
    """Open the form that corrects any value of a row, with a reason."""
    _open(desk, f"Correct this {KINDS[name]}", "edit", lambda: _correction(desk, name, row))


def open_removal(desk: Desk, name: str, row: Row) -> None:
    """Open the form that removes a row, with a reason."""
    _open(desk, f"Remove this {KINDS[name]}", "delete", lambda: _removal(desk, name, row))


def open_note(desk: Desk) -> None:
    """Open the form of a note."""
    _open(desk, "Add a note", "sticky_note_2", lambda: _note(desk))


def _open(desk: Desk, title: str, icon: str, draw_form: Callable[[], None]) -> None:
    """Open a dialog that names its customer."""

    @st.dialog(title, width="medium", icon=f":material/{icon}:")
    def dialog() -> None:
        note(f"Customer: {desk.name}")
        draw_form()

    dialog()


def _new(desk: Desk, key: str) -> None:
    """Draw the form of a new row and save it, with a promise made in a contact."""
    form = NEW[key]
    if form.about:
        note(form.about)
    fields_form = FieldForm(desk, form.table, f"desk {desk.customer_id} {key}", {})
    with st.form(f"form {fields_form.key}", border=False):
        field_values = _fields(fields_form, form.asks, {name: start(desk) for name, start in form.starts.items()})
        promise = _promise_fields(fields_form.key) if key == "contact" else {}
        if not _save_button():
            return
    given_values = {name: value for name, value in field_values.items() if value not in (None, "")}
    row = {"customer_id": desk.customer_id, **form.given, **given_values}
    saved = f"{form.did}, and your promise for {fmt.day(promise['due_on'])} saved" if promise else form.did
    _succeeds(
        lambda: undo.run_and_confirm(
            desk, saved, _newest_day(desk, form.table, given_values), lambda: _write_new(desk, form.table, row, promise)
        )
    )


def _promise_fields(key: str) -> dict[str, Any]:
    """Draw the fields of a promise made in that contact; return comment and due_on, empty without a text."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        text = st.text_input("What did you promise?", key=f"{key} promised", max_chars=LONGEST, placeholder="Optional")
    with right:
        due_on = st.date_input("Promise due", value=None, key=f"{key} promised for", format="DD-MM-YYYY", min_value=date(1900, 1, 1))
    return {"comment": text.strip(), "due_on": due_on} if text.strip() else {}


def _write_new(desk: Desk, name: str, row: Row, promise: Row) -> tuple[Sequence[Change], str]:
    """Write the row and its promise, if any. If the promise is refused, the row is undone."""
    now = datetime.now()
    if promise and promise["due_on"] is None:
        raise InvalidInput("Enter a due date for the promise, or leave the promise out.")
    contact = entries.write(desk.book, name, row, now)
    changes = [Change(name, contact.key, contact.load_id or 0)]
    if not promise:
        return changes, undo.warning_words(contact)
    promise_row = {
        "customer_id": desk.customer_id, "kind": "other", "comment": promise["comment"],
        "promised_on": row["occurred_at"].date() if "occurred_at" in row else desk.today,
        "due_at": datetime.combine(promise["due_on"], DUE_TIME),
    }  # fmt: skip
    try:
        saved_promise = entries.write(desk.book, "promises", promise_row, now)
    except HealthError:
        changes[0].undo(desk.book, now)
        raise
    return [*changes, Change("promises", saved_promise.key, saved_promise.load_id or 0)], undo.warning_words(contact)


def _step(desk: Desk, key: str, row: Row) -> None:
    form = STEPS[key]
    start_values = {name: start(desk) for name, start in form.starts.items()} | {
        column: row[column] for column in form.asks if row.get(column) is not None
    }
    if key == "solved":
        start_values["resolved_at"] = desk.moment  # a reopened complaint has its earlier solution in this column
    _edit_row(desk, form.table, row, form.asks, start_values, form.did, form.why)


def _correction(desk: Desk, name: str, row: Row) -> None:
    columns = correctable_columns(name)
    _edit_row(
        desk,
        name,
        row,
        columns,
        {column: row[column] for column in columns if row.get(column) is not None},
        f"{KINDS[name].capitalize()} corrected",
        "",
    )


def _edit_row(desk: Desk, name: str, row: Row, columns: Sequence[str], start_values: Row, done_words: str, fixed_reason: str) -> None:
    """Draw the fields of a row and save the changed ones, against the row that the viewer saw.

    If somebody else changed it meanwhile, the differences are shown, and saving again overwrites them.
    """
    key = key_of(name, row)
    form, seen_key = FieldForm(desk, name, f"desk {name} {key} {row['load_id']} {fixed_reason}", row), f"seen {name} {key} {row['load_id']}"
    with st.form(f"form {form.key}", border=False):
        field_values = _fields(form, columns, start_values)
        reason = fixed_reason or st.text_input("Reason for the change *", key=f"{form.key} why", max_chars=LONGEST)
        if not _save_button():
            return
    changed = {column: value for column, value in field_values.items() if not _unchanged(row.get(column), value)}
    load_id = int(st.session_state.get(seen_key, row["load_id"]))

    def correct() -> tuple[Sequence[Change], str]:
        with desk.book.reading() as session:
            from_desk = ledger.load_record(session, load_id)["origin"] == DESK
        saved = entries.correct(desk.book, name, key, changed, load_id, reason, datetime.now())
        old_values = {column: row.get(column) for column in changed} if from_desk else {}
        return [Change(name, key, saved.load_id or 0, old_values)], undo.warning_words(saved)

    if not _succeeds(lambda: undo.run_and_confirm(desk, done_words, _newest_day(desk, name, changed), correct)):
        _show_conflict(desk, name, key, row, load_id, seen_key)


def _show_conflict(desk: Desk, name: str, key: str, row: Row, load_id: int, seen_key: str) -> None:
    """Show what somebody else changed meanwhile; saving again then counts as based on the current row."""
    current_row = row_of(desk, name, key)
    if current_row is None or current_row["load_id"] == load_id:
        return
    st.session_state[seen_key] = current_row["load_id"]
    note("Somebody changed this row meanwhile. Your input is kept; save again to overwrite the new values.")
    columns: dict[str, Any] = {"what": "Field", "seen": "When you opened it", "now": "Now"}
    table(entry_effect.differences(row, current_row), columns, key=f"{seen_key} differences", alt="Values that somebody changed meanwhile")


def _removal(desk: Desk, name: str, row: Row) -> None:
    key = key_of(name, row)
    note("The removal is kept in the audit trail with your reason. A row from a file is restored as it was loaded.")
    with st.form(f"remove {name} {key}", border=False):
        reason = st.text_input("Reason for the removal *", key=f"remove {name} {key} why", max_chars=LONGEST)
        if not _save_button("Remove"):
            return

    def remove() -> tuple[Sequence[Change], str]:
        entries.remove(desk.book, name, key, row["load_id"], reason, datetime.now())
        return (), ""

    _succeeds(lambda: undo.run_and_confirm(desk, f"{KINDS[name].capitalize()} removed", desk.as_of, remove))


def _note(desk: Desk) -> None:
    with st.form("form note", border=False):
        text = st.text_area("Note *", key=f"desk {desk.customer_id} note", max_chars=notes.LONGEST, height=140)
        if not _save_button():
            return

    def add_note() -> tuple[Sequence[Change], str]:
        return [Change("notes", str(notes.add(desk.book, desk.customer_id, text, datetime.now())), 0)], ""

    _succeeds(lambda: undo.run_and_confirm(desk, "Note saved", desk.as_of, add_note, scored=False))


def _fields(form: FieldForm, columns: Sequence[str], start_values: Row) -> dict[str, Any]:
    """Draw the fields and return their values by column: timestamps and comment in full width, the others two in a row."""
    values: dict[str, Any] = {}
    wide_columns = [name for name in columns if TABLES[form.table].column(name).type == "timestamp"]
    narrow_columns = [name for name in columns if name not in wide_columns and name != "comment"]
    for name in wide_columns:
        values[name] = fields.draw(form, name, start_values.get(name))
    with st.grid(2, min_column_width=200):
        for name in narrow_columns:
            values[name] = fields.draw(form, name, start_values.get(name))
    if "comment" in columns:
        values["comment"] = fields.draw(form, "comment", start_values.get("comment"))
    return values


def _save_button(label: str = "Save") -> bool:
    with st.container(key="primary-desk-save"):
        return bool(st.form_submit_button(label, type="primary"))


def _succeeds(action: Callable[[], None]) -> bool:
    """Run an action and return whether it succeeded; a refusal is shown in the form, which keeps its input."""
    try:
        action()
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return False
    return True


def _unchanged(stored: Any, value: Any) -> bool:
    """Whether a field still has the stored value; a blank text equals none, and so does an unset flag."""
    if isinstance(value, float) and stored is not None:
        return float(stored) == value
    return (stored or None) == (value or None) if not isinstance(value, int) else stored == value


def _newest_day(desk: Desk, name: str, values: Row) -> date:
    """Newest day of the book once these values are written."""
    days = [values[c.name] for c in TABLES[name].columns if c.event and values.get(c.name) is not None]
    return max([desk.as_of, *(d.date() if isinstance(d, datetime) else d for d in days)])


def row_of(desk: Desk, name: str, key: str) -> dict[str, Any] | None:
    """Return the customer's current row with that key; None if there is none."""
    table_rows = cache.read_cached(rows.customer_rows, desk.book, desk.customer_id, (name,))[name]
    return next((row for row in table_rows.iter_rows(named=True) if key_of(name, row) == key), None)
