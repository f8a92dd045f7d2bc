"""The book as known on a day holds nothing of later days, and all of earlier ones."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from health.demo import generate
from health.score import settings
from health.tables import TABLES
from health.warehouse import Session, Warehouse, as_of_views, facts
from tests.books import rows, small_book, typed, unscored, warehouse_of
from tests.size import size

TERMS = settings.DEFAULT.terms


def with_gaps(name: str, frame: pl.DataFrame, chance: random.Random) -> pl.DataFrame:
    """The frame with one in five of its optional days blank, as real books have them."""
    days = [c.name for c in TABLES[name].columns if c.type in ("date", "timestamp") and not c.required and c.name in frame.columns]
    for day in days:
        keep = pl.Series([chance.random() > 0.2 for _ in range(frame.height)])
        frame = frame.with_columns(pl.when(keep).then(pl.col(day)).alias(day))
    if name == "surveys":
        return frame.filter(pl.col("asked_on").is_not_null() | pl.col("answered_on").is_not_null())
    return frame


@pytest.fixture(scope="module")
def company() -> dict[str, pl.DataFrame]:
    chance = random.Random(5)
    return {name: typed(name, with_gaps(name, frame, chance)) for name, frame in generate(200, 24, 3, "demo").tables.items()}


@pytest.fixture(scope="module")
def book(company: dict[str, pl.DataFrame]) -> Iterator[Warehouse]:
    warehouse = unscored(company)
    yield warehouse
    warehouse.close()


def some_days(n: int) -> list[date]:
    chance = random.Random(8)
    return [date(2024, 12, 1) + timedelta(days=chance.randrange(690)) for _ in range(n)]


def seen(session: Session, day: date) -> dict[str, pl.DataFrame]:
    with as_of_views.views_as_of(session, day):
        return {name: session.select(f"from {name}") for name in TABLES}


def test_the_facts_of_a_day_are_the_same_on_the_book_as_known_on_it(book: Warehouse) -> None:
    for day in some_days(size(4, 8)):
        with book.reading() as session:
            whole = facts.at(session, [day], TERMS)
            with as_of_views.views_as_of(session, day):
                assert_frame_equal(facts.at(session, [day], TERMS), whole)


def test_facts_of_a_later_day_equal_those_of_a_book_that_ends_earlier(company: dict[str, pl.DataFrame], book: Warehouse) -> None:
    """The views against tables from which the later rows were really taken."""
    for day in some_days(2):
        with book.reading() as session:
            cut, later = seen(session, day), day + timedelta(days=75)
            with as_of_views.views_as_of(session, day):
                through_views = facts.at(session, [later], TERMS)
        past = Warehouse()
        with past.writing() as session:
            for name in company:
                session.insert(name, cut[name])
            assert_frame_equal(facts.at(session, [later], TERMS), through_views)
        past.close()


def test_no_event_of_a_later_day_is_left_and_no_row_of_an_earlier_one_is_missing(company: dict[str, pl.DataFrame], book: Warehouse) -> None:
    for day in some_days(5):
        with book.reading() as session:
            cut = seen(session, day)
        for name, frame in company.items():
            events = [c.name for c in TABLES[name].columns if c.event and name not in ("customers", "usage")]
            if not events:
                continue
            assert [c for c in events if (cut[name][c].cast(pl.Date) > day).any()] == []
            earlier = frame.filter(pl.any_horizontal(pl.col(c).cast(pl.Date) <= day for c in events))
            kept = set(cut[name].select(TABLES[name].key).iter_rows())
            assert set(earlier.select(TABLES[name].key).iter_rows()) - kept == set()


LINE = {"contract_id": "K", "product": "voice", "start_on": date(2023, 1, 1), "unit_price": 1}
CASES = (
    ("surveys", {"survey_id": "S", "kind": "nps", "asked_on": date(2024, 3, 1), "answered_on": date(2024, 3, 9), "score": 3},
     {"answered_on": None, "score": None}),
    ("contracts", LINE | {"terminated_on": date(2024, 3, 9)}, {"terminated_on": None}),
    ("contracts", LINE | {"notice_on": date(2024, 3, 1), "terminated_on": date(2024, 3, 9)}, {"terminated_on": date(2024, 3, 9)}),
    ("contacts", {"contact_id": "P", "name": "Ida", "active_to": date(2024, 3, 9)}, {"active_to": None}),
    ("opportunities",
     {"opportunity_id": "O", "kind": "upsell", "opened_on": date(2024, 2, 1), "closed_on": date(2024, 3, 9), "outcome": "won"},
     {"closed_on": None, "outcome": None}),
    ("diary", {"diary_id": "D", "planned_on": date(2024, 3, 9)}, None),
    ("diary", {"diary_id": "D", "planned_on": date(2024, 3, 9), "created_on": date(2024, 3, 1)}, {"planned_on": date(2024, 3, 9)}),
    ("exits", {"announced_on": date(2024, 3, 2), "left_on": date(2024, 3, 1), "reason": "price"}, None),
    ("exits", {"announced_on": date(2024, 3, 1), "left_on": date(2024, 5, 1), "reason": "price"}, {"left_on": date(2024, 5, 1)}),
    ("usage", {"month": date(2024, 3, 1), "product": "voice", "metric": "lines", "used": 1}, None),
)  # fmt: skip


@pytest.mark.parametrize("table, row, expected", CASES)
def test_what_is_known_on_the_first_of_march(table: str, row: dict[str, object], expected: dict[str, object] | None) -> None:
    tables = small_book()
    tables[table] = rows(table, {"customer_id": "A", **row})
    warehouse = unscored(tables)
    with warehouse.reading() as session, as_of_views.views_as_of(session, date(2024, 3, 1)):
        frame = session.select(f"from {table}")
    found = [{name: got[name] for name in expected or {}} for got in frame.iter_rows(named=True)]
    assert found == ([] if expected is None else [expected])
    warehouse.close()


def test_every_table_of_customers_says_from_when_its_rows_are_known() -> None:
    silent = {t.name for t in TABLES.values() if not as_of_views.known_from_day(t)}
    assert silent == {"customers", "employees"}


def test_a_term_that_runs_out_can_be_held(book: Warehouse) -> None:
    tables = small_book()
    ends = pl.when(pl.col("customer_id") == "A").then(pl.lit(date(2024, 3, 20)))
    tables["contracts"] = tables["contracts"].with_columns(ends.alias("end_on"))
    warehouse, until = unscored(tables), date(2024, 4, 15)
    with warehouse.reading() as session:
        with as_of_views.views_as_of(session, date(2024, 3, 1)):
            pure = facts.at(session, [until], TERMS, ["A"]).row(0, named=True)
        with as_of_views.views_as_of(session, date(2024, 3, 1), held_to=until):
            held = facts.at(session, [until], TERMS, ["A"]).row(0, named=True)
    assert (pure["status"], pure["days_to_end"], pure["billed_cents"]) == ("in grace", None, None)
    assert (held["days_to_end"], held["billed_cents"]) == (0, 10_000)
    warehouse.close()


def test_a_line_signed_after_its_start_is_late_and_a_benchmark_published_later_concerns_everybody() -> None:
    tables = small_book()
    late_line = {"contract_id": "K9", "customer_id": "B", "product": "voice", "start_on": date(2024, 2, 1), "signed_on": date(2024, 3, 9)}
    tables["contracts"] = pl.concat([tables["contracts"], rows("contracts", late_line | {"unit_price": 5})])
    price = {"product": "voice", "month": date(2024, 1, 1), "source": "s", "price": 5, "observed_on": date(2024, 3, 20)}
    tables["market_prices"] = rows("market_prices", price)
    warehouse, day = warehouse_of(tables), date(2024, 3, 1)
    with warehouse.reading() as session:
        assert as_of_views.late_customers(session, day, date(2024, 3, 8)) == set()
        assert as_of_views.late_customers(session, day, date(2024, 3, 9)) == {"B"}
        assert as_of_views.late_customers(session, day, date(2024, 3, 20)) is None
        with as_of_views.views_as_of(session, day, late_until=date(2024, 3, 9)):
            assert (session.count("market_prices"), session.select("from contracts").height) == (0, 3)
    warehouse.close()
