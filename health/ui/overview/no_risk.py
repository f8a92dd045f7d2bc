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
from health.ui.screens import SCREENS
from health.ui.viewer import may_load

_DIRECTIONS = ("Fell", "Rose")


def bands_card(page: Mapping[str, Any], earlier: date) -> None:
    """Draw the bands over time. `page`: the screen's content; `earlier`: the comparison day."""
    legend = "; dotted lines: new versions of the settings" if page["versions"].height else ""
    latest = page["shares"]["as_of"].max()
    until = f", up to {fmt.day(latest)}" if latest else ""
    with card(titles.bands(page["shares"], earlier), f"Share of customers in each band at month end{until}{legend}"):
        chart(charts.bands_over_time, page["shares"], page["versions"])


@st.fragment
def movers_card(page: Mapping[str, Any], earlier: date) -> None:
    """Draw the largest falls or rises since the comparison day, as the reader chooses."""
    direction = st.session_state.get("movers") or _DIRECTIONS[0]
    frame = page["rises" if direction == _DIRECTIONS[1] else "falls"]
    with card(
        titles.movers(frame, direction == _DIRECTIONS[0]),
        f"Change of health since {fmt.day(earlier)}, in points, and the main reason. Choose a row to open the client.",
    ):
        st.segmented_control("Direction", _DIRECTIONS, default=_DIRECTIONS[0], required=True, key="movers", label_visibility="collapsed")
        movers_table(frame, direction == _DIRECTIONS[0])


def no_risk_view(page: Mapping[str, Any], earlier: date) -> None:
    """Draw the cards under the numbers of such a book."""
    has_falls = not page["falls"].is_empty()
    st.info(fmt.plain(titles.no_customers_at_risk(page["known"].unknown, has_falls, earlier)), icon=":material/check_circle:")
    if not has_falls:
        return bands_card(page, earlier)
    bands_card(page, earlier)
    movers_card(page, earlier)
    return None


def no_customers_view(loaded: int, contracts: int) -> None:
    """Draw the page of a portfolio without active customers: how many are loaded, and what to load next.

    `loaded`, `contracts`: rows on file of customers and of contracts.
    """
    customers = fmt.plural(loaded, "customer")
    if contracts:
        st.info(f"**{customers} loaded, none active on this day.** Choose a later day on the left.", icon=":material/event:")
        return
    st.info(f"**{customers} loaded. Next: load contracts.** Contracts show who is a customer, since when, and for how much.",
            icon=":material/upload:")  # fmt: skip
    if may_load():
        st.page_link(SCREENS["upload"].script, label="Go to Upload", icon=SCREENS["upload"].icon)
