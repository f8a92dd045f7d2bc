"""Welcome page of an empty book: upload one's own data, or load the demo."""

from datetime import datetime, timedelta

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
    st.title("No customers loaded yet", anchor=False)
    note("Load your own customer data, or look around with a demo company first.", small=False)
    if not may_load():
        st.info("Only an analyst can load data. Choose the role Analyst in the sidebar.", icon=":material/lock:")
        return
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        st.header("Load your own data", anchor=False)
        note("CSV, Excel or Parquet. Customers and contracts are enough to start; every row is checked before anything is saved.")
        if st.button("Go to Upload", icon=SCREENS["upload"].icon, type="primary", key="primary-upload"):
            st.switch_page(SCREENS["upload"].script, query_params={})
    with right.container(border=True, height="stretch"):
        st.header("Load the demo", anchor=False)
        note("2,000 invented customers with 36 months of history. One button empties it again.")
        if st.button("Load the demo", icon=":material/science:"):
            load_demo(book)


def load_demo(book: Book) -> None:
    """Generate, check, load and score the demo company, with a progress message."""
    with st.status("Creating the demo company ...") as status:
        try:
            now = datetime.now()
            company = demo.generate(until=now.date() - timedelta(days=1))
            status.update(label="Checking the rows ...")
            preview = load.prepare(book, layout.batch_from_frames(company.tables, "demo"))
            status.update(label="Loading and scoring ...")
            load.commit(book, preview, book.viewer.name, now)
        except HealthError as problem:
            status.update(label="The demo was not loaded", state="error")
            st.error(fmt.plain(problem))
            return
    st.rerun()
