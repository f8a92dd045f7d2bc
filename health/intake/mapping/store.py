"""Mappings saved in the warehouse, in versions; a file is recognised by its header."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import polars as pl

from health.access import Book
from health.errors import InvalidInput, NotFound
from health.intake import mapping
from health.intake.mapping import Mapping
from health.intake.reading.sheet import Form

SHIPPED = Path(__file__).parents[3] / "data" / "mappings"
_NAME = re.compile(r"[\w][\w .()-]{0,59}")
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "name": pl.String, "version": pl.Int64, "author": pl.String, "created_at": pl.Datetime("us"), "columns": pl.List(pl.String),
    "body": pl.String,
}  # fmt: skip


def save(book: Book, mapping_toml: str, name: str, columns: Iterable[str], author: str, now: datetime) -> int:
    """Save a mapping for files with these columns; returns its version. A mapping equal to the newest adds no version.

    Errors: InvalidInput for an invalid name or mapping, Forbidden.
    """
    if not _NAME.fullmatch(name.strip()):
        raise InvalidInput(f"'{name[:60]}' is not a valid mapping name; use up to 60 letters, digits, spaces, dots and dashes.")
    name, header = name.strip(), json.dumps([column.strip() for column in columns], ensure_ascii=False)
    new_mapping = mapping.parse(mapping_toml, name)
    if missing_columns := sorted(set(new_mapping.columns) - set(json.loads(header))):
        raise InvalidInput(
            f"{name}: the mapping names the column '{missing_columns[0]}', which the file does not have; correct one of the two."
        )
    with book.writing("load") as session:
        versions = session.rows("mappings").filter(pl.col("name") == name).sort("version")
        if versions.height and versions["header"][-1] == header and mapping.parse(versions["body"][-1], name) == new_mapping:
            return int(versions["version"][-1])
        version = int(versions["version"][-1]) + 1 if versions.height else 1
        row = {"name": name, "version": version, "author": author, "created_at": now, "header": header, "body": mapping_toml}
        session.insert("mappings", pl.DataFrame([row], schema_overrides={"created_at": pl.Datetime("us")}))
    return version


def saved_mappings(book: Book) -> pl.DataFrame:
    """The newest version of each saved mapping: name, version, author, created_at, columns (a list), body (TOML); the latest first."""
    with book.reading() as session:
        versions = session.rows("mappings")
    newest = versions.sort("version").unique("name", keep="last").sort("created_at", "name", descending=[True, False])
    columns = [json.loads(header) for header in newest["header"]]
    return newest.with_columns(pl.Series("columns", columns, dtype=pl.List(pl.String))).select(pl.col(n).cast(t) for n, t in SCHEMA.items())


def find_mapping(book: Book, name: str) -> Mapping:
    """The newest version of a saved mapping. Errors: NotFound."""
    rows = saved_mappings(book).filter(pl.col("name") == name.strip())
    if rows.is_empty():
        raise NotFound(f"There is no mapping named '{name[:60]}'; save one first, or give the path of a TOML file.")
    return mapping.parse(rows["body"][0], rows["name"][0])


def recognise_mapping(book: Book, columns: Iterable[str]) -> Mapping | None:
    """The mapping for a file with this header: a saved one with exactly these columns, else a shipped one, else None."""
    header = sorted(column.strip() for column in columns)
    for row in saved_mappings(book).iter_rows(named=True):
        if sorted(row["columns"]) == header and (candidate := mapping.parse(row["body"], row["name"])).form.header:
            return candidate
    return next((candidate for candidate in _shipped_mappings() if _header_fits(candidate, header)), None)


def _header_fits(candidate: Mapping, header: list[str]) -> bool:
    """Whether a mapping applies to a header; a mapping that lists the columns needs exactly those."""
    if candidate.form.columns:
        return candidate.form.header and sorted(candidate.form.columns) == header
    return candidate.form.header and set(candidate.columns) <= set(header)


def available_mappings(book: Book) -> list[Mapping]:
    """All mappings to choose from: saved ones, latest first, then shipped ones."""
    saved = [mapping.parse(body, name) for name, body in saved_mappings(book).select("name", "body").iter_rows()]
    return [*saved, *_shipped_mappings()]


def saved_forms(book: Book) -> list[Form]:
    """Distinct file forms of the saved mappings, to try where a file's form cannot be detected.

    Mappings for files without a header are left out, since such files cannot be recognised.
    """
    distinct_forms = dict.fromkeys(mapping.parse(body, name).form for name, body in saved_mappings(book).select("name", "body").iter_rows())
    return [form for form in distinct_forms if form != Form() and form.header]


def _shipped_mappings() -> list[Mapping]:
    return [mapping.read(path) for path in sorted(SHIPPED.glob("*.toml"))]
