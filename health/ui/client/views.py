"""Views of a client and the choice between them, which the address keeps (`?view=`)."""

import streamlit as st

from health.ui.client import money, people, promises, similar, timeline, why
from health.ui.client.context import Client

VIEWS = {
    "why": "Why", "happened": "What happened", "promises": "Promises and plans", "money": "Money", "negotiation": "Negotiation",
    "people": "People",
    "similar": "Similar customers",
}  # fmt: skip
_KEY = "client-view"
_SHOW = {
    "why": why.show, "happened": timeline.show, "promises": promises.show, "money": money.show, "negotiation": money.show_negotiation,
    "people": people.show,
    "similar": similar.show,
}  # fmt: skip


def show(client: Client) -> None:
    """Draw the choice and the chosen view, by default the first; similar customers and negotiation only for active ones."""
    views = [key for key in VIEWS if client.is_customer or key not in ("similar", "negotiation")]
    address_view = st.query_params.get("view", "")
    st.session_state[_KEY] = address_view if address_view in views else views[0]  # the address alone decides
    st.segmented_control(
        "View", views, format_func=VIEWS.__getitem__, key=_KEY, required=True, label_visibility="collapsed", on_change=_keep_view
    )
    _SHOW[st.session_state[_KEY]](client)


def _keep_view() -> None:
    st.query_params["view"] = st.session_state[_KEY]
