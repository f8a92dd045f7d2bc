"""Health, coverage, interval, bands and knock-outs, by the worked examples of docs/method.md, section 4."""

from dataclasses import replace

import polars as pl
import pytest

from health.errors import InvalidInput
from health.score.compose import compose
from health.score.settings import DEFAULT, Settings


def composed(
    contact: float | None, complaints: float | None, price: float | None, tenure: float | None, **facts: object
) -> dict[str, object]:
    names = ("contact_points", "complaints_points", "price_points", "tenure_points")
    row = {n: None if p is None else round(100 * p) for n, p in zip(names, (contact, complaints, price, tenure), strict=True)}
    defaults = {
        "status": "active",
        "critical_late": 0,
        "overdue_60": 0,
        "diary_present": True,
        "invoices_present": True,
        "stale_tables": "",
    }
    frame = pl.DataFrame([row | defaults | facts], schema_overrides=dict.fromkeys(names, pl.Int64))
    return compose(frame, DEFAULT).row(0, named=True)


def test_all_four_known() -> None:
    got = composed(49.28, 58.64, 50.00, 38.87)
    assert (got["health"], got["coverage"], got["low"], got["high"]) == (5015, 10_000, 5015, 5015)


def test_an_unknown_price_leaves_its_weight_to_the_others_and_widens_the_range() -> None:
    got = composed(49.28, 58.64, None, 38.87)
    assert (got["health"], got["coverage"], got["low"], got["high"]) == (5019, 8000, 4015, 6015)
    got = composed(80, 40, None, 60)
    assert (got["health"], got["coverage"], got["low"], got["high"]) == (6000, 8000, 4800, 6800)


def test_under_60_percent_coverage_the_band_is_unknown() -> None:
    assert composed(100, None, None, 100)["band"] == "unknown"
    assert composed(100, 100, None, None)["band"] == "healthy"


def test_nothing_known_is_unknown_and_not_zero() -> None:
    got = composed(None, None, None, None)
    assert (got["health"], got["coverage"], got["band"], got["firm"]) == (None, 0, "unknown", None)


@pytest.mark.parametrize("health, band", [(49.99, "at_risk"), (50, "watch"), (64.99, "watch"), (65, "healthy")])
def test_bands_are_cut_at_their_edges(health: float, band: str) -> None:
    assert composed(health, health, health, health)["band"] == band


def test_a_band_is_firm_only_where_the_whole_range_lies_in_it() -> None:
    assert composed(90, 90, None, 90)["firm"] is True
    assert composed(70, 70, None, 70)["firm"] is False


@pytest.mark.parametrize("table", ["diary_present", "invoices_present"])
def test_nobody_is_firmly_healthy_because_a_table_is_missing(table: str) -> None:
    assert composed(90, 90, 90, 90, **{table: False})["firm"] is False
    assert composed(30, 30, 30, 30, **{table: False})["firm"] is True


@pytest.mark.parametrize("fact", ["critical_late", "overdue_60"])
def test_a_knock_out_caps_the_band_and_never_the_number(fact: str) -> None:
    got = composed(90, 90, 90, 90, **{fact: 1})
    assert (got["health"], got["band"]) == (9000, "watch")
    assert got["cap"]
    assert composed(30, 30, 30, 30, **{fact: 1})["band"] == "at_risk"


def test_whoever_is_known_to_leave_has_the_band_leaving() -> None:
    assert composed(90, 90, 90, 90, status="leaving")["band"] == "leaving"


def test_without_a_component_nobody_becomes_firmly_healthy() -> None:
    for points in ((66, 66, 66, 66), (60, 90, 40, 80), (100, 10, 100, 70)):
        whole = composed(*points)
        for missing in range(4):
            known = [None if i == missing else p for i, p in enumerate(points)]
            got = composed(*known)
            assert int(str(got["low"])) <= int(str(whole["low"]))
            assert not (got["band"] == "healthy" and got["firm"] and whole["band"] != "healthy")


@pytest.mark.parametrize("weights", [{"contact": 50, "complaints": 30}, {"contact": 120, "complaints": -20}, {"contact": 50, "charm": 50}])
def test_weights_that_are_no_weights_are_refused(weights: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        replace(DEFAULT, weights=weights)


def test_band_edges_must_rise() -> None:
    with pytest.raises(InvalidInput):
        Settings(at_risk_below=70, healthy_from=65)
