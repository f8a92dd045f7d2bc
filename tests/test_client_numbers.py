"""The client's numbers say what the settings in force say, not the default ones."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from health.score.settings import DEFAULT
from health.ui.client.numbers import current_numbers

DAY = date(2026, 10, 31)


@pytest.mark.parametrize("least", [DEFAULT.coverage_least, 75])
def test_the_help_of_coverage_names_the_least_coverage_in_force(least: int) -> None:
    customer: dict[str, Any] = defaultdict(lambda: None, customer_id="C1", status="active")
    shown = {headline.label: headline for headline in current_numbers(customer, DAY, replace(DEFAULT, coverage_least=least))}
    assert f"under {least} %" in shown["Coverage"].help
