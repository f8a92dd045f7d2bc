"""What the week's hours hold, what is worth a call and what counts as a reason, each exactly at its edge."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from health.desk.worklist import event_reasons, reasons, urgent, value_at_stake
from health.desk.worklist.capacity import schedule, working_days
from health.desk.worklist.inputs import ReasonInputs
from health.desk.worklist.next_action import next_action
from health.foresight.lifetime.assumptions import Assumptions
from health.month_ends import month_end
from health.score.components import COMPONENTS
from health.score.settings import DEFAULT
from health.score.wording import count_words, day_words, percent_words, tenths_words
from tests.score.test_components import ROW

MONDAY = date(2024, 6, 17)


@pytest.mark.parametrize("n, first, left", [(0, 0, 5), (1, 1, 4), (3, 3, 2), (4, 4, 1), (5, 7, 5), (6, 7, 5)])
def test_the_days_of_a_week_are_what_is_left_of_it_and_at_a_weekend_the_next(n: int, first: int, left: int) -> None:
    days = working_days(MONDAY + timedelta(days=n))
    assert days == [MONDAY + timedelta(days=first + k) for k in range(left)]


def plan(hours: list[float], capacity: float, taken: float = 0.0, first_day: bool = False) -> list[tuple[bool, int | None]]:
    """(in the week, the day of the week it is due) of rows with these hours."""
    days = working_days(MONDAY)
    rows = schedule(pl.DataFrame({"hours": hours}, schema={"hours": pl.Float64}), capacity, days, taken, first_day)
    return [(inside, None if due is None else (due - MONDAY).days) for inside, due in rows.select("in_week", "due").iter_rows()]


def test_a_row_is_in_the_week_while_all_hours_up_to_its_end_fit_exactly() -> None:
    assert plan([2, 2, 1], 5) == [(True, 0), (True, 2), (True, 4)]
    assert plan([2, 2, 1.5], 5) == [(True, 0), (True, 2), (False, None)]
    assert plan([6, 0.5], 5) == [(False, None), (False, None)]
    assert plan([1], 0) == [(False, None)] and plan([0.5], 0.5) == [(True, 0)]


def test_hours_taken_before_come_first_and_the_capacity_is_spread_evenly() -> None:
    assert plan([1, 1], 5, taken=3) == [(True, 3), (True, 4)] and plan([1, 1], 5, taken=3.5) == [(True, 3), (False, None)]
    assert plan([1] * 5, 5) == [(True, n) for n in range(5)] and plan([0.5] * 4, 2) == [(True, 0), (True, 1), (True, 2), (True, 3)]
    assert plan([2, 2, 2], 10, first_day=True) == [(True, 0)] * 3 and plan([3, 3], 5, first_day=True) == [(True, 0), (False, None)]


def staked(
    p: float | None, worth: float | None, margin: float = 10.0, health: float = 40.0, band: str = "watch", **more: Any
) -> dict[str, Any]:
    return {
        "status": "active",
        "p_leave_180d": p,
        "lifetime_value": worth,
        "margin": margin,
        "health": health,
        "band": band,
        "chance_from": None if p is None else "model",
    } | more


def stakes(*given: dict[str, Any], seen: pl.DataFrame | None = None) -> pl.DataFrame:
    kinds = {"p_leave_180d": pl.Float64, "lifetime_value": pl.Float64, "chance_from": pl.String, "health": pl.Float64}
    frame = pl.DataFrame([{"customer_id": f"C{n}"} | row for n, row in enumerate(given)], schema_overrides=kinds, infer_schema_length=None)
    value = frame.select("customer_id", "p_leave_180d", "lifetime_value", "chance_from", "margin")
    return value_at_stake.rank_by_stake(frame.drop("p_leave_180d", "lifetime_value", "chance_from"), value, Assumptions(), seen)


def test_worth_is_the_saved_share_of_the_risk_less_the_cost_and_the_stake_is_never_below_nothing() -> None:
    found = stakes(staked(0.5, 4000.0), staked(0.1, 2000.0), staked(0.5, -100.0))
    assert found["customer_id"].to_list() == ["C0", "C1", "C2"]
    assert found["at_stake"].to_list() == [2000, 200, 0]
    assert found["worth"].to_list() == pytest.approx([2000 * 0.15 - 30, 0, -50 * 0.15 - 30])


def test_those_without_a_value_stand_behind_by_margin_times_missing_health_and_ties_by_id() -> None:
    found = stakes(
        staked(None, None, 1.0, 0.0),
        staked(0.01, 1.0),
        staked(None, 500.0, 2.0, 0.0),
        staked(0.3, None, 5.0, 60.0),
        staked(0.01, 1.0),
    )
    assert found["customer_id"].to_list() == ["C1", "C4", "C2", "C3", "C0"]
    assert found["urge"].to_list() == [None, None, 200, 200, 100]
    assert found["chance_from"].to_list() == ["model", "model", None, None, None]
    gone = stakes(staked(0.5, 100.0, status="lost"), staked(0.5, 100.0))
    assert gone["customer_id"].to_list() == ["C1"]


def test_the_band_stands_in_only_where_no_chance_is_known_and_only_where_one_was_observed() -> None:
    seen = pl.DataFrame({"band": ["watch"], "customers": [50], "lost": [10], "rate": [0.2]})
    found = stakes(staked(None, None), staked(0.3, 1000.0), staked(None, None, band="healthy"), seen=seen).sort("customer_id")
    assert found["chance_from"].to_list() == ["band", "model", None]
    assert found["p_loss"][1] == 0.3 and found["lifetime_value"][1] == 1000.0 and found["p_loss"][2] is None
    none = stakes(staked(None, None), seen=seen.clear())
    assert none["chance_from"].to_list() == [None]


def test_how_the_list_is_ordered_says_how_many_lack_a_chance() -> None:
    seen = pl.DataFrame({"band": ["watch"], "customers": [50], "lost": [10], "rate": [0.2]})
    known, banded, lacking = staked(0.3, 10.0), staked(None, None), staked(None, None, band="healthy")
    lengths = [
        len(value_at_stake.ranking_sentences(stakes(*given, seen=seen), Assumptions()))
        for given in ((known,), (known, banded), (known, lacking), (known, banded, lacking), (lacking,))
    ]
    assert lengths == [1, 2, 2, 3, 1]
    frame = pl.DataFrame({"customer_id": ["a", "b"], "status": ["active", "lost"]})
    value = pl.DataFrame({"customer_id": ["a", "b"], "p_leave_180d": [0.1, None], "lifetime_value": [1.0, None]})
    assert not value_at_stake.needs_band_rates(frame, value) and value_at_stake.needs_band_rates(frame, value.head(0))
    assert value_at_stake.needs_band_rates(frame, value.with_columns(pl.lit(None, pl.Float64).alias("lifetime_value")))


DAY = date(2024, 6, 20)
CALM: dict[str, Any] = {
    "customer_id": "A",
    "health": 80.0,
    "health_before": 80.0,
    "coverage": 100.0,
    "promises": 0,
    "promise_on": None,
    "invoices_present": True,
    "overdue_60": 0,
    "complaints_present": True,
    "open": 0,
    "past": 0,
    "past_days": None,
    "days_to_end": None,
    "agreed_until": None,
    "score_segment": None,
} | {c.column: 80.0 for c in COMPONENTS}
KINDS = {
    "promise_on": pl.Date,
    "agreed_until": pl.Date,
    "days_to_end": pl.Int64,
    "past_days": pl.Int64,
    "score_segment": pl.String,
    "health": pl.Float64,
    "health_before": pl.Float64,
    "past": pl.Int64,
}


def happened(**facts: Any) -> dict[str, Any]:
    """By event its value, of a customer about whom else nothing is to be told."""
    frame = pl.DataFrame([CALM | facts], schema_overrides=KINDS)
    return {row["reason"]: row["value"] for found in event_reasons.fact_reasons(frame, DAY, DEFAULT) for row in found.iter_rows(named=True)}


EVENTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"promises": 1, "promise_on": DAY}, {"promise": 1}),
    ({"overdue_60": 1}, {"unpaid": 1}),
    ({"open": 1}, {"complaint": 1}),
    ({"overdue_60": 1, "invoices_present": False}, {}),
    ({"open": 1, "complaints_present": False}, {}),
    ({"health_before": 85.0}, {"fall": -5}),
    ({"health_before": 84.99}, {}),
    ({"health_before": 70.0}, {}),
    ({"health_before": None}, {}),
    ({"days_to_end": 0, "agreed_until": DAY}, {"term": 0}),
    ({"days_to_end": 90, "agreed_until": DAY}, {"term": 90}),
    ({"days_to_end": 91, "agreed_until": DAY}, {}),
    ({"days_to_end": -1, "agreed_until": DAY}, {}),
    ({"coverage": 60.0}, {}),
    ({"coverage": 59.99}, {"coverage": 59.99}),
]


@pytest.mark.parametrize("facts, expected", EVENTS, ids=[str(facts) for facts, _ in EVENTS])
def test_an_event_is_told_exactly_from_its_edge_on(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    assert {name: pytest.approx(value) for name, value in happened(**facts).items()} == expected


def test_a_fall_is_taken_over_three_months_from_a_month_end() -> None:
    days = (date(2024, 6, 20), date(2024, 6, 30), date(2024, 7, 1), date(2024, 5, 31))
    assert [month_end(day, -event_reasons.FALL_MONTHS) for day in days] == [
        date(2024, 3, 31),
        date(2024, 3, 31),
        date(2024, 4, 30),
        date(2024, 2, 29),
    ]


def test_only_the_highest_tier_is_visited_and_a_visit_takes_two_hours() -> None:
    rows = pl.DataFrame({"reason": ["renewal", "renewal", "renewal", "critical"], "tier": ["A", "B", None, "A"]})
    assert next_action(rows)["hours"].to_list() == [2.0, 0.5, 0.5, 0.5]
    assert next_action(rows)["what"].n_unique() == 3


def words(expression: pl.Expr, *values: Any) -> list[str]:
    return pl.DataFrame({"x": list(values)}).select(expression.alias("w"))["w"].to_list()


def test_numbers_are_rounded_a_half_up_and_one_is_singular() -> None:
    assert words(percent_words(pl.col("x")), 17.49, 17.5, 0.4) == ["17\u00a0%", "18\u00a0%", "0\u00a0%"]
    assert words(tenths_words(pl.col("x")), 4.0, 4.25, 4.24, 4.95, 0.05, 10.0) == ["4", "4.3", "4.2", "5", "0.1", "10"]
    assert words(count_words(pl.col("x"), "day"), 0, 1, 2) == ["0 days", "1 day", "2 days"]


def test_a_day_bears_its_year_from_301_days_away_on() -> None:
    days = [DAY + timedelta(days=n) for n in (-301, -300, 0, 300, 301)]
    assert [len(said.split()) for said in words(day_words(pl.col("x"), DAY), *days)] == [3, 2, 2, 2, 3]


# ---- the order of the reasons ---------------------------------------------------------------------------------------


COLUMNS = {c.key: c.column for c in COMPONENTS}


def told(*given: dict[str, Any]) -> list[tuple[str, int, str]]:
    """(customer, nth, component or event) of customers with nothing else to tell; the points of components by their keys, else full."""
    full = dict.fromkeys(COLUMNS.values(), 100.0) | {"status": "active", "tenure_months": 24}
    rows = [ROW | CALM | full | {COLUMNS.get(name, name): value for name, value in facts.items()} for facts in given]
    now = pl.DataFrame(rows, schema_overrides=KINDS, infer_schema_length=None).drop("past", "past_days", "promises", "promise_on")
    ids = {"customer_id": pl.String}
    read = ReasonInputs(
        complaints=pl.DataFrame(
            schema=ids
            | dict.fromkeys(("answer_broken", "solution_broken"), pl.Boolean)
            | dict.fromkeys(("answered_at", "answer_due_at", "solution_due_at"), pl.Datetime("us"))
        ),
        raised=pl.DataFrame(schema=ids | {"raised_365": pl.Int64}),
        answers=pl.DataFrame(schema=ids),
        handovers=pl.DataFrame(schema=ids),
        promises=pl.DataFrame(schema=ids | {"due_on": pl.Date}),
        gaps=pl.DataFrame(schema=ids | {"product": pl.String, "above_cents": pl.Int64, "gap_pct": pl.Float64}),
    )
    found = reasons.reasons(now, read, pl.DataFrame(schema=urgent.COLUMNS), DAY, DEFAULT)
    return [(row["customer_id"], row["nth"], row["component"] or row["reason"]) for row in found.iter_rows(named=True)]


def first_two(**facts: Any) -> list[str]:
    return [what for _, _, what in told(facts)]


EDGE = float(DEFAULT.healthy_from)


def test_a_component_below_the_healthy_edge_comes_before_an_event_and_one_on_the_edge_after_it() -> None:
    assert first_two(contact=EDGE - 0.01, overdue_60=1) == ["contact", "unpaid"]
    assert first_two(contact=EDGE, overdue_60=1) == ["unpaid", "contact"]
    assert first_two(contact=99.99, overdue_60=1) == ["unpaid", "contact"]
    assert first_two(contact=EDGE, price=EDGE - 0.01, overdue_60=1) == ["price", "unpaid"], "however little it loses"


def test_of_components_the_one_that_loses_most_comes_first_and_of_equals_the_one_declared_first() -> None:
    assert first_two(contact=40.0, complaints=39.99) == ["complaints", "contact"]
    assert first_two(contact=40.0, complaints=40.0) == ["contact", "complaints"]
    assert first_two(price=40.0, tenure=40.0, complaints=80.0) == ["price", "tenure"]
    assert first_two(contact=60.0, price=39.99) == ["price", "contact"], "30 x 40 lost and 20 x 60.01"
    assert first_two(contact=60.0, price=40.0) == ["contact", "price"], "30 x 40 and 20 x 60 are equal"


def test_of_events_the_one_declared_first_comes_first_and_there_are_two_at_most() -> None:
    assert first_two(overdue_60=1, health=70.0, days_to_end=9, agreed_until=DAY) == ["unpaid", "fall"]
    assert first_two(coverage=10.0, days_to_end=9, agreed_until=DAY) == ["term", "coverage"]


def test_the_reasons_stand_by_customer_and_nothing_stands_out_where_there_is_none() -> None:
    weak = {"contact": 10.0, "price": 20.0}
    found = told({"customer_id": "B"} | weak, {"customer_id": "C"}, {"customer_id": "A"} | weak)
    assert found == [("A", 1, "contact"), ("A", 2, "price"), ("B", 1, "contact"), ("B", 2, "price"), ("C", 1, "none")]
