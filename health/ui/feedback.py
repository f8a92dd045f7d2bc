"""Result of an action: a success message once on the redrawn page, or the reason of a refusal in place."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from health import format as fmt
from health.errors import HealthError

LONGEST = 300
"""Most characters of a reason, or of any other one-line text."""
_MESSAGE_KEY = "said"


@contextmanager
def attempt(addition: str = "") -> Iterator[None]:
    """Rerun the page after the block; on a HealthError show its message, followed by `addition`."""
    try:
        yield
    except HealthError as problem:
        st.error(f"{fmt.plain(problem)} {addition}".strip(), icon=":material/error:")
        return
    st.rerun()


def keep_message(message: str) -> None:
    """Keep a success message for the next drawing of the page."""
    st.session_state[_MESSAGE_KEY] = message


def show_message() -> None:
    """Show the kept success message, once."""
    if message := st.session_state.pop(_MESSAGE_KEY, ""):
        st.success(fmt.plain(message), icon=":material/check_circle:")
