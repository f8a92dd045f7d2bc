"""A client's bridge as the screen tells it: steps that lead from one health to the other, and the events behind them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest

from health.access import Book, Viewer
from health.demo import generate
from health.errors import NotFound
from health.insight.client import bridge, points
from health.score import history, overrides, settings
from tests.books import analyst, warehouse_of

T0, T1 = date(2026, 8, 31), date(2026, 10, 31)
SAVED = datetime(2026, 9, 10, 12)
SOMEONE = "C0000003"


@pytest.fixture(scope="module")
def book() -> Iterator[Book]:
    warehouse = warehouse_of(generate(120, 14, 7, "demo").tables)
    yield Book(Viewer("Jo", "analyst"), warehouse)
    warehouse.close()


@pytest.fixture(scope="module")
def scored(book: Book) -> list[str]:
    """Active customers that were scored on both days."""
    with book.reading() as session:
        past = session.frame("queries/history").filter(pl.col("as_of").is_in([T0, T1]), pl.col("status") == "active")
    both = past.drop_nulls("health").group_by("customer_id").len().filter(pl.col("len") == 2)
    return both["customer_id"].sort().to_list()


def lanes(*tenths: int) -> pl.DataFrame:
    rows = [{"lane": "ageing", "component": "contact", "tenths": n} for n in tenths]
    return pl.DataFrame(rows, {"lane": pl.String, "component": pl.String, "tenths": pl.Int64})


def test_many_steps_are_put_together_and_still_add_up() -> None:
    many = lanes(*range(1, 15), 0)
    told = bridge.steps(many)
    assert told.height == bridge.MOST_STEPS
    assert told["tenths"].sum() == many["tenths"].sum()
    assert told["words"].to_list()[-1] == "6 smaller changes"
    assert told["tenths"].min() == 7


def test_moves_that_cancel_out_make_no_step_of_nothing() -> None:
    told = bridge.steps(lanes(*[50] * 8, 1, -1))
    assert told["tenths"].to_list() == [50] * 8


def test_an_override_is_the_last_step_and_leaves_the_scores_own_alone() -> None:
    told = bridge.steps(lanes(-30), 120)
    assert told.select("lane", "tenths").rows() == [("ageing", -30), ("override", 120)]


def test_the_events_have_a_day_between_the_two_and_a_source_unless_time_alone_did_it(book: Book, scored: list[str]) -> None:
    told = [bridge.explain_change(book, i, T0, T1) for i in scored[:4]]
    causes = pl.concat([one.causes for one in told])
    assert causes.height > 4
    assert causes.filter((pl.col("day") <= T0) | (pl.col("day") > T1)).is_empty()
    with_source = causes.filter(pl.col("lane") != "Time passed")
    assert with_source.select("load_id", "line").null_count().sum_horizontal().item() == 0
    assert all(one.before is not None and one.after == one.before + one.steps["tenths"].sum() for one in told)


def test_without_a_bridge_it_says_why(book: Book) -> None:
    with book.reading() as session:
        gone = session.frame("queries/history").filter((pl.col("as_of") == T1) & (pl.col("status") == "lost"))["customer_id"][0]
    told = bridge.explain_change(book, gone, T0, T1)
    assert told.before is None and told.steps.is_empty()
    assert "churned by" in told.sentence and told.missing in told.sentence


def test_a_customer_of_somebody_else_is_not_found(book: Book) -> None:
    stranger = Book(Viewer("Sam", "account_manager", "nobody"), book._warehouse)
    with pytest.raises(NotFound):
        bridge.explain_change(stranger, SOMEONE, T0, T1)


def test_a_version_saved_between_the_days_is_a_lane_of_its_own_and_a_mark_on_the_line() -> None:
    own = analyst(warehouse_of(generate(60, 14, 7, "demo").tables))
    with own.writing("settings") as session:
        present = settings.in_force(session)
        other = replace(present, weights={"contact": 60, "complaints": 20, "price": 10, "tenure": 10})
        settings.save(session, other, "Jo", "contact counts", SAVED)
        history.refresh(session, ())
        saved = settings.versions(session)
        past = session.frame("queries/history").filter(pl.col("as_of") == T0, pl.col("status") == "active").drop_nulls("health")
    told = [bridge.explain_change(own, i, T0, T1) for i in past["customer_id"].head(2)]
    assert all(one.versions == (1, 2) for one in told)
    assert all("settings version 1 before, 2 now" in bridge.describe_basis(one) for one in told)
    assert {"settings"} <= set(pl.concat([one.steps for one in told])["lane"])
    assert points.version_marks(saved).rows() == [(SAVED.date(), "v2")]
    assert bridge.explain_change(own, past["customer_id"][0], date(2026, 9, 30), T1).versions == (2, 2)


def test_what_a_person_holds_stands_after_the_machines_health(book: Book, scored: list[str]) -> None:
    i = scored[-1]
    machine = bridge.explain_change(book, i, T0, T1)
    overrides.add(book, i, 99, None, "Jo", "they told me", T1, date(2026, 11, 30), datetime(2026, 11, 2))
    told = bridge.explain_change(book, i, T0, T1)
    assert (told.before, told.after, told.sentence) == (machine.before, machine.after, machine.sentence)
    assert told.after is not None
    assert told.steps.row(-1, named=True) == {"lane": "override", "component": None, "words": "override", "tenths": 990 - told.after}
    with book.reading() as session:
        held = points.override_spans(overrides.customer_overrides(session, i), T1)
    assert held.rows() == [(T1, date(2026, 11, 30), 99.0, "override 99 by Jo")]
