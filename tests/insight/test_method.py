"""The method is told from the declarations and the settings in force; what is off is said to be off, with its coverage."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from health import demo, portfolio
from health.foresight.lifetime.assumptions import Assumptions
from health.insight import method
from health.insight.client import details
from health.insight.value import method as value_method
from health.score.components import COMPONENTS
from health.score.settings import DEFAULT
from tests.books import analyst, typed, warehouse_of

ON = replace(
    DEFAULT,
    weights={"contact": 20, "complaints": 20, "price": 10, "tenure": 10, "satisfaction": 10, "payment": 10, "usage": 10, "depth": 5,
             "expectations": 5},
)  # fmt: skip
ON_KEYS = [key for key, weight in ON.weights.items() if weight]


@pytest.fixture(scope="module")
def now() -> pl.DataFrame:
    tables = demo.generate(customers=80, months=15).tables
    return portfolio.build(analyst(warehouse_of({n: typed(n, f) for n, f in tables.items()})), date(2026, 10, 31))


def test_every_component_is_listed_with_its_coverage_those_that_are_off_too(now: pl.DataFrame) -> None:
    told = method.components(now, DEFAULT)
    assert told["component"].to_list() == [c.label for c in COMPONENTS]
    scored = now.filter(pl.col("status").is_in(["active", "paused", "leaving"]))
    for component, row in zip(COMPONENTS, told.iter_rows(named=True), strict=True):
        assert (row["weight"], row["used"]) == (DEFAULT.weights[component.key], component.weight > 0)
        assert row["known"] == pytest.approx(scored[component.column].is_not_null().mean())
        assert row["needs"] and row["why"]


def test_the_rules_say_what_is_off_and_what_a_segment_weighs_by() -> None:
    plain = method.rules(DEFAULT)
    assert (
        plain[-1].startswith("Calculated but without weight:")
        and "payment (invoices)" in plain[-1]
        and "contact frequency" not in plain[-1]
    )
    own = replace(ON, segment_weights={"small": {"contact": 60, "tenure": 40}}, cap_on_broken_promises=True)
    told = method.rules(own)
    assert "The segment small has its own weights: contact frequency 60, tenure 40." in told
    assert any("two broken promises in 90 days" in rule for rule in told)
    only = method.components(pl.DataFrame(), replace(DEFAULT, segment_weights={"small": {"payment": 100}}))
    assert dict(only.select("component", "used").iter_rows())["Payment"]
    assert method.weighted_components(DEFAULT) == [c for c in COMPONENTS if c.weight] and method.weighted_components(own) == [
        c for c in COMPONENTS if c.key in ON_KEYS
    ]


def test_each_part_of_an_option_that_is_on_is_told_in_figures(now: pl.DataFrame) -> None:
    for customer in now.filter(pl.col("status") == "active").iter_rows(named=True):
        told = details.parts(customer, ON.weights)
        assert set(told["component"]) == {c.label for c in COMPONENTS if c.key in ON_KEYS}
        known = told.filter(pl.col("points").is_not_null() & (pl.col("part") != "Details"))
        assert known.filter(pl.col("fact") == pl.col("formula")).is_empty()
    assert set(details.parts(customer, DEFAULT.weights)["component"]) == {c.label for c in COMPONENTS if c.weight}


def test_values_are_told_with_the_assumptions_in_force_and_the_bounds_of_their_check() -> None:
    told, other = (
        " ".join(value_method.value_method(stated)) for stated in (Assumptions(), Assumptions(discount_rate=0.07, horizon_months=36))
    )
    assert "over 60 months; the discount rate is 10.0\u00a0% a year" in told and "36 months; the discount rate is 7.0\u00a0%" in other
    assert "12 month ends and 50 losses" in " ".join(value_method.model_method())
