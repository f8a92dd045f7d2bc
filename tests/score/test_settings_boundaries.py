"""Each limit of the settings exactly at its edge, which is allowed, and one beyond it, which is refused; each change is told."""

from dataclasses import replace
from typing import Any

import pytest

from health.errors import InvalidInput
from health.score.settings import DEFAULT, KEYS, Settings, describe_changes

ALLOWED: list[dict[str, Any]] = [
    {"at_risk_below": 1},
    {"healthy_from": 100},
    {"at_risk_below": 64},
    {"healthy_from": 51},
    {"coverage_least": 0},
    {"coverage_least": 100},
    {"cadence_days": {"A": 1, "B": 3650, "C": 90}},
    {"default_cadence_days": 1},
    {"default_cadence_days": 3650},
    {"response_hours": (1, 8760, 1, 1)},
    {"resolution_hours": (8760, 1, 1, 1)},
    {"weights": {"contact": 100}},
    {"weights": {"contact": 100, "price": 0}},
    {"segment_weights": {"small": {"price": 100}}},
]
REFUSED: list[dict[str, Any]] = [
    {"at_risk_below": 0},
    {"healthy_from": 101},
    {"at_risk_below": 65},
    {"healthy_from": 50},
    {"at_risk_below": 50.0},
    {"healthy_from": True},
    {"coverage_least": -1},
    {"coverage_least": 101},
    {"coverage_least": 60.0},
    {"coverage_least": False},
    {"cadence_days": {"A": 0, "B": 1, "C": 1}},
    {"cadence_days": {"A": 3651, "B": 1, "C": 1}},
    {"cadence_days": {"A": 1, "B": 1}},
    {"cadence_days": {"A": 1, "B": 1, "C": 1, "D": 1}},
    {"default_cadence_days": 0},
    {"default_cadence_days": 3651},
    {"default_cadence_days": 1.0},
    {"response_hours": (0, 1, 1, 1)},
    {"response_hours": (8761, 1, 1, 1)},
    {"resolution_hours": (1, 1, 1)},
    {"resolution_hours": (1, 1, 1, 1, 1)},
    {"response_hours": (1.0, 1, 1, 1)},
    {"weights": {"contact": 101}},
    {"weights": {"contact": 99}},
    {"weights": {"contact": 101, "price": -1}},
    {"weights": {"contact": 100.0}},
    {"segment_weights": {"small": {"price": 99}}},
]


@pytest.mark.parametrize("change", ALLOWED, ids=str)
def test_a_value_exactly_at_its_limit_is_allowed(change: dict[str, Any]) -> None:
    assert describe_changes(DEFAULT, replace(DEFAULT, **change)) != []


@pytest.mark.parametrize("change", REFUSED, ids=str)
def test_a_value_one_beyond_its_limit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        replace(DEFAULT, **change)


def test_the_defaults_are_those_of_the_method() -> None:
    assert (DEFAULT.at_risk_below, DEFAULT.healthy_from, DEFAULT.coverage_least, DEFAULT.default_cadence_days) == (50, 65, 60, 45)
    assert DEFAULT.cadence_days == {"A": 30, "B": 45, "C": 90}
    assert (DEFAULT.response_hours, DEFAULT.resolution_hours) == ((24, 16, 8, 4), (240, 120, 72, 48))
    assert (DEFAULT.cap_on_late_critical, DEFAULT.cap_on_unpaid, DEFAULT.cap_on_broken_promises) == (True, True, False)
    assert DEFAULT.version == 1 and DEFAULT.terms.response_hours == (24, 16, 8, 4)


def test_components_that_are_not_named_weigh_nothing_and_every_key_is_there() -> None:
    own = Settings(weights={"price": 100}, segment_weights={"small": {"usage": 100}})
    assert own.weights == dict.fromkeys(KEYS, 0) | {"price": 100}
    assert own.weights_of("small") == dict.fromkeys(KEYS, 0) | {"usage": 100}
    assert own.weights_of("large") == own.weights_of(None) == own.weights
    assert [key for key in KEYS if own.weighs(key)] == ["price", "usage"]


CHANGES: list[tuple[dict[str, Any], int]] = [
    ({"at_risk_below": 40}, 1),
    ({"coverage_least": 50}, 1),
    ({"default_cadence_days": 40}, 1),
    ({"cadence_days": {"A": 30, "B": 45, "C": 60}}, 1),
    ({"response_hours": (24, 16, 8, 3)}, 1),
    ({"resolution_hours": (239, 120, 72, 48)}, 1),
    ({"cap_on_late_critical": False}, 1),
    ({"cap_on_unpaid": False}, 1),
    ({"cap_on_broken_promises": True}, 1),
    ({"weights": {"contact": 40, "complaints": 30, "price": 10, "tenure": 20}}, 2),
]


@pytest.mark.parametrize("change, lines", CHANGES, ids=str)
def test_each_change_is_told_in_both_directions(change: dict[str, Any], lines: int) -> None:
    other = replace(DEFAULT, **change)
    assert len(describe_changes(DEFAULT, other)) == len(describe_changes(other, DEFAULT)) == lines
    told, back = describe_changes(DEFAULT, other)[0].split(" -> "), describe_changes(other, DEFAULT)[0].split(" -> ")
    assert told[0].split()[-1] == back[1] and told[1] == back[0].split()[-1]


def test_severities_are_counted_from_one() -> None:
    assert describe_changes(DEFAULT, replace(DEFAULT, response_hours=(23, 16, 8, 4))) == ["hours to first response, severity 1 24 -> 23"]
