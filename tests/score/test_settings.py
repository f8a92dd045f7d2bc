"""Settings are versions: what was saved is in force, and nobody overwrites what they did not see."""

from dataclasses import replace
from datetime import datetime

import pytest

from health.errors import Refused
from health.score import settings
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
        with pytest.raises(Refused, match="changed meanwhile"):
            settings.save(session, settings.DEFAULT, "ben", "second", NOW)
