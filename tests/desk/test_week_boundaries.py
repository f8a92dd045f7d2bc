"""What the week's hours hold, what is worth a call and what counts as a reason, each exactly at its edge."""

from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest

from health import portfolio
from health.access import Book
from health.desk import worklist
from health.desk.worklist import event_reasons, inputs, reasons, urgent, value_at_stake
from health.desk.worklist.capacity import schedule, working_days
from health.desk.worklist.inputs import ReasonInputs
from health.desk.worklist.next_action import actions, next_action
from health.foresight.lifetime.assumptions import Assumptions
from health.month_ends import month_end
from health.score.components import COMPONENTS
from health.score.settings import DEFAULT, Settings
from health.score.wording import count_words, day_words, percent_words, tenths_words
from tests.books import analyst, rows, unscored, warehouse_of
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
    assert plan([0.5, 0.5], 1) == [(True, 0), (True, 2)] and plan([0], 0) == [(True, 0)]
    plain = schedule(pl.DataFrame({"hours": [4.9, 0.1]}), 5, working_days(MONDAY))
    assert plain["in_week"].to_list() == [True, True], "nothing is taken before unless it is said"


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
        len(value_at_stake.exceptions_to_rule(stakes(*given, seen=seen)))
        for given in ((known,), (known, banded), (known, lacking), (known, banded, lacking), (lacking,))
    ]
    assert lengths == [0, 1, 1, 2, 0]
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
    "days_to_notice": None,
    "notice_by": None,
    "notice_assumed": None,
    "score_segment": None,
} | {c.column: 80.0 for c in COMPONENTS}
KINDS = {
    "promise_on": pl.Date,
    "notice_by": pl.Date,
    "notice_assumed": pl.Boolean,
    "days_to_end": pl.Int64,
    "days_to_notice": pl.Int64,
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
    ({"days_to_notice": 0, "days_to_end": 30, "notice_by": DAY}, {"term": 0}),
    ({"days_to_notice": 90, "days_to_end": 120, "notice_by": DAY}, {"term": 90}),
    ({"days_to_notice": 91, "days_to_end": 121, "notice_by": DAY}, {}),
    ({"days_to_notice": -30, "days_to_end": 0, "notice_by": DAY}, {"term": -30}),
    ({"days_to_notice": -31, "days_to_end": -1, "notice_by": DAY}, {}),
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


def test_each_reason_of_the_score_has_the_action_declared_with_it() -> None:
    declared = [(key, reason) for component in COMPONENTS for _, key, reason in component.reasons()]
    assert {key: (actions()[key].call, actions()[key].visit) for key, _ in declared} == {k: (r.call, r.visit) for k, r in declared}


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


def explained(*given: dict[str, Any], in_force: Settings = DEFAULT, **inputs: pl.DataFrame) -> pl.DataFrame:
    """The reasons of customers with nothing else to tell; the points of components by their keys, else full."""
    full = dict.fromkeys(COLUMNS.values(), 100.0) | {"status": "active", "tenure_months": 24}
    rows = [ROW | CALM | full | {COLUMNS.get(name, name): value for name, value in facts.items()} for facts in given]
    points = dict.fromkeys(COLUMNS.values(), pl.Float64)
    now = pl.DataFrame(rows, schema_overrides=KINDS | points, infer_schema_length=None)
    nothing = {name: pl.DataFrame(schema={"customer_id": pl.String} | columns) for name, columns in INPUTS.items()}
    read = ReasonInputs(**nothing | inputs)
    own = now.drop("past", "past_days", "promises", "promise_on")
    return reasons.reasons(own, read, pl.DataFrame(schema=urgent.COLUMNS), DAY, in_force)


INPUTS: dict[str, dict[str, Any]] = {
    "complaints": dict.fromkeys(("answer_broken", "solution_broken"), pl.Boolean)
    | dict.fromkeys(("answered_at", "answer_due_at", "solution_due_at"), pl.Datetime("us"))
    | {"seen_to": pl.Date},
    "raised": {"raised_365": pl.Int64},
    "answers": {},
    "handovers": {},
    "promises": {"due_on": pl.Date},
    "gaps": {"product": pl.String, "above_cents": pl.Int64, "gap_pct": pl.Float64},
}


def told(*given: dict[str, Any]) -> list[tuple[str, int, str]]:
    """(customer, nth, component or event)."""
    return [(row["customer_id"], row["nth"], row["component"] or row["reason"]) for row in explained(*given).iter_rows(named=True)]


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
    assert first_two(overdue_60=1, health=70.0, days_to_notice=9, days_to_end=39, notice_by=DAY) == ["unpaid", "fall"]
    assert first_two(coverage=10.0, days_to_notice=9, days_to_end=39, notice_by=DAY) == ["term", "coverage"]
    assert first_two(overdue_60=1) == ["unpaid"], "what stands out is not followed by nothing stands out"


def test_the_reasons_stand_by_customer_and_nothing_stands_out_where_there_is_none() -> None:
    weak = {"contact": 10.0, "price": 20.0}
    found = told({"customer_id": "B"} | weak, {"customer_id": "C"}, {"customer_id": "A"} | weak)
    assert found == [("A", 1, "contact"), ("A", 2, "price"), ("B", 1, "contact"), ("B", 2, "price"), ("C", 1, "none")]
    assert explained({}).select("lost", "value", "against").row(0) == (0, None, None)


def test_a_component_is_a_reason_from_the_smallest_loss_on() -> None:
    light = Settings(weights=dict.fromkeys(COLUMNS, 0) | {"contact": 99, "price": 1})
    [row] = explained({"price": 99.99, "complaints": 10.0}, in_force=light).to_dicts()
    assert (row["component"], row["lost"]) == ("price", 0.0001), "a hundredth of a point at weight 1; what weighs nothing is left out"


def test_the_dearest_product_is_the_one_that_costs_most_above_the_market_ties_by_name() -> None:
    gaps = pl.DataFrame({"customer_id": "A", "product": ["c", "b", "a"], "above_cents": [9, 9, 5], "gap_pct": [3.0, 12.0, 40.0]})
    for frame in (gaps, gaps.reverse()):
        [row] = explained({"price": 10.0}, gaps=frame).to_dicts()
        assert "b" in row["words"].split() and row["of_what"] == "b"


def test_overdue_complaints_count_those_with_a_running_limit_and_the_longest() -> None:
    def due(days: int) -> datetime:
        return datetime.combine(DAY + timedelta(days=days), time(9))

    blank = {"customer_id": "A", "answer_broken": False, "solution_broken": False, "answered_at": None, "seen_to": DAY}
    ends = {"answer_due_at": due(-9), "solution_due_at": due(-2)}
    given = {
        "none": blank | ends,
        "unanswered": blank | ends | {"answer_broken": True},
        "answered late": blank | ends | {"answer_broken": True, "answered_at": due(-5)},
        "unsolved": blank | ends | {"solution_broken": True, "answered_at": due(-9)},
        "both": blank | ends | {"answer_broken": True, "solution_broken": True},
    }
    kinds = dict.fromkeys(("answered_at", "answer_due_at", "solution_due_at"), pl.Datetime("us"))

    def of(*names: str) -> tuple[str, float | None]:
        frame = pl.DataFrame([given[name] for name in names], schema_overrides=kinds)
        [row] = explained({"open": len(names)}, complaints=frame).to_dicts()
        return row["words"], row["against"]

    assert of("none")[1] is None and of("answered late")[1] is None
    assert [of(name)[1] for name in ("unanswered", "unsolved", "both")] == [9, 2, 9]
    assert of("unsolved", "unanswered", "none") == ("3 complaints open, 2 overdue by up to 9 days", 9)


def test_a_broken_promise_tells_the_last_of_its_days() -> None:
    frame = pl.DataFrame({"customer_id": "A", "due_on": [DAY - timedelta(days=n) for n in (30, 3, 60)]})
    [row] = explained({}, promises=frame).to_dicts()
    assert (row["reason"], row["value"], row["on_day"]) == ("promise", 3, DAY - timedelta(days=3))


@pytest.mark.parametrize("before, words", [(85.0, "down 5 points"), (85.6, "down 6 points"), (85.4, "down 5 points")])
def test_a_fall_is_told_in_whole_points(before: float, words: str) -> None:
    [row] = explained({"health_before": before}).to_dicts()
    assert row["words"] == f"Health {words} since 31 Mar"


@pytest.mark.parametrize("coverage, words", [(59.5, "59"), (59.51, "60"), (59.99, "60"), (50.0, "50")])
def test_missing_data_is_told_with_what_is_missing_and_rounds_a_half_down(coverage: float, words: str) -> None:
    segments = Settings(
        weights=dict.fromkeys(COLUMNS, 0) | {"contact": 98, "price": 1, "payment": 1},
        segment_weights={"small": dict.fromkeys(COLUMNS, 0) | {"contact": 100}},
    )
    lacking = {"coverage": coverage, "price": None, "payment": None, "usage": None, "score_segment": None}
    [row] = explained(lacking, in_force=segments).to_dicts()
    assert row["words"] == f"Coverage {words}\u00a0%: no market prices, invoices"
    assert row["of_what"] == "no market prices, no invoices"
    [row] = explained(lacking | {"score_segment": "small", "contact": None}, in_force=segments).to_dicts()
    assert row["of_what"] == "no contacts", "what weighs nothing in the segment is not missed"
    [row] = explained({"overdue_60": 1}, in_force=segments).to_dicts()
    assert row["of_what"] is None


# ---- promises read from the rows, and the whole week ----------------------------------------------------------------


def test_a_broken_handover_counts_among_the_broken_promises_of_ninety_days() -> None:
    def signed(days: int) -> dict[str, Any]:
        return {"product": "m", "start_on": DAY - timedelta(days=days), "unit_price": 1}

    def at(days: int) -> datetime:
        return datetime.combine(DAY - timedelta(days=days), time(9))

    lines = {"within": 90, "beyond": 91, "open": 0, "kept": 10, "given": 10, "given and kept": 10}
    call = {"channel": "call", "direction": "out"}
    handover = {"kind": "handover", "promised_on": DAY - timedelta(days=9), "due_at": at(5)}
    warehouse = unscored(
        {
            "customers": rows("customers", *({"customer_id": i, "name": i} for i in lines)),
            "contracts": rows("contracts", *(signed(n) | {"customer_id": i, "contract_id": i} for i, n in lines.items())),
            "interactions": rows(
                "interactions",
                call | {"interaction_id": "1", "customer_id": "else", "occurred_at": at(200)},
                call | {"interaction_id": "2", "customer_id": "kept", "occurred_at": at(10)},
            ),
            "promises": rows(
                "promises",
                handover | {"promise_id": "1", "customer_id": "given"},
                handover | {"promise_id": "2", "customer_id": "given and kept", "delivered_at": at(6)},
            ),
        }
    )
    with warehouse.reading() as session:
        found = inputs.read_inputs(session, DAY, DEFAULT).promises
    assert found.rows() == [("given", DAY - timedelta(days=5)), ("within", DAY - timedelta(days=89))]


@pytest.fixture(scope="module")
def few() -> tuple[Book, pl.DataFrame]:
    """A and B with an open critical complaint, A of them leaving; C and D with nothing to tell."""
    line = {"product": "m", "start_on": date(2023, 1, 1), "unit_price": 100, "quantity": 1}
    ends = {"A": {"notice_on": DAY - timedelta(days=20), "terminated_on": DAY + timedelta(days=40)}}
    opened = datetime.combine(DAY, time(9))
    critical = {"severity": 4, "opened_at": opened, "first_response_at": opened}
    warehouse = warehouse_of(
        {
            "customers": rows("customers", *({"customer_id": i, "name": i, "customer_since": date(2023, 1, 1)} for i in "ABCD")),
            "contracts": rows("contracts", *(line | ends.get(i, {}) | {"customer_id": i, "contract_id": i} for i in "ABCD")),
            "complaints": rows("complaints", *(critical | {"customer_id": i, "complaint_id": i} for i in "AB")),
        }
    )
    book = analyst(warehouse)
    return book, portfolio.build(book, DAY)


def planned(few: tuple[Book, pl.DataFrame], worths: dict[str, float]) -> worklist.Week:
    """The week of these customers by lifetime value: each leaves with a probability of a half, calls save 15 %, an action costs 30."""
    book, now = few
    value = now.select(
        "customer_id",
        "margin",
        pl.lit(0.5).alias("p_leave_180d"),
        pl.col("customer_id").replace_strict(worths, default=None, return_dtype=pl.Float64).alias("lifetime_value"),
        pl.lit("model").alias("chance_from"),
    )
    return worklist.week(book, DAY, 10, now, value, pl.DataFrame(schema={"band": pl.String, "rate": pl.Float64}))


def test_an_action_that_saves_exactly_its_cost_is_below_the_line_and_one_that_saves_more_is_not(few: tuple[Book, pl.DataFrame]) -> None:
    week = planned(few, {"C": 400.0, "D": 404.0})
    assert (week.below["customer_id"].to_list(), week.ranked["customer_id"].to_list()) == (["C"], ["D"])
    assert week.below["worth"].to_list() == [0] and 0 < week.ranked["worth"][0] < 1


def test_of_equal_triggers_those_who_are_not_leaving_come_first(few: tuple[Book, pl.DataFrame]) -> None:
    week = planned(few, {})
    assert week.urgent.select("customer_id", "trigger").rows() == [("B", "critical"), ("A", "critical")]


def test_a_share_of_the_value_at_stake_is_told_where_something_is_at_stake(few: tuple[Book, pl.DataFrame]) -> None:
    nothing = planned(few, {"C": -10.0, "D": -10.0})
    assert (nothing.at_stake, nothing.covered_share) == (0, None)
    little = planned(few, {"C": 1.0, "D": -10.0})
    assert (little.at_stake, little.covered_share) == (0.5, 0), "below the line and so not in the week"


def test_one_below_the_line_is_singular(few: tuple[Book, pl.DataFrame]) -> None:
    assert any("1 customer is low priority" in said for said in planned(few, {"C": 10.0, "D": 404.0}).words)
    assert any("2 customers are low priority" in said for said in planned(few, {"C": 10.0, "D": 10.0}).words)
