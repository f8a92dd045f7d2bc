"""Whole transactions, one writer, own files only."""

import threading
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from health.errors import Storage
from health.score import history
from health.tables import TABLES
from health.warehouse import Warehouse, facts, schema
from tests.books import rows, small_book, warehouse_of


def customer(i: str) -> pl.DataFrame:
    return rows("customers", {"customer_id": i, "name": i})


def test_what_fails_half_way_leaves_nothing_behind() -> None:
    warehouse = Warehouse()
    with pytest.raises(RuntimeError), warehouse.writing() as session:
        session.insert("customers", customer("A"))
        raise RuntimeError
    with warehouse.reading() as session:
        assert session.rows("customers").is_empty() and session.version == 0


def test_a_reader_keeps_its_state_while_somebody_writes() -> None:
    warehouse = Warehouse()
    with warehouse.reading() as reader:
        assert (reader.version, reader.count("customers")) == (0, 0)
        with warehouse.writing() as writer:
            writer.insert("customers", customer("A"))
        assert (reader.version, reader.count("customers")) == (0, 0)
    with warehouse.reading() as reader:
        assert (reader.version, reader.count("customers")) == (1, 1)


def test_writers_at_once_lose_nothing() -> None:
    warehouse = Warehouse()

    def write(writer: int) -> None:
        for n in range(10):
            with warehouse.writing() as session:
                session.insert("customers", customer(f"{writer}-{n}"))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with warehouse.reading() as session:
        assert (session.count("customers"), session.version) == (80, 80)


def test_a_warehouse_opens_again_with_what_it_held(tmp_path: Path) -> None:
    first = Warehouse(tmp_path / "w.duckdb")
    with first.writing() as session:
        session.insert("customers", customer("007"))
    first.close()
    again = Warehouse(tmp_path / "w.duckdb")
    with again.reading() as session:
        assert session.rows("customers")["customer_id"].to_list() == ["007"]
    again.close()


def test_a_file_of_another_kind_is_refused_in_one_sentence(tmp_path: Path) -> None:
    other = tmp_path / "book.duckdb"
    other.write_bytes(b"SQLite format 3\x00" + bytes(100))
    with pytest.raises(Storage, match="not a warehouse file"):
        Warehouse(other)


@pytest.mark.parametrize("threads", ["x", "0", "-1", "1.5"])
def test_a_number_of_threads_that_is_none_is_named_as_such(threads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEALTH_THREADS", threads)
    with pytest.raises(Storage, match="HEALTH_THREADS is not a valid number of threads"):
        Warehouse()


def test_the_engine_reaches_no_other_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with Warehouse().reading() as session, pytest.raises(Exception, match="disabled"):
        session.select(f"select * from read_csv('{secret}')")


def test_a_table_outside_the_declared_ones_cannot_be_named() -> None:
    with Warehouse().reading() as session, pytest.raises(Storage):
        session.rows("turn; drop table customers")


@pytest.mark.parametrize("table", list(TABLES))
def test_blanks_stay_unknown_in_every_table(table: str) -> None:
    declared = TABLES[table]
    given = {
        c.name: {"text": "x", "date": date(2024, 1, 1), "timestamp": date(2024, 1, 1), "flag": True}.get(c.type, 1)
        for c in declared.columns
        if c.required
    }
    warehouse = Warehouse()
    with warehouse.writing() as session:
        session.insert(table, rows(table, given))
        stored = session.rows(table)
    blank = [c.name for c in declared.columns if not c.required]
    assert stored.select(blank).null_count().row(0) == (1,) * len(blank)


def test_every_declared_column_stands_in_the_warehouse_with_its_type() -> None:
    with Warehouse().reading() as session:
        for table in TABLES.values():
            assert session.rows(table.name).columns == [*table.stored, *schema.SOURCE]


def test_the_newest_day_is_one_on_which_something_happened() -> None:
    tables = small_book()
    tables["diary"] = rows("diary", {"diary_id": "D", "customer_id": "A", "planned_on": date(2030, 1, 1), "created_on": date(2024, 3, 1)})
    signed = {
        "contract_id": "K3",
        "customer_id": "A",
        "product": "m",
        "signed_on": date(2024, 2, 1),
        "start_on": date(2025, 1, 1),
        "unit_price": 1,
    }
    tables["contracts"] = pl.concat([tables["contracts"], rows("contracts", signed)])
    with warehouse_of(tables).reading() as session:
        assert facts.span(session) == facts.Span(observed_from=date(2024, 1, 10), newest_day=date(2024, 6, 10))


def test_starts_alone_say_nothing_of_how_far_back_the_book_was_observed() -> None:
    tables = {name: frame for name, frame in small_book().items() if name != "interactions"}
    with warehouse_of(tables).reading() as session:
        span = facts.span(session)
        assert (span.observed_from, span.month_ends()) == (None, [])
        assert history.build(session)["history"].is_empty()


def test_the_content_hash_sees_every_cell_but_not_the_order() -> None:
    tables = small_book()
    first, turned = warehouse_of(tables), warehouse_of(dict(reversed(tables.items())))
    changed = warehouse_of(tables | {"customers": tables["customers"].with_columns(pl.col("name") + "!")})
    hashes = []
    for warehouse in (first, turned, changed):
        with warehouse.reading() as session:
            hashes.append(session.content_hash())
    assert hashes[0].equals(hashes[1]) and not hashes[0].equals(hashes[2])
