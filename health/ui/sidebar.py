"""Sidebar below the navigation: day, role, and the mark of a demo book with its delete button."""

from datetime import date

import streamlit as st

from health.access import Book
from health.intake import load
from health.ui import cache, viewer
from health.ui.as_of import as_of_picker, past_day_banner
from health.ui.feedback import attempt


def sidebar() -> None:
    """Draw the sidebar."""
    upper, lower = st.sidebar.container(), st.sidebar.container()
    with lower:
        viewer.role_picker()  # first: whose book it is follows from the role
    book = viewer.book()
    if book.may("write"):
        cache.keep_today(date.today())
    state = cache.state(book)
    with upper:
        if state.demo:
            demo_mark(book)
        as_of_picker(state)


def past_day_notice() -> None:
    """Draw the notice above a screen that shows a past day."""
    past_day_banner(cache.state(viewer.book()))


def demo_mark(book: Book) -> None:
    """Draw the badge 'Demo data', and for viewers who may load the button that empties the demo."""
    st.badge("Demo data", icon=":material/science:", color="orange", help="An invented company; none of its data is real")
    if book.may("load") and st.button(
        "Empty the demo",
        key="empty-demo",
        icon=":material/delete:",
        width="stretch",
        help="Makes room for your own data; you are asked to confirm",
    ):
        ask_to_empty(book)


@st.dialog("Empty the demo?", icon=":material/delete:")
def ask_to_empty(book: Book) -> None:
    """Ask for confirmation, then remove the demo's rows with its loads, history and scores."""
    st.write("This removes all demo customers and their scores to make room for your own data. You can load the demo again later.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel"):
            st.rerun()
        if st.button("Remove demo data", type="primary", key="primary-empty"):
            with attempt():
                load.clear_demo(book)
