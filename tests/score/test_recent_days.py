"""The newest day is stored like a month end: it opens at once, and an entry scores its own customer only."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from health import portfolio
from health.score import history, settings
from health.warehouse import Session, Warehouse
from tests.books import analyst, rebuilt_scores, recorded, rows, small_book, stored_scores, typed, warehouse_of

NEWEST, LATER = date(2024, 6, 10), date(2024, 6, 18)
NOW = datetime(2024, 6, 18, 12)


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    """Two customers, whose newest day is a call of 10 June."""
    made = warehouse_of(small_book())
    yield made
    made.close()


@pytest.fixture
def scored_customers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """For whom facts were worked out from now on, by call; None: for everybody."""
    asked: list[Any] = []
    at = history.facts.at

    def watched(session: Session, days: Any, terms: Any, customers: Any = None, changed: Any = None) -> pl.DataFrame:
        asked.append(customers)
        return at(session, days, terms, customers, changed)

    monkeypatch.setattr(history.facts, "at", watched)
    return asked


def call(session: Session, day: date) -> None:
    """Log a call with customer A."""
    talk = {
        "interaction_id": f"I{day}", "customer_id": "A", "occurred_at": datetime(day.year, day.month, day.day, 9), "channel": "call",
        "direction": "out", "outcome": "reached",
    }  # fmt: skip
    session.insert("interactions", typed("interactions", rows("interactions", talk)))
    history.refresh(session, {"A"}, {"interactions"})


def days_kept(session: Session) -> list[date]:
    return session.rows("recent_days")["as_of"].unique().sort().to_list()


def equal_a_rebuild(session: Session) -> None:
    assert_frame_equal(stored_scores(session), rebuilt_scores(session), check_column_order=False)


def test_the_newest_day_is_stored_and_read_without_working_out_a_fact(warehouse: Warehouse, scored_customers: list[Any]) -> None:
    with warehouse.reading() as session:
        assert days_kept(session) == [NEWEST]
        shown = portfolio.build(analyst(warehouse), NEWEST)
        assert scored_customers == []
        fresh = history.score_at(session, [NEWEST], settings.DEFAULT)
    assert shown["customer_id"].to_list() == ["A", "B"]
    assert (shown["health"] * 100).round(0).cast(pl.Int64).to_list() == fresh["health"].to_list()


def test_a_newest_day_that_is_a_month_end_is_stored_once(warehouse: Warehouse) -> None:
    with warehouse.writing() as session:
        call(session, date(2024, 6, 30))
        assert days_kept(session) == []
        equal_a_rebuild(session)


def test_a_call_of_a_later_day_moves_the_newest_day_for_everybody(warehouse: Warehouse) -> None:
    with warehouse.writing() as session:
        call(session, LATER)
        assert days_kept(session) == [LATER]
        assert session.rows("recent_days")["customer_id"].sort().to_list() == ["A", "B"]
        equal_a_rebuild(session)


def test_a_call_of_a_day_that_was_kept_scores_its_own_customer_only(warehouse: Warehouse, scored_customers: list[Any]) -> None:
    assert history.keep_day(warehouse, LATER)
    assert not history.keep_day(warehouse, LATER)
    assert not history.keep_day(warehouse, NEWEST)
    scored_customers.clear()
    with warehouse.writing() as session:
        call(session, LATER)
        assert scored_customers == [["A"]]
        assert days_kept(session) == [LATER]
        equal_a_rebuild(session)


def test_a_day_that_was_kept_is_rebuilt_with_the_newest_and_of_two_the_later_stays(warehouse: Warehouse) -> None:
    history.keep_day(warehouse, LATER)
    history.keep_day(warehouse, date(2024, 6, 20))
    with warehouse.reading() as session:
        equal_a_rebuild(session)
    with warehouse.writing() as session:
        history.refresh(session, None)
        assert days_kept(session) == [NEWEST, date(2024, 6, 20)]
        equal_a_rebuild(session)


def test_other_weights_reach_the_newest_day_without_working_out_a_fact(warehouse: Warehouse, scored_customers: list[Any]) -> None:
    with warehouse.writing() as session:
        weights = {"contact": 70, "complaints": 10, "price": 10, "tenure": 10}
        settings.save(session, replace(settings.in_force(session), weights=weights), "ana", "to see", NOW)
        history.refresh(session, ())
        assert scored_customers == []
        equal_a_rebuild(session)


def test_nothing_is_kept_of_an_empty_warehouse() -> None:
    warehouse = warehouse_of({})
    assert not history.keep_day(warehouse, LATER)
    with warehouse.reading() as session:
        assert days_kept(session) == []


def test_a_file_that_reaches_further_scores_a_kept_day_anew_for_everybody() -> None:
    """Days since contact are counted up to the newest day of the files, also for B, of whom the new file has no row."""
    warehouse = recorded(small_book())
    with warehouse.writing() as session:
        history.refresh(session, None)
    history.keep_day(warehouse, LATER)
    with warehouse.writing() as session:
        silent = history.on_day(session, LATER, ["B"])["days_since"][0]
        session.insert("loads", pl.DataFrame([{"load_id": 9, "origin": "extract"}]))
        session.insert("load_tables", pl.DataFrame([{"load_id": 9, "table_name": "interactions"}]))
        talk = {"interaction_id": "I9", "customer_id": "A", "occurred_at": datetime(2024, 6, 14, 9), "channel": "call", "direction": "in"}
        session.insert("interactions", typed("interactions", rows("interactions", talk)).with_columns(pl.lit(9, pl.Int64).alias("load_id")))
        history.refresh(session, {"A"}, {"interactions"})
        assert history.on_day(session, LATER, ["B"])["days_since"][0] == silent + 4
        equal_a_rebuild(session)
