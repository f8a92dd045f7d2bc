"""Assumptions are stated, limited and kept in versions: nobody overwrites what they did not see."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from health.access import Book, Viewer
from health.errors import Forbidden, InvalidInput
from health.foresight.lifetime import assumptions
from health.foresight.lifetime.assumptions import DEFAULT, FIELDS, Assumptions
from health.warehouse import Warehouse
from tests.books import analyst

NOW = datetime(2026, 11, 1)


def test_what_was_saved_is_in_force_and_what_was_delivered_is_still_told() -> None:
    book = analyst(Warehouse())
    saved = assumptions.save(book, replace(DEFAULT, discount_rate=0.08, replacing=(2, 3, 5), new_margin=120.5), " ana ", "our bank", NOW)
    with book.reading() as session:
        assert assumptions.in_force(session) == saved
        told = assumptions.versions(session)
    assert told["author"].to_list() == ["ana", None] and told["reason"].to_list() == ["our bank", "default"]
    assert told["changed"][0].to_list() == [
        "Discount rate 10.0\u00a0% -> 8.0\u00a0%",
        "Replacement cost 4 times, 7 times, 10 times -> 2 times, 3 times, 5 times",
        "Margin of a new customer measured from your data -> €120.50",
    ]


def test_nobody_saves_over_what_they_did_not_see() -> None:
    book = analyst(Warehouse())
    assumptions.save(book, replace(DEFAULT, save_rate=0.2), "ana", "first", NOW)
    with pytest.raises(InvalidInput, match="changed meanwhile"):
        assumptions.save(book, replace(DEFAULT, save_rate=0.3), "ben", "second", NOW)
    with book.reading() as session:
        assert assumptions.in_force(session).save_rate == 0.2


@pytest.mark.parametrize("author, reason", [("", "why"), ("ana", " ")])
def test_a_version_needs_an_author_and_a_reason(author: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match="author and a reason"):
        assumptions.save(analyst(Warehouse()), DEFAULT, author, reason, NOW)


def test_who_may_not_change_the_settings_may_not_change_these() -> None:
    with pytest.raises(Forbidden):
        assumptions.save(Book(Viewer("eve", "executive"), Warehouse()), DEFAULT, "eve", "because", NOW)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"discount_rate": -0.01}, "Discount rate must be a number from 0 to 1"),
    ({"discount_rate": float("nan")}, "Discount rate"),
    ({"discount_rate": True}, "Discount rate"),
    ({"discount_rate": None}, "Discount rate"),
    ({"horizon_months": 61}, "Horizon must be a whole number from 12 to 60"),
    ({"horizon_months": 24.5}, "Horizon must be a whole number"),
    ({"margin_rate": 1.2}, "Margin rate"),
    ({"replacing": (7, 4, 10)}, "ascending order"),
    ({"replacing": (4, 7)}, "three numbers"),
    ({"gap_months": (2, 3, "6")}, "Gap"),
    ({"new_margin": -1}, "Margin of a new customer"),
]


@pytest.mark.parametrize("change, words", WRONG)
def test_an_assumption_that_makes_no_sense_is_refused_in_one_sentence(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as told:
        Assumptions(**change)
    assert str(told.value).endswith(".") and "\n" not in str(told.value)


def test_every_assumption_is_named_with_its_unit_and_can_be_said() -> None:
    assert {one.name for one in FIELDS} == set(vars(DEFAULT)) - {"version"}
    assert all(DEFAULT.text_of(one.name) and one.metadata["words"] for one in FIELDS)
