"""Overrides at the edges of their days: first and last day, the longest one, overlaps, withdrawals, and how authors are judged."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from health.errors import InvalidInput, NotFound
from health.score import overrides, settings
from health.warehouse import Warehouse
from tests.books import analyst, rows, small_book, unscored

NEWEST = date(2024, 6, 10)
NOW = datetime(2024, 6, 12, 9)


def on(days: int) -> date:
    return NEWEST + timedelta(days=days)


@pytest.fixture
def warehouse() -> Warehouse:
    return unscored(small_book())


def added(warehouse: Warehouse, first: int = 1, last: int = 20, **more: Any) -> int:
    given = {"customer_id": "A", "health": None, "band": "watch", "author": " ana ", "reason": " why ", "now": NOW}
    return overrides.add(analyst(warehouse), **(given | {"from_on": on(first), "until_on": on(last)} | more))  # type: ignore[arg-type]


def held(warehouse: Warehouse, day: int) -> list[int]:
    with warehouse.reading() as session:
        return overrides.overrides_on(session, on(day))["override_id"].to_list()


@pytest.mark.parametrize("health, kept", [(0, 0), (100, 10_000), (64.99, 6499), (0.01, 1)])
def test_health_runs_from_0_to_100_with_two_decimals(warehouse: Warehouse, health: float, kept: int) -> None:
    added(warehouse, health=health, band=None)
    with warehouse.reading() as session:
        assert session.rows("overrides").select("health", "band", "author", "reason").row(0) == (kept, None, "ana", "why")


@pytest.mark.parametrize("health", [-0.01, 100.01])
def test_health_beyond_its_ends_is_refused(warehouse: Warehouse, health: float) -> None:
    with pytest.raises(InvalidInput):
        added(warehouse, health=health)


def test_an_override_lasts_one_day_at_least_and_ninety_more_at_most(warehouse: Warehouse) -> None:
    with pytest.raises(InvalidInput):
        added(warehouse, 5, 4)
    with pytest.raises(InvalidInput):
        added(warehouse, 5, 96)
    assert [added(warehouse, 5, 5), added(warehouse, 6, 96)] == [1, 2]
    assert [held(warehouse, day) for day in (4, 5, 6, 96, 97)] == [[], [1], [2], [2], []]


def test_it_begins_on_the_newest_day_on_file_or_today_where_that_is_earlier(warehouse: Warehouse) -> None:
    with pytest.raises(InvalidInput):
        added(warehouse, -1)
    with pytest.raises(InvalidInput):
        added(warehouse, -3, now=datetime.combine(on(-2), NOW.time()))
    assert added(warehouse, -2, -1, now=datetime.combine(on(-2), NOW.time())) == 1
    assert added(warehouse, 0) == 2


@pytest.mark.parametrize("first, last, free", [(1, 4, True), (1, 5, False), (10, 12, False), (11, 12, True), (6, 7, False), (1, 30, False)])
def test_two_overrides_of_one_customer_share_no_day(warehouse: Warehouse, first: int, last: int, free: bool) -> None:
    added(warehouse, 5, 10)
    added(warehouse, 1, 40, customer_id="B")
    if free:
        assert added(warehouse, first, last) == 3
    else:
        with pytest.raises(InvalidInput):
            added(warehouse, first, last)


def test_a_withdrawal_frees_its_days_from_that_day_on(warehouse: Warehouse) -> None:
    book, number = analyst(warehouse), added(warehouse, 5, 10)
    with pytest.raises(InvalidInput):
        overrides.withdraw(book, number, "ben", "why", on(11), NOW)
    with pytest.raises(InvalidInput):
        overrides.withdraw(book, number, "ben", " ", on(8), NOW)
    with pytest.raises(InvalidInput):
        overrides.withdraw(book, number, " ", "why", on(8), NOW)
    with pytest.raises(InvalidInput):
        overrides.withdraw(book, number, "ben", "why", on(-1), NOW)
    with pytest.raises(NotFound):
        overrides.withdraw(book, number + 1, "ben", "why", on(8), NOW)
    overrides.withdraw(book, number, "ben", "why", on(8), NOW)
    assert [held(warehouse, day) for day in (7, 8, 10)] == [[number], [], []]


@pytest.mark.parametrize("day", [0, 5, 10])
def test_it_is_withdrawn_from_the_newest_day_to_its_last(warehouse: Warehouse, day: int) -> None:
    number = added(warehouse, 5, 10)
    overrides.withdraw(analyst(warehouse), number, "ben", "why", on(day), NOW)
    assert held(warehouse, day) == []


START = date(2024, 1, 10)
JUDGED_ON = START + timedelta(days=120)
"""90 days, and 30 more until losses within them are known."""


def judged(
    as_of: date, bands: list[tuple[str | None, int | None]], ends: dict[int, int], reasons: dict[int, str | None] | None = None
) -> list[tuple[Any, ...]]:
    """(author, band, overrides, judged, left, share) where customer n of the list left so many days after the override began."""
    names = [f"C{n:02}" for n in range(len(bands))]
    line = {"product": "mobile", "start_on": date(2023, 1, 1), "unit_price": 10}
    exits = [{"customer_id": names[n], "announced_on": START + timedelta(days=days), "left_on": START + timedelta(days=days),
              "reason": (reasons or {}).get(n, "price")} for n, days in ends.items()]  # fmt: skip
    talk = {"interaction_id": "I", "customer_id": names[0], "occurred_at": datetime(2023, 2, 1), "channel": "call", "direction": "in"}
    tables = {
        "customers": rows("customers", *({"customer_id": i, "name": i} for i in names)),
        "contracts": rows("contracts", *(line | {"contract_id": i, "customer_id": i} for i in names)),
        "interactions": rows("interactions", talk), "exits": rows("exits", *exits),
    }  # fmt: skip
    warehouse = unscored(tables)
    given = [
        {"override_id": n, "customer_id": names[n], "health": health, "band": band, "author": "ana", "reason": "r", "from_on": START,
         "until_on": START + timedelta(days=30), "made_at": NOW} for n, (band, health) in enumerate(bands)
    ]  # fmt: skip
    with warehouse.writing() as session:
        session.insert("overrides", pl.DataFrame(given, schema_overrides={"health": pl.Int64, "band": pl.String}, infer_schema_length=None))
        return overrides.track_record(session, as_of).select("author", "band", "overrides", "judged", "left", "share").rows()


def test_they_are_judged_from_the_day_on_which_losses_of_90_days_are_known() -> None:
    ten: list[tuple[str | None, int | None]] = [("at_risk", None)] * 10
    assert judged(JUDGED_ON - timedelta(days=1), ten, {0: 5}) == [("ana", "at_risk", 10, 0, 0, None)]
    assert judged(JUDGED_ON, ten, {0: 5}) == [("ana", "at_risk", 10, 10, 1, 0.1)]


def test_a_loss_counts_from_the_first_to_the_ninetieth_day() -> None:
    ten: list[tuple[str | None, int | None]] = [("at_risk", None)] * 10
    assert judged(JUDGED_ON, ten, {0: 0, 1: 1, 2: 90, 3: 91}) == [("ana", "at_risk", 10, 10, 2, 0.2)]


def test_a_share_needs_ten_judged_and_ends_that_say_nothing_are_left_out() -> None:
    eleven: list[tuple[str | None, int | None]] = [("watch", None)] * 11
    assert judged(JUDGED_ON, eleven, {0: 5, 1: 6}, {1: "insolvency"}) == [("ana", "watch", 10, 10, 1, 0.1)]
    assert judged(JUDGED_ON, eleven, {0: 5, 1: 6, 2: 7}, {1: "merged", 2: "we_ended"}) == [("ana", "watch", 9, 9, 1, None)]
    assert judged(JUDGED_ON, eleven, {0: 5, 1: 91}, {1: "insolvency"}) == [("ana", "watch", 11, 11, 1, 1 / 11)]
    assert judged(JUDGED_ON, eleven, {0: 5}, {0: None}) == [("ana", "watch", 11, 11, 1, 1 / 11)], "a loss without a reason counts"


def test_an_override_of_health_alone_is_held_in_the_band_of_the_edges() -> None:
    given: list[tuple[str | None, int | None]] = [(None, 4999), (None, 5000), (None, 6499), (None, 6500), ("healthy", 1000)]
    found = {band: number for _, band, number, *_ in judged(JUDGED_ON, given, {})}
    assert found == {"at_risk": 1, "watch": 2, "healthy": 2}


def test_one_withdrawn_on_its_first_day_never_was_and_one_a_day_later_was(warehouse: Warehouse) -> None:
    for first, ended, counted in ((1, 1, 0), (2, 3, 1)):
        number = added(warehouse, first, 10)
        overrides.withdraw(analyst(warehouse), number, "ben", "why", on(ended), NOW)
        with warehouse.reading() as session:
            assert overrides.track_record(session, on(0))["overrides"].sum() == counted
            assert settings.in_force(session).version == 1
