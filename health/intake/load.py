"""Preview, commit and undo: a whole file in one transaction, scores with it, and all of it taken back in another."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import polars as pl

from health.access import Book
from health.errors import Duplicate, Refused
from health.format import plural
from health.intake import layout
from health.intake.audit import findings
from health.intake.compare import CHANGED, Change
from health.intake.ledger import loaded, loads, mendable, refused, warned
from health.intake.preview import Loaded, Preview, TableCount, prepare, prepared, read_file
from health.intake.progress import Tell, silent
from health.score import history
from health.warehouse import Session
from health.warehouse import lineage as origin

__all__ = [
    "Loaded", "Preview", "TableCount", "check_empty", "clear_demo", "commit", "findings", "kept_from_undo", "load_demo", "loads",
    "mendable", "next_id", "prepare", "read_file", "refused", "store", "take_back", "undo", "warned",
]  # fmt: skip


def commit(book: Book, preview: Preview, actor: str, now: datetime, tell: Tell = silent) -> Loaded:
    """Writes the file: rows, refusals, warnings, the record of the load, and the scores that follow from it.

    Errors: Duplicate where the file or all its rows are on file already; Refused where not one row is acceptable, or where the rows do
    not balance; Forbidden.
    """
    with book.writing("load") as session:
        if session.version != preview.version + 1:
            preview = prepared(session, preview.batch, session.version - 1, preview.today, tell)
        done = store(session, preview, actor, now, tell)
    tell("loaded", 1.0)
    return done


def store(session: Session, preview: Preview, actor: str, now: datetime, tell: Tell = silent) -> Loaded:
    """The same inside a write transaction, for a caller that has asked for the right. Errors: Duplicate, Refused."""
    if problem := fruitless(preview):
        raise problem
    load_id = next_id(session)
    for n, change in enumerate(preview.changes):
        tell(f"writing {change.table.name}", n / len(preview.changes))
        _store(session, change, load_id)
    _record(session, preview, load_id, actor, now)
    tell("scoring", 0.0)
    history.refresh(session, preview.touched, {change.table.name for change in preview.changes if change.fresh.height})
    return preview.as_loaded(load_id)


def next_id(session: Session) -> int:
    """The number that the next load of this write transaction gets: nobody else can be given it."""
    return int(session.frame("queries/next_load").item())


def undo(book: Book, load_id: int, now: datetime) -> None:
    """Takes a load back: its rows go, the rows it replaced return. Errors: NotFound, Refused naming what depends on it, Forbidden."""
    with book.writing("load") as session:
        take_back(session, [load_id], now)


def take_back(session: Session, load_ids: Sequence[int], now: datetime) -> None:
    """The same inside a write transaction, for several loads in this order. Errors: NotFound, Refused."""
    touched: set[str] | None = set()
    changed: set[str] = set()
    for load_id in load_ids:
        record = loaded(session, load_id)
        if record["undone_at"] is not None:
            raise Refused(f"Load {load_id} ({record['file']}) was undone on {record['undone_at']:%Y-%m-%d}; nothing is left to undo.")
        if words := origin.depends(session, load_id):
            raise Refused(f"Load {load_id} ({record['file']}) cannot be undone: {words}")
        theirs = origin.customers_of(session, load_id)
        touched = None if touched is None or theirs is None else touched | theirs
        changed |= origin.take_back(session, load_id)
        session.run("queries/mark_undone", load_id=load_id, undone_at=now)
    history.refresh(session, touched, changed)


def kept_from_undo(book: Book, load_id: int) -> str:
    """A sentence on what must be undone before this load can be; empty where nothing must."""
    with book.reading() as session:
        return origin.depends(session, load_id)


def check_empty(book: Book) -> None:
    """Refuses a demo where rows are loaded already. Errors: Refused, Forbidden."""
    book.check("load")
    with book.reading() as session:
        if session.frame("queries/loads").filter(pl.col("undone_at").is_null()).height:
            raise Refused("The warehouse is not empty: undo its loads, clear the demo, or name another file with --warehouse.")


def load_demo(book: Book, tables: Mapping[str, pl.DataFrame], name: str, actor: str, now: datetime) -> Loaded:
    """Loads invented rows by the same check as a file, as one load. Errors: Refused, Forbidden."""
    check_empty(book)
    return commit(book, prepare(book, layout.frames(tables, name)), actor, now)


def clear_demo(book: Book) -> None:
    """Empties a warehouse that began as a demo. Errors: Refused where it did not; Forbidden."""
    with book.writing("load") as session:
        first = session.frame("queries/loads").sort("load_id").head(1)
        if first.is_empty() or first["origin"][0] != "demo":
            raise Refused("This warehouse did not begin as a demo, so it is not emptied; undo its loads one by one.")
        origin.empty(session)
        history.refresh(session, None)


def fruitless(preview: Preview) -> Refused | None:
    """Why committing this would be refused: nothing in it is new; None where something is."""
    if preview.anything_new:
        return None
    file, known, bad = preview.batch.file, sum(count.accepted for count in preview.counts), preview.refused.sort("line")
    if bad.height:
        first = bad.row(0, named=True)
        rest = f", and its other rows ({known:,}) are on file already" if known else ""
        mend = "mend the file" if known else "mend the file, or read it by a mapping that fits,"
        none = "its one refused row cannot" if bad.height == 1 else f"none of its {bad.height:,} refused rows can"
        said = f"{file}, line {first['line']}: {first['reasons']}; {none} be loaded{rest}"
        return Refused(f"{said}: {mend} and load it again.")
    if known:
        return Duplicate(
            f"{file}: nothing in it is new, what it says ({plural(known, 'row')}) is on file already; there is no need to load it."
        )
    return Refused(f"{file}: no row of it is meant for any table; check that the mapping is the right one.")


def _store(session: Session, change: Change, load_id: int) -> None:
    name, of_load = change.table.name, pl.lit(load_id, pl.Int64).alias("load_id")
    if change.counts[CHANGED]:
        session.move(name, f"{name}_replaced", change.replaced, replaced_by=load_id)
    session.insert(name, change.fresh.with_columns(of_load))
    for ledger, rows in (("refused", change.checked.refused), ("warned", change.checked.warned)):
        session.insert(ledger, rows.select(of_load, pl.lit(name).alias("table_name"), pl.all()))


def _record(session: Session, preview: Preview, load_id: int, actor: str, now: datetime) -> None:
    batch = preview.batch
    of_file = {"file": batch.file, "file_hash": batch.sha256, "origin": batch.origin, "actor": actor, "assumption": batch.assumption}
    schema = {"load_id": pl.Int64} | dict.fromkeys(of_file, pl.String) | {"loaded_at": pl.Datetime("us")}
    session.insert("loads", pl.DataFrame([{"load_id": load_id, **of_file, "loaded_at": now}], schema=schema))
    counts = pl.DataFrame([asdict(count) for count in preview.counts]).rename({"table": "table_name"})
    session.insert("load_tables", counts.with_columns(pl.lit(load_id, pl.Int64).alias("load_id")))
