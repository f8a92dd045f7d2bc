"""What will this file change, before I commit it."""

import streamlit as st

from health import ui
from health.ui import load_list
from health.ui.feedback import show_said
from health.ui.upload import file as extract
from health.ui.upload import flow, review

book = ui.require("upload")
state = ui.state(book)

with ui.head("upload") as tell:
    commit_here = st.empty()
show_said()

left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    file = extract.chosen_file()
if file:
    tell(file.name)
    by, sheet = flow.read(book, file, right.container(horizontal=True, vertical_alignment="bottom"))
    if sheet:
        tell(file.name, *extract.form_words(sheet))
        flow.reviewed(book, file, sheet, by, commit_here)
    else:
        review.steps(0, failed=True)
else:
    with right:
        extract.templates()
    review.tables(state.rows)
load_list.past_loads(book)
