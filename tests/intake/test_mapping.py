"""A mapping feeds several tables from one outside file, and says what it means before a row is read."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from health.errors import InvalidInput, NotFound
from health.intake import layout, load, mapping
from health.intake.mapping import Feed, Mapping
from health.intake.reading.parse import parse_file
from health.intake.reading.sheet import Form
from health.tables import TABLES
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
        "signed '2023' is not a date written %d.%m.%Y",
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
        ("[file]", "[file", "not valid TOML"),
        ("[file]", "[file]\nheader = 'no'", "header = 'no', which should be true or false"),
        ("[file]", "[file]\nheader_line = 0", "header_line counts from 1"),
        ("[file]", "[file]\nheader_line = true", "header_line = True, which should be a whole number"),
        ("[file]", "[file]\nencoding = 'klingon'", "encoding 'klingon' is not supported"),
        ("[file]", "[file]\nquote = '<<'", "quote '<<' is not a single character"),
        ("[file]", "[file]\ncolumns = [1]", "columns = .1., which should be a list of texts"),
        ("[file]", "[file]\ndecimal = ';'", "decimal ';' is not supported"),
        ("[file]", "[file]\nthousands = '_'", "thousands '_' is not supported"),
        ("[file]", "[file]\nthousands = '.'", "both '.'"),
        ("[file]", "[file]\ncurrency = 'gold'", "currency 'gold' is not a currency code"),
        ('date_format = "%d.%m.%Y"', 'date_format = "%d.%m"', "date_format '%d.%m' is not a date format"),
        ('date_format = "%d.%m.%Y"', 'date_format = "daily"', "date_format 'daily' is not a date format"),
        ('signed_on = { column = "signed",', 'signed_on = { column = "signed", decimal = ",",', "has decimal, which does not apply"),
        ('unit_price = "price"', 'unit_price = { column = "price", date_format = "iso" }', "has date_format, which does not apply"),
        ('unit_price = "price"', 'unit_price = { column = "price", decimal = ",", map = { a = 1 } }', "as well as a map"),
        ('name = "who"', "name = 3", "name = 3, which should be a table"),
        ('name = "who"', "name = { column = 3 }", "column = 3, which should be text"),
        ('name = "who"', "name = { joined = [] }", "joins no columns"),
        ('name = "who"', 'name = { column = "who", map = { a = [1] } }', "whose values are not text"),
        ('only = { column = "gone", equals = "yes" }', 'only = { column = "gone" }', "only of .tables.exits. needs column"),
        ("distinct = true", "distinct = 1", "distinct = 1, which should be true or false"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused_and_says_where(old: str, new: str, words: str) -> None:
    assert old in TOML
    with pytest.raises(InvalidInput, match=words) as refusal:
        feed_mapped(empty_book(), TOML.replace(old, new, 1), FILE)
    assert str(refusal.value).endswith(".")


def test_a_mapping_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="mapping not found"):
        layout.read_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["telco_ibm", "cdnow_sample", "cdnow_master"])
def test_the_mappings_that_come_with_us_are_sound(name: str) -> None:
    found = mapping.read(Path(__file__).parents[2] / "data" / "mappings" / f"{name}.toml")
    assert found.feeds[0].table == "customers" and found.assumption


def test_an_id_joined_of_cells_is_the_same_for_the_same_cells_alone() -> None:
    toml = '[tables.employees.fields]\nemployee_id = { joined = ["team", "nr"], by = "/" }\nname = "nr"\n'
    sheet = parse_file(b"team,nr,extra\na,1,x\nb,1,x\na, 1 ,x\na,,x\n,,x\n", "staff.csv")
    batch = layout.batch_from_mapping(mapping.parse(toml, "staff.toml"), sheet)
    assert batch.extracts[0].rows["employee_id"].to_list() == ["a/1", "b/1", "a/1", "a/", None]
    assert batch.notices == ("staff.csv: column extra is not loaded, because no field uses it.",)


def test_a_word_is_missed_wherever_it_feeds_a_field_even_if_another_field_looks_only_at_some_rows() -> None:
    toml = (
        '[tables.customers.fields]\ncustomer_id = "id"\nname = "id"\n'
        'tier = { column = "c", map = { gold = "A" }, when = { column = "id", equals = "none" } }\n'
        'segment = { column = "c", map = { gold = "A" } }\n'
    )
    sheet = parse_file(b"id,c\n1,gold\n2,tin\n", "f.csv")
    rows = layout.batch_from_mapping(mapping.parse(toml, "f.toml"), sheet).extracts[0].rows
    assert rows["#faults"].to_list() == ["", "c 'tin' is not in the mapping"]


def test_a_field_s_own_form_stands_before_that_of_the_file() -> None:
    toml = (
        '[file]\ndate_format = "day_first"\ndecimal = ","\n[tables.market_prices.fields]\nproduct = "p"\nsource = "p"\nmonth = "m"\n'
        'price = { column = "c", thousands = "," }\nobserved_on = { column = "o", date_format = "month_first" }\n'
    )
    sheet = parse_file(b'p,m,o,c\nx,03/02/2026,03/02/2026,"1,234.5"\n', "f.csv")
    rows = layout.batch_from_mapping(mapping.parse(toml, "f.toml"), sheet).extracts[0].rows
    assert rows.select("month", "observed_on", "price").rows() == [("2026-02-03", "2026-03-02", "1234.5")]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
MAPS = st.dictionaries(TEXT, TEXT | st.integers(0, 9), max_size=3)


@st.composite
def rules(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Any rule that a field of this type may have."""
    written: dict[str, Any] = {}
    if kind in ("date", "timestamp"):
        written = draw(st.sampled_from([{}, {"date_format": "day_first"}, {"date_format": "iso"}, {"date_format": "%d %b %Y"}]))
    if kind in ("money", "number", "rate", "count"):
        written = draw(st.sampled_from([{}, {"decimal": ","}, {"decimal": ",", "thousands": "."}, {"thousands": "'"}]))
    of_column = TEXT.map(lambda name: {"column": name, **written})
    mapped = st.builds(lambda name, words: {"column": name, "map": words}, TEXT, MAPS)
    joined = st.builds(lambda names, by: {"joined": names, "by": by}, st.lists(TEXT, min_size=1, max_size=3), TEXT)
    fixed = st.sampled_from([{"constant": "day"}, {"line": True, "prefix": "p"}, {"months_before": "day", "column": "months"}])
    rule = dict(draw(of_column | mapped | joined | fixed | TEXT.map(lambda value: {"value": value})))
    if draw(st.booleans()):
        rule["when"] = {"column": draw(TEXT), "equals": draw(TEXT)}
    return rule


@st.composite
def mappings(draw: st.DrawFn) -> Mapping:
    """Any mapping that `parse` takes."""
    feeds, chosen = [], draw(st.sets(st.sampled_from(list(TABLES)), min_size=1, max_size=2))
    for table in (t for t in TABLES.values() if t.name in chosen):
        fields = {c.name: draw(rules(c.type)) for c in table.columns if c.required or draw(st.integers(0, 3)) == 0}
        only = draw(st.none() | st.builds(lambda column, text: {"column": column, "equals": text}, TEXT, TEXT))
        feeds.append(Feed(table.name, fields, only, draw(st.none() | TEXT), draw(st.booleans())))
    form = Form(
        draw(st.booleans()), tuple(draw(st.lists(TEXT, max_size=3))), draw(st.sampled_from([None, ";", "\t", "blanks"])),
        draw(st.sampled_from([None, "", "'"])), draw(st.sampled_from([None, "windows-1252"])), draw(st.none() | st.integers(1, 99)),
        draw(st.none() | TEXT),
    )  # fmt: skip
    marks = draw(st.sampled_from([(None, None), (",", "."), (",", None), (None, "'")]))
    dates, currency = draw(st.sampled_from([None, "month_first", "%Y%m%d"])), draw(st.sampled_from([None, "EUR"]))
    return Mapping(draw(TEXT), form, tuple(feeds), {"day": "2026-01-31"}, dates, draw(st.none() | TEXT), *marks, currency)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mappings())
def test_a_mapping_written_as_toml_reads_back_equal(made: Mapping) -> None:
    assert mapping.parse(mapping.dumps(made), made.name) == made


@pytest.mark.parametrize("name", ["telco_ibm", "cdnow_sample", "cdnow_master"])
def test_the_mappings_that_come_with_us_read_back_equal(name: str) -> None:
    found = mapping.read(Path(__file__).parents[2] / "data" / "mappings" / f"{name}.toml")
    assert mapping.parse(mapping.dumps(found), found.name) == found


@pytest.mark.parametrize(
    ("stated", "read"), [("2026-10-31", date(2026, 10, 31)), ('"2026-10-31"', date(2026, 10, 31)), ('"newest"', "newest")]
)
def test_a_mapping_says_up_to_which_day_its_files_are_complete(stated: str, read: object) -> None:
    fields = '[tables.employees.fields]\nemployee_id = "id"\nname = "name"\n'
    known = mapping.parse(f"complete_through = {stated}\n{fields}", "staff")
    assert known.complete_through == read and mapping.parse(mapping.dumps(known), "staff") == known
    with pytest.raises(InvalidInput, match="complete_through = 'monthly' is no day; give one such as 2026-10-31, or"):
        mapping.parse(f'complete_through = "monthly"\n{fields}', "staff")
