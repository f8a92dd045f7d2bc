"""Saved views: choose, save and delete."""

from datetime import datetime

import streamlit as st

from health.access import Book
from health.desk import saved_views
from health.desk.saved_views import SavedView
from health.insight.customers import Filters
from health.ui.customers.choices import apply
from health.ui.feedback import attempt, keep_message

_KEY = "customers-view"


def view_picker(book: Book, views: list[SavedView], chosen: Filters) -> None:
    """Draw the choice of a saved view and the form that saves the filters chosen now. `chosen`: with the search text."""
    current = next((view for view in views if _same(view.filters, chosen)), None)
    by_id = {view.view_id: view for view in views}
    if views:
        st.session_state[_KEY] = current.view_id if current else None

        def label(view_id: int) -> str:
            return f"{by_id[view_id].name} (default)" if by_id[view_id].is_default else by_id[view_id].name

        def choose() -> None:
            view = by_id.get(st.session_state[_KEY])
            apply(view.filters if view else {})

        st.selectbox(
            "Saved views", list(by_id), format_func=label, key=_KEY, width=190, placeholder="Saved views", label_visibility="collapsed",
            on_change=choose,
        )  # fmt: skip
    with st.popover("Save view", icon=":material/bookmark:"):
        _save_form(book, chosen, current)


def _save_form(book: Book, chosen: Filters, current: SavedView | None) -> None:
    with st.form("save-view", border=False):
        name = st.text_input("Name", current.name if current else "", max_chars=saved_views.LONGEST, placeholder="Renewals at risk")
        is_default = st.checkbox("Open the list with this view", current.is_default if current else False)
        if st.form_submit_button("Save", type="primary", key="primary-save-view"):
            with attempt():
                saved_views.save(book, name, chosen, is_default, datetime.now())
                keep_message(f"View saved: {' '.join(name.split())}.")
    if current and st.button("Delete this view", icon=":material/delete:"):
        with attempt():
            saved_views.remove(book, current.view_id, datetime.now())
            keep_message(f"View deleted: {current.name}.")


def _same(saved: Filters, chosen: Filters) -> bool:
    return {k: sorted(v) for k, v in saved.items() if v} == {k: sorted(v) for k, v in chosen.items() if v}
