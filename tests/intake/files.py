"""Small extracts as bytes, and what a test needs to load them."""

import io
import shutil
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path

import polars as pl
import xlsxwriter

from health.access import Book
from health.intake import layout, load, mapping
from health.intake.reading import parse
from health.warehouse import Warehouse
from tests.books import analyst

NOW = datetime(2026, 11, 1, 9, 0)
CUSTOMERS = "customer_id,name,tier,region\nC1,Amberley Clinics,A,north\nC2,Bo & Daughters,B,NA\n0007,Seven,,\n"
CONTRACTS = (
    "contract_id,customer_id,product,start_on,end_on,unit_price,quantity\n"
    "K1,C1,mobile,2024-01-01,2025-12-31,24.90,3\nK2,C2,mobile,2024-03-01,,19.5,\nK3,0007,voice,2025-01-15,2026-01-14,12,1\n"
)
CALLS = (
    "interaction_id,customer_id,occurred_at,channel,direction,outcome\n"
    "I1,C1,2025-01-10 09:00:00,call,out,reached\nI2,C1,2025-03-02T10:30,email,in,\nI3,C2,2025-02-20,visit,both,reached\n"
)


def empty_book() -> Book:
    return analyst(Warehouse())


def previewed(book: Book, table: str, text: str | bytes, file: str = "") -> load.Preview:
    """What an extract would do; read in this process, for haste."""
    content = text.encode() if isinstance(text, str) else text
    return load.prepare(book, layout.batch_from_extract(table, parse.parse_file(content, file or f"{table}.csv")), NOW.date())


def feed(book: Book, table: str, text: str | bytes, file: str = "") -> load.Loaded:
    return load.commit(book, previewed(book, table, text, file), "test", NOW)


def feed_mapped(book: Book, toml: str, text: str) -> load.Loaded:
    outside = mapping.parse(toml, "outside.toml")
    batch = layout.batch_from_mapping(outside, parse.parse_file(text.encode(), "outside.csv", outside.form))
    return load.commit(book, load.prepare(book, batch, NOW.date()), "test", NOW)


@cache
def _templates() -> "tempfile.TemporaryDirectory[str]":
    """Where this process keeps the files that are copied; it goes with the process."""
    return tempfile.TemporaryDirectory()


@cache
def small_file() -> Path:
    """The small book, loaded once in this process."""
    path = Path(_templates().name) / "small.duckdb"
    warehouse = Warehouse(path)
    for table, text in (("customers", CUSTOMERS), ("contracts", CONTRACTS), ("interactions", CALLS)):
        feed(analyst(warehouse), table, text)
    warehouse.close()
    return path


def new_folder() -> Path:
    """An empty folder that goes with the process."""
    return Path(tempfile.mkdtemp(dir=_templates().name))


def copied(template: Path) -> Book:
    """A book of its own over a copy of that file; nothing written to it is seen by another."""
    return analyst(Warehouse(Path(shutil.copy(template, new_folder()))))


def small_book() -> Book:
    """Three customers with a contract each and some calls, as loads 1 to 3."""
    return copied(small_file())


def content(book: Book) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The hash of every table, and the stored history."""
    with book.reading() as session:
        scored = session.rows("history").sort("as_of", "customer_id") if session.has("history") else pl.DataFrame()
        return session.content_hash(), scored


def same(book: Book, before: tuple[pl.DataFrame, pl.DataFrame]) -> bool:
    after = content(book)
    return before[0].equals(after[0]) and (before[1].equals(after[1]) or before[1].height == after[1].height == 0)


def rows(book: Book, table: str) -> pl.DataFrame:
    with book.reading() as session:
        return session.rows(table).sort("line")


def workbook(*sheets: tuple[str, list[list[object]], bool]) -> bytes:
    """A workbook of (name, cells, hidden) sheets."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_numbers": False})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, cells, hidden in sheets:
        sheet = book.add_worksheet(name)
        for r, line in enumerate(cells):
            for c, value in enumerate(line):
                if value is not None:
                    sheet.write_datetime(r, c, value, days) if isinstance(value, datetime) else sheet.write(r, c, value)
        if hidden:
            sheet.hide()
        else:
            sheet.activate()
            sheet.set_first_sheet()
    book.close()
    return out.getvalue()
