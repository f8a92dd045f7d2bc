"""Result of an action: a success message with its Undo on the redrawn page, or the reason of a refusal in place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from health import format as fmt
from health.errors import HealthError

LONGEST = 300
"""Most characters of a reason, or of any other one-line text."""
_MESSAGE_KEY = "said"


@dataclass(frozen=True)
class _Message:
    """A message for the next drawing of the page. `undo`: reverses the action and returns what to say then."""

    words: str
    undo: Callable[[], str] | None = None
    refused: bool = False


@contextmanager
def attempt(addition: str = "") -> Iterator[None]:
    """Rerun the page after the block; on a HealthError show its message, followed by `addition`."""
    try:
        yield
    except HealthError as problem:
        st.error(f"{fmt.plain(problem)} {addition}".strip(), icon=":material/error:")
        return
    st.rerun()


def keep_message(message: str, undo: Callable[[], str] | None = None, place: str = "") -> None:
    """Keep a success message for the next drawing of the page, at one of its places."""
    st.session_state[_MESSAGE_KEY + place] = _Message(message, undo)


def show_message(place: str = "") -> None:
    """Show the kept message, once, with its Undo."""
    message = st.session_state.pop(_MESSAGE_KEY + place, None)
    if not isinstance(message, _Message):
        return
    if message.refused:
        st.error(fmt.plain(message.words), icon=":material/error:")
        return
    if message.undo is None:
        st.success(fmt.plain(message.words), icon=":material/check_circle:")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(fmt.plain(message.words), icon=":material/check_circle:")
        st.button("Undo", icon=":material/undo:", key=f"undo-{place}", on_click=_undo, args=(message.undo, place))


def _undo(undo: Callable[[], str], place: str) -> None:
    """Reverse an action. A callback: it runs before the page is drawn, since the message is shown only once."""
    try:
        st.session_state[_MESSAGE_KEY + place] = _Message(undo())
    except HealthError as problem:
        st.session_state[_MESSAGE_KEY + place] = _Message(str(problem), refused=True)
