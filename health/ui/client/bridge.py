"""Why health moved between two days of the reader's choice: the bridge, and beside it the events that caused it."""

from datetime import date

import streamlit as st
from streamlit.column_config import TextColumn

from health import charts
from health.access import Book
from health.insight.client import bridge
from health.insight.client.bridge import Why
from health.ui import cache
from health.ui.cards import card_head, chart, empty, waiting
from health.ui.client.tables import SOURCE
from health.ui.columns import Columns
from health.ui.tables import table

OWN = "Own days"
SPANS = {"Last month": 1, "Last quarter": 3, "Last year": 12, OWN: 1}
_HEIGHT = 320


@st.fragment(parallel=True)
def bridge_card(book: Book, customer_id: str, month_ends: list[date], as_of: date) -> None:
    """The finding, the waterfall and its events; the rest of the page does not wait for them. `month_ends`: those before `as_of`."""
    if not month_ends:
        return
    with st.container(border=True):
        finding = st.container(gap=None)
        t0, t1 = _days(month_ends, as_of)
        with waiting(_HEIGHT):
            told = cache.ask(bridge.why, book, customer_id, t0, t1)
        with finding:
            card_head(told.sentence, bridge.about(told))
        if told.before is None or told.after is None:
            empty("There is no bridge between these days", f"This customer was {told.missing}.")
            return
        if told.steps.is_empty() and told.causes.is_empty():
            empty("Nothing moved health in these days", "No row came in that counts, and nothing grew older that does.")
            return
        left, right = st.columns([2, 3])
        with left:
            chart(charts.bridge, told.steps, told.before, told.after, t0, t1, bridge.LANE_WORDS)
        with right:
            _events(told)


def _days(ends: list[date], as_of: date) -> tuple[date, date]:
    """The reader's two days, the earlier first: a span up to the day of the screen, or any two."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.segmented_control(
            "Compare over", list(SPANS), default="Last month", required=True, key="bridge-span", label_visibility="collapsed"
        )
        since = ends[-min(SPANS[chosen], len(ends))]
        if chosen != OWN:
            return since, as_of
        start = st.date_input("From", since, ends[0], as_of, key="bridge-from", format="DD-MM-YYYY", width=150)
        end = st.date_input("To", as_of, ends[0], as_of, key="bridge-to", format="DD-MM-YYYY", width=150)
    return min(start, end), max(start, end)


def _events(told: Why) -> None:
    if told.causes.is_empty():
        empty("No row came in that moved health", "What moved it is named beside.")
        return
    columns: Columns = {
        "day": 86,
        "words": TextColumn("What happened", width=204),
        "component": TextColumn("Moved", width=122),
        **SOURCE,
        "file": 92,
    }
    table(told.causes, columns, key="causes", alt="Events that moved health, with their source", rows=10)
