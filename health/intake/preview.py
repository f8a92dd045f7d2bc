"""What a file would do to the book, computed without writing."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from health.access import Book
from health.errors import Duplicate, Refused
from health.intake import layout, unpack
from health.intake.check import check
from health.intake.compare import Change, compare
from health.intake.layout import Batch
from health.intake.mapping import Mapping
from health.intake.sheet import Sheet
from health.warehouse import Session


@dataclass(frozen=True)
class TableCount:
    """What a load does to one table: accepted + refused = read; added + changed + unchanged = accepted; skipped rows are none of it."""

    table: str
    read: int
    accepted: int
    refused: int
    skipped: int
    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class Preview:
    """What would happen, computed without writing, as of one version of the book."""

    batch: Batch
    changes: tuple[Change, ...]
    version: int

    @property
    def counts(self) -> list[TableCount]:
        """One entry a table."""
        return [_counted(change) for change in self.changes]

    @property
    def refused(self) -> pl.DataFrame:
        """table_name, line, reasons, raw of every refused row."""
        return pl.concat(c.checked.refused.select(pl.lit(c.table.name).alias("table_name"), pl.all()) for c in self.changes)

    def as_loaded(self, load_id: int | None = None) -> "Loaded":
        """The same in the form of a load."""
        return Loaded(load_id, self.batch.file, self.counts, self.batch.notices)


@dataclass(frozen=True)
class Loaded:
    """What was done; `load_id` is None where nothing was written."""

    load_id: int | None
    file: str
    tables: list[TableCount]
    notices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The command line's object."""
        return {"load_id": self.load_id, "file": self.file, "tables": [asdict(count) for count in self.tables]}


def prepare_file(book: Book, path: Path, table: str | None = None, mapping: Mapping | None = None) -> Preview:
    """What the file at this path would do, as an extract of one table or through a mapping. Errors: NotFound, Refused, Duplicate."""
    return prepare(book, read_file(path, table, mapping))


def read_file(path: Path, table: str | None = None, mapping: Mapping | None = None) -> Batch:
    """The file at this path as text for each table it feeds. Errors: NotFound, Refused."""
    return _laid_out(unpack.read(path, mapping.form if mapping else None), table, mapping)


def read_bytes(content: bytes, file: str, table: str | None = None, mapping: Mapping | None = None) -> Batch:
    """The same for a file that was dropped on a page. Errors: Refused."""
    return _laid_out(unpack.unpack(content, file, mapping.form if mapping else None), table, mapping)


def _laid_out(sheet: Sheet, table: str | None, mapping: Mapping | None) -> Batch:
    return layout.mapped(mapping, sheet) if mapping else layout.direct(table or "", sheet)


def prepare(book: Book, batch: Batch) -> Preview:
    """What this file would do. Errors: Duplicate."""
    with book.reading() as session:
        return prepared(session, batch, session.version)


def prepared(session: Session, batch: Batch, version: int) -> Preview:
    """The same inside a transaction. Errors: Duplicate; Refused where the rows do not balance."""
    _refuse_duplicate(session, batch)
    known = {"customers": session.frame("marts/customer_ids")["customer_id"]}
    changes = []
    for extract in batch.extracts:
        checked = check(extract, known)
        if checked.accepted.height + checked.refused.height != extract.read:
            raise Refused(f"{batch.file}: {extract.table.name} does not balance, so nothing was loaded; report this file to the makers.")
        if extract.table.name in known:
            known[extract.table.name] = pl.concat([known[extract.table.name], checked.accepted[extract.table.key[0]]])
        changes.append(compare(checked, session.rows(extract.table.name)))
    return Preview(batch, tuple(changes), version)


def _refuse_duplicate(session: Session, batch: Batch) -> None:
    again = session.frame("marts/loads").filter(pl.col("undone_at").is_null(), pl.col("file_hash") == batch.sha256)
    for row in again.iter_rows(named=True):
        when = f"on {row['loaded_at']:%Y-%m-%d} as load {row['load_id']}"
        raise Duplicate(f"{batch.file}: this very file was loaded {when} ({row['file']}); undo that load first to load it anew.")


def _counted(change: Change) -> TableCount:
    checked, extract = change.checked, change.checked.extract
    moved = {word: change.count(word) for word in ("added", "changed", "unchanged")}
    return TableCount(extract.table.name, extract.read, checked.accepted.height, checked.refused.height, extract.skipped, **moved)
