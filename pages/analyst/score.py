"""Would other weights have warned us better?"""

import streamlit as st

from health import format as fmt
from health import ui
from health.errors import InvalidInput
from health.insight import lab
from health.ui import settings_draft as drafts
from health.ui.book_currency import currency_card
from health.ui.feedback import show_message
from health.ui.lab import controls, held_out, versions, what_if

book = ui.require("score")
state = ui.require_data(book)
present = state.settings
as_of = ui.as_of(state)
day = lab.preview_day(state.month_ends, as_of)
draft = drafts.current_draft(present)
problem, wanted = "", None
try:
    wanted = draft.settings()
except InvalidInput as refused:
    problem = str(refused)

with ui.screen_head("score") as set_facts:
    versions.draft_buttons(book, draft, wanted, present)
set_facts(ui.day_fact(state, day), f"version {present.version} in force")
what_if.day_note(day, as_of)
show_message()
versions.conflict_notice(book, draft, present)
if wanted is None:
    st.error(fmt.plain(problem), icon=":material/error:")
effect = what_if.try_draft(book, day, present, wanted or present)

left, right = st.columns([4, 11])
with left:
    controls.weights_card(book, draft, present, what_if.segments(book, day, present))
with right:
    what_if.effect_strip(effect)
    if wanted:
        held_out.held_out_cards(book, wanted, present, draft.out_of_sample_result)
    with st.container():  # keeps the card from growing down to the end of the sliders
        what_if.bands_card(effect, present)
what_if.crossing_card(effect, present)
left, right = st.columns(2)
with left:
    controls.bands_card(present)
with right:
    controls.terms_card()
currency_card(book)
versions.versions_card(book, present)
