"""The day that all screens show, and the earlier day they compare it with."""

from datetime import date

import polars as pl
import streamlit as st

from health import format as fmt
from health.insight.data import complete, stale_rates
from health.portfolio import State

COMPARISONS = {"Last month": 1, "Last quarter": 3, "Last year": 12}


_FOLLOW_KEY = "as_of_newest"


def follow_newest_day() -> None:
    """Show the newest day from the next drawing on: an entry may have moved it, and its effect must be seen."""
    st.session_state[_FOLLOW_KEY] = True


def as_of_picker(state: State) -> None:
    """Draw the sidebar's choice of day: the newest day of the book, or an earlier month end, which the address keeps."""
    if state.as_of is None:
        return
    if st.session_state.pop(_FOLLOW_KEY, False):
        st.session_state["as_of"] = state.as_of
    earlier = [month_end for month_end in reversed(state.month_ends) if month_end < state.as_of]
    st.selectbox(
        "As of",
        [state.as_of, *earlier],
        format_func=fmt.day,
        key="as_of",
        help="All screens show what was known at the end of this day.",
        bind="query-params",
    )


def as_of(state: State) -> date:
    """Return the chosen day, else the newest day of the book. Raises LookupError for an empty book."""
    chosen = st.session_state.get("as_of")
    newest = state.as_of
    if newest is None:
        raise LookupError("an empty book has no day")
    return chosen if chosen in state.month_ends else newest


def day_fact(state: State, day: date) -> str:
    """The day for the facts under a screen's title, with how far the tables of the score reach where that is not the same day."""
    return complete.day_fact(state.known, state.settings, day)


def stale_warning(state: State, day: date, old_rates: pl.DataFrame) -> None:
    """Draw which tables ended long before the day and which exchange rates are old (`stale_rates`), and what to load; nothing if none."""
    if sentences := [*complete.stale_sentences(state.known, day), *stale_rates.sentences(old_rates, day)]:
        st.warning("\n\n".join(map(fmt.plain, sentences)), icon=":material/update:")


def stale_note(state: State, day: date) -> None:
    """Draw the same in one sentence, for the screens of account managers, who load nothing."""
    if sentence := complete.stale_note(state.known, day):
        st.caption(f":material/update: {fmt.plain(sentence)}")


def past_day_banner(state: State) -> None:
    """Draw a notice above every screen while an earlier day than the newest is shown, with the way back."""
    if state.as_of is None or (day := as_of(state)) == state.as_of:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="past-day"):
        st.info(
            f"You are viewing a past day, {fmt.day(day)}. Data goes up to {fmt.day(state.as_of)}; entries and loads are made there.",
            icon=":material/history:",
        )
        st.button("Show newest day", on_click=_choose_day, args=(state.as_of,), key="newest-day")


def _choose_day(day: date) -> None:
    st.session_state["as_of"] = day


def comparison_day(state: State, day: date) -> date:
    """Draw the choice of comparison and return its day.

    It is the month end one, three or twelve months before `day`; the earliest month end if there is none that old; `day` itself if none is
    earlier.
    """
    earlier = [month_end for month_end in state.month_ends if month_end < day]
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
