"""Why health changed between two chosen days: a waterfall, and next to it the events that caused it."""

from datetime import date

import streamlit as st
from streamlit.column_config import TextColumn

from health import charts
from health.access import Book
from health.insight.client import bridge
from health.insight.client.bridge import HealthChange
from health.ui import cache
from health.ui.cards import card_head, chart, empty, waiting
from health.ui.client.tables import SOURCE
from health.ui.columns import Columns
from health.ui.tables import table

CUSTOM_DAYS = "Custom"
SPANS = {"Last month": 1, "Last quarter": 3, "Last year": 12, CUSTOM_DAYS: 1}
_CARD_HEIGHT = 320


@st.fragment(parallel=True)
def bridge_card(book: Book, customer_id: str, month_ends: list[date], as_of: date) -> None:
    """Draw the finding, the waterfall and its events, without holding up the page. `month_ends`: those before `as_of`."""
    if not month_ends:
        return
    with st.container(border=True):
        finding = st.container(gap=None)
        t0, t1 = _days(month_ends, as_of)
        with waiting(_CARD_HEIGHT):
            change = cache.read_cached(bridge.explain_change, book, customer_id, t0, t1)
        with finding:
            card_head(change.sentence, bridge.describe_basis(change))
        if change.before is None or change.after is None:
            empty("No comparison between these days", f"This customer: {change.missing}.")
            return
        if change.steps.is_empty() and change.causes.is_empty():
            empty("Health did not change between these days", "No new data and no passage of time affected the score.")
            return
        left, right = st.columns([2, 3])
        with left:
            chart(charts.bridge, change.steps, change.before, change.after, t0, t1, bridge.LANE_WORDS)
        with right:
            _events(change)


def _days(month_ends: list[date], as_of: date) -> tuple[date, date]:
    """Draw the choice of days and return the two, the earlier first: a span up to the screen's day, or any two."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        span = st.segmented_control(
            "Compare over", list(SPANS), default="Last month", required=True, key="bridge-span", label_visibility="collapsed"
        )
        since = month_ends[-min(SPANS[span], len(month_ends))]
        if span != CUSTOM_DAYS:
            return since, as_of
        start = st.date_input("From", since, month_ends[0], as_of, key="bridge-from", format="DD-MM-YYYY", width=150)
        end = st.date_input("To", as_of, month_ends[0], as_of, key="bridge-to", format="DD-MM-YYYY", width=150)
    return min(start, end), max(start, end)


def _events(change: HealthChange) -> None:
    if change.causes.is_empty():
        empty("No new data changed health", "The chart shows what did.")
        return
    columns: Columns = {
        "day": 84,
        "words": TextColumn("What happened", width=130),
        "component": TextColumn("Affects", width=90),
        **SOURCE,
        "file": 100,
    }
    table(change.causes, columns, key="causes", alt="Events that changed health, with their source", rows=5, wrap=True)
