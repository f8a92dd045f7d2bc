"""How to load an inbox file: by the saved mapping with its header, or directly as the table with its header."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from health.access import Book
from health.errors import Forbidden, InvalidInput, NotFound, Storage
from health.intake import layout
from health.intake.inbox.atomic_files import digest
from health.intake.layout import Batch
from health.intake.mapping import Mapping, store
from health.intake.progress import ProgressCallback
from health.intake.reading import unpack
from health.intake.reading.sheet import Form, Sheet
from health.tables import TABLES


@dataclass(frozen=True)
class Plan:
    """A file with what it will load, or why it cannot; `batch` is None if it must be read again when its turn comes."""

    path: Path
    sha256: str | None
    batch: Batch | None = None
    mapping: str | None = None
    problem: InvalidInput | None = None
    step: int = len(TABLES)
    """Position in TABLES of the first table it feeds; customers come before the tables that refer to them."""


def plan_file(book: Book, path: Path, progress: ProgressCallback) -> Plan:
    """Plan the load of the file at this path. Errors: NotFound if it has disappeared, Storage."""
    sha256 = digest(path)
    try:
        batch, mapping = _read_batch(book, path, progress)
    except InvalidInput as problem:
        return Plan(path, sha256, problem=problem)
    except (NotFound, Storage, Forbidden):
        raise
    except Exception as problem:  # one file that breaks the reader must not keep the others waiting for ever
        message = (
            f"{path.name}: the reader failed on this file ({type(problem).__name__}); load it by hand, or report this file to "
            "the developers."
        )
        return Plan(path, sha256, problem=InvalidInput(message))
    steps = [list(TABLES).index(extract.table.name) for extract in batch.extracts]
    return Plan(path, batch.sha256, batch, mapping, step=min(steps, default=len(TABLES)))


def _read_batch(book: Book, path: Path, progress: ProgressCallback) -> tuple[Batch, str | None]:
    """Read the file by detection, else in the form of a saved mapping; returns the batch and the mapping's name.

    A mapping's form is used only for files that this mapping recognises."""
    first_error: InvalidInput | None = None
    for form in [None, *store.saved_forms(book)]:
        try:
            sheet = unpack.read(path, form, progress)
        except InvalidInput as problem:
            first_error = first_error or problem
            continue
        saved_mapping = store.recognise_mapping(book, sheet.columns)
        if saved_mapping and saved_mapping.form.header:
            return layout.batch_from_mapping(saved_mapping, _read_in_form(sheet, form, saved_mapping, path, progress)), saved_mapping.name
        table = _find_table(sheet) if form is None else None
        if table:
            return layout.batch_from_extract(table, sheet), None
        first_error = first_error or _unknown_header(sheet)
    assert first_error is not None
    raise first_error


def _read_in_form(sheet: Sheet, form: Form | None, saved_mapping: Mapping, path: Path, progress: ProgressCallback) -> Sheet:
    """The sheet, read again if the mapping asks for another form."""
    wanted_settings = [(f.name, getattr(saved_mapping.form, f.name)) for f in fields(Form)]
    already_right = form is None and all(value in (None, (), True) or value == getattr(sheet.form, name) for name, value in wanted_settings)
    return sheet if already_right or form == saved_mapping.form else unpack.read(path, saved_mapping.form, progress)


def _find_table(sheet: Sheet) -> str | None:
    """The table with exactly this header, all required columns included. Errors: InvalidInput if several match."""
    tables = layout.tables_with_header(sheet.columns)
    if len(tables) > 1:
        raise InvalidInput(f"{sheet.file}: its header fits {' and '.join(tables)}; load it with: load TABLE {sheet.file}")
    return tables[0] if tables else None


def _unknown_header(sheet: Sheet) -> InvalidInput:
    """The error for a header that no table and no mapping has."""
    header_text = ", ".join(name[:40] for name in sheet.columns[:5]) + (", ..." if len(sheet.columns) > 5 else "")
    return InvalidInput(
        f"{sheet.file}: no table and no saved mapping has the header {header_text};"
        f" save a mapping for it (mappings --save M.toml {sheet.file}) and put the file back,"
        f" or load it by hand: load --mapping M.toml {sheet.file}"
    )
