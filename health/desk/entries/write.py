"""Write, correct and remove one row, each in one transaction with the scores that follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from health.access import Book
from health.columns import Table
from health.desk.entries import transaction
from health.desk.entries.kinds import KINDS, cell_text, desk_table, id_column, key_frame, key_of, row_texts
from health.desk.entries.trail import record_change
from health.errors import InvalidInput
from health.intake import load

RECORDED = "recorded_at"


@dataclass(frozen=True)
class EntryResult:
    """Result of an entry: its load (None where no row is left), its key, and a message with all warnings."""

    load_id: int | None
    key: str
    words: str


def write(book: Book, table: str, values: Mapping[str, Any], now: datetime) -> EntryResult:
    """Write a new row for a customer of the viewer's book; its id is generated.

    Defaults: the employee is the author, and a diary entry was made today. Raises Forbidden, NotFound for a customer outside the book,
    InvalidInput with every reason.
    """
    declaration = desk_table(table)
    cells = row_texts(declaration, values)
    if (id_name := id_column(declaration)) and id_name in cells:
        raise InvalidInput(f"The id of a new {KINDS[table]} is generated; leave {id_name} out, or correct the existing one.")
    cells = _defaults(book, declaration, now) | cells | {RECORDED: cell_text(now) or ""}
    with book.writing("write") as session:
        if "customer_id" not in cells:
            raise InvalidInput(f"This {KINDS[table]} has no customer; choose one.")
        customer = book.own_id(session, cells["customer_id"])
        id_cell = {id_name: transaction.new_id(session, declaration)} if id_name else {}
        preview = transaction.check_row(session, declaration, id_cell | cells, now, declaration.names)
        if preview.changes[0].before.height or not preview.anything_new:
            raise InvalidInput(f"Customer {customer} already has this {KINDS[table]} on file; correct that one.")
        load_result = load.store_preview(session, preview, book.viewer.author, now)
        row = preview.changes[0].rows.select(declaration.names).row(0, named=True)
        key = key_of(table, row)
        record_change(session, book, table, key, customer, "written", now, load_result.load_id, after=_recorded_values(declaration, row))
    return EntryResult(
        load_result.load_id, key, transaction.with_warnings(preview, f"{_entry_label(table, key)} of customer {customer} is saved.")
    )


def correct(book: Book, table: str, key: str, values: Mapping[str, Any], seen_load_id: int, why: str, now: datetime) -> EntryResult:
    """Change columns of a row on file, from any source; the earlier row is kept.

    `seen_load_id`: load of the row that the viewer looked at. Raises Forbidden, NotFound, InvalidInput with every reason, and where the row
    was changed meanwhile.
    """
    declaration = desk_table(table)
    row_texts(declaration, values)
    cells = {name: cell_text(value) for name, value in values.items() if name != RECORDED}
    with book.writing("write") as session:
        row = transaction.read_row(book, session, declaration, key, seen_load_id)
        _require_reason(why)
        before, customer = row_texts(declaration, {name: row[name] for name in declaration.names}), row["customer_id"]
        if key_changes := [
            name for name in dict.fromkeys((*declaration.key, "customer_id")) if name in cells and cells[name] != before[name]
        ]:
            raise InvalidInput(f"{' and '.join(key_changes)} of a {KINDS[table]} cannot be changed; remove it and enter it again.")
        after = {name: words for name, words in (before | cells).items() if words} | {RECORDED: cell_text(now) or ""}
        preview = transaction.check_row(session, declaration, after, now, [name for name in cells if cells[name] != before.get(name)])
        changed = [name for name in preview.changes[0].values["field"] if name != RECORDED]
        if not changed:
            raise InvalidInput(f"Nothing has changed in this {KINDS[table]}; change a value or close the form.")
        load_result = load.store_preview(session, preview, book.viewer.author, now)
        values_after = _recorded_values(declaration, preview.changes[0].rows.select(declaration.names).row(0, named=True))
        changed_before, changed_after = ({name: row.get(name) for name in changed} for row in (before, values_after))
        record_change(session, book, table, key, customer, "corrected", now, load_result.load_id, changed_before, changed_after, why)
    return EntryResult(
        load_result.load_id, key, transaction.with_warnings(preview, f"{_entry_label(table, key)} of customer {customer} is corrected.")
    )


def remove(book: Book, table: str, key: str, seen_load_id: int, why: str, now: datetime) -> EntryResult:
    """Remove an entry with its corrections; of a loaded row, undo the corrections.

    Raises Forbidden, NotFound, and InvalidInput for a row never changed by hand or changed meanwhile.
    """
    declaration = desk_table(table)
    with book.writing("write") as session:
        row = transaction.read_row(book, session, declaration, key, seen_load_id)
        _require_reason(why)
        load.undo_in_session(session, transaction.desk_loads(session, declaration, key, seen_load_id), now)
        remaining = session.alike(table, key_frame(declaration, key))
        load_id = remaining["load_id"][0] if remaining.height else None
        remaining_values = _recorded_values(declaration, remaining.row(0, named=True)) if remaining.height else None
        record_change(
            session,
            book,
            table,
            key,
            row["customer_id"],
            "removed",
            now,
            seen_load_id,
            _recorded_values(declaration, row),
            remaining_values,
            why,
        )
    outcome = "is removed" if load_id is None else f"is back as loaded by load {load_id}"
    return EntryResult(load_id, key, f"{_entry_label(table, key)} of customer {row['customer_id']} {outcome}.")


def _defaults(book: Book, table: Table, now: datetime) -> dict[str, str]:
    """Default values of a new row."""
    defaults = {"employee_id": book.viewer.employee_id, "created_on": cell_text(now.date())}
    return {name: text for name, text in defaults.items() if text and name in table.names}


def _recorded_values(table: Table, row: Mapping[str, Any]) -> dict[str, str]:
    return row_texts(table, {name: row[name] for name in table.names if name != RECORDED})


def _require_reason(why: str) -> None:
    if not why.strip():
        raise InvalidInput("A change needs a reason; enter one.")


def _entry_label(table: str, key: str) -> str:
    kind = KINDS[table]
    return f"{kind[:1].upper()}{kind[1:]} {key}"
