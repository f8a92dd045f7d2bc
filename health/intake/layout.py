"""Turn a sheet into one extract per table: columns assigned to fields, all values still text."""

import hashlib
from collections.abc import Mapping as ByName
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from health.columns import Table
from health.currency import code as own_currency
from health.errors import InvalidInput
from health.intake import mapping as mappings
from health.intake.currencies import currency_codes
from health.intake.invoice_lines import add_up_lines
from health.intake.mapping.apply import apply_feed
from health.intake.mapping.formats import ZERO
from health.intake.reading import formulas, typed_columns
from health.intake.reading.sheet import LINE, Sheet
from health.intake.scales import fill_scales
from health.tables import TABLES


@dataclass(frozen=True)
class Extract:
    """Rows for one table: its fields as text, LINE, and FAULTS where a mapping rule failed; `skipped` counts rows left out."""

    table: Table
    rows: pl.DataFrame
    sheet: Sheet
    skipped: int = 0

    @property
    def read(self) -> int:
        """Number of rows that the file has for this table, unreadable ones included."""
        return self.rows.height + self.sheet.broken.height

    @property
    def given(self) -> list[str]:
        """The fields present in the file; the others keep their stored values."""
        return [name for name in self.table.names if name in self.rows.columns]


@dataclass(frozen=True)
class Batch:
    """All extracts of one file, in table order; `notices` are sentences for the user."""

    file: str
    sha256: str
    extracts: tuple[Extract, ...]
    notices: tuple[str, ...] = ()
    assumption: str | None = None
    origin: str = "extract"
    complete_through: date | Literal["newest"] | None = None
    """The day up to which the file is complete in its tables, stated with it; "newest": that of its newest row."""


class WrongHeader(InvalidInput):
    """The file's header does not match the requested table; `fact` is the message without the remedy."""

    def __init__(self, fact: str) -> None:
        super().__init__(f"{fact}; add it to the file, or use a mapping.")
        self.fact = fact


FREE_IS_TRIAL = "Contract lines priced at 0 are loaded as trials, which do not count as contracts."
_SHOWN = 8


def read_mapping(path: Path) -> mappings.Mapping:
    """The mapping in this TOML file. Errors: NotFound, InvalidInput."""
    return mappings.read(path)


def batch_from_extract(table: str, sheet: Sheet) -> Batch:
    """Batch of a file whose header is the table's own; unknown columns are listed in a notice.

    Errors: WrongHeader if a required column is missing, InvalidInput if the header fits another table better.
    """
    if table not in TABLES:
        raise InvalidInput(f"There is no table '{table}'; use one of {', '.join(TABLES)}.")
    target = TABLES[table]
    missing, better_table = _missing_columns(target, sheet.columns), _better_table(target, sheet.columns)
    if better_table:
        raise InvalidInput(
            f"{sheet.file}: this file does not fit the table {table}; its header is that of {better_table}, load it as {better_table}."
        )
    _refuse_valueless(missing, sheet)
    if missing:
        raise WrongHeader(f"{sheet.file}: {table} needs the {_column_list(missing)}, the file has {_header_text(sheet.columns)}")
    unknown_columns = _unknown_columns(target, sheet.columns)
    notices = (f"{sheet.file}: {table} has no column {', '.join(unknown_columns)}; not loaded.",) if unknown_columns else ()
    _refuse_unused_currencies(sheet, unknown_columns, [target])
    rows = sheet.rows.select(LINE, *(name for name in target.names if name in sheet.columns))
    return Batch(sheet.file, sheet.sha256, (Extract(target, rows, sheet),), (*sheet.notices, *notices))


def _refuse_valueless(missing: list[str], sheet: Sheet) -> None:
    """Refuse missing columns that the workbook has, but without values."""
    if without_values := [name for name in missing if name in sheet.valueless]:
        raise InvalidInput(formulas.valueless_notice(sheet.file, without_values))


def _column_list(names: list[str]) -> str:
    """'column a', 'columns a, b and c'."""
    return f"columns {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"column {names[0]}"


def _header_text(columns: list[str]) -> str:
    """The first column names in quotes, and how many more there are."""
    shown_names, hidden = ", ".join(f"'{name[:40]}'" for name in columns[:_SHOWN]), len(columns) - _SHOWN
    return f"{shown_names} and {hidden} more" if hidden > 0 else shown_names


def _missing_columns(table: Table, columns: list[str]) -> list[str]:
    """Required columns that the header lacks."""
    return [c.name for c in table.columns if c.required and c.name not in columns]


def _unknown_columns(table: Table, columns: list[str]) -> list[str]:
    """Header columns that the table does not have."""
    return [name for name in columns if name not in table.names]


def _better_table(table: Table, columns: list[str]) -> str | None:
    """Name of another table that the header fits better, or None."""

    def misfit(t: Table) -> tuple[bool, int]:
        return bool(_missing_columns(t, columns)), len(_unknown_columns(t, columns))

    best_table = min(TABLES.values(), key=lambda t: (*misfit(t), t is not table))
    return best_table.name if not _missing_columns(best_table, columns) and misfit(best_table) < misfit(table) else None


def tables_with_header(columns: list[str]) -> list[str]:
    """Tables with this header: all required columns present, no unknown ones."""
    return [t.name for t in TABLES.values() if not _missing_columns(t, columns) and not _unknown_columns(t, columns)]


def batch_from_mapping(mapping: mappings.Mapping, sheet: Sheet) -> Batch:
    """Batch of an external file through its mapping. Errors: InvalidInput if the file lacks a column of the mapping."""
    if missing := sorted(set(mapping.columns) - set(sheet.columns)):
        _refuse_valueless(missing, sheet)
        raise InvalidInput(
            f"{sheet.file}: {mapping.name} needs the column '{missing[0]}', which the file does not have; check that this is the "
            "right mapping."
        )
    unused = [name for name in sheet.columns if name not in mapping.columns]
    _refuse_unused_currencies(sheet, unused, [TABLES[feed.table] for feed in mapping.feeds])
    extracts = tuple(_extract(feed, mapping, sheet) for feed in mapping.feeds)
    notices = _unused_notice(sheet, unused) + _zone_notice(sheet, mapping.assumed_utc)
    declared, seen = mapping.complete_through, (*sheet.notices, *notices)
    return Batch(sheet.file, sheet.sha256, extracts, seen, mapping.assumption, complete_through=declared)


def _unused_notice(sheet: Sheet, unused: list[str]) -> list[str]:
    if not unused:
        return []
    columns, verb = ("column", "is") if len(unused) == 1 else ("columns", "are")
    return [f"{sheet.file}: {columns} {', '.join(unused)} {verb} not loaded, because no field uses {'it' if verb == 'is' else 'them'}."]


def _zone_notice(sheet: Sheet, columns: Sequence[str]) -> list[str]:
    if not columns:
        return []
    headings = "the heading says" if len(columns) == 1 else "their headings say"
    return [f"{sheet.file}: the times in {', '.join(columns)} are read as UTC, as {headings}."]


def _refuse_unused_currencies(sheet: Sheet, unused: list[str], tables: list[Table]) -> None:
    """Refuse a file with amounts if a column that nothing uses holds currency codes other than the book's. Errors: InvalidInput."""
    if not any(column.type == "money" for table in tables for column in table.columns):
        return
    for name in unused:
        if foreign := [code for code in currency_codes(sheet, name) if code != own_currency()]:
            remedy = (
                "name it currency, or map it to that field" if "currency" in tables[-1].names else f"convert them to {own_currency()} first"
            )
            raise InvalidInput(
                f"{sheet.file}: the column '{name}' says that amounts are in {', '.join(foreign[:_SHOWN])}, and nothing reads it: {remedy}."
            )


def _extract(feed: mappings.Feed, mapping: mappings.Mapping, sheet: Sheet) -> Extract:
    """One table's extract: filter rows, apply the feed's rules, drop repeats where the feed asks for it."""
    rows, file_rows = sheet.rows, sheet.rows.height
    if feed.only:
        rows = rows.filter(pl.col(feed.only["column"]).str.strip_chars().eq_missing(pl.lit(feed.only["equals"])))
    if feed.skip_when_blank:
        rows = rows.filter(pl.col(feed.skip_when_blank).str.strip_chars().fill_null("") != "")
    rows = _in_stated_currency(fill_scales(apply_feed(feed, mapping, rows), feed.scales), feed, mapping, sheet)
    if feed.free_is_trial:
        rows = _with_free_trials(rows)
    if feed.distinct:
        rows = rows.unique([name for name in rows.columns if name != LINE], keep="first", maintain_order=True)
    if feed.add_up:
        rows = add_up_lines(TABLES[feed.table], rows)
    return Extract(TABLES[feed.table], rows, sheet, file_rows - rows.height)


def with_free_trials(batch: Batch) -> Batch:
    """The batch with contract lines priced at 0 as trials, stated as its assumption."""
    extracts = tuple(replace(e, rows=_with_free_trials(e.rows)) if e.table.name == "contracts" else e for e in batch.extracts)
    return replace(batch, extracts=extracts, assumption=" ".join(filter(None, (batch.assumption, FREE_IS_TRIAL))))


def _with_free_trials(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of contracts as text, with `trial` set where it is blank and the price, in our format, is 0."""
    given = pl.col("trial").str.strip_chars().replace("", None) if "trial" in rows.columns else pl.lit(None, pl.String)
    is_free = pl.col("unit_price").str.strip_chars().str.contains(ZERO)
    return rows.with_columns(pl.coalesce(given, pl.when(is_free).then(pl.lit("true"))).alias("trial"))


def with_scales(batch: Batch, scales: ByName[str, str]) -> Batch:
    """The batch, with these scales by kind of survey for answers that state none. Errors: InvalidInput."""
    extracts = (
        replace(extract, rows=fill_scales(extract.rows, scales)) if extract.table.name == "surveys" else extract
        for extract in batch.extracts
    )
    return replace(batch, extracts=tuple(extracts))


def _in_stated_currency(rows: pl.DataFrame, feed: mappings.Feed, mapping: mappings.Mapping, sheet: Sheet) -> pl.DataFrame:
    """The rows with the currency in which the mapping says that amounts are written, if it is not the book's. Errors: InvalidInput."""
    table, stated = TABLES[feed.table], mapping.currency
    if stated in (None, own_currency()) or not any(table.column(name).type == "money" for name in feed.fields):
        return rows
    if "currency" not in table.names:
        raise InvalidInput(
            f"{sheet.file}: {mapping.name} says that amounts are in {stated}; {table.name} takes {own_currency()} only: convert them first."
        )
    return rows if "currency" in feed.fields else rows.with_columns(pl.lit(stated).alias("currency"))


def batch_from_frames(tables: ByName[str, pl.DataFrame], name: str, origin: str = "demo") -> Batch:
    """Batch of typed frames by table, as if each had come as a file; rows are numbered from 1."""
    named_frames = [(TABLES[table], tables[table]) for table in TABLES if table in tables]
    digest = hashlib.sha256()
    extracts = []
    for table, frame in named_frames:
        digest.update(table.name.encode() + frame.write_csv().encode())
        sheet = typed_columns.sheet_from_frame(frame, f"{name}: {table.name}", "")
        extracts.append(Extract(table, sheet.rows.select(LINE, *(c for c in table.names if c in frame.columns)), sheet))
    return Batch(name, digest.hexdigest(), tuple(extracts), origin=origin)
