"""What will this file change, before I commit it."""

import streamlit as st

from health import ui
from health.ui import extract, loads, review, staging
from health.ui.acting import show_said

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
    by, sheet = staging.read(book, file, right.container(horizontal=True, vertical_alignment="bottom"))
    if sheet:
        tell(file.name, *extract.form_words(sheet))
        staging.reviewed(book, file, sheet, by, commit_here)
    else:
        review.steps(0, failed=True)
else:
    with right:
        extract.templates()
    review.tables(state.rows)
loads.past_loads(book)
