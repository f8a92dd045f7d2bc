"""Doing something on a screen: what was done is said once on the page as it is drawn anew; what is refused, where it was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from health import format as fmt
from health.errors import HealthError

LONGEST = 300
"""Characters of a reason, or of any other text of one line."""
_SAID = "said"


@contextmanager
def attempt(besides: str = "") -> Iterator[None]:
    """Draws the page anew after the block; where the block is refused, says why instead, and `besides` behind it."""
    try:
        yield
    except HealthError as problem:
        st.error(f"{fmt.plain(problem)} {besides}".strip(), icon=":material/error:")
        return
    st.rerun()


def said(words: str) -> None:
    """Keeps a sentence for the next drawing of the page."""
    st.session_state[_SAID] = words


def show_said() -> None:
    """Says it, once."""
    if words := st.session_state.pop(_SAID, ""):
        st.success(fmt.plain(words), icon=":material/check_circle:")
