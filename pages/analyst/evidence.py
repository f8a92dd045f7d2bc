"""Does the score tell who leaves?"""

import streamlit as st

from health import format as fmt
from health import ui
from health.ui.evidence import backtest as evidence
from health.ui.evidence import churn_ledger

book = ui.require("evidence")
state = ui.filled(book)
as_of = ui.as_of(state)
with ui.head("evidence") as tell:
    horizon = evidence.horizon()
tell(f"left within {horizon} days", f"as of {fmt.day(as_of)}", f"settings version {state.settings.version}")
if why := evidence.why_not_yet(state, horizon):
    evidence.too_little(why)
    st.stop()

evidence.tested(book, horizon)
told = churn_ledger.read(book, as_of)
left, right = st.columns(2)
with left:
    churn_ledger.before_card(told)
with right:
    churn_ledger.stayed_card(told)
churn_ledger.ledger_card(told)
