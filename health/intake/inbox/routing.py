"""How a file of the inbox is to be loaded: by the mapping that knows its header, or as an extract of the table whose header it is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from health.access import Book
from health.errors import Forbidden, NotFound, Refused, Storage
from health.intake import layout
from health.intake.inbox.atomic_files import digest
from health.intake.layout import Batch
from health.intake.mapping import Mapping, store
from health.intake.progress import Tell
from health.intake.reading import unpack
from health.intake.reading.sheet import Form, Sheet
from health.tables import TABLES


@dataclass(frozen=True)
class Plan:
    """A file, and what it feeds or why it cannot; `batch` is None where it is to be read again at its turn."""

    path: Path
    sha256: str | None
    batch: Batch | None = None
    mapping: str | None = None
    problem: Refused | None = None
    step: int = len(TABLES)
    """The place in TABLES of the first table it feeds: customers come before what refers to them."""


def planned(book: Book, path: Path, tell: Tell) -> Plan:
    """How the file at this path is to be loaded. Errors: NotFound where it has gone, Storage."""
    sha256 = digest(path)
    try:
        batch, mapping = _read(book, path, tell)
    except Refused as problem:
        return Plan(path, sha256, problem=problem)
    except (NotFound, Storage, Forbidden):
        raise
    except Exception as problem:  # one file that breaks the reader must not keep the others waiting for ever
        words = f"{path.name}: the reader failed on this file ({type(problem).__name__}); load it by hand, or report it to the makers."
        return Plan(path, sha256, problem=Refused(words))
    steps = [list(TABLES).index(extract.table.name) for extract in batch.extracts]
    return Plan(path, batch.sha256, batch, mapping, step=min(steps, default=len(TABLES)))


def _read(book: Book, path: Path, tell: Tell) -> tuple[Batch, str | None]:
    """Read as the file says of itself, else in a form that a saved mapping tells; a form never serves another mapping's file."""
    first: Refused | None = None
    for form in [None, *store.forms(book)]:
        try:
            sheet = unpack.read(path, form, tell)
        except Refused as problem:
            first = first or problem
            continue
        known = store.recognised(book, sheet.columns)
        if known and known.form.header:
            return layout.mapped(known, _in_form(sheet, form, known, path, tell)), known.name
        table = _table_of(sheet) if form is None else None
        if table:
            return layout.direct(table, sheet), None
        first = first or _unknown(sheet)
    assert first is not None
    raise first


def _in_form(sheet: Sheet, form: Form | None, known: Mapping, path: Path, tell: Tell) -> Sheet:
    """The sheet as the mapping wants it read."""
    wanted = [(f.name, getattr(known.form, f.name)) for f in fields(Form)]
    as_seen = form is None and all(value in (None, (), True) or value == getattr(sheet.form, name) for name, value in wanted)
    return sheet if as_seen or form == known.form else unpack.read(path, known.form, tell)


def _table_of(sheet: Sheet) -> str | None:
    """The table whose own header this is, its required columns among them. Errors: Refused where it is that of several."""
    fits = layout.suited(sheet.columns)
    if len(fits) > 1:
        raise Refused(f"{sheet.file}: its header suits {' and '.join(fits)}; load it with: load TABLE {sheet.file}")
    return fits[0] if fits else None


def _unknown(sheet: Sheet) -> Refused:
    shown = ", ".join(name[:40] for name in sheet.columns[:5]) + (", ..." if len(sheet.columns) > 5 else "")
    return Refused(
        f"{sheet.file}: no table and no saved mapping has the header {shown};"
        f" save a mapping for it (mappings --save M.toml {sheet.file}) and put the file back,"
        f" or load it by hand: load --mapping M.toml {sheet.file}"
    )
