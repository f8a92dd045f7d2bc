"""Every chart draws, says what it shows in words, and says so when there is nothing to show."""

import json
from datetime import date
from itertools import pairwise
from typing import Any

import altair as alt
import polars as pl
import pytest

from health import charts
from health import format as say
from health.charts.theme import mixed
from health.score.settings import DEFAULT

ENDS = [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
SHARES = pl.DataFrame(
    [
        {"as_of": end, "band": key, "customers": n, "share": n / 100}
        for end in ENDS
        for key, n in {"healthy": 55, "watch": 30, "at_risk": 13, "unknown": 1, "leaving": 1}.items()
    ]
)
HEAT = pl.DataFrame(
    {"segment": ["Big", "Small"], "driver": ["Complaints", "Price against market"], "customers": [3, 2], "mrr": [50_000.0, 300.0]}
)
POINTS = pl.DataFrame(
    {
        "label": ["Contact frequency", "Price against market"],
        "weight": [30, 20],
        "points": [49.28, None],
        "earned": [14.78, None],
        "band": ["at_risk", "unknown"],
    }
)
LINE = pl.DataFrame({"as_of": ENDS, "health": [64.9, None, 46.7]})
PRICES = pl.DataFrame(
    {
        "product": ["Mobile", "Mobile", "Fibre"],
        "quantity": [2, 2, 1],
        "unit_price": [11.8, 9.0, 5.0],
        "market": [10.0, 10.0, None],
    }
)
REFUSED = pl.DataFrame({"reason": ["Ambiguous date", "Wrong value"], "rows": [96, 4]})
PARTS = pl.DataFrame({"segment": ["Big", "Small"], "customers": [1, 9], "mrr": [900.0, 100.0]})
CURVE = pl.DataFrame({"measure": [0.0, 4.0, 16.0], "points": [100.0, 50.0, 6.25]})
EVENTS = pl.DataFrame({"on": [ENDS[1]], "label": ["Renewal signed"]})


MONTHS = pl.DataFrame(
    {
        "table_name": ["interactions"] * 3 + ["market_prices"] * 3,
        "month": [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)] * 2,
        "rows": [940, 12, 500, 20, 20, 20],
        "share": [1.0, 12 / 940, 500 / 940, 1.0, 1.0, 1.0],
        "full": [True, True, False] * 2,
        "gap": [False, True, False, False, False, False],
    }
)


def drawn(dark: bool, empty: bool = False) -> dict[str, alt.LayerChart]:
    """Every chart of the package, on rows or on none."""

    def rows(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.clear() if empty else frame

    return {
        "bands_over_time": charts.bands_over_time(rows(SHARES), dark=dark),
        "risk_heat": charts.risk_heat(rows(HEAT), dark=dark),
        "points_of_weight": charts.points_of_weight(rows(POINTS), dark=dark),
        "health_line": charts.health_line(rows(LINE), DEFAULT, rows(EVENTS), dark=dark),
        "price_against_market": charts.price_against_market(rows(PRICES), dark=dark),
        "refused_by_reason": charts.refused_by_reason(rows(REFUSED), dark=dark),
        "book_by": charts.book_by(rows(PARTS), "segment", dark=dark),
        "rows_by_month": charts.rows_by_month(rows(MONTHS), {"interactions": 940, "market_prices": 20}, dark=dark),
        "component_curve": charts.component_curve(rows(CURVE), "burden", dark=dark),
    }


def texts(chart: alt.LayerChart) -> list[str]:
    """Every text that stands in the chart's rows."""
    spec = chart.to_dict()
    return [str(value) for rows in spec["datasets"].values() for row in rows for value in row.values()]


def test_the_package_offers_what_is_tested_here() -> None:
    assert set(drawn(False)) == set(charts.__all__)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("name", charts.__all__)
def test_every_chart_draws_and_speaks(name: str, empty: bool, dark: bool) -> None:
    chart = drawn(dark, empty)[name]
    spec = chart.to_dict()
    assert spec["description"]
    assert spec["config"]["background"] == "transparent"
    assert spec["config"]["text"]["color"] == say.TEXT.on(dark)
    if empty:
        assert spec["description"] in texts(chart)


@pytest.mark.parametrize("name", charts.__all__)
def test_painted_colours_never_stand_beside_a_scale(name: str) -> None:
    def colours(node: Any) -> list[Any]:
        if isinstance(node, dict):
            return [v for k, v in node.items() if k == "color" and isinstance(v, dict)] + [c for v in node.values() for c in colours(v)]
        return [c for v in node for c in colours(v)] if isinstance(node, list) else []

    layers = drawn(False)[name].to_dict()["layer"]
    assert all(colour.get("scale", "given") is None for colour in colours(layers))


def test_the_two_themes_share_no_ink() -> None:
    light, dark = (json.dumps(drawn(d)["health_line"].to_dict()) for d in (False, True))
    assert say.TEXT.light in light
    assert say.TEXT.light not in dark
    assert say.band("watch").tint.dark in dark


def test_bands_are_labelled_with_share_and_word() -> None:
    found = texts(charts.bands_over_time(SHARES))
    assert f"55{say.SPACE}% Healthy" in found
    assert f"1{say.SPACE}% Leaving" in found


def test_labels_of_thin_bands_do_not_meet() -> None:
    spec = charts.bands_over_time(SHARES).to_dict()
    middles = sorted(row["middle"] for rows in spec["datasets"].values() for row in rows if "middle" in row)
    assert all(b - a > 0.06 for a, b in pairwise(middles))
    assert 0 <= middles[0] <= middles[-1] <= 1


def test_a_trend_is_not_drawn_from_one_month_end() -> None:
    assert texts(charts.bands_over_time(SHARES.filter(pl.col("as_of") == ENDS[0]))) == ["A trend needs two month ends"]


def test_a_small_sum_in_the_heat_is_not_a_zero_and_an_empty_cell_is_a_dash() -> None:
    cells = {(r["segment"], r["driver"]): r["label"] for rows in charts.risk_heat(HEAT).to_dict()["datasets"].values() for r in rows}
    assert cells["Small", "Price against market"] == "<1"
    assert cells["Big", "Price against market"] == say.UNKNOWN


@pytest.mark.parametrize("dark", [False, True])
def test_every_cell_of_the_heat_can_be_read(dark: bool) -> None:
    for step in range(101):
        cell = mixed(say.HEAT, step / 100, dark)
        assert say.contrast(cell, say.ink(cell)) >= 4.5


def test_an_unknown_component_is_named_and_earns_no_bar() -> None:
    spec = charts.points_of_weight(POINTS).to_dict()
    assert "unknown, weight shared" in texts(charts.points_of_weight(POINTS))
    bars = [layer for layer in spec["layer"] if layer["encoding"]["x"]["field"] == "earned"]
    rows = [row for layer in bars for row in spec["datasets"][layer["data"]["name"]]]
    assert [row["label"] for row in rows] == ["Contact frequency"]


def test_the_last_health_is_rounded_down_and_a_gap_stays_a_gap() -> None:
    chart = charts.health_line(LINE, DEFAULT)
    assert "46" in texts(chart)
    assert any(row.get("health", 0) is None for rows in chart.to_dict()["datasets"].values() for row in rows)


def test_zones_are_cut_where_the_settings_cut_the_bands() -> None:
    rows = [row for rows in charts.health_line(LINE, DEFAULT).to_dict()["datasets"].values() for row in rows if "from" in row]
    assert {row["word"]: row["from"] for row in rows}["▲ Watch"] == DEFAULT.at_risk_below
    assert {row["word"]: row["from"] for row in rows}["● Healthy"] == DEFAULT.healthy_from


def test_an_unknown_price_is_said_and_not_drawn_as_a_gap() -> None:
    found = texts(charts.price_against_market(PRICES))
    assert "no benchmark" in found
    assert f"+18{say.SPACE}%" in found
    assert {"Mobile, 2", "Mobile, 2 (2)"} <= set(found)


def test_bars_begin_at_zero_and_small_ones_are_put_together() -> None:
    many = pl.DataFrame({"segment": [f"S{i:02}" for i in range(15)], "customers": [1] * 15, "mrr": [100.0 - i for i in range(15)]})
    spec = charts.book_by(many, "segment", "customers").to_dict()
    assert all(layer["encoding"]["x"].get("scale", {"domain": [0]})["domain"][0] == 0 for layer in spec["layer"])
    assert "6 others" in texts(charts.book_by(many, "segment"))


@pytest.mark.parametrize("dark", [False, True])
def test_a_gap_is_outlined_and_named_and_a_month_not_over_is_paler(dark: bool) -> None:
    chart = charts.rows_by_month(MONTHS, {"interactions": 940, "market_prices": 20}, dark=dark)
    assert "gaps: interactions Sep 2026." in str(chart.to_dict()["description"])
    assert "940 a month" in texts(chart)
    rows = next(rows for rows in chart.to_dict()["datasets"].values() if "state" in rows[0])
    assert [row["state"] for row in rows[:3]] == ["over", "gap", "not over yet"]
    assert len({row["colour"] for row in rows[:3]}) == 3
