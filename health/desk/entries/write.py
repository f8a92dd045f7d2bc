"""Writing, correcting and removing one row, each in one transaction with the scores that follow."""

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
    """What was done: the load that holds the row now (None where no row is left), its key, and a sentence with all that is flagged."""

    load_id: int | None
    key: str
    words: str


def write(book: Book, table: str, values: Mapping[str, Any], now: datetime) -> EntryResult:
    """Writes one new row of a customer in the viewer's book; its id is made here.

    Left blank, the employee is who writes and the day a diary entry was made is today. Raises Forbidden, NotFound for a customer outside
    the book, InvalidInput with every reason.
    """
    wanted = desk_table(table)
    said = row_texts(wanted, values)
    if (numbers := id_column(wanted)) and numbers in said:
        raise InvalidInput(f"The id of a new {KINDS[table]} is made by the product; leave {numbers} out, or correct the one that is there.")
    said = _defaults(book, wanted, now) | said | {RECORDED: cell_text(now) or ""}
    with book.writing("write") as session:
        if "customer_id" not in said:
            raise InvalidInput(f"It is not said whose {KINDS[table]} this is; choose a customer.")
        own = book.own_id(session, said["customer_id"])
        made = {numbers: transaction.new_id(session, wanted)} if numbers else {}
        preview = transaction.check_row(session, wanted, made | said, now, list(said))
        if preview.changes[0].before.height:
            raise InvalidInput(f"Customer {own} has this {KINDS[table]} on file already; correct that one.")
        done = load.store_preview(session, preview, book.viewer.author, now)
        row = preview.changes[0].rows.select(wanted.names).row(0, named=True)
        key = key_of(table, row)
        record_change(session, book, table, key, own, "written", now, done.load_id, after=_told(wanted, row))
    return EntryResult(done.load_id, key, transaction.with_warnings(preview, f"{_name(table, key)} of customer {own} is written."))


def correct(book: Book, table: str, key: str, values: Mapping[str, Any], seen_load_id: int, why: str, now: datetime) -> EntryResult:
    """Changes the named columns of a row that is on file, whoever brought it; the row as it stood is kept.

    `seen_load_id`: the load of the row that the viewer looked at. Raises Forbidden, NotFound, InvalidInput with every reason, and where
    somebody changed the row meanwhile.
    """
    wanted = desk_table(table)
    row_texts(wanted, values)
    said = {name: cell_text(value) for name, value in values.items() if name != RECORDED}
    with book.writing("write") as session:
        row = transaction.read_row(book, session, wanted, key, seen_load_id)
        _refuse_silence(why)
        before, own = row_texts(wanted, {name: row[name] for name in wanted.names}), row["customer_id"]
        if moved := [name for name in dict.fromkeys((*wanted.key, "customer_id")) if name in said and said[name] != before[name]]:
            raise InvalidInput(f"{' and '.join(moved)} of a {KINDS[table]} stay as they are; remove it and write it anew.")
        after = {name: words for name, words in (before | said).items() if words} | {RECORDED: cell_text(now) or ""}
        preview = transaction.check_row(session, wanted, after, now, [name for name in said if said[name] != before.get(name)])
        changed = [name for name in preview.changes[0].values["field"] if name != RECORDED]
        if not changed:
            raise InvalidInput(f"Nothing of this {KINDS[table]} is changed by that; change a value or leave it as it is.")
        done = load.store_preview(session, preview, book.viewer.author, now)
        now_told = _told(wanted, preview.changes[0].rows.select(wanted.names).row(0, named=True))
        was, told = ({name: row.get(name) for name in changed} for row in (before, now_told))
        record_change(session, book, table, key, own, "corrected", now, done.load_id, was, told, why)
    return EntryResult(done.load_id, key, transaction.with_warnings(preview, f"{_name(table, key)} of customer {own} is corrected."))


def remove(book: Book, table: str, key: str, seen_load_id: int, why: str, now: datetime) -> EntryResult:
    """Takes back what the desk made of a row: an entry goes with its corrections; a loaded row stands again as it was loaded.

    Raises Forbidden, NotFound, and InvalidInput for a row that the desk never touched, and where somebody changed it meanwhile.
    """
    wanted = desk_table(table)
    with book.writing("write") as session:
        row = transaction.read_row(book, session, wanted, key, seen_load_id)
        _refuse_silence(why)
        load.undo_in_session(session, transaction.desk_loads(session, wanted, key, seen_load_id), now)
        left = session.alike(table, key_frame(wanted, key))
        load_id = left["load_id"][0] if left.height else None
        stands = _told(wanted, left.row(0, named=True)) if left.height else None
        record_change(session, book, table, key, row["customer_id"], "removed", now, seen_load_id, _told(wanted, row), stands, why)
    done = "is removed" if load_id is None else f"stands again as load {load_id} brought it"
    return EntryResult(load_id, key, f"{_name(table, key)} of customer {row['customer_id']} {done}.")


def _defaults(book: Book, table: Table, now: datetime) -> dict[str, str]:
    """What a new row says of itself where its writer does not."""
    found = {"employee_id": book.viewer.employee_id, "created_on": cell_text(now.date())}
    return {name: words for name, words in found.items() if words and name in table.names}


def _told(table: Table, row: Mapping[str, Any]) -> dict[str, str]:
    return row_texts(table, {name: row[name] for name in table.names if name != RECORDED})


def _refuse_silence(why: str) -> None:
    if not why.strip():
        raise InvalidInput("A row is not changed without a reason; say in a few words why.")


def _name(table: str, key: str) -> str:
    kind = KINDS[table]
    return f"{kind[:1].upper()}{kind[1:]} {key}"
