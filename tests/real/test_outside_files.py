"""Outside files through their mappings: those of the folder that HEALTH_REAL_DATA names, else of one near the repository that holds them.

Where there is none the tests are skipped, and say so.
"""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from health.access import Book
from health.intake import layout, load
from tests.intake.files import NOW, empty_book

ROOT = Path(__file__).parents[2]
NAMED = os.environ.get("HEALTH_REAL_DATA")


def real(file: str) -> Path:
    """The outside file; skips the test where it is not there."""
    near = [Path(NAMED) / file] if NAMED else sorted(place / file for place in ROOT.parent.glob("*/data"))
    found = next((path for path in near if path.is_file()), None)
    if found is None:
        where = f"in {NAMED}" if NAMED else "in a folder data beside the repository; HEALTH_REAL_DATA names another one"
        pytest.skip(f"{file} is not {where}")
    return found


def outside(mapping: str, file: str) -> tuple[Book, dict[str, load.TableCount]]:
    path = real(file)
    book = empty_book()
    preview = load.prepare(book, load.read_file(path, mapping=layout.read_mapping(ROOT / "data" / "mappings" / mapping)))
    return book, {t.table: t for t in load.commit(book, preview, "test", NOW).tables}


def test_the_telco_file_is_taken_in_whole_and_nothing_is_invented() -> None:
    book, counts = outside("telco_ibm.toml", "telco_ibm/Telco-Customer-Churn.csv")
    assert {t.table: t.accepted for t in counts.values()} == {"customers": 7043, "contracts": 7043, "invoices": 7032, "exits": 1869}
    assert sum(t.refused for t in counts.values()) == 0 and counts["invoices"].skipped == 11
    with book.reading() as session:
        lines, exits = session.rows("contracts"), session.rows("exits")
        others = {name: session.count(name) for name in ("interactions", "complaints", "surveys", "market_prices")}
    day = date(2019, 12, 31)
    assert lines["unit_price"].sum() == Decimal("456116.60") and set(others.values()) == {0}
    assert lines["terminated_on"].drop_nulls().unique().to_list() == [day] and lines["terminated_on"].count() == 1869
    assert exits.select("announced_on", "left_on", "reason").unique().rows() == [(day, day, "unknown")]
    ends = lines["end_on"].drop_nulls()
    assert lines["end_on"].null_count() == 3875 and ends.min() > day and ends.max() <= date(2021, 12, 31)
    assert load.findings(book) == []


def test_the_cdnow_sample_keeps_its_ids_and_every_purchase() -> None:
    book, counts = outside("cdnow_sample.toml", "cdnow/CDNOW_sample.txt")
    assert (counts["customers"].accepted, counts["invoices"].accepted, counts["invoices"].refused) == (2357, 6919, 0)
    with book.reading() as session:
        first = session.rows("invoices").filter(pl.col("line") == 1)
    assert first.select("invoice_id", "customer_id", "issued_on", "amount").rows() == [
        ("sample-1", "00004", date(1997, 1, 1), Decimal("29.33"))
    ]
