"""The charts of value, staying and the week draw, say what they show in words, and say so when there is nothing to show."""

from collections.abc import Callable
from datetime import date
from functools import partial

import altair as alt
import polars as pl
import pytest

from health import charts
from health.charts.value import _named_customers

PLACED = pl.DataFrame(
    {
        "customer_id": [f"C{n}" for n in range(6)],
        "name": ["Amberley", "Bryce", "Coil", "Dune", "Elm", "Free of margin"],
        "health": [30.0, 80.0, 75.5, 20.0, None, 50.0],
        "margin": [900.0, 1200.0, 90.0, 60.0, 500.0, 0.0],
        "lifetime_value": [9000.0, 40_000.0, 3000.0, None, None, None],
        "quadrant": ["rescue", "protect", "grow", "decide", None, "decide"],
    }
)
SPREAD = pl.DataFrame(
    {
        "group": ["Big", "Small"],
        "customers": [9, 40],
        "p10": [9e3, 4e2],
        "p25": [2e4, 9e2],
        "median": [4e4, 2e3],
        "p75": [8e4, 4e3],
        "p90": [2e5, 9e3],
    }
)
MOVED = pl.DataFrame({"words": ["new customers", "left", "chances"], "amount": [500.0, -900.0, -100.0]})
CURVES = pl.DataFrame(
    [
        {
            "label": label,
            "band": band,
            "month": month,
            "stays": 1 - slope * month,
            "low": 1 - 1.2 * slope * month,
            "high": 1 - 0.8 * slope * month,
        }
        for label, band, slope in (("Healthy", "healthy", 0.004), ("Watch", "watch", 0.0045), ("At risk", "at_risk", 0.02))
        for month in range(0, 37, 6)
    ]
)
COHORTS = pl.DataFrame({"cohort": ["2025 Q1"] * 2 + ["2025 Q2"], "age": [0, 1, 0], "customers": [40, 40, 30], "share": [1.0, 0.9, 1.0]})
FORECASTS = pl.DataFrame(
    {
        "made_on": [date(2025, 6, 30), date(2026, 6, 30)],
        "expected": [0.86, 0.88],
        "low": [0.83, 0.85],
        "high": [0.89, 0.91],
        "came": [0.85, None],
    }
)
OVERDUE = pl.DataFrame({"customer_id": ["C1", "C2"], "name": ["Same name", "Same name"], "days_over": [23, 1]})
ROOM = pl.DataFrame({"discount": [0.0, 0.1, 0.2], "kept": [900.0, 820.0, 700.0], "without": [810.0] * 3})
TRACK = pl.DataFrame({"at": [0.0, 39.0, 78.0], "foreseen": [0.0, 2500.0, 4161.0], "made": [0.0, 2457.0, 4339.0]})


def drawn(rows: Callable[[pl.DataFrame], pl.DataFrame]) -> dict[str, Callable[..., alt.LayerChart]]:
    """Every chart of this room, on what `rows` leaves of its frame."""
    return {
        "value_against_health": partial(charts.value_against_health, rows(PLACED), 57.5, 300.0),
        "value_spread": partial(charts.value_spread, rows(SPREAD)),
        "value_change": partial(charts.value_change, rows(MOVED), 10_000.0, 9_500.0, ("31 Jul 2026", "31 Oct 2026")),
        "overdue": partial(charts.overdue, rows(OVERDUE)),
        "negotiation_curve": partial(charts.negotiation_curve, rows(ROOM), 0.05, 0.11),
        "survival_curves": partial(charts.survival_curves, rows(CURVES)),
        "cohorts": partial(charts.cohorts, rows(COHORTS), "customers"),
        "forecast": partial(charts.forecast, rows(FORECASTS)),
        "predicted_and_actual": partial(charts.predicted_and_actual, rows(TRACK), 39.0, "week", "repeat purchases"),
    }


SAID = {
    "value_against_health": "Rescue 1; Protect 1; Grow 1; Decide 1",
    "value_spread": "Big €40k, Small €2,000",
    "value_change": "31 Jul 2026 €10k; new customers +€500; left -€900",
    "overdue": "Same name 23 days, Same name 1 day",
    "negotiation_curve": "pays up to 11.0",
    "survival_curves": "Healthy 86",
    "cohorts": "after 1 quarter 2025 Q1 kept 90",
    "forecast": "open",
    "predicted_and_actual": "4,161 predicted, 4,339 made",
}


@pytest.mark.parametrize("name", SAID)
def test_a_chart_says_in_words_what_it_shows(name: str) -> None:
    assert SAID[name] in drawn(pl.DataFrame.clone)[name]().description.replace("\u00a0", " ")


def test_labels_of_lines_that_end_close_together_stand_apart() -> None:
    ends = [row for data in charts.survival_curves(CURVES).to_dict()["datasets"].values() for row in data if "said" in row]
    heights = sorted(row["at"] for row in ends)
    assert len(heights) == 3 and all(later - earlier >= 0.085 - 1e-9 for earlier, later in zip(heights, heights[1:], strict=False))


def test_of_a_large_book_some_points_stand_for_all_and_the_numbers_are_of_all() -> None:
    many = pl.DataFrame({"customer_id": [f"C{n:05}" for n in range(9001)], "name": [f"N{n}" for n in range(9001)]}).with_columns(
        pl.lit(50.0).alias("health"), pl.int_range(1, 9002).cast(pl.Float64).alias("margin"), pl.lit(1.0).alias("lifetime_value"),
        pl.lit("rescue").alias("quadrant"),
    )  # fmt: skip
    picture = charts.value_against_health(many, 57.5, 100.0).to_dict()
    drawn = {row["name"] for rows in picture["datasets"].values() for row in rows if "name" in row}
    assert len(drawn) <= 4003 and "N9000" in drawn, "the largest to rescue is always there"
    assert "one point for every 3 customers" in picture["description"] and "Rescue 9,001" in picture["description"]


def test_the_names_of_the_largest_to_rescue_do_not_meet() -> None:
    near = pl.DataFrame(
        {"customer_id": list("ABCDE"), "name": list("ABCDE"), "health": [40.0, 42, 41, 12, 43], "margin": [1000.0, 990, 700, 980, 650],
         "lifetime_value": 1.0, "quadrant": "rescue"}
    )  # fmt: skip
    assert set(_named_customers(near, 0.1)["name"]) == {"A", "C", "D"}


@pytest.mark.parametrize(
    ("kept", "cut", "holds_zero"),
    [([900.0, 820.0, 700.0], True, False), ([900.0, 500.0, 100.0], False, True), ([900.0, 200.0, -200.0], False, True),
     ([-100.0, -150.0, -200.0], True, False)],
)  # fmt: skip
def test_an_axis_is_called_cut_just_where_it_leaves_out_zero(kept: list[float], cut: bool, holds_zero: bool) -> None:
    picture = charts.negotiation_curve(ROOM.with_columns(kept=pl.Series(kept), without=kept[0]), 0.05, 0.11).to_dict()
    axis = next(layer["encoding"]["y"] for layer in picture["layer"] if "axis" in layer["encoding"]["y"])
    low, high = axis["scale"]["domain"]
    assert (axis["title"].endswith("axis cut"), low <= 0 <= high) == (cut, holds_zero) and low <= min(kept) <= max(kept) <= high


def test_the_steps_of_the_value_begin_where_the_last_one_ended() -> None:
    data = charts.value_change(MOVED, 10_000.0, 9_500.0, ("then", "now")).to_dict()["datasets"]
    rows = sorted({row["place"]: row for part in data.values() for row in part}.values(), key=lambda row: row["place"])
    assert all(before["to"] == after["from"] for before, after in zip(rows, rows[1:], strict=False))
