"""What the warehouse is said to hold is what its rows hold: counted again, row by row."""

import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

import health
from health import demo
from health.insight.data import freshness, loads
from health.intake import layout, load
from health.intake.reading.sheet import CORRECTION_COLUMNS
from health.tables import TABLES
from health.warehouse import Warehouse
from health.warehouse import profile as held
from tests.books import analyst, rows, warehouse_of

DAY = date(2026, 10, 31)
SQL = Path(health.__file__).parent / "warehouse" / "sql"
READERS = [path.read_text() for folder in ("staging", "facts") for path in (SQL / folder).glob("*.sql")]


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    made = dict(demo.generate(customers=60, months=18).tables)
    half = pl.int_range(pl.len()) % 2 == 0
    surveys = made["surveys"].with_columns(
        pl.when(half & pl.col("answered_on").is_not_null()).then(None).otherwise("asked_on").alias("asked_on")
    )
    signed = made["contracts"].with_columns(pl.when(half).then(None).otherwise("signed_on").alias("signed_on"))
    rates = rows("rates", *({"currency": "USD", "day": date(2026, month, 1), "rate": "0.9"} for month in (8, 9)))
    return made | {"rates": rates, "surveys": surveys, "contracts": signed, "referrals": made["referrals"].clear()}


@pytest.fixture(scope="module")
def warehouse(tables: dict[str, pl.DataFrame]) -> Warehouse:
    return warehouse_of(tables)


HAPPENED = {
    "customers": ["customer_since"], "contracts": ["signed_on", "start_on"], "market_prices": ["month"], "interactions": ["occurred_at"],
    "complaints": ["opened_at"], "surveys": ["asked_on", "answered_on"], "invoices": ["issued_on"], "promises": ["promised_on"],
    "diary": ["created_on"], "exits": ["announced_on"], "referrals": ["made_on"], "opportunities": ["opened_on"], "usage": ["month"],
    "rates": ["day"],
}  # fmt: skip
"""Written out once more: on which day a row of each table happened."""


def test_rows_are_counted_in_the_month_in_which_they_happened(warehouse: Warehouse, tables: dict[str, pl.DataFrame]) -> None:
    with warehouse.reading() as session:
        told = {(t, m): n for t, m, n in held.rows_per_month(session).iter_rows()}
    naive: Counter[tuple[str, date | None]] = Counter()
    for name, columns in HAPPENED.items():
        for row in tables[name].iter_rows(named=True):
            day = next((row[c] for c in columns if row[c] is not None), None)
            naive[name, day and date(day.year, day.month, 1)] += 1
    assert told == naive
    assert set(HAPPENED) == {name for name in tables if held.day_columns(TABLES[name])}


def test_the_newest_day_and_the_blanks_of_each_table(warehouse: Warehouse, tables: dict[str, pl.DataFrame]) -> None:
    with warehouse.reading() as session:
        newest = dict(held.newest_days(session).iter_rows())
        blanks = held.count_blanks(session, {name: list(columns) for name, columns in freshness.BLANKS.items()})
    for table in TABLES.values():
        days = [c.name for c in table.columns if c.event] or [c for c in table.names if c in ("month", "day")]
        rows = tables.get(table.name, pl.DataFrame())
        values = [str(v)[:10] for c in days for v in rows.get_column(c, default=pl.Series()).drop_nulls()]
        assert str(newest[table.name]) == (max(values) if values else "None")
    for name, column, blank, n in blanks.iter_rows():
        assert (blank, n) == (
            tables[name][column].null_count() if column in tables[name].columns else tables[name].height,
            tables[name].height,
        )


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in freshness.BLANKS.items() for c in columns])
def test_a_blank_is_explained_only_where_it_may_be_and_is_read(table: str, column: str) -> None:
    assert not TABLES[table].column(column).required
    assert any(re.search(rf"\b{table}\b", sql) and re.search(rf"\b{column}\b", sql) for sql in READERS)


def test_costs_begin_with_the_largest_share_of_blanks() -> None:
    blank = pl.DataFrame(
        {"table_name": ["customers"] * 3, "column_name": ["tier", "region", "customer_since"], "blank": [1, 3, 0], "rows": [4] * 3}
    )
    told = freshness.blank_costs(blank)
    assert told.select("column", "share").rows() == [("customers region", 0.75), ("customers tier", 0.25)]
    assert freshness.blanks_finding(told) == "75\u00a0% of customers have no region"
    assert freshness.blanks_finding(told.clear()) == "No blanks in the columns used by the score"


def fresh(last: dict[str, list[date]]) -> pl.DataFrame:
    """Freshness of tables whose rows happened on these days, one row a day."""
    counted = [(t, d.replace(day=1), 1) for t, days in last.items() for d in days]
    months = pl.DataFrame(counted, schema={"table_name": pl.String, "month": pl.Date, "rows": pl.Int64}, orient="row")
    newest = pl.DataFrame({"table_name": list(last), "newest": [max(days) for days in last.values()]})
    none = pl.DataFrame(
        schema={"table_name": pl.String, "load_id": pl.Int64, "file": pl.String, "who": pl.String, "loaded_at": pl.Datetime}
    )
    by_month = months.group_by("table_name", "month").agg(pl.col("rows").sum())
    return freshness.freshness({name: len(last.get(name, [])) for name in TABLES}, by_month, newest, none, DAY)


def test_a_table_lags_where_rows_were_to_be_expected() -> None:
    spring = [date(2026, m, d) for m in range(1, 6) for d in range(1, 29)]
    told = fresh({"interactions": spring, "customers": spring, "exits": [date(2026, 2, 1), date(2026, 5, 1)], "invoices": [DAY]})
    assert told.filter("late")["table_name"].to_list() == ["interactions"], (
        "starts come in waves; two exits in a year may be all there were"
    )
    assert freshness.freshness_finding(told) == "Interactions: newest row 156 days behind the other data"
    assert told["table_name"].to_list() == list(TABLES)


def test_a_fresh_book_is_said_to_be_so_only_where_something_was_judged() -> None:
    assert freshness.freshness_finding(fresh({"invoices": [DAY]})) == "All tables are up to date"
    assert freshness.freshness_finding(fresh({"customers": [DAY]})) == "How fresh is each table?"


def loaded() -> Warehouse:
    """Three loads, the last undone; one refused row."""
    warehouse = Warehouse()
    book = analyst(warehouse)
    people = rows("employees", {"employee_id": "E1", "name": "Jo"}, {"employee_id": "E2", "name": "Mo"})
    second = rows("employees", {"employee_id": "E3", "name": "Lo"}, {"employee_id": "E2"})
    for day, (file, frame) in enumerate({"a.csv": people, "b.csv": second, "=c.csv": people.with_columns(team=pl.lit("x"))}.items(), 1):
        done = load.commit(
            book, load.prepare(book, layout.batch_from_frames({"employees": frame}, file, "extract")), "Jo", datetime(2026, 11, 7 * day)
        )
    assert done.load_id is not None
    load.undo(book, done.load_id, datetime(2026, 11, 22))
    return warehouse


def test_loads_are_told_with_what_became_of_them() -> None:
    warehouse = loaded()
    with warehouse.reading() as session:
        told, last = session.frame("queries/loads"), session.frame("queries/last_loads")
        counts = session.frame("queries/load_counts")
        assert held.warned_kinds(session).is_empty()
    live = loads.loads_in_force(told)
    assert set(told["load_id"]) - set(live["load_id"]) == {max(told["load_id"])}
    assert last.select("table_name", "load_id").rows() == [("employees", max(live["load_id"]))]
    assert counts["read"].to_list() == (counts["accepted"] + counts["refused"]).to_list()
    assert loads.days_since_last_load(told, datetime(2026, 11, 30)) == ((datetime(2026, 11, 30) - live["loaded_at"].max()).days, None)
    assert "1 undone" in loads.finding(told)
    assert loads.finding(told.clear()) == "Nothing loaded yet"


def test_the_usual_pause_is_the_median_of_those_in_force() -> None:
    days = [1, 8, 15, 29]
    told = pl.DataFrame(
        {"origin": ["extract"] * 4, "loaded_at": [datetime(2026, 10, d, 12) for d in days], "undone_at": [None] * 4},
        schema_overrides={"undone_at": pl.Datetime},
    )
    assert loads.days_since_last_load(told, datetime(2026, 10, 31, 1)) == (2, 7)
    assert loads.days_since_last_load(told.clear(), datetime(2026, 10, 31)) == (None, None)


def test_warnings_are_counted_by_kind_without_the_values_they_quote() -> None:
    warehouse = loaded()
    words = [
        "occurred_at '2020-01-01' is before the customer's first day, 1 Mar 2024",
        "amount is zero; owner 'O'Neil' does not exist in employees",
        "occurred_at '2020-02-01' is before the customer's first day, 12 Apr 2024",
    ]
    with warehouse.writing() as session:
        session.insert("warned", pl.DataFrame({"load_id": [1, 1, 1], "table_name": ["invoices"] * 3, "line": [1, 2, 3], "words": words}))
        session.insert("warned", pl.DataFrame({"load_id": [3], "table_name": ["invoices"], "line": [1], "words": ["amount is zero"]}))
    with warehouse.reading() as session:
        kinds = held.warned_kinds(session)
        lines = held.warned_of_kind(session, "invoices", "occurred_at is before the customer's first day", 1)
    assert dict(kinds.select("kind", "rows").iter_rows()) == {
        "occurred_at is before the customer's first day": 2, "amount is zero": 1, "owner does not exist in employees": 1,
    }, "the undone load counts no more"  # fmt: skip
    assert lines.select("line", "words").rows() == [(1, words[0])]
    assert loads.warned_finding(kinds) == "4 rows loaded with a warning"


def test_a_refused_row_is_shown_in_one_text() -> None:
    told = loads.refused_cells(
        pl.DataFrame({"line": [3], "table": ["employees"], "reasons": ["name is missing"], "employee_id": ["E2"], "name": [None]})
    )
    assert told.row(0) == (3, "employees", "name is missing", "E2, ")
    assert loads.refused_cells(pl.DataFrame(schema=dict.fromkeys(CORRECTION_COLUMNS, pl.String))).is_empty()
