"""The week's list: the ranking of docs/method.md, section 8, the hours, and what is shown without a churn probability."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from health import demo, portfolio
from health.access import Book
from health.desk import worklist
from health.desk.worklist import Week
from health.desk.worklist.capacity import working_days
from health.foresight import lifetime
from health.foresight.lifetime import Assumptions
from health.foresight.lifetime.band_fallback import constant_hazard_annuity
from tests.books import analyst, rows, small_book, warehouse_of
from tests.desk.office import manager

DAY = date(2026, 10, 31)
MONDAY = date(2026, 11, 2)
SEEN = pl.DataFrame({"band": ["at_risk", "watch", "healthy"], "customers": [50, 50, 50], "lost": [20, 10, 2], "rate": [0.4, 0.2, 0.04]})
NONE_SEEN = SEEN.clear()
Values = dict[str, tuple[float | None, float | None]]


@pytest.fixture(scope="module")
def book() -> Book:
    return analyst(warehouse_of(demo.generate(customers=60, months=14).tables))


@pytest.fixture(scope="module")
def now(book: Book) -> pl.DataFrame:
    return portfolio.build(book, DAY)


def valued(now: pl.DataFrame, values: Values) -> pl.DataFrame:
    """As `lifetime.value` gives it: (chance within 180 days, lifetime value) by customer, unknown for the others."""
    told = [values.get(i, (None, None)) for i in now["customer_id"]]
    return now.select("customer_id", "margin").with_columns(
        pl.Series("p_leave_180d", [p for p, _ in told], pl.Float64),
        pl.Series("lifetime_value", [worth for _, worth in told], pl.Float64),
        pl.Series("chance_from", [None if p is None else "model" for p, _ in told], pl.String),
    )


@pytest.fixture(scope="module")
def values(now: pl.DataFrame) -> Values:
    """Some equal to others, some worth less than nothing, some of whom nothing is known."""
    draw = random.Random(7)
    chances, worths = (0.02, 0.1, 0.3), (-500.0, 200.0, 4_000.0, 20_000.0)
    known = {i: (draw.choice(chances), draw.choice(worths)) for i in now["customer_id"]}
    return {i: told if draw.random() < 0.85 else (None, None) for i, told in known.items()}


@pytest.fixture(scope="module")
def ask(book: Book, now: pl.DataFrame, values: Values) -> Callable[..., Week]:
    def week(capacity: float = 10, given: Values = values, seen: pl.DataFrame = NONE_SEEN, **more: Any) -> Week:
        return worklist.week(book, DAY, capacity, now, valued(now, given), seen, **more)

    return week


def test_the_order_is_the_ranking_of_the_method_ties_by_id(ask: Callable[..., Week], now: pl.DataFrame, values: Values) -> None:
    week = ask()
    urgent = set(week.urgent["customer_id"])
    worth, unknown = {}, {}
    for row in now.filter(pl.col("status") == "active").iter_rows(named=True):
        chance, value = values[row["customer_id"]]
        if row["customer_id"] in urgent:
            continue
        if chance is None or value is None:
            unknown[row["customer_id"]] = row["margin"] * (100 - row["health"])
        else:
            worth[row["customer_id"]] = chance * value * 0.15 - 30
    mine = sorted((i for i in worth if worth[i] > 0), key=lambda i: (-worth[i], i))
    assert len({worth[i] for i in mine}) < len(mine) - 5, "no ties to break"
    assert week.ranked["customer_id"].to_list() == mine + sorted(unknown, key=lambda i: (-unknown[i], i))
    assert week.below["customer_id"].to_list() == sorted((i for i in worth if worth[i] <= 0), key=lambda i: (-worth[i], i))
    assert week.ranked["worth"].drop_nulls().to_list() == pytest.approx([worth[i] for i in mine])
    assert unknown and week.below.height and week.below["due"].null_count() == week.below.height
    assert any(f"{week.below.height} customers are low priority" in said for said in week.words)
    assert any("without a churn probability or value come last, by monthly margin x (100 - health)" in said for said in week.words)


def test_it_is_said_to_be_a_risk_and_never_an_effect(ask: Callable[..., Week]) -> None:
    assert "ranks by risk" in ask().rule and "15\u00a0% save rate - €30 per action" in ask().rule


def test_nobody_stands_twice_and_the_gone_stand_nowhere(ask: Callable[..., Week], now: pl.DataFrame) -> None:
    week = ask()
    listed = [i for frame in (week.urgent, week.ranked, week.below) for i in frame["customer_id"]]
    assert len(listed) == len(set(listed)) and set(listed) >= set(now.filter(pl.col("status") == "active")["customer_id"])
    assert not set(listed) & set(now.filter(pl.col("status") == "lost")["customer_id"])
    assert week.ranked["why"].null_count() == 0 and week.ranked["what"].null_count() == 0 and week.urgent["why"].null_count() == 0


def test_the_same_list_whatever_the_order_of_what_it_reads(
    book: Book, ask: Callable[..., Week], now: pl.DataFrame, values: Values
) -> None:  # fmt: skip
    one = ask()
    mixed = now.sample(fraction=1, shuffle=True, seed=3)
    two = worklist.week(book, DAY, 10, mixed, valued(mixed, values).sample(fraction=1, shuffle=True, seed=5), NONE_SEEN)
    assert all(getattr(one, name).equals(getattr(two, name)) for name in ("urgent", "ranked", "below", "away", "reasons", "triggers"))
    assert (one.words, one.covered_share, one.hours) == (two.words, two.covered_share, two.hours)


@pytest.mark.parametrize("capacity", [0, 0.4, 3, 9.5, 1_000])
def test_the_hours_cut_the_list_the_urgent_lane_takes_its_own_first(ask: Callable[..., Week], capacity: float) -> None:
    week = ask(capacity)
    left, cut, held = capacity, False, 0.0
    for row in [*week.urgent.iter_rows(named=True), *week.ranked.iter_rows(named=True)]:
        cut = cut or row["hours"] > left + 1e-9
        left -= row["hours"]
        assert row["in_week"] == (not cut) == (row["due"] is not None)
        held += (row["at_stake"] or 0) * (not cut)
    assert week.hours <= capacity and week.at_stake is not None
    assert week.covered_share == pytest.approx(held / week.at_stake)
    if capacity > 500:
        assert "covering 100" in " ".join(week.words) or week.below["at_stake"].sum() > 0
    if 0 < capacity < 1 and week.urgent.height:
        assert any(said.startswith("Urgent customers alone need") for said in week.words)


def test_what_is_urgent_is_due_first_and_the_rest_is_spread_over_the_working_days(ask: Callable[..., Week]) -> None:
    week = ask(20)
    assert week.urgent.height and set(week.urgent.filter("in_week")["due"]) == {MONDAY}
    due = week.ranked["due"].drop_nulls().to_list()
    assert due == sorted(due) and {day.weekday() for day in due} <= set(range(5)) and due[0] >= MONDAY and len(set(due)) > 1


def test_a_week_has_its_working_days() -> None:
    assert working_days(DAY) == [date(2026, 11, n) for n in range(2, 7)], "after a Saturday the week that follows"
    assert working_days(date(2026, 11, 4)) == [date(2026, 11, n) for n in (4, 5, 6)]
    assert working_days(date(2026, 11, 6)) == [date(2026, 11, 6)]


def test_where_no_chance_is_known_the_band_stands_in_and_that_is_said(ask: Callable[..., Week], now: pl.DataFrame) -> None:
    week = ask(given={}, seen=SEEN)
    rated = dict(zip(SEEN["band"], SEEN["rate"], strict=True))
    months = 180 / 30.4375
    bands = {i: (band, margin) for i, band, margin in now.select("customer_id", "band", "margin").iter_rows()}
    listed = pl.concat([week.ranked, week.below]).filter(pl.col("p_loss").is_not_null())
    assert listed.height > 20 and set(listed["chance_from"]) == {"band"}
    for i, chance, value in listed.select("customer_id", "p_loss", "lifetime_value").iter_rows():
        band, margin = bands[i]
        hazard = 1 - (1 - rated[band]) ** (1 / months)
        assert chance == pytest.approx(1 - (1 - hazard) ** 6)
        assert value == pytest.approx(margin * constant_hazard_annuity(pl.Series([hazard]).to_numpy(), 0.10, 60)[0][0])
    assert any("the observed churn rate of the band is used" in said for said in week.words)


def test_where_nothing_was_observed_of_a_band_the_order_is_margin_by_missing_health(
    ask: Callable[..., Week], now: pl.DataFrame
) -> None:  # fmt: skip
    week = ask(given={})
    assert week.rule.startswith("No churn probability is available: ranked by monthly margin x (100 - health).")
    urge = {i: margin * (100 - health) for i, margin, health in now.select("customer_id", "margin", "health").drop_nulls().iter_rows()}
    mine = week.ranked["customer_id"].to_list()
    assert len(mine) > 20 and mine == sorted(mine, key=lambda i: (-urge[i], i))
    assert week.at_stake is week.covered_share is None and week.below.is_empty()


def test_a_thin_book_has_a_list_without_any_model() -> None:
    book = analyst(warehouse_of(small_book()))
    day = date(2024, 6, 10)
    value = lifetime.value(book, day, None, Assumptions())
    week = worklist.week(book, day, 8, portfolio.build(book, day), value)
    assert week.ranked["customer_id"].to_list() == ["A", "B"] and week.ranked["at_stake"].null_count() == 2
    nobody = analyst(warehouse_of({"customers": rows("customers", {"customer_id": "X", "name": "X"})}))
    empty = worklist.week(nobody, day, 8, portfolio.build(nobody, day), lifetime.value(nobody, day, None, Assumptions()))
    assert empty.ranked.is_empty() and empty.urgent.is_empty() and "0 customers in 0 of 8 hours" in empty.words[0]


def test_a_manager_sees_the_own_customers_only_even_where_more_is_handed_in(
    book: Book, now: pl.DataFrame, values: Values
) -> None:  # fmt: skip
    owner = now.filter(pl.col("status") == "active")["owner"].mode().sort()[0]
    own = set(now.filter(pl.col("owner") == owner)["customer_id"])
    week = worklist.week(manager(book._warehouse, owner), DAY, 10, now, valued(now, values), NONE_SEEN)
    for frame in (week.urgent, week.ranked, week.below, week.reasons, week.triggers):
        assert set(frame["customer_id"]) <= own
    assert week.reasons.height and worklist.week(book, DAY, 10, now, valued(now, values), NONE_SEEN, owner).ranked.equals(week.ranked)


def test_a_play_is_shown_where_one_is_suggested_to_this_customer(ask: Callable[..., Week]) -> None:
    one, two, *_ = ask().ranked["customer_id"]
    week = ask(plays=pl.DataFrame({"customer_id": [two, one, one], "play": ["price", "rescue", "price"]}))
    every = pl.concat([week.ranked, week.urgent.select(week.ranked.columns)]).drop_nulls("play")
    assert dict(every.select("customer_id", "play").iter_rows()) == {one: "rescue", two: "price"}


def test_the_highest_tier_is_visited_and_that_takes_longer(ask: Callable[..., Week], now: pl.DataFrame) -> None:
    week = ask()
    listed = week.ranked.join(now.select("customer_id", "tier"), on="customer_id")
    visits = listed.filter(pl.col("what").str.starts_with("Visit"))
    assert set(listed["hours"]) <= {0.5, 2.0} and visits.height == listed.filter(pl.col("hours") == 2.0).height
    assert set(visits["tier"]) <= {"A"}


def test_looking_at_the_week_writes_nothing(book: Book, ask: Callable[..., Week]) -> None:
    version = book.version
    assert ask().urgent.height and book.version == version
