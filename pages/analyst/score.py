"""Would other weights have warned us better?"""

import streamlit as st

from health import format as say
from health import ui
from health.errors import Refused
from health.insight import whatif
from health.ui import draft as drafts
from health.ui import heldout, lab, tried, versions
from health.ui.acting import show_said

book = ui.require("score")
state = ui.filled(book)
present = state.settings
as_of = ui.as_of(state)
day = whatif.day_of(state.month_ends, as_of)
draft = drafts.current(present)
problem, wanted = "", None
try:
    wanted = draft.settings()
except Refused as refused:
    problem = str(refused)

with ui.head("score") as tell:
    versions.tools(book, draft, wanted, present)
tell(f"as of {say.day(day)}", f"version {present.version} in force")
tried.day_note(day, as_of)
show_said()
versions.meanwhile(book, draft, present)
if wanted is None:
    st.error(say.plain(problem), icon=":material/error:")
done = tried.tried(book, day, present, wanted or present)

left, right = st.columns([4, 11])
with left:
    lab.weights_card(book, draft, present, tried.segments(book, day, present))
with right:
    tried.effect_strip(done)
    if wanted:
        heldout.held_out(book, wanted, present, draft.flattered)
    with st.container():  # else the card would grow down to the end of the sliders
        tried.bands_card(done, present)
tried.crossing_card(done, present)
left, right = st.columns(2)
with left:
    lab.bands_card(present)
with right:
    lab.clocks_card()
versions.versions_card(book, present)
