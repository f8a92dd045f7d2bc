"""Welcome page of an empty book: upload one's own data, or load the demo."""

from datetime import datetime

import streamlit as st

from health import demo
from health import format as fmt
from health.access import Book
from health.errors import HealthError
from health.intake import layout, load
from health.portfolio import State
from health.ui import cache
from health.ui.cards import note
from health.ui.screens import SCREENS
from health.ui.viewer import may_load


def require_data(book: Book) -> State:
    """Return the state of the book; if it is empty, draw the welcome page and stop."""
    state = cache.state(book)
    if state.empty:
        welcome_page(book)
        st.stop()
    return state


def welcome_page(book: Book) -> None:
    """Draw the two ways to fill the book, for viewers who may load."""
    st.title("Your book is empty", anchor=False)
    note("Load an extract of your customers, or look round with an invented company first.", small=False)
    if not may_load():
        st.info("Loading needs the role analyst; choose it in the sidebar.", icon=":material/lock:")
        return
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        st.header("Load your own data", anchor=False)
        note("CSV, Excel or Parquet. Customers and their contracts are enough to begin; every row is checked before anything is stored.")
        if st.button("Go to Upload", icon=SCREENS["upload"].icon, type="primary", key="primary-upload"):
            st.switch_page(SCREENS["upload"].script)
    with right.container(border=True, height="stretch"):
        st.header("Load the demo", anchor=False)
        note("2,000 invented customers over 36 months. It can be emptied with one button.")
        if st.button("Load the demo", icon=":material/science:"):
            load_demo(book)


def load_demo(book: Book) -> None:
    """Generate, check, load and score the demo company, with a progress message."""
    with st.status("Making an invented company ...") as status:
        try:
            company = demo.generate()
            status.update(label="Checking its rows ...")
            preview = load.prepare(book, layout.batch_from_frames(company.tables, "demo"))
            status.update(label="Loading and scoring them ...")
            load.commit(book, preview, book.viewer.name, datetime.now())
        except HealthError as problem:
            status.update(label="The demo was not loaded", state="error")
            st.error(fmt.plain(problem))
            return
    st.rerun()
