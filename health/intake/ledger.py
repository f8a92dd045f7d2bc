"""The load record, and refused rows in a form that can be corrected and loaded again."""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from health.access import Book
from health.errors import NotFound
from health.intake.check import REPEAT_PATTERN, REPEATED
from health.intake.reading.sheet import CORRECTION_COLUMNS, LINE, Sheet, escape_formulas
from health.warehouse import Session


def loads(book: Book) -> pl.DataFrame:
    """One row per load, newest first: load_id, file, file_hash, origin, actor, who (the actor's name, if on
    file), assumption, loaded_at, undone_at, tables, total counts."""
    with book.reading() as session:
        return session.frame("queries/loads")


def refused(book: Book, load_id: int) -> pl.DataFrame:
    """One row per refused line: line, table, reasons, then the file's own columns; can be corrected and loaded as it is.

    Errors: NotFound.
    """
    with book.reading() as session:
        load_record(session, load_id)
        rows = session.frame("queries/refused_rows", load_id=load_id)
    return correction_rows(rows)


def warned(book: Book, load_id: int) -> pl.DataFrame:
    """One row per flagged line and table, sorted by line: table_name, line, words. Errors: NotFound."""
    with book.reading() as session:
        load_record(session, load_id)
        return session.frame("queries/warned_rows", load_id=load_id)


def entries(book: Book, load_ids: Sequence[int]) -> pl.DataFrame:
    """One row per manual entry of these loads, newest first: load_id, made_at, author, what, table_name, key, customer_id."""
    with book.reading() as session:
        rows = book.own(session, session.alike("entries", pl.DataFrame({"load_id": list(load_ids)}, schema={"load_id": pl.Int64})))
    current_entries = rows.filter(pl.col("what") != "removed").sort("load_id", descending=True)
    return current_entries.select("load_id", "made_at", "author", "what", "table_name", "key", "customer_id")


def correction_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Corrections file: refused rows (table_name, line, reasons, raw) as one row per line with the file's own cells."""
    lines = rows.group_by("line", "raw", maintain_order=True).agg(_table_and_reasons()).sort("line")
    line_columns = lines.select(CORRECTION_COLUMNS)
    if lines.is_empty():
        return line_columns
    cells = _raw_cells(lines["raw"])
    safe_cells = cells.select(escape_formulas(pl.all()).name.keep()).rename(_safe_names(cells.columns))
    return line_columns.hstack(safe_cells.rename({name: f"{name}_" for name in CORRECTION_COLUMNS if name in cells.columns}))


def uncorrected_repeats(session: Session, table: str, sheet: Sheet) -> pl.DataFrame:
    """Rows of a corrections file that are identical to rows refused before as repeats: LINE, and REPEATED, the line each repeats.

    In a file of its own such a row repeats nothing and would replace the row that was loaded instead. Added or removed columns do not count
    as a correction; undone loads are ignored.
    """
    undone = session.frame("queries/loads").filter(pl.col("undone_at").is_not_null())["load_id"]
    refused_rows = session.alike("refused", pl.DataFrame({"table_name": [table]})).filter(~pl.col("load_id").is_in(undone.implode()))
    refused_rows = refused_rows.with_columns(pl.col("reasons").str.extract(REPEAT_PATTERN).cast(pl.Int64).alias(REPEATED)).drop_nulls(
        REPEATED
    )
    cells = _raw_cells(refused_rows["raw"]) if refused_rows.height else pl.DataFrame()
    shared_columns = [name for name in sheet.columns if name in cells.columns]
    if not shared_columns:
        return pl.DataFrame(schema={LINE: pl.Int64, REPEATED: pl.Int64})
    refused_before = (
        cells.select(shared_columns).hstack(refused_rows.select(REPEATED)).unique(shared_columns, keep="last", maintain_order=True)
    )
    file_rows = sheet.rows.select(LINE, pl.col(shared_columns).fill_null(""))
    return file_rows.join(refused_before, on=shared_columns, how="inner").select(LINE, REPEATED)


def _safe_names(columns: list[str]) -> dict[str, str]:
    """The file's column names with formulas escaped, by original name."""
    return dict(zip(columns, pl.select(escape_formulas(pl.lit(pl.Series(columns, dtype=pl.String)))).to_series(), strict=True))


def _table_and_reasons() -> list[pl.Expr]:
    """`table` and `reasons` of one line; if several tables refused it, each reason is prefixed by its table."""
    reasons_by_table = pl.format("{}: {}", "table_name", "reasons").str.join("; ")
    reasons = pl.when(pl.len() > 1).then(reasons_by_table).otherwise(pl.col("reasons").first())
    return [pl.col("table_name").str.join(", ").alias("table"), reasons.alias("reasons")]


def _raw_cells(raw: pl.Series) -> pl.DataFrame:
    """The file's own cells of each row, decoded from JSON; null if the row's file had no such column."""
    return pl.DataFrame(raw.str.json_decode(_raw_schema(raw)).struct.unnest())


def _raw_schema(raw: pl.Series) -> pl.Struct:
    """All columns of the files in the rows, each text; a demo has one file per table."""
    names = dict.fromkeys(name for line in raw for name in json.loads(line))
    return pl.Struct(dict.fromkeys(names, pl.String))


def load_record(session: Session, load_id: int) -> dict[str, Any]:
    """The record of one load. Errors: NotFound."""
    row = session.frame("queries/loads").filter(pl.col("load_id") == load_id)
    if row.is_empty():
        raise NotFound(f"There is no load {load_id}; the list of loads shows all of them.")
    return row.row(0, named=True)
