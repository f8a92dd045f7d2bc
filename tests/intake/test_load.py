"""A load is whole or nothing; undo leaves what was there before, and is refused where something depends on it."""

from datetime import date

import polars as pl
import pytest

from health.access import Book, Viewer
from health.errors import Forbidden, InvalidInput
from health.intake import load
from health.tables import TABLES
from health.warehouse import Warehouse
from tests.intake.files import CONTRACTS, CUSTOMERS, NOW, content, empty_book, feed, previewed, rows, same, small_book, workbook

NEW = {
    "customers": "customer_id,name,tier\nC1,Amberley Group,B\nC3,Three,C\n",
    "contracts": "contract_id,customer_id,product,start_on,unit_price\nK1,C1,mobile,2024-01-01,30\nK9,C2,voice,2025-02-01,7.10\n",
    "interactions": "interaction_id,customer_id,occurred_at,channel,direction\nI1,C2,2025-01-10,call,out\nI9,0007,2025-03-01,chat,in\n",
    "complaints": "complaint_id,customer_id,opened_at,severity\nQ1,C1,2025-02-01 10:00:00,3\n",
    "market_prices": "product,region,month,source,price\nmobile,,2025-02-01,survey,23.10\nmobile,north,2025-02-01,survey,22\n",
    "exits": "customer_id,announced_on,left_on,reason\nC2,2025-02-10,2025-03-31,price\n",
    "invoices": "invoice_id,customer_id,issued_on,due_on,amount\nR1,C1,2025-01-01,2025-01-31,-5.00\n",
    "promises": "promise_id,customer_id,kind,promised_on,due_at\nV1,C1,delivery,2025-01-01,2025-01-09 17:00\n",
    "employees": "employee_id,name\nE001,Jo\n",
}


@pytest.mark.parametrize("table", NEW)
def test_undo_brings_back_every_row_and_the_history_as_they_were(table: str) -> None:
    book = small_book()
    before = content(book)
    loaded = feed(book, table, NEW[table])
    assert not same(book, before) and loaded.load_id == 4 and load.findings(book) == []
    load.undo(book, 4, NOW)
    assert same(book, before) and load.findings(book) == []
    assert load.loads(book).row(0, named=True)["undone_at"] == NOW
    with pytest.raises(InvalidInput, match="was undone on 2026-11-01"):
        load.undo(book, 4, NOW)


@pytest.mark.usefixtures("scoreless")
def test_a_changed_file_reports_what_changed_and_what_did_not() -> None:
    book = small_book()
    (count,) = feed(book, "customers", CUSTOMERS.replace("Seven", "Seven Ltd") + "C9,Nine,C,\n").tables
    assert (count.added, count.changed, count.unchanged) == (1, 1, 2)
    stored = rows(book, "customers")
    assert sorted(zip(stored["customer_id"], stored["load_id"], strict=True)) == [("0007", 4), ("C1", 1), ("C2", 1), ("C9", 4)]


def test_a_row_that_moves_to_another_customer_moves_both_histories() -> None:
    book = small_book()
    before = content(book)
    feed(book, "contracts", CONTRACTS.replace("K1,C1", "K1,C2"))
    assert load.findings(book) == [] and not same(book, before)
    load.undo(book, 4, NOW)
    assert load.findings(book) == [] and same(book, before)


@pytest.mark.usefixtures("scoreless")
def test_a_column_that_the_file_does_not_have_keeps_its_stored_value() -> None:
    book = small_book()
    feed(book, "customers", "customer_id,name\nC1,New name\n")
    (kept,) = rows(book, "customers").filter(customer_id="C1").iter_rows(named=True)
    assert (kept["name"], kept["tier"], kept["region"]) == ("New name", "A", "north")


@pytest.mark.usefixtures("scoreless")
def test_a_blank_in_a_column_that_the_file_has_is_a_change_to_unknown() -> None:
    book = small_book()
    assert feed(book, "customers", "customer_id,name,tier\nC1,Amberley Clinics,\n").tables[0].changed == 1
    assert rows(book, "customers").filter(customer_id="C1")["tier"].to_list() == [None]


def test_a_row_whose_key_holds_a_blank_is_found_again() -> None:
    book = small_book()
    feed(book, "market_prices", NEW["market_prices"])
    assert feed(book, "market_prices", NEW["market_prices"].replace("23.10", "24.00")).tables[0].changed == 1
    assert rows(book, "market_prices").height == 2 and load.findings(book) == []


def test_undo_is_refused_where_a_later_load_changed_the_rows() -> None:
    book = small_book()
    feed(book, "customers", NEW["customers"])
    before = content(book)
    with pytest.raises(InvalidInput, match="changed its rows: undo load 4 first"):
        load.undo(book, 1, NOW)
    assert same(book, before)


def test_undo_is_refused_where_later_rows_belong_to_customers_only_it_brought() -> None:
    book = small_book()
    with pytest.raises(InvalidInput, match="customers that only this load contains: undo load 2 and load 3 first"):
        load.undo(book, 1, NOW)


@pytest.mark.usefixtures("scoreless")
def test_undo_is_refused_where_a_later_load_left_its_rows_as_they_are() -> None:
    book = small_book()
    feed(book, "contracts", CONTRACTS + "K8,C1,voice,2025-01-01,,3,1\n")
    with pytest.raises(InvalidInput, match="contain the same rows.*undo load 4 first"):
        load.undo(book, 2, NOW)


def test_undo_is_refused_where_a_row_kept_aside_belongs_to_a_customer_only_it_brought() -> None:
    book = small_book()
    feed(book, "customers", "customer_id,name\nC9,Nine\n")
    feed(book, "complaints", "complaint_id,customer_id,opened_at\nQ1,C9,2025-01-01\n")
    feed(book, "complaints", "complaint_id,customer_id,opened_at\nQ1,C1,2025-01-01\n")
    with pytest.raises(InvalidInput, match="customers that only this load contains: undo load 5 first"):
        load.undo(book, 4, NOW)  # else undoing load 6 would bring back a complaint of nobody
    for load_id in (6, 5, 4):
        load.undo(book, load_id, NOW)
    assert load.findings(book) == []


def test_customers_of_the_same_load_are_known_to_its_other_tables() -> None:
    book = empty_book()
    tables = {"customers": pl.DataFrame({"customer_id": ["A"], "name": ["Ada"]}), "exits": _exits("A")}
    loaded = load.load_demo(book, tables, "demo-test", "test", NOW)
    assert [(t.table, t.accepted) for t in loaded.tables] == [("customers", 1), ("exits", 1)]
    with pytest.raises(InvalidInput, match="not empty"):
        load.check_empty(book)
    load.clear_demo(book)
    with book.reading() as session:
        assert all(session.rows(table).is_empty() for table in [*TABLES, "loads", "refused"])


def _exits(customer: str) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": [customer], "announced_on": [date(2025, 1, 1)], "reason": ["price"], "written_off": [1.1 * 3]})


def test_a_book_that_did_not_begin_as_a_demo_is_not_emptied() -> None:
    book = small_book()
    before = content(book)
    with pytest.raises(InvalidInput, match="was not created as a demo"):
        load.clear_demo(book)
    assert same(book, before)


def test_whoever_may_not_load_changes_nothing() -> None:
    warehouse = Warehouse()
    book = Book(Viewer("exec", "executive"), warehouse)
    preview = previewed(book, "customers", CUSTOMERS)
    with pytest.raises(Forbidden):
        load.commit(book, preview, "exec", NOW)
    assert load.loads(book).is_empty()


def test_a_preview_that_another_load_overtook_is_made_anew() -> None:
    book = small_book()
    preview = previewed(book, "customers", NEW["customers"], "late.csv")
    feed(book, "customers", "customer_id,name\nC3,Three\n")
    (count,) = load.commit(book, preview, "test", NOW).tables
    assert (count.added, count.changed, count.unchanged) == (0, 2, 0) and load.findings(book) == []


@pytest.mark.usefixtures("scoreless")
def test_the_refused_rows_load_again_once_mended() -> None:
    book = small_book()
    feed(book, "contracts", CONTRACTS.replace("19.5", "dear").replace("K", "L") + 'L9,C1,"a, b",2024-01-01,,1\n')
    frame = load.refused(book, 4)
    assert frame.columns == ["line", "table", "reasons", *CONTRACTS.splitlines()[0].split(",")]
    assert frame["line"].to_list() == [3, 5] and frame["contract_id"].to_list() == ["L2", 'L9,C1,"a, b",2024-01-01,,1']
    mended = frame.head(1).with_columns(unit_price=frame["unit_price"].head(1).str.replace("dear", "19.50"))
    (count,) = feed(book, "contracts", mended.write_csv(), "mended.csv").tables
    assert (count.read, count.added) == (1, 1) and rows(book, "contracts").filter(contract_id="L2")["line"].to_list() == [3]


def test_the_history_after_many_loads_is_that_of_a_rebuild() -> None:
    book = small_book()
    for table in ("customers", "contracts", "interactions", "complaints", "exits", "invoices"):
        feed(book, table, NEW[table])
    assert load.findings(book) == []


SECOND = "contract_id,customer_id,product,start_on,end_on,unit_price,quantity\n"
TWICE = (
    SECOND
    + "L1,C1,mobile,2024-01-01,,24.90,3\nL1,C1,mobile,2024-01-01,,99,3\nL2,C9,voice,2025-01-15,,12,1\nL3,C2,voice,2025-01-15,,dear,1\n"
)


def offered(book: Book, load_id: int) -> pl.DataFrame:
    """The refused rows as a user finds them in the file to mend."""
    return load.refused(book, load_id)


def test_a_repeat_that_nobody_mended_stays_refused_and_the_stored_row_stays() -> None:
    book = small_book()
    feed(book, "contracts", TWICE)
    feed(book, "customers", "customer_id,name\nC9,Late\n")
    mended = offered(book, 4).with_columns(pl.col("unit_price").replace("dear", "5"))
    preview = previewed(book, "contracts", mended.write_csv(), "mend.csv")
    assert preview.refused.select("line", "reasons").rows() == [
        (3, "contract_id 'L1' repeats line 2 of its file and is not corrected yet: change the row or delete it")
    ]
    (count,) = load.commit(book, preview, "test", NOW).tables
    assert (count.read, count.accepted, count.refused) == (3, 2, 1), "the orphan whose customer came meanwhile passes as it is"
    assert (count.added, count.changed) == (2, 0)
    assert rows(book, "contracts").filter(contract_id="L1")["unit_price"].cast(pl.String).to_list() == ["24.90"]
    assert load.findings(book) == []


@pytest.mark.usefixtures("scoreless")
@pytest.mark.parametrize("how", ["a column more", "a column less", "offered again", "as a workbook"])
def test_only_a_change_to_the_row_itself_mends_a_repeat(how: str) -> None:
    book = small_book()
    feed(book, "contracts", TWICE)
    frame = offered(book, 4).filter(line=3)
    if how == "offered again":
        fresh = "K77,C2,voice,2025-01-15,,12,1"
        feed(book, "contracts", frame.write_csv() + f"9,contracts,,{fresh}\n", "mend.csv")
        frame = offered(book, 5)
    file = {"a column more": frame.with_columns(note=pl.lit("?")), "a column less": frame.drop("quantity")}.get(how, frame)
    text = workbook(("mend", [file.columns, *map(list, file.rows())], False)) if how == "as a workbook" else file.write_csv()
    with pytest.raises(InvalidInput, match="line 3: contract_id 'L1' repeats line 2 of its file and is not corrected yet"):
        feed(book, "contracts", text, "again.csv")


@pytest.mark.usefixtures("scoreless")
def test_a_repeat_that_was_mended_is_loaded_and_one_of_a_load_undone_is_asked_anew() -> None:
    book = small_book()
    feed(book, "contracts", TWICE)
    frame = offered(book, 4).filter(line=3)
    assert previewed(book, "contracts", frame.with_columns(contract_id=pl.lit("L8")).write_csv()).counts[0].added == 1
    assert previewed(book, "contracts", frame.with_columns(unit_price=pl.lit("98")).write_csv()).counts[0].changed == 1
    load.undo(book, 4, NOW)
    assert previewed(book, "contracts", frame.write_csv()).counts[0].added == 1


@pytest.mark.usefixtures("scoreless")
def test_a_line_that_stands_twice_in_a_mended_file_is_two_rows() -> None:
    book = small_book()
    feed(book, "contracts", TWICE)
    frame = offered(book, 4)
    twice = pl.concat([frame, frame.filter(line=5).with_columns(contract_id=pl.lit("L9"))])
    preview = previewed(book, "contracts", twice.write_csv(), "mend.csv")
    assert (preview.counts[0].read, preview.counts[0].refused) == (4, 4)
