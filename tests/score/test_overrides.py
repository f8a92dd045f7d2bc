"""Overrides stand beside the score with a reason and an end; nothing of the score ever reads them, and their authors are judged."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from health.access import Book, Viewer
from health.errors import Forbidden, InvalidInput, NotFound
from health.score import history, overrides
from health.warehouse import Warehouse
from tests.books import analyst, rows, small_book, warehouse_of

NOW = datetime(2024, 6, 12, 9)
START = date(2024, 6, 11)
GIVEN: dict[str, Any] = {
    "customer_id": "A", "health": 30, "band": "at_risk", "author": "ana", "reason": "the buyer left", "from_on": START,
    "until_on": date(2024, 8, 1), "now": NOW,
}  # fmt: skip


@pytest.fixture
def warehouse() -> Warehouse:
    return warehouse_of(small_book())


def at(warehouse: Warehouse, day: date) -> list[tuple[Any, ...]]:
    with warehouse.reading() as session:
        return overrides.overrides_on(session, day).select("customer_id", "health", "band").rows()


def test_an_override_is_in_force_from_its_first_to_its_last_day(warehouse: Warehouse) -> None:
    overrides.add(analyst(warehouse), **GIVEN)
    days = [START - timedelta(1), START, date(2024, 8, 1), date(2024, 8, 2)]
    assert [at(warehouse, day) for day in days] == [[], [("A", 3000, "at_risk")], [("A", 3000, "at_risk")], []]


def test_an_override_changes_no_bit_of_the_score(warehouse: Warehouse) -> None:
    with warehouse.reading() as session:
        before = history.build(session)["history"], history.score_at(session, [START], history.settings.DEFAULT)
    overrides.add(analyst(warehouse), **GIVEN)
    with warehouse.reading() as session:
        after = history.build(session)["history"], history.score_at(session, [START], history.settings.DEFAULT)
    for was, now in zip(before, after, strict=True):
        assert_frame_equal(was, now)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"health": None, "band": None}, "a health score, a band or both"),
        ({"health": 101}, "from 0 to 100"),
        ({"health": float("nan")}, "from 0 to 100"),
        ({"band": "unknown"}, "no band called unknown"),
        ({"author": " "}, "author and a reason"),
        ({"reason": ""}, "author and a reason"),
        ({"until_on": START - timedelta(1)}, "before it begins"),
        ({"until_on": START + timedelta(91)}, "at most 90 days"),
        ({"from_on": date(2024, 6, 9)}, "begins on 2024-06-10 or later"),
    ],
)
def test_an_override_that_makes_no_sense_is_refused_and_nothing_is_kept(warehouse: Warehouse, change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        overrides.add(analyst(warehouse), **(GIVEN | change))
    with warehouse.reading() as session:
        assert session.rows("overrides").is_empty()


def test_one_customer_has_one_override_at_a_time(warehouse: Warehouse) -> None:
    overrides.add(analyst(warehouse), **GIVEN)
    with pytest.raises(InvalidInput, match="has an override by ana"):
        overrides.add(analyst(warehouse), **(GIVEN | {"from_on": date(2024, 8, 1), "until_on": date(2024, 9, 1)}))
    overrides.add(analyst(warehouse), **(GIVEN | {"from_on": date(2024, 8, 2), "until_on": date(2024, 9, 1), "health": None}))
    assert at(warehouse, date(2024, 8, 2)) == [("A", None, "at_risk")]


def test_a_withdrawn_override_ends_and_keeps_its_trail(warehouse: Warehouse) -> None:
    book = analyst(warehouse)
    number = overrides.add(book, **GIVEN)
    overrides.withdraw(book, number, "ben", "the buyer stays", date(2024, 6, 20), NOW)
    assert at(warehouse, date(2024, 6, 19)) and not at(warehouse, date(2024, 6, 20))
    with warehouse.reading() as session:
        kept = overrides.customer_overrides(session, "A").row(0, named=True)
    assert (kept["author"], kept["withdrawn_by"], kept["withdrawn_why"], kept["reason"]) == (
        "ana",
        "ben",
        "the buyer stays",
        "the buyer left",
    )
    with pytest.raises(InvalidInput, match="was withdrawn"):
        overrides.withdraw(book, number, "ben", "again", date(2024, 6, 21), NOW)
    overrides.add(book, **(GIVEN | {"from_on": date(2024, 6, 20)}))


def test_whoever_sees_the_customer_may_override_and_nobody_else(warehouse: Warehouse) -> None:
    own, other = (Book(Viewer("m", "account_manager", employee), warehouse) for employee in ("E0", "E1"))
    number = overrides.add(own, **GIVEN)
    for customer in ("A", "Z"):
        with pytest.raises(NotFound, match=f"Customer {customer} was not found among your customers"):
            overrides.add(other, **(GIVEN | {"customer_id": customer}))
    with pytest.raises(NotFound, match=f"No override {number} was found for your customers"):
        overrides.withdraw(other, number, "m", "mine", START, NOW)
    with pytest.raises(Forbidden):
        overrides.add(Book(Viewer("x", "executive"), warehouse), **GIVEN)


def tried(warehouse: Warehouse, author: str, band: str | None, health: int | None, customers: list[str]) -> None:
    day = {"author": author, "band": band, "health": health, "from_on": date(2024, 1, 10), "until_on": date(2024, 2, 10)}
    for number, customer in enumerate(customers):
        row = day | {"override_id": number, "customer_id": customer, "reason": "r", "made_at": NOW}
        with warehouse.writing() as session:
            session.insert("overrides", pl.DataFrame([row], schema_overrides={"health": pl.Int64, "band": pl.String}))


def test_authors_are_judged_by_what_happened_within_90_days() -> None:
    ids = [f"C{n:02}" for n in range(14)]
    line = {"product": "mobile", "start_on": date(2023, 1, 1), "unit_price": Decimal(10)}
    talk = {"customer_id": "C05", "channel": "call", "direction": "out"}
    left = [("C00", date(2024, 1, 11), "price"), ("C01", date(2024, 4, 9), "price"), ("C02", date(2024, 4, 10), "price")]
    left += [("C03", date(2024, 2, 1), "insolvency"), ("C04", date(2024, 1, 10), "price")]
    warehouse = warehouse_of(
        {
            "customers": rows("customers", *({"customer_id": i, "name": i} for i in ids)),
            "contracts": rows("contracts", *(line | {"contract_id": f"K{i}", "customer_id": i} for i in ids)),
            "interactions": rows(
                "interactions",
                *(talk | {"interaction_id": f"I{n}", "occurred_at": datetime(2024, n, 28)} for n in range(1, 7)),
            ),
            "exits": rows("exits", *({"customer_id": i, "announced_on": day, "left_on": day, "reason": why} for i, day, why in left)),
        }
    )  # fmt: skip
    tried(warehouse, "ana", "at_risk", None, ids)
    tried(warehouse, "ben", None, 8000, ids[:9])
    with warehouse.reading() as session:
        told = overrides.track_record(session, date(2024, 6, 28)).rows()
        early = overrides.track_record(session, date(2024, 5, 8)).rows()
    # 90 days after 10 January end on 9 April; the insolvent is not judged
    assert told == [
        ("ana", "at_risk", 13, 13, 2, 2 / 13, "2 of 13 left within 90 days"),
        ("ben", "healthy", 8, 8, 2, None, "too few: 8 evaluated"),
    ]
    assert [row[:5] for row in early] == [("ana", "at_risk", 13, 0, 0), ("ben", "healthy", 8, 0, 0)]


def test_without_overrides_there_is_no_record(warehouse: Warehouse) -> None:
    with warehouse.reading() as session:
        assert overrides.track_record(session, START).is_empty()
