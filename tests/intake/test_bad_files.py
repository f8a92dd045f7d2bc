"""A file that cannot be right is refused in one sentence that names it, the place and the remedy, and the book stays as it was."""

import io
from pathlib import Path

import polars as pl
import pytest

from health.access import Book
from health.errors import Duplicate, InvalidInput, NotFound
from health.intake import load
from tests.intake.files import CALLS, CONTRACTS, CUSTOMERS, NOW, content, empty_book, feed, previewed, rows, same, small_book, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WIDE = ",".join(f"c{n}" for n in range(300)) + "\n"
BAD = {
    "empty": ("customers", b"", "c.csv", ["empty"]),
    "only blank lines": ("customers", b"\n\n  \n", "c.csv", ["empty"]),
    "header only": ("customers", b"customer_id,name\n", "c.csv", ["header and no rows"]),
    "wrong table": ("customers", CONTRACTS.encode(), "c.csv", ["does not fit the table customers", "contracts"]),
    "wrong table that shares columns": ("customers", b"contact_id,customer_id,name,email\nP1,C1,Ida,i@x.example\n", "c.csv", ["contacts"]),
    "missing required column": ("customers", b"customer_id,colour\nC1,red\n", "c.csv", ["needs the column name", "add it"]),
    "duplicate headers": ("customers", b"customer_id,name,name\nC1,a,b\n", "c.csv", ["'name' twice", "columns 2 and 3"]),
    "a column without a name": ("customers", b"customer_id,,name\nC1,a,b\n", "c.csv", ["column 2 has no name"]),
    "latin-1": ("customers", "customer_id,name\nC1,Ada\nC2,Núñez\n".encode("latin-1"), "c.csv", ["line 3", "UTF-8"]),
    "UTF-16 cut in two": ("customers", CUSTOMERS.encode("utf-16")[:-1], "c.csv", ["UTF-16", "again"]),
    "UTF-16 without its mark": ("customers", CUSTOMERS.encode("utf-16-le"), "c.csv", ["line 1", "encoding"]),
    "unreadable workbook": ("customers", b"this is no workbook", "c.xlsx", ["XLSX", "again"]),
    "cut workbook": ("customers", workbook(("a", [["customer_id", "name"], ["C1", "x"]], False))[:900], "c.xlsx", ["XLSX"]),
    "old workbook": ("customers", OLE + b"\0" * 600, "c.xls", ["old Excel", "XLSX"]),
    "workbook with a password": ("customers", OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "c.xlsx", ["password"]),
    "workbook with nothing to see": ("customers", workbook(("a", [], False)), "c.xlsx", ["empty"]),
    "cut Parquet": ("customers", b"PAR1 and no more", "c.parquet", ["damaged"]),
    "too wide": ("customers", (WIDE + WIDE).encode(), "c.csv", ["300 columns", "200"]),
    "an open quote in the header": ("customers", b'customer_id,"name\nC1,a\n', "c.csv", ["line 1", "quote"]),
    "no acceptable row": (
        "contracts",
        CONTRACTS.replace("C1", "X").replace("C2", "Y").replace("0007", "Z").encode(),
        "c.csv",
        ["line 2", "'X'"],
    ),
    "no such table": ("clients", CUSTOMERS.encode(), "c.csv", ["clients", "customers"]),
}


@pytest.fixture(scope="module")
def unhurt() -> Book:
    """A book that no bad file changes."""
    book = empty_book()
    feed(book, "customers", "customer_id,name\nC9,Nine\n")
    return book


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_sentence_and_changes_nothing(name: str, unhurt: Book) -> None:
    table, bad, file, words = BAD[name]
    book = unhurt
    before = content(book)
    with pytest.raises(InvalidInput) as refusal:
        feed(book, table, bad, file)
    said = str(refusal.value)
    assert all(word in said for word in words), said
    assert (file in said or name == "no such table") and said.endswith(".") and "\n" not in said and len(said) < 300
    assert same(book, before)


def test_the_same_file_twice_is_refused_and_names_the_first_load() -> None:
    book = small_book()
    before = content(book)
    with pytest.raises(Duplicate, match="2026-11-01 as load 3"):
        feed(book, "interactions", CALLS, "another name.csv")
    assert same(book, before)
    load.undo(book, 3, NOW)
    assert feed(book, "interactions", CALLS).tables[0].added == 3


ROWS = {
    "a text in a number": ("contracts", "K9,C1,mobile,2024-01-01,,cheap,1", "unit_price 'cheap' is not an amount"),
    "an unknown customer": ("contracts", "K9,C404,mobile,2024-01-01,,1,1", "customer_id 'C404' does not exist in customers"),
    "a day in 2999": ("contracts", "K9,C1,mobile,2999-01-01,,1,1", "start_on '2999-01-01' is outside the years 1900 to 2099"),
    "no such day": ("contracts", "K9,C1,mobile,2023-02-29,,1,1", "start_on '2023-02-29' is not a date"),
    "a day with a doubtful order": ("contracts", "K9,C1,mobile,03/02/2026,,1,1", "start_on '03/02/2026' is not a date"),
    "an infinite amount": ("contracts", "K9,C1,mobile,2024-01-01,,inf,1", "unit_price 'inf'"),
    "an amount that overflows": ("contracts", "K9,C1,mobile,2024-01-01,,1e309,1", "unit_price '1e309'"),
    "an amount that is none": ("contracts", "K9,C1,mobile,2024-01-01,,NaN,1", "unit_price 'NaN'"),
    "a decimal comma": ("contracts", 'K9,C1,mobile,2024-01-01,,"24,90",1', "unit_price '24,90'"),
    "three decimals": ("contracts", "K9,C1,mobile,2024-01-01,,1.005,1", "at most two decimals"),
    "a negative price": ("contracts", "K9,C1,mobile,2024-01-01,,-1,1", "unit_price '-1' is less than 0"),
    "half a unit": ("contracts", "K9,C1,mobile,2024-01-01,,1,1.5", "quantity '1.5' is not a whole number"),
    "an end before the start": ("contracts", "K9,C1,mobile,2024-01-02,2024-01-01,1,1", "end_on is before start_on"),
    "a blank that is required": ("contracts", "K9,C1,,2024-01-01,,1,1", "product is missing"),
    "the same key twice": ("contracts", "K1,C1,mobile,2024-01-01,,1,1", "contract_id 'K1' already appears in line 2"),
    "a cell too few": ("contracts", "K9,C1,mobile,2024-01-01,,1", "6 cells where the header has 7"),
    "a cell too many": ("contracts", "K9,C1,mobile,2024-01-01,,1,1,1", "8 cells where the header has 7"),
    "a blank line": ("contracts", "", "blank"),
    "an open quote": ("contracts", 'K9,C1,"mobile,2024-01-01,,1,1', "quote"),
    "a NUL character": ("contracts", "K9,C1,mo\0bile,2024-01-01,,1,1", "NUL"),
    "an unknown channel": ("interactions", "I9,C1,2025-01-01,fax,out,", "channel 'fax' is not one of visit, call"),
    "an hour that is none": ("interactions", "I9,C1,2025-01-01 25:00:00,call,out,", "occurred_at '2025-01-01 25:00:00' is not a time"),
    "an offset that no zone has": ("interactions", "I9,C1,2025-01-01T10:00:00+25:00,call,out,", "is not a time"),
}


@pytest.mark.usefixtures("scoreless")
@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_is_refused_with_field_and_value_and_no_other_row_is_lost(name: str) -> None:
    table, bad, words = ROWS[name]
    good = {"contracts": CONTRACTS, "interactions": CALLS}[table]
    book = empty_book()
    feed(book, "customers", CUSTOMERS)
    (count,) = feed(
        book, table, good.rstrip("\n") + "\n" + bad + "\n" + good.splitlines()[1].replace("K1", "K8").replace("I1", "I8") + "\n"
    ).tables
    assert (count.read, count.accepted, count.refused) == (5, 4, 1)
    (row,) = load.refused(book, 2).iter_rows(named=True)
    assert row["line"] == 5 and row["table"] == table and words in row["reasons"], row


@pytest.mark.usefixtures("scoreless")
def test_every_reason_of_a_row_is_told() -> None:
    book = empty_book()
    feed(book, "customers", CUSTOMERS)
    feed(book, "contracts", CONTRACTS + "K9,C404,,yesterday,,free,none\n")
    reasons = load.refused(book, 2)["reasons"][0].split("; ")
    assert [reason.split()[0] for reason in reasons] == ["customer_id", "product", "start_on", "unit_price", "quantity"]


@pytest.mark.usefixtures("scoreless")
def test_columns_that_the_table_lacks_are_named_and_not_loaded() -> None:
    loaded = feed(empty_book(), "customers", "customer_id,name,colour\nC1,Ada,red\n")
    assert loaded.tables[0].accepted == 1 and "colour" in loaded.notices[0]


def test_a_missing_file_and_a_missing_load_are_told_as_such(tmp_path: Path) -> None:
    book = empty_book()
    with pytest.raises(NotFound, match="file not found"):
        load.read_file(tmp_path / "none.csv", table="customers")
    with pytest.raises(NotFound, match="no load 4"):
        load.undo(book, 4, NOW)


def test_a_parquet_column_with_a_time_zone_or_lists_is_refused() -> None:
    frame = pl.DataFrame({"customer_id": ["C1"], "name": ["x"], "tags": [["a"]]})
    out = io.BytesIO()
    frame.write_parquet(out)
    with pytest.raises(InvalidInput, match="'tags'"):
        feed(empty_book(), "customers", out.getvalue(), "c.parquet")


def test_nothing_is_written_by_a_preview() -> None:
    book = small_book()
    before, version = content(book), book.version
    preview = previewed(book, "customers", "customer_id,name\nC3,Three\nC1,Other\n")
    assert [(c.added, c.changed) for c in preview.counts] == [(1, 1)] and preview.as_loaded().as_json()["load_id"] is None
    assert same(book, before) and book.version == version


def test_ids_keep_their_zeros_and_na_stays_a_text() -> None:
    held = rows(small_book(), "customers")
    assert held["customer_id"].to_list() == ["C1", "C2", "0007"] and held["region"].to_list() == ["north", "NA", None]
