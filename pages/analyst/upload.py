"""What will this file change, before I commit it."""

import streamlit as st

from health import format as say
from health import ui
from health.ui import review, staging

book = ui.require("upload")
state = ui.state(book)

with ui.head("upload") as tell:
    commit_here = st.empty()
staging.show_said()

left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    file = staging.chosen_file()
if file:
    tell(file.name)
    with right:
        route = staging.chosen_route(file)
    made = staging.preview(book, file, route)
    review.steps(made)
    if made:
        accepted = sum(count.accepted for count in made.counts)
        label = f"Commit {say.plural(accepted, 'row')}"
        if commit_here.button(label, type="primary", key="primary-commit", icon=":material/check:", disabled=not accepted):
            staging.commit(book, made)
        review.counts(made)
        review.refused(made.refused, file.name)
else:
    review.tables(state.rows)
review.past_loads(book)
