"""Every chart draws, says what it shows in words, and says so when there is nothing to show."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

import altair as alt
import polars as pl
import pytest

from health import charts
from health import format as fmt
from health.charts.theme import ramp_colour
from health.score.settings import DEFAULT
from tests.charts import test_value_charts

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
AGREED = pl.DataFrame(
    {"lane": ["Contacts", "Contacts", "Invoices"], "on": ENDS, "kept": ["kept", "broken", "open"], "words": ["call", "visit", "■ Open"]}
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
MODELS = pl.DataFrame(
    {
        "label": ["This score", "Tenure alone"],
        "own": [True, False],
        "auc": [0.789, 0.574],
        "low": [0.764, 0.550],
        "high": [0.807, 0.601],
    }
)
STEPS = [0.0, 0.2, 0.4, 1.0]
CURVES = pl.DataFrame(
    {
        "label": ["This score"] * 4 + ["Chance"] * 4,
        "share": STEPS * 2,
        "found": [0.0, 0.57, 0.8, 1.0, *STEPS],
    }
)
WARNED = pl.DataFrame(
    {
        "label": ["This score"] * 3 + ["Random order"] * 3,
        "share": [0.05, 0.2, 0.5] * 2,
        "warned": [0.1, 0.38, 0.7, 0.05, 0.2, 0.5],
        "low": [0.05, 0.3, 0.6, None, None, None],
        "high": [0.2, 0.46, 0.8, None, None, None],
    }
)
TENTHS = pl.DataFrame(
    {
        "tenth": [1, 2],
        "customers": [60, 60],
        "lost": [1, 9],
        "expected": [0.01, 0.2],
        "rate": [1 / 60, 0.15],
        "low": [0.0, 0.08],
        "high": [0.09, 0.26],
    }
)
CHURN = pl.DataFrame(
    {
        "band": ["at_risk", "healthy"],
        "customers": [605, 5318],
        "lost": [115, 97],
        "rate": [0.19, 0.018],
        "low": [0.16, 0.015],
        "high": [0.22, 0.022],
    }
)
BEFORE = pl.DataFrame(
    {"days": [30, 30, 90, 90, 90], "band": ["at_risk", "healthy", "at_risk", "healthy", "unknown"], "lost": [30, 10, 20, 15, 5]}
)

STEPS = pl.DataFrame(
    [
        {"lane": "ageing", "words": "no recent contact", "tenths": -50},
        {"lane": "ageing", "words": "old complaints faded", "tenths": 8},
        {"lane": "data", "words": "contact made", "tenths": 5},
        {"lane": "override", "words": "override", "tenths": 180},
    ]
)
DAYS = date(2026, 9, 30), date(2026, 10, 31)
LANES = {"ageing": "Time passed", "data": "New data", "override": "Override"}
HELD = pl.DataFrame({"from_on": [date(2026, 9, 1)], "until_on": [date(2026, 11, 1)], "health": [70.0], "label": ["held at 70 by Jo"]})

ANSWERS = pl.DataFrame(
    {
        "quarter": ["2026 Q1", "2026 Q2", "2026 Q3"],
        "value": [12.0, None, 20.0],
        "low": [-3.0, None, 4.0],
        "high": [27.0, None, 36.0],
        "answers": [45, 0, 40],
        "words": ["+12", "–", "+20"],
        "interval": ["-3 to +27", "–", "+4 to +36"],
    }
)


def drawn(empty: bool = False) -> dict[str, Callable[..., alt.LayerChart]]:
    """Every chart of the package, on rows or on none."""

    def rows(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.clear() if empty else frame

    return {
        "agreed_in_time": partial(charts.agreed_in_time, rows(AGREED)),
        "bridge": partial(charts.bridge, rows(STEPS), 557, 520, *DAYS, LANES),
        "bands_over_time": partial(charts.bands_over_time, rows(SHARES), rows(EVENTS)),
        "risk_heat": partial(charts.risk_heat, rows(HEAT)),
        "points_of_weight": partial(charts.points_of_weight, rows(POINTS)),
        "health_line": partial(charts.health_line, rows(LINE), DEFAULT, rows(EVENTS), rows(HELD)),
        "price_against_market": partial(charts.price_against_market, rows(PRICES)),
        "refused_by_reason": partial(charts.refused_by_reason, rows(REFUSED)),
        "book_by": partial(charts.book_by, rows(PARTS), "segment"),
        "rows_by_month": partial(charts.rows_by_month, rows(MONTHS), {"interactions": 940, "market_prices": 20}),
        "model_comparison": partial(charts.model_comparison, rows(MODELS)),
        "gains_curve": partial(charts.gains_curve, rows(CURVES)),
        "calibration": partial(charts.calibration, rows(TENTHS)),
        "churn_by_band": partial(charts.churn_by_band, rows(CHURN), 90),
        "lost_by_band": partial(charts.lost_by_band, rows(BEFORE)),
        "component_curve": partial(charts.component_curve, rows(CURVE), "burden"),
        "warning_curve": partial(charts.warning_curve, rows(WARNED)),
        "survey_trend": partial(charts.survey_trend, rows(ANSWERS), "NPS", "points"),
    } | test_value_charts.drawn(rows)


def texts(chart: alt.LayerChart) -> list[str]:
    """Every text that stands in the chart's rows."""
    spec = chart.to_dict()
    return [str(value) for rows in spec["datasets"].values() for row in rows for value in row.values()]


def test_the_package_offers_what_is_tested_here() -> None:
    assert set(drawn()) == set(charts.__all__)


def test_the_trend_of_a_survey_names_the_quarters_with_answers_only() -> None:
    assert charts.survey_trend(ANSWERS, "NPS", "points").description == "NPS by quarter, points: 2026 Q1 +12, 2026 Q3 +20."


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("name", charts.__all__)
def test_every_chart_draws_and_speaks(name: str, empty: bool, dark: bool) -> None:
    chart = drawn(empty)[name](dark=dark)
    spec = chart.to_dict()
    assert spec["description"]
    assert spec["config"]["background"] == "transparent"
    assert spec["config"]["text"]["color"] == fmt.TEXT.on(dark)
    if empty:
        assert spec["description"] in texts(chart)


@pytest.mark.parametrize("name", charts.__all__)
def test_painted_colours_never_stand_beside_a_scale(name: str) -> None:
    def colours(node: Any) -> list[Any]:
        if isinstance(node, dict):
            return [v for k, v in node.items() if k == "color" and isinstance(v, dict)] + [c for v in node.values() for c in colours(v)]
        return [c for v in node for c in colours(v)] if isinstance(node, list) else []

    layers = drawn()[name]().to_dict()["layer"]
    assert all(colour.get("scale", "given") is None for colour in colours(layers))


def test_the_two_themes_share_no_ink() -> None:
    light, dark = (json.dumps(drawn()["health_line"](dark=d).to_dict()) for d in (False, True))
    assert fmt.TEXT.light in light
    assert fmt.TEXT.light not in dark
    assert fmt.band("watch").tint.dark in dark


def test_bands_are_labelled_with_share_and_word() -> None:
    found = texts(charts.bands_over_time(SHARES))
    assert f"55{fmt.SPACE}% Healthy" in found
    assert f"1{fmt.SPACE}% Leaving" in found


def test_a_version_of_the_settings_is_marked_on_the_history_of_the_bands() -> None:
    """Also one saved after the last month end; the shares are written beyond it. One of long before, or after, is not shown."""
    days = [date(2026, 9, 10), date(2026, 11, 20), date(2020, 1, 1), date(2027, 1, 1)]
    saved = pl.DataFrame({"on": days, "label": ["v2", "v3", "v1", "v9"]})
    chart = charts.bands_over_time(SHARES, saved)
    rules = [layer for layer in chart.to_dict()["layer"] if layer["mark"]["type"] == "rule"]
    datasets = chart.to_dict()["datasets"]
    marked = [row for layer in rules for row in datasets[layer["data"]["name"]]]
    assert [(row["as_of"][:10], row["label"]) for row in marked] == [("2026-09-10", "v2"), ("2026-11-20", "v3")]
    written = [row["as_of"][:10] for rows in datasets.values() for row in rows if "middle" in row]
    assert set(written) == {"2026-11-20"} and "settings: v2, v3" in chart.to_dict()["description"]


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
    assert cells["Big", "Price against market"] == fmt.UNKNOWN


@pytest.mark.parametrize("dark", [False, True])
def test_every_cell_of_the_heat_can_be_read(dark: bool) -> None:
    for step in range(101):
        cell = ramp_colour(fmt.HEAT, step / 100, dark)
        assert fmt.contrast(cell, fmt.ink(cell)) >= 4.5


def test_an_unknown_component_is_named_and_earns_no_bar() -> None:
    spec = charts.points_of_weight(POINTS).to_dict()
    assert "unknown, not counted" in texts(charts.points_of_weight(POINTS))
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


def test_a_bridge_begins_and_ends_with_ticks_and_its_steps_meet() -> None:
    rows = next(
        d for d in charts.bridge(STEPS, 557, 520, *DAYS, LANES).to_dict()["datasets"].values() if {r["kind"] for r in d} == {"step"}
    )
    assert [(row["label"], row["from"], row["to"], row["said"]) for row in rows] == [
        ("No recent contact", 55.7, 50.7, "-5.0"),
        ("Old complaints faded", 50.7, 51.5, "+0.8"),
        ("Contact made", 51.5, 52.0, "+0.5"),
        ("Override", 52.0, 70.0, "+18.0"),
    ]
    labels = json.dumps(charts.bridge(STEPS, 557, 520, *DAYS, LANES).to_dict())
    order = ["30 Sep 2026", "Time passed (-4.2)", "No recent contact", "New data (+0.5)", "31 Oct 2026, calculated", "With override"]
    assert [labels.index(words) for words in order] == sorted(labels.index(words) for words in order)


def test_steps_that_do_not_add_up_are_not_drawn() -> None:
    assert "do not add up" in texts(charts.bridge(STEPS, 557, 521, *DAYS, LANES))[0]


def test_what_a_person_held_stands_beside_the_line_of_the_score() -> None:
    found = texts(charts.health_line(LINE, DEFAULT, None, HELD))
    assert "held at 70 by Jo" in found and "46" in found


def test_an_unknown_price_is_said_and_not_drawn_as_a_gap() -> None:
    found = texts(charts.price_against_market(PRICES))
    assert "no market price" in found
    assert f"+18{fmt.SPACE}%" in found
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


def test_a_model_without_a_figure_is_left_out_and_the_best_stands_on_top() -> None:
    unknown = {"label": "Unknown", "own": False, "auc": None, "low": None, "high": None}
    chart = charts.model_comparison(pl.concat([MODELS.reverse(), pl.DataFrame([unknown], schema=MODELS.schema)]))
    assert "Unknown" not in texts(chart)
    assert "0.79  (0.76 to 0.81)" in texts(chart)
    assert chart.to_dict()["layer"][1]["encoding"]["y"]["sort"] == ["This score", "Tenure alone"]


def test_curves_are_named_with_what_a_fifth_of_the_calls_finds() -> None:
    assert {f"This score, 57{fmt.SPACE}%", f"Chance, 20{fmt.SPACE}%"} <= set(texts(charts.gains_curve(CURVES)))
    assert {f"This score, 38{fmt.SPACE}%", f"Random order, 20{fmt.SPACE}%"} <= set(texts(charts.warning_curve(WARNED)))


def test_curves_of_a_book_that_lost_nobody_are_not_drawn() -> None:
    nobody = CURVES.with_columns(pl.lit(None, pl.Float64).alias("found"))
    assert texts(charts.gains_curve(nobody)) == ["No customer churned in the test period"]


def test_churn_of_a_band_comes_with_its_n() -> None:
    found = texts(charts.churn_by_band(CHURN, 90))
    assert {f"19{fmt.SPACE}%, 115 of 605", f"2{fmt.SPACE}%, 97 of 5,318"} <= set(found)


def test_the_bars_of_the_lost_add_up_to_all_of_them() -> None:
    rows = next(rows for rows in charts.lost_by_band(BEFORE).to_dict()["datasets"].values() if "until" in rows[0])
    assert {row["label"]: row["until"] for row in rows if row["band"] == "healthy"} == {"30 days": 40, "90 days": 40}
    assert all(row["until"] - row["from"] == row["lost"] for row in rows)
    assert [row["word"] for row in rows if row["days"] == 90] == ["At risk", "Unknown", "Healthy"]


@pytest.mark.parametrize("dark", [False, True])
def test_every_number_on_the_bars_of_the_lost_can_be_read(dark: bool) -> None:
    rows = next(rows for rows in charts.lost_by_band(BEFORE, dark=dark).to_dict()["datasets"].values() if "until" in rows[0])
    assert all(fmt.contrast(row["colour"], row["on"]) >= 4.5 for row in rows)
