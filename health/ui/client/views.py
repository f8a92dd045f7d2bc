"""The views of a client and the choice between them, which the address keeps: `?view=`."""

import streamlit as st

from health.ui.client import money, people, promises, similar, why
from health.ui.client import timeline as happened
from health.ui.client.context import Client

VIEWS = {
    "why": "Why", "happened": "What happened", "promises": "Promises and diary", "money": "Money", "people": "People",
    "similar": "Similar clients",
}  # fmt: skip
_KEY = "client-view"
_DRAW = {
    "why": why.show, "happened": happened.show, "promises": promises.show, "money": money.show, "people": people.show,
    "similar": similar.show,
}  # fmt: skip


def show(client: Client) -> None:
    """The choice, and below it the view chosen; the first where the address names none. A view that advises is not offered of the gone."""
    offered = [key for key in VIEWS if client.there or key != "similar"]
    asked = st.query_params.get("view", "")
    st.session_state[_KEY] = asked if asked in offered else offered[0]  # the address alone decides: a link opens what it says
    st.segmented_control(
        "View", offered, format_func=VIEWS.__getitem__, key=_KEY, required=True, label_visibility="collapsed", on_change=_kept
    )
    _DRAW[st.session_state[_KEY]](client)


def _kept() -> None:
    st.query_params["view"] = st.session_state[_KEY]
