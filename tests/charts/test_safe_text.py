"""No name empties a picture: Vega draws nothing where one breaks its code, is held by every object, or takes all the place."""

import json
from io import BytesIO

import polars as pl
import pytest

from health import charts
from health.ui import cards

NAMES = ["a\u2028b", "a\u2029b\u2029c", "constructor", "__proto__", "toString"]


def spread(group: str) -> pl.DataFrame:
    figures = {"customers": 3, "p10": 10.0, "p25": 20.0, "median": 30.0, "p75": 60.0, "p90": 90.0}
    return pl.DataFrame([{"group": name, **figures} for name in (group, "Plain")])


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_vega_would_read_as_its_own_is_drawn_all_the_same(name: str) -> None:
    specification = cards._vega_specification("spread", (spread(name),), False, charts.value_spread)
    (sent,) = [pl.read_ipc_stream(BytesIO(rows)) for rows in specification["datasets"].values()]
    (order,) = {tuple(layer["encoding"]["y"]["sort"]) for layer in specification["layer"]}
    assert list(order) == sent["group"].to_list(), "the order names the rows as they are sent"
    assert not {*NAMES} & {*order} and not any(mark in "".join(order) for mark in "\u2028\u2029")
    assert order[0].strip("\u2060").split() == name.split()


@pytest.mark.parametrize("name", NAMES)
def test_the_names_of_who_waits_are_code_that_can_be_read_whatever_they_are(name: str) -> None:
    waiting = pl.DataFrame({"name": [name, "Plain"], "days_over": [20, 3]})
    (axis,) = {layer["encoding"]["y"]["axis"]["labelExpr"] for layer in charts.overdue(waiting).to_dict()["layer"]}
    names, _, looked_up = axis.rpartition("[")
    assert axis.isascii() and looked_up == "datum.value]" and json.loads(names) == [name, "Plain"]


def test_a_long_name_at_the_end_of_a_line_leaves_the_line_its_place() -> None:
    curve = pl.DataFrame({"label": "W" * 300, "month": [0, 1], "stays": [1.0, 0.9], "low": [1.0, 0.8], "high": [1.0, 1.0]})
    (named,) = [layer["mark"] for layer in charts.survival_curves(curve).to_dict()["layer"] if layer["mark"]["type"] == "text"]
    assert named["limit"] <= 150
