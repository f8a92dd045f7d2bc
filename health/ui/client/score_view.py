"""The client screen's pictures: of a relation that goes on, and of one that is only a record."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from health import charts
from health import format as fmt
from health.access import Book
from health.insight import titles
from health.portfolio import State
from health.score.settings import Settings
from health.ui.cards import card, chart
from health.ui.client.bridge import bridge_card
from health.ui.client.tables import health_chart, months_table, parts_table, rows_behind

Told = Mapping[str, Any]
_HEAD = {"MRR": "MRR", "Customer for": "Loyalty", "Days silent": "Recency", "Agreed end": "Commitment"}
_LEAVING = {"MRR": "MRR", "Customer for": "Loyalty", "Days silent": "Recency", "Leaves": "End"}
_RECORD = {"End": "End", "Customer for": "Loyalty", "Last MRR": "MRR"}
_LINE = "Health at month end; the shaded zones are the bands"


def scored(book: Book, told: Told, state: State, as_of: date) -> None:
    """Rows behind the strip, pictures and parts of a customer with a score; `told`: the page's read."""
    settings = state.settings
    there = told["stage"] == "there"
    leaving = told["customer"]["status"] == "leaving"
    named = _LEAVING if leaving else _HEAD if there else _RECORD
    rows_behind([(name, told["head"][key]) for name, key in named.items() if key in told["head"]], "behind-head")
    day = "" if told["day"] == as_of else f", {fmt.day(told['day'])}"
    if there:
        _present(told, settings, day)
        bridge_card(book, told["customer"]["customer_id"], [end for end in state.month_ends if end < as_of], as_of)
    else:
        _past(told, settings, day)
    with card(f"What the score {'rests' if there else 'rested'} on{day}", "Each part with its points, its weight and the facts behind it"):
        parts_table(told["parts"])
        rows_behind(told["behind"], "behind-parts")


def _present(told: Told, settings: Settings, day: str) -> None:
    """Points of the weight, and health over time with what changed under it: versions of the settings, and what people held instead."""
    left, right = st.columns(2)
    won_back = "" if day else "; the empty part of a bar can be won back"  # the points of the leaving are frozen
    with left, card(titles.points(told["points"]), f"Points earned of the weight{day}{won_back}"):
        chart(charts.points_of_weight, told["points"])
    versions, held = told["versions"], told["by_hand"]
    marked = [words for words, frame in (("v: a version of the settings", versions), ("diamond: held by hand", held)) if frame.height]
    with right, card(titles.line(told["line"]), "; ".join([_LINE, *marked])):
        health_chart(told["line"], settings, versions, held)


def _past(told: Told, settings: Settings, day: str) -> None:
    """Nothing here says what to do: there is nothing left to win back."""
    left, right = st.columns(2)
    with left, card(titles.points(told["points"]), f"Points earned of the weight{day}"):
        chart(charts.points_of_weight, told["points"])
    with right, card(titles.line(told["line"], over=True), _LINE):
        health_chart(told["line"], settings, told["versions"], told["by_hand"])
    with card("The last months before", "Newest first; points of each part of the score, 0 to 100"):
        months_table(told["months"], told["weights"])
