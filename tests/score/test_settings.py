"""Settings are versions: what was saved is in force, and nobody overwrites what they did not see."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from health.errors import InvalidInput, NotFound
from health.score import settings
from health.score.settings import DEFAULT, Settings
from health.warehouse import Warehouse

NOW = datetime(2026, 11, 1)


def test_without_a_saved_version_the_declared_defaults_hold() -> None:
    with Warehouse().reading() as session:
        assert settings.in_force(session) == settings.DEFAULT


def test_a_saved_version_is_in_force_with_every_field() -> None:
    changed = replace(
        settings.DEFAULT,
        weights={"contact": 40, "complaints": 30, "price": 10, "tenure": 20},
        response_hours=(8, 8, 4, 2),
        cap_on_unpaid=False,
    )
    warehouse = Warehouse()
    with warehouse.writing() as session:
        saved = settings.save(session, changed, "ana", "contact matters more", NOW)
    with warehouse.reading() as session:
        assert settings.in_force(session) == saved == replace(changed, version=2)


def test_the_second_of_two_people_on_the_same_base_is_told() -> None:
    with Warehouse().writing() as session:
        settings.save(session, settings.DEFAULT, "ana", "first", NOW)
        with pytest.raises(InvalidInput, match="changed meanwhile"):
            settings.save(session, settings.DEFAULT, "ben", "second", NOW)


def test_versions_say_who_why_when_and_what_changed() -> None:
    with Warehouse().writing() as session:
        weights = {"contact": 25, "complaints": 30, "price": 20, "tenure": 20, "usage": 5}
        first = settings.save(session, replace(DEFAULT, weights=weights), "ana", "usage tells something", NOW)
        settings.save(session, replace(first, healthy_from=70, response_hours=(24, 16, 8, 2)), "ben", "stricter", NOW)
        told = settings.versions(session)
        assert told.rows() == [
            (3, "ben", "stricter", NOW, ["healthy from 65 -> 70", "hours to first response, severity 4 4 -> 2"]),
            (2, "ana", "usage tells something", NOW, ["Contact frequency 30 -> 25", "Usage 0 -> 5"]),
            (1, None, "default", None, []),
        ]
        assert settings.version(session, 1) == DEFAULT
        assert settings.version(session, 2) == first
        with pytest.raises(NotFound, match="no version 9"):
            settings.version(session, 9)


def test_a_change_of_a_segment_is_told() -> None:
    own = replace(DEFAULT, segment_weights={"small": {"contact": 30, "complaints": 30, "price": 10, "tenure": 30}})
    assert settings.describe_changes(DEFAULT, own) == [
        "own weights of segment small off -> on",
        "Price against market in segment small 20 -> 10",
        "Tenure in segment small 20 -> 30",
    ]
    assert settings.describe_changes(own, DEFAULT) == ["own weights of segment small on -> off"]
    assert settings.describe_changes(own, own) == []


def test_a_body_saved_before_there_were_options_is_read() -> None:
    with Warehouse().writing() as session:
        saved = settings.save(session, DEFAULT, "ana", "first", NOW)
        body = '{"weights": {"contact": 40, "complaints": 30, "price": 10, "tenure": 20}}'
        session.insert("settings", session.rows("settings").with_columns(version=3, body=pl.lit(body)))
        read = settings.in_force(session)
    assert read.version == saved.version + 1
    assert read.weights["satisfaction"] == 0 and read.segment_weights == {} and not read.cap_on_broken_promises


@pytest.mark.parametrize("author, reason", [("", "why"), ("ana", " ")])
def test_a_version_without_author_or_reason_is_refused(author: str, reason: str) -> None:
    with Warehouse().writing() as session, pytest.raises(InvalidInput, match="author and a reason"):
        settings.save(session, DEFAULT, author, reason, NOW)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"weights": {"contact": 99}}, "add up to 99"),
    ({"weights": {"contact": 50.5, "price": 49.5}}, "whole numbers"),
    ({"segment_weights": {"small": {"contact": 60}}}, "segment small"),
    ({"segment_weights": {"small": {"charm": 100}}}, "no component called charm"),
    ({"at_risk_below": 0}, "Band limits"),
    ({"healthy_from": 101}, "Band limits"),
    ({"healthy_from": 64.5}, "Band limits"),
    ({"coverage_least": 101}, "coverage"),
    ({"cadence_days": {"A": 30}}, "tiers: A, B, C"),
    ({"cadence_days": {"A": 0, "B": 1, "C": 1}}, "from 1 to 3650"),
    ({"default_cadence_days": True}, "from 1 to 3650"),
    ({"response_hours": (1, 2, 3)}, "four whole numbers"),
    ({"resolution_hours": (240, 120, 72, 0)}, "four whole numbers"),
]


@pytest.mark.parametrize("change, words", WRONG)
def test_settings_that_make_no_sense_are_refused_in_one_sentence(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as told:
        Settings(**change)
    assert str(told.value).endswith(".") and "\n" not in str(told.value)
