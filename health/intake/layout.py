"""Which column feeds which field: a sheet of text becomes one extract a table, all still text."""

import hashlib
from collections.abc import Mapping as Frames
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from health.columns import Table
from health.errors import Refused
from health.intake import mapping as mappings
from health.intake.mapping.apply import applied
from health.intake.reading import formulas, typed_columns
from health.intake.reading.sheet import LINE, Sheet
from health.tables import TABLES


@dataclass(frozen=True)
class Extract:
    """Rows for one table: its fields as text, LINE, and FAULTS where a rule could not be followed; `skipped` counts the rows left out."""

    table: Table
    rows: pl.DataFrame
    sheet: Sheet
    skipped: int = 0

    @property
    def read(self) -> int:
        """Rows that the file yields for this table, broken ones among them."""
        return self.rows.height + self.sheet.broken.height

    @property
    def given(self) -> list[str]:
        """The fields that the file speaks of; the others keep what is stored."""
        return [name for name in self.table.names if name in self.rows.columns]


@dataclass(frozen=True)
class Batch:
    """All that one file feeds, in the tables' order; `notices` are sentences for the reader."""

    file: str
    sha256: str
    extracts: tuple[Extract, ...]
    notices: tuple[str, ...] = ()
    assumption: str | None = None
    origin: str = "extract"


class Foreign(Refused):
    """The header of a file is not that of the table as which it was to be loaded; `fact` is the sentence without its remedy."""

    def __init__(self, fact: str) -> None:
        super().__init__(f"{fact}; add it to the file, or use a mapping.")
        self.fact = fact


_SHOWN = 8


def read_mapping(path: Path) -> mappings.Mapping:
    """The mapping in this TOML file. Errors: NotFound, Refused."""
    return mappings.read(path)


def direct(table: str, sheet: Sheet) -> Batch:
    """An extract whose header holds the table's own columns; columns that the table does not know are named in a notice.

    Errors: Foreign where a required column is missing, Refused where the header fits another table better.
    """
    if table not in TABLES:
        raise Refused(f"There is no table '{table}'; take one of {', '.join(TABLES)}.")
    wanted = TABLES[table]
    missing, better = _missing(wanted, sheet.columns), _better(wanted, sheet.columns)
    if better:
        raise Refused(f"{sheet.file}: this is no extract of {table}; its header is that of {better}, load it as such.")
    _refuse_valueless(missing, sheet)
    if missing:
        raise Foreign(f"{sheet.file}: {table} needs the {_columns(missing)}, the file has {_header(sheet.columns)}")
    extra = _unknown(wanted, sheet.columns)
    notices = (f"{sheet.file}: {table} has no column {', '.join(extra)}; not loaded.",) if extra else ()
    rows = sheet.rows.select(LINE, *(name for name in wanted.names if name in sheet.columns))
    return Batch(sheet.file, sheet.sha256, (Extract(wanted, rows, sheet),), (*sheet.notices, *notices))


def _refuse_valueless(missing: list[str], sheet: Sheet) -> None:
    if held := [name for name in missing if name in sheet.valueless]:
        raise Refused(formulas.notice(sheet.file, held))


def _columns(names: list[str]) -> str:
    """'column a', 'columns a, b and c'."""
    return f"columns {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"column {names[0]}"


def _header(columns: list[str]) -> str:
    """The first columns of a file, and how many more there are."""
    first, more = ", ".join(f"'{name[:40]}'" for name in columns[:_SHOWN]), len(columns) - _SHOWN
    return f"{first} and {more} more" if more > 0 else first


def _missing(table: Table, columns: list[str]) -> list[str]:
    return [c.name for c in table.columns if c.required and c.name not in columns]


def _unknown(table: Table, columns: list[str]) -> list[str]:
    return [name for name in columns if name not in table.names]


def _better(table: Table, columns: list[str]) -> str | None:
    """The table that the header fits best, where that is another one."""

    def misfit(t: Table) -> tuple[bool, int]:
        return bool(_missing(t, columns)), len(_unknown(t, columns))

    best = min(TABLES.values(), key=lambda t: (*misfit(t), t is not table))
    return best.name if not _missing(best, columns) and misfit(best) < misfit(table) else None


def suited(columns: list[str]) -> list[str]:
    """The tables whose own header this is: all that is required, and nothing that the table does not know."""
    return [t.name for t in TABLES.values() if not _missing(t, columns) and not _unknown(t, columns)]


def mapped(mapping: mappings.Mapping, sheet: Sheet) -> Batch:
    """An outside file through its mapping. Errors: Refused where the file lacks a column that the mapping names."""
    if missing := sorted(set(mapping.columns) - set(sheet.columns)):
        _refuse_valueless(missing, sheet)
        raise Refused(
            f"{sheet.file}: {mapping.name} needs the column '{missing[0]}', which the file lacks; check that it is the right one."
        )
    extracts = tuple(_fed(feed, mapping, sheet) for feed in mapping.feeds)
    unused = [name for name in sheet.columns if name not in mapping.columns]
    notices = (f"{sheet.file}: {mapping.name} uses no column {', '.join(unused)}; not loaded.",) if unused else ()
    return Batch(sheet.file, sheet.sha256, extracts, (*sheet.notices, *notices), mapping.assumption)


def _fed(feed: mappings.Feed, mapping: mappings.Mapping, sheet: Sheet) -> Extract:
    rows, total = sheet.rows, sheet.rows.height
    if feed.only:
        rows = rows.filter(pl.col(feed.only["column"]).str.strip_chars().eq_missing(pl.lit(feed.only["equals"])))
    if feed.skip_when_blank:
        rows = rows.filter(pl.col(feed.skip_when_blank).str.strip_chars().fill_null("") != "")
    rows = applied(feed, mapping, rows)
    if feed.distinct:
        rows = rows.unique([name for name in rows.columns if name != LINE], keep="first", maintain_order=True)
    return Extract(TABLES[feed.table], rows, sheet, total - rows.height)


def frames(tables: Frames[str, pl.DataFrame], name: str, origin: str = "demo") -> Batch:
    """Typed frames, one a table, as if each had come as a file; rows are numbered from 1."""
    found = [(TABLES[table], tables[table]) for table in TABLES if table in tables]
    digest = hashlib.sha256()
    extracts = []
    for table, frame in found:
        digest.update(table.name.encode() + frame.write_csv().encode())
        sheet = typed_columns.from_frame(frame, f"{name}: {table.name}", "")
        extracts.append(Extract(table, sheet.rows.select(LINE, *(c for c in table.names if c in frame.columns)), sheet))
    return Batch(name, digest.hexdigest(), tuple(extracts), origin=origin)
