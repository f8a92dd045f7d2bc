"""A mapping feeds several tables from one outside file, and says what it means before a row is read."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from health.errors import NotFound, Refused
from health.intake import layout, load, mapping
from tests.intake.files import empty_book, feed_mapped, rows

TOML = """
assumption = "The day of the snapshot is assumed."
[file]
delimiter = ";"
date_format = "%d.%m.%Y"
[constants]
snapshot = "2024-01-31"
[tables.customers]
distinct = true
[tables.customers.fields]
customer_id = "who"
name = "who"
tier = { column = "class", map = { gold = "A", "" = "" } }
[tables.contracts.fields]
contract_id = { line = true, prefix = "K" }
customer_id = "who"
product = { value = "mobile" }
start_on = { months_before = "snapshot", column = "months" }
end_on = { anniversary_after = "snapshot", from = "start_on", months = { column = "term", map = { none = "", year = "12", two = "24" } } }
unit_price = "price"
signed_on = { column = "signed", when = { column = "class", equals = "gold" } }
terminated_on = { constant = "snapshot", when = { column = "gone", equals = "yes" } }
[tables.invoices]
skip_when_blank = "sum"
[tables.invoices.fields]
invoice_id = { line = true }
customer_id = "who"
issued_on = "signed"
due_on = "signed"
amount = "sum"
[tables.exits]
only = { column = "gone", equals = "yes" }
[tables.exits.fields]
customer_id = "who"
announced_on = { constant = "snapshot" }
reason = { value = "unknown" }
"""
HEADER = "who;class;months;term;price;signed;gone;sum\n"
FILE = HEADER + "01;gold;11;year;5;15.02.2023;no;12.50\n01;gold;24;two;7;01.01.2022;no; \n02;;1;none;6;30.12.2023;yes;3\n"


def test_one_file_feeds_four_tables_and_counts_what_it_leaves_out() -> None:
    book = empty_book()
    counts = {t.table: (t.read, t.accepted, t.refused, t.skipped) for t in feed_mapped(book, TOML, FILE).tables}
    assert counts == {"customers": (2, 2, 0, 1), "contracts": (3, 3, 0, 0), "invoices": (2, 2, 0, 1), "exits": (1, 1, 0, 2)}
    assert rows(book, "customers").select("customer_id", "name", "tier").rows() == [("01", "01", "A"), ("02", "02", None)]
    assert rows(book, "invoices")["invoice_id"].to_list() == ["2", "4"]
    assert load.loads(book)["assumption"].to_list() == ["The day of the snapshot is assumed."]


def test_months_are_counted_back_and_terms_repeat_until_after_the_snapshot() -> None:
    book = empty_book()
    feed_mapped(book, TOML, FILE)
    assert rows(book, "contracts").select("contract_id", "start_on", "end_on", "signed_on", "terminated_on").rows() == [
        ("K2", date(2023, 2, 28), date(2024, 2, 28), date(2023, 2, 15), None),
        ("K3", date(2022, 1, 31), date(2026, 1, 31), date(2022, 1, 1), None),  # the first anniversary is the snapshot itself, not after it
        ("K4", date(2023, 12, 31), None, None, date(2024, 1, 31)),
    ]


def test_a_value_that_the_map_lacks_refuses_its_row_and_is_named() -> None:
    book = empty_book()
    counts = {t.table: t.refused for t in feed_mapped(book, TOML, FILE + "03;silver;x;ten;6;2023;no;1\n").tables}
    assert counts == {"customers": 1, "contracts": 1, "invoices": 1, "exits": 0}
    said = load.refused(book, 1)["reasons"][0]
    for words in (
        "class 'silver' is not in the mapping",
        "months 'x' is not a whole number",
        "term 'ten' is not in the mapping",
        "issued_on '2023'",
    ):
        assert words in said, said


def test_refused_lines_load_again_through_the_same_mapping_once_mended() -> None:
    book = empty_book()
    feed_mapped(book, TOML, FILE + "03;silver;3;year;6;01.01.2024;no;1\n")
    mended = load.refused(book, 1).with_columns(pl.lit("gold").alias("class"))
    counts = {t.table: (t.added, t.refused) for t in feed_mapped(book, TOML, mended.write_csv()).tables}
    assert counts["customers"] == counts["contracts"] == (1, 0)
    assert "K5" in rows(book, "contracts")["contract_id"].to_list()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[tables.exits]", "[tables.leavers]", "no table 'leavers'"),
        ('product = { value = "mobile" }', "", "contracts needs product"),
        ("announced_on =", "told_on =", "no field 'told_on'"),
        ('constant = "snapshot", when', 'constant = "today", when', "constant 'today'"),
        ('snapshot = "2024-01-31"', 'snapshot = "last day"', "not 'last day'"),
        ('reason = { value = "unknown" }', 'reason = { value = "unknown", mapp = 1 }', "'mapp'"),
        ('delimiter = ";"', 'delimiter = "::"', "delimiter '::'"),
        ('unit_price = "price"', 'unit_price = "fee"', "column 'fee'"),
        ("[file]", "[file", "not TOML"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused_and_says_where(old: str, new: str, words: str) -> None:
    assert old in TOML
    with pytest.raises(Refused, match=words) as refusal:
        feed_mapped(empty_book(), TOML.replace(old, new, 1), FILE)
    assert str(refusal.value).endswith(".")


def test_a_mapping_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such mapping"):
        layout.read_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["telco_ibm", "cdnow_sample", "cdnow_master"])
def test_the_mappings_that_come_with_us_are_sound(name: str) -> None:
    found = mapping.read(Path(__file__).parents[2] / "data" / "mappings" / f"{name}.toml")
    assert found.feeds[0].table == "customers" and found.assumption
