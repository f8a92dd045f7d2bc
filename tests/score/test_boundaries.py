"""Every threshold of the composition exactly at its edge and one off: band edges, coverage, knock-outs, rounding."""

from dataclasses import replace
from itertools import product
from typing import Any

import polars as pl
import pytest

from health.score.components import COMPONENTS
from health.score.compose import compose, compose_scored
from health.score.settings import DEFAULT, Settings

BASE: dict[str, Any] = {
    "status": "active", "critical_late": 0, "overdue_60": 0, "broken_promises_90": 0, "diary_present": True, "invoices_present": True,
    "stale_tables": "",
    "score_segment": None,
}  # fmt: skip
SCHEMA = {c.column: pl.Int64 for c in COMPONENTS} | {"score_segment": pl.String}


def composed(points: dict[str, int | None], in_force: Settings = DEFAULT, **facts: Any) -> dict[str, Any]:
    """The composed row of these points in hundredths; a component that is not named is unknown."""
    row = dict.fromkeys(SCHEMA) | {f"{key}_points": value for key, value in points.items()} | BASE | facts
    return compose(pl.DataFrame([row], schema_overrides=SCHEMA), in_force).row(0, named=True)


def even(health: int, **facts: Any) -> dict[str, Any]:
    """All four weighted components at the same points."""
    return composed(dict.fromkeys(("contact", "complaints", "price", "tenure"), health), **facts)


@pytest.mark.parametrize(
    "health, band", [(0, "at_risk"), (4999, "at_risk"), (5000, "watch"), (6499, "watch"), (6500, "healthy"), (10_000, "healthy")]
)
def test_a_band_begins_exactly_at_its_edge_and_ends_a_hundredth_below(health: int, band: str) -> None:
    assert even(health)["band"] == band


@pytest.mark.parametrize("edge", [40, 70, 99, 100])
def test_the_edges_are_those_of_the_settings_in_force(edge: int) -> None:
    changed = replace(DEFAULT, at_risk_below=edge - 1, healthy_from=edge)
    bands = [even(100 * edge + off, in_force=changed)["band"] for off in (0, -1, -100, -101)]
    assert bands == ["healthy", "watch", "watch", "at_risk"]


def test_coverage_exactly_at_the_minimum_gives_a_band_and_a_hundredth_less_gives_none() -> None:
    known = {"contact": 9000, "complaints": 9000}  # 60 of 100
    assert (composed(known)["coverage"], composed(known)["band"]) == (6000, "healthy")
    assert composed(known, replace(DEFAULT, coverage_least=61))["band"] == "unknown"
    assert composed({"contact": 9000, "price": 9000})["band"] == "unknown"
    assert composed({"price": 9000}, replace(DEFAULT, coverage_least=20))["band"] == "healthy"
    assert composed({"price": 9000}, replace(DEFAULT, coverage_least=0))["band"] == "healthy"
    assert composed({}, replace(DEFAULT, coverage_least=0))["band"] == "unknown"
    assert [composed({"contact": 1, "price": 1, "tenure": 1})["coverage"], composed({"tenure": 1})["coverage"]] == [7000, 2000]


def test_a_single_known_component_of_weight_one_gives_health() -> None:
    weights = dict.fromkeys(DEFAULT.weights, 0) | {"contact": 99, "tenure": 1}
    assert composed({"tenure": 4321}, replace(DEFAULT, weights=weights))["health"] == 4321
    assert composed({}, replace(DEFAULT, weights=weights))["health"] is None


@pytest.mark.parametrize("fact, switch", [("critical_late", "cap_on_late_critical"), ("overdue_60", "cap_on_unpaid")])
def test_a_knock_out_holds_from_the_first_case_and_only_where_it_is_switched_on(fact: str, switch: str) -> None:
    off = replace(DEFAULT, **{switch: False})
    assert [even(9000, **{fact: n})["band"] for n in (0, 1, 2)] == ["healthy", "watch", "watch"]
    assert [even(9000, in_force=off, **{fact: n})["cap"] for n in (0, 1, 2)] == [None, None, None]
    assert even(4999, **{fact: 1})["band"] == "at_risk" and even(9000, **{fact: 1})["health"] == 9000


def test_two_broken_promises_knock_out_and_one_does_not() -> None:
    switched = replace(DEFAULT, cap_on_broken_promises=True)
    assert [even(9000, in_force=switched, broken_promises_90=n)["band"] for n in (0, 1, 2, 3)] == ["healthy", "healthy", "watch", "watch"]
    assert even(9000, broken_promises_90=3)["band"] == "healthy"


def test_each_knock_out_that_holds_is_named_and_none_is_null() -> None:
    switched = replace(DEFAULT, cap_on_broken_promises=True)
    names = {}
    for critical, unpaid, broken in product((0, 1), (0, 1), (0, 2)):
        got = even(9000, in_force=switched, critical_late=critical, overdue_60=unpaid, broken_promises_90=broken)["cap"]
        names[critical, unpaid, broken] = 0 if got is None else len(got.split("; "))
    assert names == {key: sum(1 for fact in key if fact) for key in names}
    none = replace(DEFAULT, cap_on_late_critical=False, cap_on_unpaid=False)
    assert even(9000, in_force=none, critical_late=1, overdue_60=1)["cap"] is None


def test_health_is_rounded_to_the_nearest_hundredth_a_half_up() -> None:
    two = replace(DEFAULT, weights={"contact": 50, "complaints": 50})
    assert [composed({"contact": 1, "complaints": n}, two)["health"] for n in (0, 1, 2)] == [1, 1, 2]
    assert composed({"contact": 3, "price": 0, "tenure": 0})["health"] == 1  # 90 / 70
    assert composed({"contact": 1, "price": 0, "tenure": 0})["health"] == 0  # 30 / 70
    assert composed({"contact": 7777, "complaints": 3333, "tenure": 1})["health"] == 4167  # 333 320 / 80 is exactly a half


def test_the_interval_fills_what_is_unknown_with_nothing_and_with_everything() -> None:
    got = composed({"contact": 5001, "complaints": 5001, "price": 5001})
    assert (got["low"], got["high"]) == (4001, 6001)
    assert (composed({})["low"], composed({})["high"], composed({})["health"]) == (0, 10_000, None)
    assert (composed({"tenure": 3})["low"], composed({"tenure": 2})["low"]) == (1, 0)


def test_a_band_is_firm_exactly_while_both_ends_of_the_interval_lie_in_it() -> None:
    points = {"contact": 10_000, "complaints": 10_000}
    assert composed({**points, "price": 2500})["firm"] is True  # low exactly 65
    assert composed({**points, "price": 2495})["firm"] is False
    assert composed({"contact": 4999, "complaints": 4999, "price": 5000 - 1, "tenure": 4999})["firm"] is True
    assert composed({"contact": 3750, "complaints": 3748, "tenure": 3750})["firm"] is True  # high 49.99
    assert composed({"contact": 3750, "complaints": 3750, "tenure": 3750})["firm"] is False  # high exactly 50
    assert even(9000, status="leaving")["firm"] is None and even(9000, status="leaving")["band"] == "leaving"


def test_absence_of_either_table_keeps_healthy_from_being_firm_and_no_other_band() -> None:
    for diary, invoices in product((True, False), (True, False)):
        tables = {"diary_present": diary, "invoices_present": invoices}
        assert even(9000, **tables)["firm"] is (diary and invoices)
        assert even(6000, **tables)["firm"] is True and even(3000, **tables)["firm"] is True


@pytest.mark.parametrize("status", ["prospect", "lost", "merged", "in grace"])
def test_who_is_neither_active_nor_leaving_has_no_band(status: str) -> None:
    assert even(9000, status=status)["band"] is None


def test_a_segment_with_weights_of_its_own_is_weighed_by_them_and_nobody_else() -> None:
    own = replace(DEFAULT, segment_weights={"small": {"price": 100}})
    points = {"contact": 9000, "complaints": 9000, "price": 1000, "tenure": 9000}
    assert composed(points, own, score_segment="small")["health"] == 1000
    assert composed(points, own, score_segment="large")["health"] == composed(points, own)["health"] == 7400
    assert composed({"price": 1000}, own, score_segment="small")["coverage"] == 10_000


def test_recomposed_says_nothing_of_customers_without_a_score() -> None:
    row = dict.fromkeys(SCHEMA, 9000) | {"score_segment": None} | BASE
    frame = pl.DataFrame([row | {"status": s} for s in ("active", "leaving", "lost", "prospect")], schema_overrides=SCHEMA)
    got = compose_scored(frame, DEFAULT)
    assert got["health"].to_list() == [9000, 9000, None, None] and got["coverage"].to_list() == [10_000, 10_000, None, None]
