"""Commit and undo loads: a file and the resulting scores in one transaction, and its removal in another."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import polars as pl

from health.access import Book
from health.errors import Duplicate, InvalidInput
from health.format import plural
from health.intake import layout
from health.intake.audit import findings
from health.intake.compare import CHANGED, Change
from health.intake.ledger import correction_rows, load_record, loads, refused, warned
from health.intake.preview import Loaded, Preview, TableCount, declare, prepare, prepare_in_session, read_file
from health.intake.progress import ProgressCallback, ignore_progress
from health.score import history
from health.warehouse import Session, facts, lineage

__all__ = [
    "Loaded", "Preview", "TableCount", "check_empty", "clear_demo", "commit", "declare", "findings", "undo_obstacle", "load_demo", "loads",
    "correction_rows", "next_id", "prepare", "read_file", "refused", "store_preview", "undo_in_session", "undo", "warned",
]  # fmt: skip


def commit(book: Book, preview: Preview, actor: str, now: datetime, progress: ProgressCallback = ignore_progress) -> Loaded:
    """Write the file: rows, refusals, warnings, the load record, and the updated scores.

    Errors: Duplicate if the file or all its rows are on file already; InvalidInput if no row is acceptable or the counts do not balance;
    Forbidden.
    """
    with book.writing("load") as session:
        if session.version != preview.version + 1:
            preview = prepare_in_session(session, preview.batch, session.version - 1, preview.today, progress)
        loaded = store_preview(session, preview, actor, now, progress)
    progress("loaded", 1.0)
    return loaded


def store_preview(session: Session, preview: Preview, actor: str, now: datetime, progress: ProgressCallback = ignore_progress) -> Loaded:
    """Commit inside the caller's write transaction; the caller has checked the right. Errors: Duplicate, InvalidInput."""
    if problem := reason_not_to_load(preview):
        raise problem
    load_id = next_id(session)
    for n, change in enumerate(preview.changes):
        progress(f"writing {change.table.name}", n / len(preview.changes))
        _store_table(session, change, load_id)
    _insert_load_record(session, preview, load_id, actor, now)
    progress("scoring", 0.0)
    history.refresh(session, preview.touched, {change.table.name for change in preview.changes if change.fresh.height})
    return preview.as_loaded(load_id)


def next_id(session: Session) -> int:
    """Id of the next load; unique, because only one write transaction is open at a time."""
    return int(session.frame("queries/next_load").item())


def undo(book: Book, load_id: int, now: datetime) -> None:
    """Undo a load: delete its rows and restore the rows it replaced. Errors: NotFound, InvalidInput if others depend on it, Forbidden."""
    with book.writing("load") as session:
        undo_in_session(session, [load_id], now)


def undo_in_session(session: Session, load_ids: Sequence[int], now: datetime) -> None:
    """Undo several loads, in this order, inside the caller's write transaction. Errors: NotFound, InvalidInput."""
    touched: set[str] | None = set()
    changed: set[str] = set()
    for load_id in load_ids:
        record = load_record(session, load_id)
        if record["undone_at"] is not None:
            raise InvalidInput(
                f"Load {load_id} ({record['file']}) was undone on {record['undone_at']:%Y-%m-%d}; there is nothing left to undo."
            )
        if dependency := lineage.undo_obstacle(session, load_id):
            raise InvalidInput(f"Load {load_id} ({record['file']}) cannot be undone: {dependency}")
        customers = lineage.customers_of(session, load_id)
        touched = None if touched is None or customers is None else touched | customers
        changed |= lineage.undo_load(session, load_id)
        session.run("queries/mark_undone", load_id=load_id, undone_at=now)
    history.refresh(session, touched, changed)


def undo_obstacle(book: Book, load_id: int) -> str:
    """A sentence on what must be undone before this load; empty if it can be undone now."""
    with book.reading() as session:
        return lineage.undo_obstacle(session, load_id)


def check_empty(book: Book) -> None:
    """Require an empty warehouse for a demo. Errors: InvalidInput, Forbidden."""
    book.check("load")
    with book.reading() as session:
        if session.frame("queries/loads").filter(pl.col("undone_at").is_null()).height:
            raise InvalidInput("The warehouse is not empty: undo its loads, empty the demo, or name another file with --warehouse.")


def load_demo(book: Book, tables: Mapping[str, pl.DataFrame], name: str, actor: str, now: datetime) -> Loaded:
    """Load generated rows as one load, with the same checks as a file. Errors: InvalidInput, Forbidden."""
    check_empty(book)
    return commit(book, prepare(book, layout.batch_from_frames(tables, name)), actor, now)


def clear_demo(book: Book) -> None:
    """Empty a warehouse whose first load was a demo. Errors: InvalidInput if it was not, Forbidden."""
    with book.writing("load") as session:
        first = session.frame("queries/loads").sort("load_id").head(1)
        if first.is_empty() or first["origin"][0] != "demo":
            raise InvalidInput("This warehouse was not created as a demo, so it is not emptied; undo its loads one by one.")
        lineage.delete_all(session)
        history.refresh(session, None)


def reason_not_to_load(preview: Preview) -> InvalidInput | None:
    """The error if nothing in this preview is new; None if a row would be added or changed."""
    if preview.anything_new:
        return None
    file, accepted_rows, refused_rows = preview.batch.file, sum(count.accepted for count in preview.counts), preview.refused.sort("line")
    if refused_rows.height:
        first = refused_rows.row(0, named=True)
        other_rows = f", and its other rows ({accepted_rows:,}) are already loaded" if accepted_rows else ""
        remedy = "correct the file" if accepted_rows else "correct the file, or use a mapping that fits,"
        refused_text = (
            "its only row is refused and cannot" if refused_rows.height == 1 else f"its {refused_rows.height:,} refused rows cannot"
        )
        summary = f"{file}, line {first['line']}: {first['reasons']}; {refused_text} be loaded{other_rows}"
        return InvalidInput(f"{summary}: {remedy} and load it again.")
    if accepted_rows:
        return Duplicate(
            f"{file}: nothing new: all of it ({plural(accepted_rows, 'row')}) is already loaded, so there is no need to load it again."
        )
    return InvalidInput(f"{file}: none of its rows belong to a table; check that this is the right mapping.")


def _store_table(session: Session, change: Change, load_id: int) -> None:
    """Write the rows, refusals and warnings of one table."""
    name, load_column = change.table.name, pl.lit(load_id, pl.Int64).alias("load_id")
    if change.counts[CHANGED]:
        session.move(name, f"{name}_replaced", change.replaced, replaced_by=load_id)
    session.insert(name, change.fresh.with_columns(load_column))
    for ledger, rows in (("refused", change.checked.refused), ("warned", change.checked.warned)):
        session.insert(ledger, rows.select(load_column, pl.lit(name).alias("table_name"), pl.all()))


def _insert_load_record(session: Session, preview: Preview, load_id: int, actor: str, now: datetime) -> None:
    """Write the load record and its counts by table; `extract_on`: the newest day on file, from which a payment without a day is known."""
    batch = preview.batch
    file_details = {"file": batch.file, "file_hash": batch.sha256, "origin": batch.origin, "actor": actor, "assumption": batch.assumption}
    schema: dict[str, Any] = {"load_id": pl.Int64} | dict.fromkeys(file_details, pl.String) | {"loaded_at": pl.Datetime("us")}
    schema |= dict.fromkeys(("extract_on", "complete_through"), pl.Date)
    pays = any(change.table.name == "invoices" for change in preview.changes)
    days = {"extract_on": facts.span(session).newest_day if pays else None, "complete_through": preview.complete_through}
    session.insert("loads", pl.DataFrame([{"load_id": load_id, **file_details, "loaded_at": now, **days}], schema=schema))
    counts = pl.DataFrame([asdict(count) for count in preview.counts]).rename({"table": "table_name"})
    session.insert("load_tables", counts.with_columns(pl.lit(load_id, pl.Int64).alias("load_id")))
