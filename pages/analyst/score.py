"""Would other weights have warned us better?"""

import streamlit as st

from health import format as fmt
from health import ui
from health.errors import Refused
from health.insight import lab as whatif
from health.ui import settings_draft as drafts
from health.ui.feedback import show_said
from health.ui.lab import controls, held_out, versions, what_if

book = ui.require("score")
state = ui.filled(book)
present = state.settings
as_of = ui.as_of(state)
day = whatif.preview_day(state.month_ends, as_of)
draft = drafts.current(present)
problem, wanted = "", None
try:
    wanted = draft.settings()
except Refused as refused:
    problem = str(refused)

with ui.head("score") as tell:
    versions.tools(book, draft, wanted, present)
tell(f"as of {fmt.day(day)}", f"version {present.version} in force")
what_if.day_note(day, as_of)
show_said()
versions.meanwhile(book, draft, present)
if wanted is None:
    st.error(fmt.plain(problem), icon=":material/error:")
done = what_if.tried(book, day, present, wanted or present)

left, right = st.columns([4, 11])
with left:
    controls.weights_card(book, draft, present, what_if.segments(book, day, present))
with right:
    what_if.effect_strip(done)
    if wanted:
        held_out.held_out(book, wanted, present, draft.flattered)
    with st.container():  # else the card would grow down to the end of the sliders
        what_if.bands_card(done, present)
what_if.crossing_card(done, present)
left, right = st.columns(2)
with left:
    controls.bands_card(present)
with right:
    controls.clocks_card()
versions.versions_card(book, present)
