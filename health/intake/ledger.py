"""The record of what was loaded, and the rows that were refused in a form that loads again once mended."""

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
    """One row a load, newest first: load_id, file, file_hash, origin, actor, who (its name, where one is
    on file), assumption, loaded_at, undone_at, tables, counts summed."""
    with book.reading() as session:
        return session.frame("queries/loads")


def refused(book: Book, load_id: int) -> pl.DataFrame:
    """One row a refused line: line, table, reasons, then the file's own columns; mended, it loads again with the three in front.

    Errors: NotFound.
    """
    with book.reading() as session:
        load_record(session, load_id)
        rows = session.frame("queries/refused_rows", load_id=load_id)
    return correction_rows(rows)


def warned(book: Book, load_id: int) -> pl.DataFrame:
    """One row a flagged line and table, in the order of lines: table_name, line, words. Errors: NotFound."""
    with book.reading() as session:
        load_record(session, load_id)
        return session.frame("queries/warned_rows", load_id=load_id)


def entries(book: Book, load_ids: Sequence[int]) -> pl.DataFrame:
    """One row an entry at the desk of these loads, newest first: load_id, made_at, author, what, table_name, key, customer_id."""
    with book.reading() as session:
        rows = book.own(session, session.alike("entries", pl.DataFrame({"load_id": list(load_ids)}, schema={"load_id": pl.Int64})))
    current_entries = rows.filter(pl.col("what") != "removed").sort("load_id", descending=True)
    return current_entries.select("load_id", "made_at", "author", "what", "table_name", "key", "customer_id")


def correction_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Refused rows (table_name, line, reasons, raw) as one row a line with the file's own cells, to be mended and loaded again."""
    lines = rows.group_by("line", "raw", maintain_order=True).agg(_table_and_reasons()).sort("line")
    line_columns = lines.select(CORRECTION_COLUMNS)
    if lines.is_empty():
        return line_columns
    cells = _raw_cells(lines["raw"])
    safe_cells = cells.select(escape_formulas(pl.all()).name.keep()).rename(_safe_names(cells.columns))
    return line_columns.hstack(safe_cells.rename({name: f"{name}_" for name in CORRECTION_COLUMNS if name in cells.columns}))


def uncorrected_repeats(session: Session, table: str, sheet: Sheet) -> pl.DataFrame:
    """The rows of a mended file that are, to the letter, rows refused before as repeats: LINE, and REPEATED, the line each repeats.

    On its own such a row repeats nothing, and would take the place of the row that was loaded in its stead. A column that was put in
    or taken out of the file mends no row of it; a load that was undone is not asked.
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
    """The file's own column names as a spreadsheet may read them."""
    return dict(zip(columns, pl.select(escape_formulas(pl.lit(pl.Series(columns, dtype=pl.String)))).to_series(), strict=True))


def _table_and_reasons() -> list[pl.Expr]:
    """table and reasons of one line; where several tables refused it, each reason says whose it is."""
    reasons_by_table = pl.format("{}: {}", "table_name", "reasons").str.join("; ")
    reasons = pl.when(pl.len() > 1).then(reasons_by_table).otherwise(pl.col("reasons").first())
    return [pl.col("table_name").str.join(", ").alias("table"), reasons.alias("reasons")]


def _raw_cells(raw: pl.Series) -> pl.DataFrame:
    """The file's own cells of each row; null where its file had no such column."""
    return pl.DataFrame(raw.str.json_decode(_raw_schema(raw)).struct.unnest())


def _raw_schema(raw: pl.Series) -> pl.Struct:
    """The columns of all the files in the rows (a demo has one file a table), each text."""
    names = dict.fromkeys(name for line in raw for name in json.loads(line))
    return pl.Struct(dict.fromkeys(names, pl.String))


def load_record(session: Session, load_id: int) -> dict[str, Any]:
    """The record of one load. Errors: NotFound."""
    row = session.frame("queries/loads").filter(pl.col("load_id") == load_id)
    if row.is_empty():
        raise NotFound(f"There is no load {load_id}; `loads` lists them all.")
    return row.row(0, named=True)
