"""Every reason on the list and every trigger of the urgent lane, recomputed from the rows for all customers of a demo."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from health import demo, portfolio
from health.access import Book
from health.desk.worklist import inputs, reasons, urgent
from health.desk.worklist.next_action import EVENTS, actions
from health.score import history, settings
from health.score.components import COMPONENTS
from health.score.settings import Settings
from health.tables import TABLES
from tests.books import analyst, typed, warehouse_of
from tests.desk import expected_reasons
from tests.oracle import Oracle

EQUAL = {"contact": 12, "complaints": 12, "price": 12, "tenure": 12, "satisfaction": 12, "payment": 10, "usage": 10, "depth": 10}
EVERYTHING = {**EQUAL, "expectations": 10}
DAYS = date(2026, 10, 31), date(2026, 3, 17)


@dataclass(frozen=True)
class Told:
    """What the list says on a day under some settings."""

    day: date
    in_force: Settings
    now: pl.DataFrame
    triggers: pl.DataFrame
    reasons: pl.DataFrame


def told(book: Book, day: date) -> Told:
    with book.reading() as session:
        in_force = settings.in_force(session)
        read = inputs.read_inputs(session, day, in_force)
    now = portfolio.build(book, day)
    triggers = urgent.urgent_triggers(now, read, day)
    return Told(day, in_force, now, triggers, reasons.reasons(now, read, triggers, day, in_force))


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return {name: typed(name, frame) for name, frame in demo.generate(customers=110, months=20).tables.items()}


@pytest.fixture(scope="module")
def oracle(tables: dict[str, pl.DataFrame]) -> Oracle:
    return Oracle({name: frame.select(TABLES[name].names).to_dicts() for name, frame in tables.items()})


@pytest.fixture(scope="module")
def cases(tables: dict[str, pl.DataFrame]) -> list[Told]:
    """The book under the delivered weights, and then with all components weighing, with other weights for a segment."""
    book = analyst(warehouse_of(tables))
    delivered = told(book, DAYS[0])
    of_segments = {"small": {"contact": 50, "usage": 50}}
    with book.writing("settings") as session:
        settings.save(session, Settings(weights=EVERYTHING, segment_weights=of_segments), "me", "to try", datetime(2026, 11, 1))
        history.refresh(session, ())
    return [delivered, *(told(book, day) for day in DAYS)]


def figures(words: str) -> list[str]:
    """The numbers in a text, and the months of its days."""
    return sorted(re.findall(r"\d+(?:\.\d+)?|(?<=\d )[A-Z][a-z]{2}\b", words))


def test_both_reasons_of_every_customer_have_the_figures_of_the_rows(cases: list[Told], oracle: Oracle) -> None:
    for case in cases:
        active = case.now.filter(pl.col("status") == "active")
        assert active.height > 60 and set(case.reasons["customer_id"]) == set(active["customer_id"])
        theirs = case.reasons.partition_by("customer_id", as_dict=True)
        for customer_id, segment in active.select("customer_id", "score_segment").iter_rows():
            mine = expected_reasons.reasons(oracle, customer_id, case.day, case.in_force.weights_of(segment))
            found = theirs[(customer_id,)].to_dicts()
            assert [(row["nth"], row["reason"], figures(row["words"])) for row in found] == [
                (n, one.reason, figures(one.words)) for n, one in enumerate(mine, 1)
            ]
            for row, one in zip(found, mine, strict=True):
                assert row["lost"] == pytest.approx(one.lost, abs=1e-9)
                if row["reason"] not in urgent.TRIGGERS:
                    assert (row["value"], row["against"]) == (_near(one.value), _near(one.against)), (customer_id, row)


def _near(x: float | None) -> Any:
    return None if x is None else pytest.approx(float(x), abs=1e-6)


def test_the_urgent_triggers_of_everybody_are_those_of_the_rows(cases: list[Told], oracle: Oracle) -> None:
    for case in cases[1:]:
        expected = (one for i in case.now["customer_id"] for one in ((i, *row) for row in expected_reasons.urgent(oracle, i, case.day)))
        mine = sorted((i, trigger, day, figures(words)) for i, trigger, day, words in expected)
        theirs = case.triggers.select("customer_id", "trigger", "day", "words").iter_rows()
        assert mine and sorted((i, trigger, day, figures(words)) for i, trigger, day, words in theirs) == mine


def test_many_different_reasons_were_seen(cases: list[Told]) -> None:
    seen = [set(case.reasons["reason"]) for case in cases]
    assert len(seen[0]) >= 10 and len(seen[1] | seen[2]) >= 20, seen


def test_the_same_reasons_whatever_the_order_of_the_rows() -> None:
    tables = demo.generate(customers=25, months=13).tables
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=4) for name, frame in tables.items()}
    one, two = (told(analyst(warehouse_of(given)), DAYS[0]) for given in (tables, shuffled))
    assert one.triggers.equals(two.triggers) and one.reasons.equals(two.reasons)


def test_every_part_of_the_score_has_words_and_every_reason_an_instruction() -> None:
    reasons_of_parts = [reason for component in COMPONENTS for part in component.parts for reason in part.reasons]
    assert all(part.reasons for component in COMPONENTS for part in component.parts)
    assert all(reason.call and reason.about for reason in reasons_of_parts)
    assert set(urgent.TRIGGERS) | {"promise", "unpaid", "complaint", "fall", "term", "coverage", "none"} == set(EVENTS)
    assert len(actions()) == len(reasons_of_parts) + len(EVENTS), "two reasons with one key would share an action"
