"""Overview of a book without at-risk customers: one sentence instead of empty charts, and the remaining cards."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from health import charts
from health import format as fmt
from health.insight import titles
from health.ui.cards import card, chart
from health.ui.overview.lists import movers_table

_DIRECTIONS = ("Fell", "Rose")


def bands_card(page: Mapping[str, Any], earlier: date) -> None:
    """Draw the bands over time. `page`: the screen's content; `earlier`: the comparison day."""
    legend = "; dotted: versions of the settings" if page["versions"].height else ""
    with card(titles.bands(page["shares"], earlier), f"Share of customers in each band, month end{legend}"):
        chart(charts.bands_over_time, page["shares"], page["versions"])


@st.fragment
def movers_card(page: Mapping[str, Any], earlier: date) -> None:
    """Draw the largest falls or rises since the comparison day, as the reader chooses."""
    direction = st.session_state.get("movers") or _DIRECTIONS[0]
    frame = page["rises" if direction == _DIRECTIONS[1] else "falls"]
    with card(
        titles.movers(frame, direction == _DIRECTIONS[0]), f"Points of health since {fmt.day(earlier)}, and the largest step of each"
    ):
        st.segmented_control("Movers", _DIRECTIONS, default=_DIRECTIONS[0], required=True, key="movers", label_visibility="collapsed")
        movers_table(frame, direction == _DIRECTIONS[0])


def no_risk_view(page: Mapping[str, Any], earlier: date) -> None:
    """Draw the cards under the numbers of such a book."""
    has_falls = not page["falls"].is_empty()
    st.info(fmt.plain(titles.no_customers_at_risk(page["known"].unknown, has_falls, earlier)), icon=":material/check_circle:")
    if not has_falls:
        return bands_card(page, earlier)
    left, right = st.columns(2)
    with left:
        bands_card(page, earlier)
    with right:
        movers_card(page, earlier)
    return None
