"""Charts and parts of a customer's score: of an active customer, and of a former one as a record."""

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
from health.ui.client.tables import health_chart, months_table, parts_table, source_rows

ViewData = Mapping[str, Any]
_ACTIVE_FIGURES = {"MRR": "MRR", "Customer for": "Loyalty", "Days silent": "Recency", "Agreed end": "Commitment"}
_LEAVING_FIGURES = {"MRR": "MRR", "Customer for": "Loyalty", "Days silent": "Recency", "Leaves": "End"}
_FORMER_FIGURES = {"End": "End", "Customer for": "Loyalty", "Last MRR": "MRR"}
_LINE_ABOUT = "Health at month end; the shaded zones are the bands"


def score_cards(book: Book, data: ViewData, state: State, as_of: date) -> None:
    """Draw source rows, charts and parts of a customer with a score. `data`: `why.read`."""
    settings = state.settings
    is_customer = data["stage"] == "there"
    leaving = data["customer"]["status"] == "leaving"
    figures = _LEAVING_FIGURES if leaving else _ACTIVE_FIGURES if is_customer else _FORMER_FIGURES
    source_rows([(name, data["head"][key]) for name, key in figures.items() if key in data["head"]], "behind-head")
    day_words = "" if data["day"] == as_of else f", {fmt.day(data['day'])}"
    if is_customer:
        _active_charts(data, settings, day_words)
        bridge_card(book, data["customer"]["customer_id"], [end for end in state.month_ends if end < as_of], as_of)
    else:
        _former_charts(data, settings, day_words)
    with card(
        f"What the score {'rests' if is_customer else 'rested'} on{day_words}",
        "Each part with its points, its weight and the facts behind it",
    ):
        parts_table(data["parts"])
        source_rows(data["behind"], "behind-parts")


def _active_charts(data: ViewData, settings: Settings, day_words: str) -> None:
    """Draw points of the weight, and health over time with versions of the settings and overrides."""
    left, right = st.columns(2)
    won_back = "" if day_words else "; the empty part of a bar can be won back"  # points are frozen once notice is given
    with left, card(titles.points(data["points"]), f"Points earned of the weight{day_words}{won_back}"):
        chart(charts.points_of_weight, data["points"])
    versions, overrides = data["versions"], data["by_hand"]
    legend = [words for words, frame in (("v: a version of the settings", versions), ("diamond: held by hand", overrides)) if frame.height]
    with right, card(titles.health_history(data["line"]), "; ".join([_LINE_ABOUT, *legend])):
        health_chart(data["line"], settings, versions, overrides)


def _former_charts(data: ViewData, settings: Settings, day_words: str) -> None:
    """Draw the charts of a former customer; without advice, since nothing can be won back."""
    left, right = st.columns(2)
    with left, card(titles.points(data["points"]), f"Points earned of the weight{day_words}"):
        chart(charts.points_of_weight, data["points"])
    with right, card(titles.health_history(data["line"], has_ended=True), _LINE_ABOUT):
        health_chart(data["line"], settings, data["versions"], data["by_hand"])
    with card("The last months before", "Newest first; points of each part of the score, 0 to 100"):
        months_table(data["months"], data["weights"])
