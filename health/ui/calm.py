"""A book in which nobody is at risk: one sentence instead of pictures of nothing, and what there is to see all the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from health import charts
from health import format as say
from health.insight import findings
from health.ui.book import falls_table
from health.ui.cards import card, chart


def bands_card(told: Mapping[str, Any], earlier: date) -> None:
    """The bands over time; `told`: the page's read, `earlier`: the day compared with."""
    with card(findings.bands(told["shares"], earlier), "Share of customers in each band, month end"):
        chart(charts.bands_over_time, told["shares"])


def falls_card(told: Mapping[str, Any], earlier: date) -> None:
    """The largest falls since the day compared with."""
    with card(findings.falls(told["falls"]), f"Points of health since {say.day(earlier)}"):
        falls_table(told["falls"])


def calm_book(told: Mapping[str, Any], earlier: date) -> None:
    """What stands under the strip of such a book."""
    fallen = not told["falls"].is_empty()
    st.info(say.plain(findings.calm(told["known"].unknown, fallen, earlier)), icon=":material/check_circle:")
    if not fallen:
        return bands_card(told, earlier)
    left, right = st.columns(2)
    with left:
        bands_card(told, earlier)
    with right:
        falls_card(told, earlier)
    return None
