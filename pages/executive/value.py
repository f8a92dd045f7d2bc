"""Whom do we protect, rescue, grow or decide about, and what is the book worth?"""

import streamlit as st

from health import format as fmt
from health import ui
from health.ui.value import VIEWS

book = ui.require("value")
state = ui.filled(book)
as_of = ui.as_of(state)
with ui.head("value") as tell:
    view = st.segmented_control(
        "View", list(VIEWS), default="Groups", required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    earlier = ui.against(state, as_of)
now = ui.portfolio_at(book, as_of)
scored = now["band"].is_not_null().sum()
tell(f"as of {fmt.day(as_of)}", fmt.plural(int(scored), "customer"))
VIEWS[str(view)](book, as_of, earlier)
