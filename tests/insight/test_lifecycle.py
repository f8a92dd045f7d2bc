"""A relation that has ended is told as a record: nothing counts on after its last day, and what is told last was true on its day."""

from datetime import date

import polars as pl
import pytest

from health import demo, portfolio
from health import format as fmt
from health.access import Book
from health.insight import lineage
from health.insight.client import lifecycle
from health.score.components import DAYS_A_MONTH
from tests.books import analyst, typed, warehouse_of
from tests.size import size

DAY = date(2026, 10, 31)


@pytest.fixture(scope="module")
def book() -> Book:
    return analyst(warehouse_of({name: typed(name, frame) for name, frame in demo.generate(customers=300, months=30).tables.items()}))


@pytest.fixture(scope="module")
def now(book: Book) -> pl.DataFrame:
    return portfolio.build(book, DAY)


@pytest.fixture(scope="module")
def history(book: Book) -> pl.DataFrame:
    return portfolio.history(book)


def test_tenure_stops_on_the_last_day_and_runs_on_for_whoever_is_there(now: pl.DataFrame) -> None:
    gone = now.filter(pl.col("status") == "lost")
    assert gone.height
    for c in gone.iter_rows(named=True):
        assert lifecycle.last_day(c, DAY) == c["lost_on"]
        assert lifecycle.tenure_months(c, DAY) == pytest.approx((c["lost_on"] - c["start_on"]).days / DAYS_A_MONTH)
    for c in now.filter(pl.col("status").is_in(["active", "paused", "leaving"])).iter_rows(named=True):
        assert lifecycle.tenure_months(c, DAY) == pytest.approx(c["tenure_months"])


def test_the_last_health_is_that_of_a_month_end_at_which_the_customer_was_active(
    now: pl.DataFrame, history: pl.DataFrame, book: Book
) -> None:
    for c in now.filter(pl.col("status").is_in(["lost", "in grace"])).head(40).iter_rows(named=True):
        last = lifecycle.last_score(history, c["customer_id"], DAY)
        if last is None:
            continue
        assert last.as_of <= c["lost_on"]
        then = portfolio.build(book, last.as_of).row(by_predicate=pl.col("customer_id") == c["customer_id"], named=True)
        assert (then["status"], then["health"], then["band"], then["mrr"]) == ("active", last.health, last.band, last.mrr)
        months = lifecycle.last_months(history, c["customer_id"], DAY)
        assert 0 < months.height <= lifecycle.LAST_MONTHS and months["as_of"].max() <= c["lost_on"]


def test_each_standing_is_told_in_its_own_tense(now: pl.DataFrame) -> None:
    said = {c["status"]: lifecycle.end_text(c, DAY) for c in now.iter_rows(named=True)}
    assert said["active"] == ""
    assert said["lost"].startswith("Churned: last day ")
    assert said["leaving"].startswith("Last day ") and "frozen as of" in said["leaving"]


def test_a_term_that_ended_without_a_word_is_in_grace_until_thirty_days_later() -> None:
    c = {"status": "in grace", "lost_on": date(2026, 10, 6), "known_on": date(2026, 11, 5), "decided_on": None, "exit_reason": None}
    assert lifecycle.end_text(c, DAY) == (
        "No contract in force since 6 Oct 2026; counts as churned from 5 Nov 2026 unless a new contract line starts before."
    )
    between = c | {"lost_on": date(2027, 10, 6)}
    assert lifecycle.last_day(between, DAY) == DAY
    assert lifecycle.end_text(between, DAY) == "No contract in force on this day; the next contract line has not started."


def test_whoever_has_not_begun_has_no_tenure_and_no_score(now: pl.DataFrame) -> None:
    c = {"status": "prospect", "lost_on": None, "known_on": None, "decided_on": None, "exit_reason": None, "start_on": date(2027, 1, 1)}
    assert (lifecycle.stage(c), lifecycle.tenure_months(c, DAY)) == ("ahead", None)
    assert lifecycle.tenure_months(c | {"start_on": None}, DAY) is None
    assert "there is no score" in lifecycle.end_text(c, DAY)


@pytest.mark.parametrize(
    ("given", "word"), [("price", "Price"), ("we_ended", "We ended it"), (None, "Not given"), ("unknown", "Not given")]
)
def test_a_reason_is_a_word_or_it_is_said_that_none_was_told(given: str | None, word: str) -> None:
    assert lifecycle.reason({"exit_reason": given}) == word


def test_the_rows_behind_an_end_say_when_it_was_decided_and_the_last_day(now: pl.DataFrame, book: Book, history: pl.DataFrame) -> None:
    for c in now.filter(pl.col("status") == "lost").head(size(5, 12)).iter_rows(named=True):
        last = lifecycle.last_score(history, c["customer_id"], DAY)
        if last is None:
            continue
        own, then = (portfolio.client(book, c["customer_id"], day) for day in (DAY, last.as_of))
        row = portfolio.build(book, last.as_of).row(by_predicate=pl.col("customer_id") == c["customer_id"], named=True)
        told = {b.figure: b for b in lineage.ended_relationship(own, c, c["lost_on"], then, row, last.as_of)}
        days = set(told["End"].rows["day"])
        assert c["lost_on"] in days or c["decided_on"] in days
        assert fmt.day(c["lost_on"]) in told["Loyalty"].explanation
        assert told["MRR"].rows["adds"].sum() == pytest.approx(last.mrr)
        assert lineage.score_parts(then, row, last.as_of)
