"""What is odd is loaded and flagged; what cannot be is refused; what changed is told value by value; every row leads back to its file."""

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from health.access import Book
from health.errors import Duplicate, InvalidInput, NotFound
from health.intake import layout, load
from health.tables import TABLES
from tests.intake.files import CALLS, CONTRACTS, CUSTOMERS, NOW, content, empty_book, feed, previewed, rows, same, small_book

TODAY = NOW.date()
TOMORROW, LATER = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
EXTRA = {"surveys.asked_on": {"answered_on": ""}, "usage.month": {"month": "2026-12-31"}}
EVENTS = [(t.name, c) for t in TABLES.values() for c in t.columns if c.event]


def extract(table: str, **values: str) -> str:
    """One row of a table, its example with these values."""
    cells = {c.name: c.example for c in TABLES[table].columns} | values
    return ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"


@pytest.fixture(scope="module")
def one_customer() -> Book:
    """A book to preview files on."""
    book = empty_book()
    feed(book, "customers", "customer_id,name\nC1001,Amberley Clinics\n")
    return book


@pytest.mark.parametrize(("table", "column"), EVENTS, ids=[f"{t}.{c.name}" for t, c in EVENTS])
def test_what_has_happened_cannot_lie_after_the_day_of_loading(table: str, column, one_customer: Book) -> None:  # type: ignore[no-untyped-def]
    book = one_customer
    late, fine = ("2026-12-05", "2026-11-30") if table == "usage" else (str(LATER), str(TOMORROW))
    others = {c.name: "" for c in TABLES[table].columns if c.type in ("date", "timestamp") and not c.required}
    refused = previewed(book, table, extract(table, **(others | {column.name: late}))).refused["reasons"].to_list()
    assert f"{column.name} '{late}' is after the day of loading, 1 Nov 2026" in refused[0]
    leeway = previewed(book, table, extract(table, **(others | {column.name: fine}))).refused["reasons"].to_list()
    assert not leeway or "after the day of loading" not in leeway[0]


def test_a_line_that_starts_later_must_say_when_it_was_signed() -> None:
    book = small_book()
    head = "contract_id,customer_id,product,start_on,unit_price,signed_on\n"
    text = f"{head}K8,C1,mobile,2027-01-01,10,\nK9,C1,mobile,2027-01-01,10,2026-10-01\n"
    preview = previewed(book, "contracts", text)
    assert preview.refused["reasons"].to_list() == [
        "start_on '2027-01-01' is after the day of loading, 1 Nov 2026, and signed_on is blank: enter the date in signed_on"
    ]
    assert preview.counts[0].added == 1


def test_a_month_that_has_begun_may_be_counted_and_plans_may_lie_ahead() -> None:
    book = small_book()
    assert not previewed(book, "usage", f"customer_id,month,product,metric\nC1,{TODAY:%Y-%m}-30,mobile,calls\n").refused.height
    assert not previewed(book, "diary", "diary_id,customer_id,planned_on\nD1,C1,2027-05-01\n").refused.height
    assert not previewed(
        book, "promises", "promise_id,customer_id,kind,promised_on,due_at\nV1,C1,callback,2026-10-01,2027-01-01\n"
    ).refused.height


def test_without_a_day_of_loading_nothing_is_known_of_the_future() -> None:
    tables = {"customers": pl.DataFrame({"customer_id": ["A"], "name": ["Ada"], "customer_since": [date(2050, 1, 1)]})}
    book = empty_book()
    assert load.load_demo(book, tables, "demo", "test", NOW).tables[0].accepted == 1 and load.findings(book) == []
    other = empty_book()
    load.commit(other, load.prepare(other, layout.batch_from_frames(tables, "x", "extract")), "test", NOW)
    assert load.findings(other) == ["customers: 1 row of load 1 have dates after the day they were loaded; undo the load and correct them."]


def test_an_event_before_the_first_day_is_loaded_and_flagged() -> None:
    book = small_book()
    feed(book, "customers", "customer_id,name,customer_since\nC1,Amberley Clinics,2025-02-01\n")
    raw = ["J1", "C1", "2025-01-10 09:00:00", "call", "out", "reached"]
    text = CALLS.replace("I", "J").replace("2025-02-20", "2026-12-24")
    preview = previewed(book, "interactions", text)
    assert preview.warned.rows() == [
        ("interactions", 2, "occurred_at '2025-01-10 09:00:00' is before the customer's first day, 1 Feb 2025",
         json.dumps(dict(zip(CALLS.split("\n")[0].split(","), raw, strict=True)), separators=(",", ":")))
    ]  # fmt: skip
    done = load.commit(book, preview, "test", NOW)
    assert (done.warned, done.as_json()["warned"], done.tables[0].accepted, done.tables[0].refused) == (1, 1, 2, 1)
    assert load.warned(book, done.load_id or 0).rows() == [("interactions", *preview.warned.row(0)[1:3])]
    load.undo(book, done.load_id or 0, NOW)
    assert load.warned(book, done.load_id or 0).height == load.refused(book, done.load_id or 0).height == 1
    with pytest.raises(NotFound):
        load.warned(book, 99)


ODD = {
    "an owner nobody knows": ("customers", {"owner": "E404"}, "owner 'E404' does not exist in employees"),
    "a parent nobody knows": ("customers", {"parent_id": "C404"}, "parent_id 'C404' does not exist in customers"),
    "a contact nobody knows": ("interactions", {"contact_id": "P404"}, "contact_id 'P404' does not exist in contacts"),
    "a line nobody knows": ("promises", {"contract_id": "K404"}, "contract_id 'K404' does not exist in contracts"),
    "a friend nobody knows": ("referrals", {"referred_id": "C404"}, "referred_id 'C404' does not exist in customers"),
    "a person nobody can reach": ("contacts", {"email": "", "phone": ""}, "neither email nor phone is given"),
    "a price of nothing": ("contracts", {"unit_price": "0"}, "unit_price is 0"),
    "a comma that slipped": ("contracts", {"unit_price": "2490", "list_price": "27.00"}, "unit_price is more than ten times list_price"),
    "an invoice of nothing": ("invoices", {"amount": "0.00"}, "amount is 0"),
    "a market that gives it away": ("market_prices", {"price": "0"}, "price is 0"),
}


@pytest.fixture(scope="module")
def something_of_each() -> Book:
    """A book to preview files on, with a row of each table that others refer to."""
    book = empty_book()
    for first in ("customers", "employees", "contacts", "contracts"):
        feed(book, first, extract(first))
    return book


@pytest.mark.parametrize("name", ODD)
def test_an_odd_row_is_loaded_and_flagged(name: str, something_of_each: Book) -> None:
    table, values, words = ODD[name]
    book = something_of_each
    fine = {"name": "Other"} if "name" in TABLES[table].names else {}
    plain = previewed(book, table, extract(table, **fine) + "\n")
    odd = previewed(book, table, extract(table, **(fine | values)))
    assert (plain.warned.height, plain.refused.height, odd.refused.height) == (0, 0, 0)
    assert odd.warned["words"].to_list() == [words] and odd.as_loaded().warned == 1


@pytest.mark.usefixtures("scoreless")
def test_nobody_is_missed_where_nobody_is_on_file() -> None:
    book = empty_book()
    feed(book, "customers", extract("customers", owner="E404"))
    for table in ("interactions", "complaints", "promises"):
        preview = previewed(book, table, extract(table, employee_id="E404") if table != "promises" else extract(table, contract_id="K404"))
        assert preview.warned.is_empty() and preview.anything_new


def test_a_name_in_the_same_file_is_on_file() -> None:
    text = "customer_id,name,parent_id\nC1,Group,\nC2,Daughter, C1 \nC3,Orphan,C9\n"
    assert previewed(empty_book(), "customers", text).warned["line"].to_list() == [4]
    tables = {"customers": pl.DataFrame({"customer_id": ["A", "B"], "name": ["Ada", "Bo"], "owner": ["E1", "E2"]}),
              "employees": pl.DataFrame({"employee_id": ["E1"], "name": ["Eve"]})}  # fmt: skip
    book = empty_book()
    assert load.prepare(book, layout.batch_from_frames(tables, "two")).warned["words"].to_list() == [
        "owner 'E2' does not exist in employees"
    ]


def test_a_column_the_file_does_not_speak_of_flags_nothing() -> None:
    book = small_book()
    assert previewed(book, "contacts", "contact_id,customer_id,name\nP1,C1,Ida\n").warned.is_empty()


def test_a_file_in_which_nothing_is_new_is_not_loaded() -> None:
    book = small_book()
    before = content(book)
    for text, error, words in (
        (CUSTOMERS + "\n", Duplicate, r"nothing new: all of it \(3 rows\) is already loaded"),
        (
            CUSTOMERS + "C9,,A,\n",
            InvalidInput,
            r"line 5: name is missing; its only row is refused and cannot be loaded, and its other rows \(3\) are already loaded: correct",
        ),
    ):
        preview = previewed(book, "customers", text)
        assert not preview.anything_new
        with pytest.raises(error, match=words):
            load.commit(book, preview, "test", NOW)
    assert same(book, before)


def test_of_ten_thousand_rows_the_hundred_that_changed_are_told_and_no_other() -> None:
    head = "interaction_id,customer_id,occurred_at,channel,direction,outcome,wait_seconds\n"
    lines = [f"I{n:05},C{1 + n % 2},2025-0{1 + n % 3}-1{n % 9} 09:{n % 60:02}:00,call,out,reached,{n}\n" for n in range(10_000)]
    book = small_book()
    feed(book, "interactions", head + "".join(lines))
    changed = dict(enumerate(lines))
    for k, n in enumerate(range(37, 10_000, 100)):
        changed[n] = lines[n].replace("reached", "no_reply") if k % 2 else lines[n].rsplit(",", 1)[0] + ",\n"
    preview = previewed(book, "interactions", head + "".join(changed[n] for n in sorted(changed, reverse=True)))
    (count,) = preview.counts
    assert (count.read, count.added, count.changed, count.unchanged) == (10_000, 0, 100, 9_900)
    told = {row["key"]: (row["field"], row["before"], row["after"]) for row in preview.changes_old_new.iter_rows(named=True)}
    assert told == {
        f"I{n:05}": ("outcome", "reached", "no_reply") if k % 2 else ("wait_seconds", str(n), None)
        for k, n in enumerate(range(37, 10_000, 100))
    }


def test_a_change_is_told_value_by_value() -> None:
    book = small_book()
    feed(book, "market_prices", "product,region,month,source,price\nmobile,,2025-02-01,survey,23.10\n")
    told = previewed(book, "market_prices", "product,region,month,source,price,observed_on\nmobile,,2025-02-09,survey,24,2025-03-01\n")
    assert told.changes_old_new.rows() == [
        ("market_prices", 2, "mobile, , 2025-02-01, survey", "price", "23.10", "24.00"),
        ("market_prices", 2, "mobile, , 2025-02-01, survey", "observed_on", None, "2025-03-01"),
    ]
    moved = previewed(book, "interactions", CALLS.replace("I2,C1,2025-03-02T10:30", "I2,C2,2025-03-02T10:30:00.5"))
    assert moved.changes_old_new.select("field", "before", "after").rows() == [
        ("customer_id", "C1", "C2"), ("occurred_at", "2025-03-02 10:30:00", "2025-03-02 10:30:00.500")
    ]  # fmt: skip
    assert moved.touched == {"C1", "C2"} and told.touched is None


def test_every_row_of_a_customer_leads_back_to_file_load_and_line() -> None:
    book = small_book()
    feed(book, "contracts", CONTRACTS.replace("24.90", "30").replace("\nK3", "\n\nK9"), "june.csv")
    with book.reading() as session:
        held = {
            who: session.of_customer("contracts", who).select("contract_id", "file", "load_id", "line").rows() for who in ("C1", "0007")
        }
    assert held == {"C1": [("K1", "june.csv", 4, 2)], "0007": [("K3", "contracts.csv", 2, 4), ("K9", "june.csv", 4, 5)]}


def test_a_record_that_does_not_fit_its_rows_is_found() -> None:
    book = small_book()
    feed(book, "contracts", CONTRACTS.replace("24.90", "30"))
    assert load.findings(book) == []
    with book.writing("load") as session:
        session.insert("refused", pl.DataFrame({"load_id": [1], "table_name": ["customers"], "line": [9], "reasons": [""], "raw": [""]}))
        session.move("contracts", "contracts_replaced", pl.DataFrame({"contract_id": ["K3"]}), replaced_by=4)
        session.insert("contracts", rows(book, "contracts").filter(contract_id="K3").with_columns(pl.lit(4, pl.Int64).alias("load_id")))
    found = [re.findall(r"^Load \d, \w+|\d+(?= rows)|\d+(?=;)", words) for words in load.findings(book)]
    assert found == [["Load 1, customers", "0", "1"], ["Load 4, contracts", "1", "2"], ["Load 4, contracts", "1", "2"]]


def test_an_overtaken_preview_keeps_its_day() -> None:
    book = small_book()
    preview = previewed(book, "interactions", CALLS.replace("I", "J").replace("2025-02-20", str(LATER)))
    stale = replace(preview, version=0)
    assert load.commit(book, stale, "test", datetime(2026, 11, 1)).tables[0].refused == 1
