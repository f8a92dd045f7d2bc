"""The one place where a reader chooses the day the screens speak of, and the earlier day they compare it with."""

from datetime import date

import streamlit as st

from health import format as fmt
from health.portfolio import State

COMPARISONS = {"Last month": 1, "Last quarter": 3, "Last year": 12}


def as_of_picker(state: State) -> None:
    """The sidebar's choice: the newest day of the book, or an earlier month end."""
    if state.as_of is None:
        return
    earlier = [end for end in reversed(state.month_ends) if end < state.as_of]
    st.selectbox(
        "As of",
        [state.as_of, *earlier],
        format_func=fmt.day,
        key="as_of",
        help="All screens show what was known at the end of this day",
        persist_state="session",
    )


def as_of(state: State) -> date:
    """The chosen day, else the newest day of the book."""
    chosen = st.session_state.get("as_of")
    newest = state.as_of
    if newest is None:
        raise LookupError("an empty book has no day")
    return chosen if chosen in state.month_ends else newest


def against(state: State, day: date) -> date:
    """The choice of comparison, drawn where it is called: the month end one, three or twelve months before, or the first there is."""
    earlier = [end for end in state.month_ends if end < day]
    if not earlier:
        return day
    chosen = st.segmented_control(
        "Compare with",
        list(COMPARISONS),
        default="Last quarter",
        required=True,
        key="against",
        label_visibility="collapsed",
        persist_state="session",
    )
    return earlier[-min(COMPARISONS[chosen], len(earlier))]
