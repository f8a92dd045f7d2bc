"""Which customers are worth most, which need attention, and what is the portfolio worth?"""

import streamlit as st

from health import format as fmt
from health import ui
from health.ui.value import VIEWS

book = ui.require("value")
state = ui.require_data(book)
as_of = ui.as_of(state)
with ui.screen_head("value") as set_facts:
    view = st.segmented_control(
        "View", list(VIEWS), default="Groups", required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    earlier = ui.comparison_day(state, as_of)
now = ui.portfolio_at(book, as_of)
scored = now["band"].is_not_null().sum()
set_facts(f"as of {fmt.day(as_of)}", fmt.plural(int(scored), "customer"))
VIEWS[str(view)](book, as_of, earlier)
