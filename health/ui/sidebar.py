"""Sidebar below the navigation: day, role, and the mark of a demo book with its delete button."""

import streamlit as st

from health.access import Book
from health.intake import load
from health.ui import cache, viewer
from health.ui.as_of import as_of_picker
from health.ui.feedback import attempt


def sidebar() -> None:
    """Draw the sidebar."""
    with st.sidebar:
        book = viewer.book()
        state = cache.state(book)
        if state.demo:
            demo_mark(book)
        as_of_picker(state)
        viewer.role_picker()


def demo_mark(book: Book) -> None:
    """Draw the badge 'Demo data', and for viewers who may load the button that empties the demo."""
    st.badge("Demo data", icon=":material/science:", color="orange", help="An invented company; no row of it is real")
    if book.may("load") and st.button(
        "Empty the demo", key="empty-demo", icon=":material/delete:", width="stretch", help="Makes room for your own data; asks first"
    ):
        ask_to_empty(book)


@st.dialog("Empty the demo?", icon=":material/delete:")
def ask_to_empty(book: Book) -> None:
    """Ask for confirmation, then remove the demo's rows with its loads, history and scores."""
    st.write("All demo customers and their scores are removed, to make room for your own data. The demo can be loaded again.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep it"):
            st.rerun()
        if st.button("Empty the book", type="primary", key="primary-empty"):
            with attempt():
                load.clear_demo(book)
