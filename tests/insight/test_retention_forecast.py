"""The forecast of retention: what the chances say, no more is known of the past than was known then, and few proofs are called few."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest

from health import demo, portfolio
from health.access import Book, Viewer
from health.foresight import churn
from health.insight import retention_forecast
from health.insight.rates import months_back
from health.insight.retention_forecast import request as asked_for
from health.insight.titles import LONGEST
from health.insight.value import titles
from health.status import CUSTOMER
from health.warehouse import Warehouse
from tests.books import analyst, warehouse_of
from tests.insight.books import NEWEST, ends, row

OBSERVED = date(2020, 1, 1)
SCHEMA: dict[str, Any] = {
    "customer_id": pl.String, "as_of": pl.Date, "status": pl.String, "band": pl.String, "mrr": pl.Float64, "lost_on": pl.Date,
    "decided_on": pl.Date, "exit_reason": pl.String,
}  # fmt: skip
YEAR_AGO = date(2025, 9, 30)
QUARTER_ENDS = [e for e in ends(36) if e.month % 3 == 0]


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{name: r.get(name) for name in SCHEMA} for r in rows], schema=SCHEMA)


def chances(**half_and_year: tuple[float, float]) -> pl.DataFrame:
    rows = [(customer, *both) for customer, both in half_and_year.items()]
    names = {"customer_id": pl.String, "p_leave_180d": pl.Float64, "p_leave_12m": pl.Float64}
    return pl.DataFrame(rows, schema=names, orient="row")


def made(
    now: pl.DataFrame, history: pl.DataFrame, today: pl.DataFrame, then: dict[date, pl.DataFrame] | None = None
) -> retention_forecast.Forecast:
    found = retention_forecast.forecast_from_probabilities(now, history, NEWEST, OBSERVED, today, then or {})
    assert found is not None
    return found


def test_what_is_expected_is_the_chance_to_stay_weighed_by_revenue_and_whoever_leaves_has_a_day() -> None:
    now = frame(
        row("A", mrr=100.0), row("B", mrr=300.0), row("L", status="leaving", mrr=50.0, lost_on=date(2026, 12, 31)),
        row("K", status="leaving", mrr=50.0, lost_on=date(2028, 1, 31)), row("G", status="in grace", mrr=900.0),
    )  # fmt: skip
    found = made(now, frame(), chances(A=(0.1, 0.2), B=(0.3, 0.5)))
    assert found.gross.expected == pytest.approx((100 * 0.8 + 300 * 0.5 + 50) / 500)
    assert found.gross.chance_sd == pytest.approx(math.sqrt(100**2 * 0.8 * 0.2 + 300**2 * 0.25) / 500)
    assert (found.customers, found.covered, found.net, found.until) == (4, pytest.approx(1), None, date(2027, 10, 31))
    assert found.gross.model_sd is None and "No earlier forecast" in found.sentence


def test_whoever_has_no_chance_of_his_own_counts_as_the_mean_of_those_who_have() -> None:
    now = frame(row("A", mrr=100.0), row("B", mrr=80.0), row("L", status="leaving", mrr=20.0, lost_on=NEWEST))
    found = made(now, frame(), chances(A=(0.1, 0.25)))
    assert found.gross.expected == pytest.approx(0.75 * 180 / 200) and found.covered == pytest.approx(120 / 200)
    assert retention_forecast.forecast_from_probabilities(now, frame(), NEWEST, OBSERVED, chances(Z=(0.1, 0.2)), {}) is None
    few = frame(row("A", mrr=10.0), row("B", mrr=80.0))
    assert retention_forecast.forecast_from_probabilities(few, frame(), NEWEST, OBSERVED, chances(A=(0.1, 0.2)), {}) is None


def test_a_decision_comes_before_the_last_bill_so_the_last_months_decisions_still_bill() -> None:
    gone = row("X", months_back(NEWEST, 1), "lost", None, lost_on=date(2026, 9, 30), decided_on=date(2026, 7, 31))
    found = made(frame(row("A", mrr=100.0)), frame(gone), chances(A=(0.2, 0.5)))
    back = 61 / 30.4375 / 6
    assert retention_forecast.lag_months(frame(gone)) == pytest.approx(61 / 30.4375, abs=0.01)
    assert found.gross.expected == pytest.approx(0.8**back * 0.5 ** (1 - back), abs=1e-3)


def test_bills_of_stayers_are_measured_over_the_year_before_and_unchosen_ends_count_as_nothing() -> None:
    before = months_back(NEWEST, 12)
    history = frame(
        row("A", before, mrr=100.0), row("A", mrr=80.0), row("B", before, mrr=100.0), row("B", mrr=140.0),
        row("C", before, mrr=100.0), row("C", status="lost", lost_on=date(2026, 3, 1), exit_reason="price"),
        row("D", before, mrr=100.0), row("D", status="lost", lost_on=date(2026, 3, 1), exit_reason="insolvency"),
    )  # fmt: skip
    assert retention_forecast.billing_of_stayers(history, NEWEST, OBSERVED) == pytest.approx((180 / 300, 220 / 300))
    assert retention_forecast.billing_of_stayers(history, NEWEST, date(2026, 1, 1)) is None


def past_book(stay: dict[date, float]) -> pl.DataFrame:
    """Ten customers at each quarter end, and at the one a year on as much of their revenue as `stay` says; nobody between."""
    rows = []
    for day, share in stay.items():
        rows += [row(f"C{n}", day, mrr=100.0) for n in range(10)]
        until = months_back(day, -12)
        rows += [row(f"C{n}", until, mrr=100.0) for n in range(round(10 * share))] if until not in stay else []
    return frame(*rows)


def test_an_interval_knows_only_what_had_come_due_by_its_day_and_a_bias_is_said() -> None:
    days = QUARTER_ENDS[:4]
    history, then = past_book(dict.fromkeys(days, 0.9)), {day: chances(**{f"C{n}": (0.2, 0.4) for n in range(10)}) for day in days}
    now = frame(*(row(f"C{n}", mrr=100.0) for n in range(10)))
    found = made(now, history, chances(**{f"C{n}": (0.2, 0.4) for n in range(10)}), then)
    gross = found.past.filter(pl.col("side") == "gross")
    assert gross["came"].to_list() == pytest.approx([0.9] * 4) and gross["expected"].to_list() == pytest.approx([0.6] * 4)
    own = math.sqrt(0.24 / 10)
    assert gross["low"].to_list() == pytest.approx([0.6 - 1.96 * own] * 4)  # none had come due when they were made
    assert found.gross.model_sd == pytest.approx(math.sqrt(0.3**2 - own**2))
    assert found.mean_error() == pytest.approx(0.3)
    assert "30.0" in found.sentence and "each time more stayed than predicted" in found.sentence
    short = made(now, history, chances(**{f"C{n}": (0.2, 0.4) for n in range(10)}), {days[0]: then[days[0]]})
    assert short.sentence.startswith("Only one earlier forecast can be compared")
    for told in (found, short):
        assert len(titles.forecast(told)) <= LONGEST


def test_nothing_that_happened_after_a_day_changes_what_was_foreseen_on_it() -> None:
    day, until = QUARTER_ENDS[0], months_back(QUARTER_ENDS[0], -12)
    then = {day: chances(**{f"C{n}": (0.2, 0.4) for n in range(10)})}
    early = row("X", day, "lost", None, lost_on=day, decided_on=months_back(day, 1))
    late = row("Y", until, "lost", None, lost_on=until, decided_on=day)
    now = frame(row("A", mrr=1.0))
    known = pl.concat([past_book({day: 0.9}), frame(early)])
    both = [made(now, history, chances(A=(0.1, 0.2)), then).past.drop("came") for history in (known, pl.concat([known, frame(late)]))]
    assert both[0].height == 1 and both[0].equals(both[1])
    assert retention_forecast.lag_months(frame(early, late)) > 2 * retention_forecast.lag_months(frame(early))


def test_quarter_ends_whose_year_has_not_passed_or_that_were_not_seen_are_no_proof() -> None:
    history = frame(*(row("A", e, mrr=1.0) for e in ends(20)))
    assert retention_forecast.past_quarter_ends(history, NEWEST, OBSERVED) == [
        e for e in QUARTER_ENDS if ends(20)[0] <= e <= date(2025, 10, 31)
    ]
    assert retention_forecast.past_quarter_ends(history, date(2026, 3, 31), OBSERVED) == [date(2025, 3, 31)]
    assert retention_forecast.past_quarter_ends(history, NEWEST, date(2026, 6, 1)) == []


@pytest.fixture(scope="module")
def whole() -> Iterator[Warehouse]:
    warehouse = warehouse_of(demo.generate(customers=520, months=36).tables)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def models(whole: Warehouse) -> dict[date, churn.Hazard]:
    return {day: churn.fit(analyst(whole), day) for day in (NEWEST, YEAR_AGO)}


def asked(book: Book, day: date, model: churn.Hazard, check: churn.Check | None = None, most_past: int = 1) -> retention_forecast.Forecast:
    now, history, observed_from = portfolio.build(book, day), portfolio.history(book), portfolio.state(book).observed_from
    found = retention_forecast.forecast_retention(book, day, now, history, observed_from, model, check, most_past)
    assert found is not None
    return found


FAILING = churn.Check(NEWEST, {}, None, None, None, None, {})  # made of nothing, so it does not hold


@pytest.mark.parametrize("holds", [True, False])
def test_the_forecast_told_of_a_year_ago_is_the_one_that_was_made_on_that_day(
    whole: Warehouse, models: dict[date, churn.Hazard], holds: bool
) -> None:
    book, check = analyst(whole), None if holds else FAILING
    now, then = (asked(book, day, models[day], check) for day in (NEWEST, YEAR_AGO))
    told = {r["side"]: r for r in now.past.to_dicts()}
    assert then.net is not None and set(told) == {"gross", "net"} and then.past.is_empty()
    assert told["gross"]["made_on"] == YEAR_AGO and told["gross"]["until"] == date(2026, 9, 30)
    for side, made_then in (("gross", then.gross), ("net", then.net)):
        assert told[side]["expected"] == pytest.approx(made_then.expected, abs=1e-12)
        assert told[side]["chance_sd"] == pytest.approx(made_then.chance_sd, abs=1e-12)
    assert now.by_band is not holds and ("bands" in now.sentence) is not holds
    assert 0.5 < now.gross.expected <= 1 and now.gross.low < now.gross.expected < now.gross.high


def test_an_account_managers_forecast_is_of_the_own_book_by_the_model_of_all(whole: Warehouse, models: dict[date, churn.Hazard]) -> None:
    everybody = portfolio.build(analyst(whole), NEWEST)
    owner = everybody.filter(CUSTOMER)["owner"].drop_nulls().mode().sort()[0]
    own = asked(Book(Viewer("test", "account_manager", owner), whole), NEWEST, models[NEWEST], most_past=0)
    assert own.past.is_empty() and own.customers == everybody.filter(CUSTOMER & (pl.col("owner") == owner)).height


def test_too_little_at_a_past_day_leaves_that_day_out(whole: Warehouse) -> None:
    book = analyst(whole)
    assert asked_for._predict_by_model(book, date(2024, 3, 31)) is None
