"""Views below the lists of My week, and the choice between them, which the address keeps (`?view=`)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from health.access import Book
from health.ui.week import panels
from health.ui.week.plays import plays_card

VIEWS = {"contacts": "Contacts due", "complaints": "Complaints", "renewals": "Renewals", "handovers": "Handovers", "plays": "Plays"}
_KEY = "week-view"


def show_view(book: Book, week_data: Mapping[str, Any], as_of: date, employee: str) -> None:
    """Draw the choice and the chosen view, by default the first."""
    address_view = st.query_params.get("view", "")
    st.session_state[_KEY] = address_view if address_view in VIEWS else next(iter(VIEWS))  # the address alone decides
    st.segmented_control(
        "View", list(VIEWS), format_func=VIEWS.__getitem__, key=_KEY, required=True, label_visibility="collapsed", on_change=_keep_view
    )
    match st.session_state[_KEY]:
        case "contacts":
            panels.contacts_view(book, week_data, as_of, employee)
        case "complaints":
            panels.complaints_view(week_data)
        case "renewals":
            panels.renewals_view(week_data)
        case "handovers":
            panels.handovers_view(week_data)
        case _:
            plays_card(book, week_data, as_of)


def _keep_view() -> None:
    st.query_params["view"] = st.session_state[_KEY]
