"""The record of what was loaded, and the rows that were refused in a form that loads again once mended."""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from health.access import Book
from health.errors import NotFound
from health.intake.check import REPEATED, REPEATS
from health.intake.reading.sheet import LINE, MENDED, Sheet, guarded
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
        loaded(session, load_id)
        rows = session.frame("queries/refused_rows", load_id=load_id)
    return mendable(rows)


def warned(book: Book, load_id: int) -> pl.DataFrame:
    """One row a flagged line and table, in the order of lines: table_name, line, words. Errors: NotFound."""
    with book.reading() as session:
        loaded(session, load_id)
        return session.frame("queries/warned_rows", load_id=load_id)


def entries(book: Book, load_ids: Sequence[int]) -> pl.DataFrame:
    """One row an entry at the desk of these loads, newest first: load_id, made_at, author, what, table_name, key, customer_id."""
    with book.reading() as session:
        rows = book.own(session, session.alike("entries", pl.DataFrame({"load_id": list(load_ids)}, schema={"load_id": pl.Int64})))
    told = rows.filter(pl.col("what") != "removed").sort("load_id", descending=True)
    return told.select("load_id", "made_at", "author", "what", "table_name", "key", "customer_id")


def mendable(rows: pl.DataFrame) -> pl.DataFrame:
    """Refused rows (table_name, line, reasons, raw) as one row a line with the file's own cells, to be mended and loaded again."""
    lines = rows.group_by("line", "raw", maintain_order=True).agg(_told()).sort("line")
    front = lines.select(MENDED)
    if lines.is_empty():
        return front
    cells = _cells(lines["raw"])
    harmless = cells.select(guarded(pl.all()).name.keep()).rename(_names(cells.columns))
    return front.hstack(harmless.rename({name: f"{name}_" for name in MENDED if name in cells.columns}))


def unmended(session: Session, table: str, sheet: Sheet) -> pl.DataFrame:
    """The rows of a mended file that are, to the letter, rows refused before as repeats: LINE, and REPEATED, the line each repeats.

    On its own such a row repeats nothing, and would take the place of the row that was loaded in its stead. A column that was put in
    or taken out of the file mends no row of it; a load that was undone is not asked.
    """
    undone = session.frame("queries/loads").filter(pl.col("undone_at").is_not_null())["load_id"]
    held = session.alike("refused", pl.DataFrame({"table_name": [table]})).filter(~pl.col("load_id").is_in(undone.implode()))
    held = held.with_columns(pl.col("reasons").str.extract(REPEATS).cast(pl.Int64).alias(REPEATED)).drop_nulls(REPEATED)
    cells = _cells(held["raw"]) if held.height else pl.DataFrame()
    shared = [name for name in sheet.columns if name in cells.columns]
    if not shared:
        return pl.DataFrame(schema={LINE: pl.Int64, REPEATED: pl.Int64})
    before = cells.select(shared).hstack(held.select(REPEATED)).unique(shared, keep="last", maintain_order=True)
    now = sheet.rows.select(LINE, pl.col(shared).fill_null(""))
    return now.join(before, on=shared, how="inner").select(LINE, REPEATED)


def _names(columns: list[str]) -> dict[str, str]:
    """The file's own column names as a spreadsheet may read them."""
    return dict(zip(columns, pl.select(guarded(pl.lit(pl.Series(columns, dtype=pl.String)))).to_series(), strict=True))


def _told() -> list[pl.Expr]:
    """table and reasons of one line; where several tables refused it, each reason says whose it is."""
    several = pl.format("{}: {}", "table_name", "reasons").str.join("; ")
    reasons = pl.when(pl.len() > 1).then(several).otherwise(pl.col("reasons").first())
    return [pl.col("table_name").str.join(", ").alias("table"), reasons.alias("reasons")]


def _cells(raw: pl.Series) -> pl.DataFrame:
    """The file's own cells of each row; null where its file had no such column."""
    return pl.DataFrame(raw.str.json_decode(_cells_of(raw)).struct.unnest())


def _cells_of(raw: pl.Series) -> pl.Struct:
    """The columns of all the files in the rows (a demo has one file a table), each text."""
    names = dict.fromkeys(name for line in raw for name in json.loads(line))
    return pl.Struct(dict.fromkeys(names, pl.String))


def loaded(session: Session, load_id: int) -> dict[str, Any]:
    """The record of one load. Errors: NotFound."""
    row = session.frame("queries/loads").filter(pl.col("load_id") == load_id)
    if row.is_empty():
        raise NotFound(f"There is no load {load_id}; `loads` lists them all.")
    return row.row(0, named=True)
