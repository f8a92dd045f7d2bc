"""Files made to harm: they are refused in a sentence, end no process, and nothing in them runs when the refused rows are opened."""

import csv
import io
import zipfile
from datetime import time, timedelta
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from health.errors import InvalidInput
from health.intake import load
from health.intake.reading import parse, typed_columns, unpack, worksheets
from tests.intake.files import empty_book, feed, rows, small_book

HOSTILE = ["=HYPERLINK(1)", "+1+cmd", "@SUM(1)", "-2+3", "\t=1", "'=1", "''-x"]


def _parquet(**columns: object) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


def test_a_cell_in_the_far_corner_of_a_sheet_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["customer_id", "name"])
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    with pytest.raises(InvalidInput, match="reaches to row 1,048,576 and column 16,384"):
        parse.parse_file(out.getvalue(), "far.xlsx")


def test_a_workbook_that_unpacks_to_far_more_than_it_weighs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", " " * 1_000_000)
    monkeypatch.setattr(worksheets, "LARGEST_BYTES", 999_999)
    with pytest.raises(InvalidInput, match="unpacks to more than"):
        parse.parse_file(out.getvalue(), "bomb.xlsx")


@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.bin", "a.txt"])
def test_an_archive_of_another_kind_is_no_workbook(name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, "x")
    with pytest.raises(InvalidInput, match="not a readable XLSX workbook"):
        parse.parse_file(out.getvalue(), "other.xlsx")


def test_a_cell_is_found_where_two_pieces_of_a_sheet_meet() -> None:
    text = b'<row r="7"><c r="AB7"><v>1</v></c></row>'
    for cut in range(len(text)):
        part = worksheets.Worksheet("", True)
        for chunk in (text[:cut], text):
            worksheets._measure(chunk, part, "x.xlsx")
        assert (part.rows, part.columns) == (7, 28)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_parquet(**{"#line": ["1"], "customer_id": ["A"], "name": ["B"]}), "no column may be named '#line'"),
        (_parquet(**{f"c{n}": ["x"] for n in range(201)}), "201 columns"),
        (_parquet(customer_id=["A"], name=["B"], took=[timedelta(1)], at=[time(1)]), "'took' .Duration"),
    ],
)
def test_a_parquet_file_of_another_shape_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        parse.parse_file(content, "odd.parquet")


def test_a_parquet_file_of_too_many_rows_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_columns, "MOST_ROWS", 2)
    with pytest.raises(InvalidInput, match="3 rows in 1 columns"):
        parse.parse_file(_parquet(customer_id=["A", "B", "C"]), "long.parquet")


def test_a_text_with_a_nul_is_refused_whatever_the_file() -> None:
    book = empty_book()
    (count,) = feed(book, "customers", _parquet(customer_id=["A", "B"], name=["x\0y", "fine"]), "nul.parquet").tables
    assert (count.accepted, count.refused) == (1, 1)
    assert load.refused(book, 1)["reasons"].to_list() == ["name contains a NUL character"]


def test_a_file_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="the file cannot be read"):
        unpack.read(tmp_path / ("x" * 300))


def test_no_cell_or_column_name_of_the_refused_rows_is_a_formula_and_they_load_again_to_the_letter() -> None:
    book = small_book()
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["invoice_id", "customer_id", "issued_on", "due_on", "amount", "=HEAD()"])
    for n, text in enumerate(HOSTILE):
        sheet.writerow([text, "nobody", "2025-01-01", "2025-01-31", "-5.00", str(n)])
    sheet.writerow(["R1", "C1", "2025-01-01", "2025-01-31", "1", ""])
    feed(book, "invoices", out.getvalue())
    offered = load.refused(book, 4)
    cells = [cell for line in csv.reader(io.StringIO(offered.write_csv())) for cell in line]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r") and cell != "-5.00"] == []
    assert offered.columns[-1] == "'=HEAD()"
    feed(book, "invoices", offered.with_columns(pl.lit("C1").alias("customer_id")).write_csv(), "mended.csv")
    assert sorted(rows(book, "invoices")["invoice_id"]) == sorted([*(text.strip() for text in HOSTILE), "R1"])
