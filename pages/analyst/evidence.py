"""Does the score tell who leaves?"""

import streamlit as st

from health import format as say
from health import ui
from health.ui import evidence, lost

book = ui.require("evidence")
state = ui.filled(book)
as_of = ui.as_of(state)
with ui.head("evidence") as tell:
    horizon = evidence.horizon()
tell(f"left within {horizon} days", f"as of {say.day(as_of)}", f"settings version {state.settings.version}")
if why := evidence.why_not_yet(state, horizon):
    evidence.too_little(why)
    st.stop()

evidence.tested(book, horizon)
told = ui.ask(lost.read, book, as_of)
left, right = st.columns(2)
with left:
    lost.before_card(told)
with right:
    lost.stayed_card(told)
lost.ledger_card(told)
