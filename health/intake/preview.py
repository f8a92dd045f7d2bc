"""Preview of a load: everything it would change, computed without writing."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from health.access import Book
from health.errors import Duplicate, InvalidInput
from health.intake import currencies, invoice_notices, layout, ledger
from health.intake.check import CheckContext, add_raw_cells, check
from health.intake.compare import ADDED, CHANGED, UNCHANGED, Change, compare
from health.intake.layout import Batch, Extract
from health.intake.mapping import Mapping
from health.intake.progress import ProgressCallback, ignore_progress
from health.intake.reading import unpack
from health.intake.reading.sheet import Form, Sheet
from health.score import settings
from health.tables import TABLES
from health.warehouse import Session, completeness, lineage


@dataclass(frozen=True)
class TableCount:
    """Row counts of one table: accepted + refused = read; added + changed + unchanged = accepted; skipped rows are in none of them."""

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
    """Changes a file would make to one version of the warehouse; `today`: the load date used in the checks."""

    batch: Batch
    changes: tuple[Change, ...]
    version: int
    today: date | None = None
    findings: tuple[str, ...] = ()
    extends: bool = False
    """Whether it declares a table complete up to a later day than the loads before it."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for the user about the file, about values read as something else, and from comparing the file with the book."""
        return (*self.batch.notices, *(notice for change in self.changes for notice in change.checked.notices), *self.findings)

    @property
    def counts(self) -> list[TableCount]:
        """Row counts, one entry per table."""
        return [_table_count(change) for change in self.changes]

    @property
    def anything_new(self) -> bool:
        """Whether any row would be added or changed, or a table be complete further; if not, the file is not loaded."""
        return self.extends or any(count.added + count.changed for count in self.counts)

    @property
    def complete_through(self) -> date | None:
        """The day up to which the file says that it is complete; None if it does not say."""
        stated = self.batch.complete_through
        return self.newest_day if stated == "newest" else stated

    @property
    def newest_day(self) -> date | None:
        """The latest day on which something happened in the accepted rows."""
        days = [
            change.rows[column.name].cast(pl.Date).max()
            for change in self.changes
            for column in change.table.columns
            if column.event and column.name in change.rows.columns
        ]
        return max((day for day in days if isinstance(day, date)), default=None)

    @property
    def refused(self) -> pl.DataFrame:
        """One row per refused row and table: table_name, line, reasons, raw."""
        return pl.concat(_with_table_name(c, c.checked.refused) for c in self.changes)

    @property
    def warned(self) -> pl.DataFrame:
        """One row per flagged accepted row and table: table_name, line, words, raw."""
        return pl.concat(_with_table_name(c, add_raw_cells(c.checked.extract, c.checked.warned)) for c in self.changes)

    @property
    def changes_old_new(self) -> pl.DataFrame:
        """One row per changed value, as text: table_name, line, key, field, before, after."""
        return pl.concat(_with_table_name(c, c.values) for c in self.changes)

    @property
    def touched(self) -> set[str] | None:
        """Customers with added or changed rows, previous owners of such rows included; None if all customers are affected."""
        customers: set[str] = set()
        for change in self.changes:
            if change.table.name in lineage.COMMON_TABLES and change.counts[ADDED] + change.counts[CHANGED]:
                return None
            if "customer_id" in change.table.names:
                customers.update(change.fresh["customer_id"].unique(), change.before["customer_id"].unique())
        return customers

    def as_loaded(self, load_id: int | None = None) -> "Loaded":
        """This preview as the result of a load."""
        flagged = sum(change.checked.warned.height for change in self.changes)
        assumption = self.batch.assumption
        return Loaded(load_id, self.batch.file, self.counts, self.notices, flagged, assumption, self.complete_through)


@dataclass(frozen=True)
class Loaded:
    """Result of a load; `load_id`: None if nothing was written; `warned`: number of loaded rows with warnings."""

    load_id: int | None
    file: str
    tables: list[TableCount]
    notices: tuple[str, ...] = ()
    warned: int = 0
    assumption: str | None = None
    complete_through: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Output of the command line."""
        tables = [asdict(count) for count in self.tables]
        through = {"complete_through": self.complete_through} if self.complete_through else {}
        return {
            "load_id": self.load_id, "file": self.file, "tables": tables, "warned": self.warned, "assumption": self.assumption, **through,
        }  # fmt: skip


def read_file(
    path: Path,
    table: str | None = None,
    mapping: Mapping | None = None,
    form: Form | None = None,
    progress: ProgressCallback = ignore_progress,
) -> Batch:
    """Read a file as text rows for each table it feeds. Errors: NotFound, InvalidInput."""
    return _batch(unpack.read(path, _merged_form(form, mapping), progress), table, mapping)


def _merged_form(form: Form | None, mapping: Mapping | None) -> Form | None:
    """Combine the user's settings with the mapping's, field by field; the user's take precedence."""
    if not form or not mapping:
        return form or (mapping.form if mapping else None)
    stated_settings = {f.name: getattr(form, f.name) for f in fields(Form) if getattr(form, f.name) != f.default}
    return replace(mapping.form, **stated_settings)


def _batch(sheet: Sheet, table: str | None, mapping: Mapping | None) -> Batch:
    return layout.batch_from_mapping(mapping, sheet) if mapping else layout.batch_from_extract(table or "", sheet)


def prepare(book: Book, batch: Batch, today: date | None = None, progress: ProgressCallback = ignore_progress) -> Preview:
    """Preview a load; `today`: load date, the last day on which an event can have happened. Errors: Duplicate."""
    with book.reading() as session:
        return prepare_in_session(session, batch, session.version, today, progress)


def prepare_in_session(
    session: Session, batch: Batch, version: int, today: date | None = None, progress: ProgressCallback = ignore_progress
) -> Preview:
    """Preview a load inside the caller's transaction. Errors: Duplicate; Refused if the counts do not balance."""
    _refuse_duplicate(session, batch)
    customers, ids, changes = session.frame("queries/customer_ids"), _mentioned_ids(session, batch), []
    in_force, rates = settings.in_force(session), currencies.rates_on_file(session)
    for extract in batch.extracts:
        name, key = extract.table.name, extract.table.key
        repeats = ledger.uncorrected_repeats(session, name, extract.sheet) if extract.sheet.mended else None
        context = CheckContext(in_force.zone, today, ids, customers, repeats, in_force.currency, rates)
        checked = check(extract, {"customers": customers["customer_id"]}, context, progress)
        if checked.accepted.height + checked.refused.height != extract.read:
            raise InvalidInput(f"{batch.file}: {name} does not add up, so nothing was loaded; report this file to the developers.")
        changes.append(compare(checked, session.alike(name, checked.accepted.select(key))))
        if name == "rates":
            rates = pl.concat([rates, changes[-1].rows.select(rates.columns)]).unique()
        if name == "customers":
            file_customers = changes[-1].rows.select(customers.columns)
            customers = pl.concat([customers, file_customers]).unique("customer_id", keep="last")
        progress(f"{name} is checked", 1.0)
    first_sheet = batch.extracts[0].sheet if batch.origin == "extract" and batch.extracts else None
    findings = (*(currencies.currency_notice(session, first_sheet) if first_sheet else ()), *invoice_notices.notices(session, changes))
    return _with_completeness(session, Preview(batch, tuple(changes), version, today, findings))


def declare(book: Book, preview: Preview, complete_through: date | None) -> Preview:
    """The preview of a file that is complete up to this day; None: it does not say. Errors: InvalidInput for a day that is still ahead."""
    with book.reading() as session:
        batch = replace(preview.batch, complete_through=complete_through)
        return _with_completeness(session, replace(preview, batch=batch, extends=False))


def _with_completeness(session: Session, preview: Preview) -> Preview:
    """The preview, with whether its declaration reaches further than those before. Errors: InvalidInput for a day that is still ahead."""
    day = preview.complete_through
    if day is None:
        return preview
    if preview.today and day > preview.today:
        raise InvalidInput(f"{preview.batch.file}: complete through {day}: this day is still ahead; give the last day in the file.")
    declared = completeness.read(session).declared
    accepted = [count.table for count in preview.counts if count.accepted]
    return replace(preview, extends=any(day > declared.get(table, date.min) for table in accepted))


def _mentioned_ids(session: Session, batch: Batch) -> dict[str, pl.Series]:
    """By table that columns of this file mention: the ids on file and in the file."""
    tables = {c.mentions for extract in batch.extracts for c in extract.table.columns if c.mentions and c.name in extract.given}
    return {table: pl.concat([_ids_on_file(session, table), *_ids_in(batch.extracts, table)]) for table in tables}


def _ids_on_file(session: Session, table: str) -> pl.Series:
    (key,) = TABLES[table].key
    return session.select(f"select {key} from {table}")[key]


def _ids_in(extracts: tuple[Extract, ...], table: str) -> list[pl.Series]:
    return [e.rows[table_key].str.strip_chars() for e in extracts if e.table.name == table for table_key in e.table.key]


def _refuse_duplicate(session: Session, batch: Batch) -> None:
    """Raise Duplicate if a file with the same bytes is loaded and in force."""
    for row in session.frame("queries/same_file", file_hash=batch.sha256).iter_rows(named=True):
        loaded_when = f"on {row['loaded_at']:%Y-%m-%d} as load {row['load_id']}"
        raise Duplicate(f"{batch.file}: this same file was loaded {loaded_when} ({row['file']}); undo that load first to load it again.")


def _with_table_name(change: Change, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.lit(change.table.name).alias("table_name"), pl.all())


def _table_count(change: Change) -> TableCount:
    """Row counts of one change."""
    checked, extract, change_counts = change.checked, change.checked.extract, change.counts
    heights = (extract.read, checked.accepted.height, checked.refused.height, extract.skipped)
    return TableCount(extract.table.name, *heights, change_counts[ADDED], change_counts[CHANGED], change_counts[UNCHANGED])
