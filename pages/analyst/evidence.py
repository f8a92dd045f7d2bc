"""Does the score predict churn?"""

import streamlit as st

from health import format as fmt
from health import ui
from health.ui.evidence import backtest as evidence
from health.ui.evidence import churn_ledger

book = ui.require("evidence")
state = ui.require_data(book)
as_of = ui.as_of(state)
with ui.screen_head("evidence") as set_facts:
    horizon = evidence.horizon()
set_facts(f"left within {horizon} days", f"as of {fmt.day(as_of)}", f"settings version {state.settings.version}")
if reason := evidence.why_not_yet(state, horizon):
    evidence.insufficient_history(reason)
    st.stop()

evidence.backtest_cards(book, horizon)
losses = churn_ledger.read(book, as_of)
left, right = st.columns(2)
with left:
    churn_ledger.before_card(losses)
with right:
    churn_ledger.stayed_card(losses)
churn_ledger.ledger_card(losses)
