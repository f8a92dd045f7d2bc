"""Preview, commit and undo: a whole file in one transaction, scores with it, and all of it taken back in another."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

import polars as pl

from health.access import Book
from health.errors import Refused
from health.intake import layout
from health.intake.audit import findings
from health.intake.compare import CHANGE, OLD, Change
from health.intake.ledger import loaded, loads, mendable, refused
from health.intake.preview import Loaded, Preview, TableCount, prepare, prepare_file, prepared, read_bytes, read_file
from health.score import history
from health.warehouse import Session, origin

__all__ = [
    "Loaded", "Preview", "TableCount", "check_empty", "clear_demo", "commit", "findings", "load_demo", "loads", "mendable", "prepare",
    "prepare_file", "read_bytes", "read_file", "refused", "undo",
]  # fmt: skip


def commit(book: Book, preview: Preview, actor: str, now: datetime) -> Loaded:
    """Writes the file: rows, refusals, the record of the load, and the scores that follow from it.

    Errors: Duplicate; Refused where not one row is acceptable, or where the rows do not balance; Forbidden.
    """
    with book.writing("load") as session:
        if session.version != preview.version + 1:
            preview = prepared(session, preview.batch, session.version - 1)
        _refuse_fruitless(preview)
        load_id = int(session.frame("marts/next_load").item())
        for change in preview.changes:
            _store(session, change, load_id)
        _record(session, preview, load_id, actor, now)
        history.refresh(session, _touched(preview.changes))
    return preview.as_loaded(load_id)


def undo(book: Book, load_id: int, now: datetime) -> None:
    """Takes a load back: its rows go, the rows it replaced return. Errors: NotFound, Refused naming what depends on it, Forbidden."""
    with book.writing("load") as session:
        record = loaded(session, load_id)
        if record["undone_at"] is not None:
            raise Refused(f"Load {load_id} ({record['file']}) was undone on {record['undone_at']:%Y-%m-%d}; nothing is left to undo.")
        if words := origin.depends(session, load_id):
            raise Refused(f"Load {load_id} ({record['file']}) cannot be undone: {words}")
        touched = origin.customers_of(session, load_id)
        origin.take_back(session, load_id)
        session.run("marts/mark_undone", load_id=load_id, undone_at=now)
        history.refresh(session, touched)


def check_empty(book: Book) -> None:
    """Refuses a demo where rows are loaded already. Errors: Refused, Forbidden."""
    book.check("load")
    with book.reading() as session:
        if session.frame("marts/loads").filter(pl.col("undone_at").is_null()).height:
            raise Refused("The warehouse is not empty: undo its loads, clear the demo, or name another file with --warehouse.")


def load_demo(book: Book, tables: Mapping[str, pl.DataFrame], name: str, actor: str, now: datetime) -> Loaded:
    """Loads invented rows by the same check as a file, as one load. Errors: Refused, Forbidden."""
    check_empty(book)
    return commit(book, prepare(book, layout.frames(tables, name)), actor, now)


def clear_demo(book: Book) -> None:
    """Empties a warehouse that began as a demo. Errors: Refused where it did not; Forbidden."""
    with book.writing("load") as session:
        first = session.frame("marts/loads").sort("load_id").head(1)
        if first.is_empty() or first["origin"][0] != "demo":
            raise Refused("This warehouse did not begin as a demo, so it is not emptied; undo its loads one by one.")
        origin.empty(session)
        history.refresh(session, None)


def _refuse_fruitless(preview: Preview) -> None:
    refused_rows = preview.refused.sort("line")
    if refused_rows.height and not any(count.accepted for count in preview.counts):
        first = refused_rows.row(0, named=True)
        said = f"{preview.batch.file}, line {first['line']}: {first['reasons']}"
        raise Refused(f"{said}; none of its {refused_rows.height} rows can be loaded, mend the file and load it again.")


def _store(session: Session, change: Change, load_id: int) -> None:
    name, of_load = change.table.name, pl.lit(load_id, pl.Int64).alias("load_id")
    if change.count("changed"):
        session.move(name, f"{name}_replaced", change.replaced, replaced_by=load_id)
    session.insert(name, change.fresh.with_columns(of_load))
    session.insert("refused", change.checked.refused.select(of_load, pl.lit(name).alias("table_name"), pl.all()))


def _record(session: Session, preview: Preview, load_id: int, actor: str, now: datetime) -> None:
    batch = preview.batch
    of_file = {"file": batch.file, "file_hash": batch.sha256, "origin": batch.origin, "actor": actor, "assumption": batch.assumption}
    schema = {"load_id": pl.Int64} | dict.fromkeys(of_file, pl.String) | {"loaded_at": pl.Datetime("us")}
    session.insert("loads", pl.DataFrame([{"load_id": load_id, **of_file, "loaded_at": now}], schema=schema))
    counts = pl.DataFrame([asdict(count) for count in preview.counts]).rename({"table": "table_name"})
    session.insert("load_tables", counts.with_columns(pl.lit(load_id, pl.Int64).alias("load_id")))


def _touched(changes: Iterable[Change]) -> set[str] | None:
    """The customers whose rows are added or changed, or were another's before; None where the change is everybody's."""
    found: set[str] = set()
    for change in changes:
        if change.table.name in origin.EVERYBODYS and change.fresh.height:
            return None
        moved = change.rows.filter(pl.col(CHANGE) != "unchanged")
        for name in {"customer_id", f"customer_id{OLD}"} & set(moved.columns):
            found.update(moved[name].drop_nulls())
    return found
