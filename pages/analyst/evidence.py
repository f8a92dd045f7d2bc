"""Does the score predict churn?"""

import streamlit as st

from health import ui
from health.ui.evidence import backtest as evidence
from health.ui.evidence import churn_ledger, warning

ACCURACY, WARNING, CHURNED, SUGGESTIONS, DETAILS = "Accuracy", "Warning time", "Churned customers", "Suggested settings", "Details"

book = ui.require("evidence")
state = ui.require_data(book)
as_of = ui.as_of(state)
with ui.screen_head("evidence") as set_facts:
    view = ui.choose_view("evidence", [ACCURACY, WARNING, CHURNED, SUGGESTIONS, DETAILS])
    horizon = evidence.horizon()
set_facts(f"churn within {horizon} days", ui.day_fact(state, as_of), f"settings version {state.settings.version}")
if reason := evidence.why_not_yet(state, horizon):
    evidence.insufficient_history(reason)
    st.stop()

if view == CHURNED:
    losses = churn_ledger.read(book, as_of)
    churn_ledger.before_card(losses)
    churn_ledger.ledger_card(losses)
    churn_ledger.downsell_card(losses)
    churn_ledger.stayed_card(losses)
elif view == WARNING:
    warning.warning_view(book, as_of)
elif view == SUGGESTIONS:
    evidence.suggestions_view(book, horizon)
elif view == DETAILS:
    evidence.details_view(book, horizon)
else:
    evidence.accuracy_view(book, horizon)
