"""What will this file change, before it is committed?"""

import streamlit as st

from health import ui
from health.ui import load_list
from health.ui.book_currency import ask_currency
from health.ui.feedback import show_message
from health.ui.upload import file as upload_file
from health.ui.upload import flow, review

book = ui.require("upload")
state = ui.state(book)

with ui.screen_head("upload") as set_facts:
    commit_place = st.empty()
show_message()

left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    file = upload_file.file_uploader()
if file:
    set_facts(file.name)
    saved_mapping, sheet = flow.read(book, file, right.container(horizontal=True, vertical_alignment="bottom"))
    if sheet:
        set_facts(file.name, *upload_file.form_words(sheet))
        ask_currency(book, sheet)
        flow.review_file(book, file, sheet, saved_mapping, commit_place)
    else:
        review.progress_steps(0, failed=True)
else:
    with right:
        upload_file.templates()
    review.tables_card(state.rows)
load_list.past_loads(book)
