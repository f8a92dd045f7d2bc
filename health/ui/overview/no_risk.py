"""A book in which nobody is at risk: one sentence instead of pictures of nothing, and what there is to see all the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from health import charts
from health import format as fmt
from health.insight import titles
from health.ui.cards import card, chart
from health.ui.overview.lists import movers_table

_WAYS = ("Fell", "Rose")


def bands_card(told: Mapping[str, Any], earlier: date) -> None:
    """The bands over time; `told`: the page's read, `earlier`: the day compared with."""
    marked = "; dotted: versions of the settings" if told["versions"].height else ""
    with card(titles.bands(told["shares"], earlier), f"Share of customers in each band, month end{marked}"):
        chart(charts.bands_over_time, told["shares"], told["versions"])


@st.fragment
def movers_card(told: Mapping[str, Any], earlier: date) -> None:
    """The largest falls or rises since the day compared with, as the reader chooses."""
    way = st.session_state.get("movers") or _WAYS[0]
    frame = told["rises" if way == _WAYS[1] else "falls"]
    with card(titles.movers(frame, way == _WAYS[0]), f"Points of health since {fmt.day(earlier)}, and the largest step of each"):
        st.segmented_control("Movers", _WAYS, default=_WAYS[0], required=True, key="movers", label_visibility="collapsed")
        movers_table(frame, way == _WAYS[0])


def calm_book(told: Mapping[str, Any], earlier: date) -> None:
    """What stands under the strip of such a book."""
    fallen = not told["falls"].is_empty()
    st.info(fmt.plain(titles.calm(told["known"].unknown, fallen, earlier)), icon=":material/check_circle:")
    if not fallen:
        return bands_card(told, earlier)
    left, right = st.columns(2)
    with left:
        bands_card(told, earlier)
    with right:
        movers_card(told, earlier)
    return None
