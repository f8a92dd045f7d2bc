"""Building blocks of every screen: head, strip of numbers, cards, charts and one-line notices."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Literal, cast

import polars as pl
import streamlit as st

from health import format as fmt
from health.charts.safe_text import safe_specification
from health.insight.headlines import Headline
from health.ui.screens import SCREENS
from health.ui.theme import dark

NUMBER_HEIGHT, SPARKLINE_HEIGHT = 112, 172
_COLOURS: dict[str, Literal["normal", "inverse", "off"]] = {"up": "normal", "down": "inverse", "off": "off"}


@contextmanager
def screen_head(screen: str) -> Iterator[Callable[..., None]]:
    """Draw title and question of a screen; what the block draws stands at the right.

    Yields `set_facts(*facts, title="")`, which shows the facts that the screen rests on, and a title other than the screen's.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        with st.container(width=680, gap=None):
            title_place, question_place = st.empty(), st.empty()

        def set_facts(*facts: str, title: str = "") -> None:
            title_place.title(fmt.plain(title or SCREENS[screen].title), anchor=False)
            with question_place:
                note(" · ".join([SCREENS[screen].question, *facts]), small=False)

        set_facts()
        with st.container(horizontal=True, width="content", vertical_alignment="bottom"):
            yield set_facts


def choose_view(screen: str, views: Sequence[str], label: Callable[[str], str] = str) -> str:
    """Draw the choice of a screen's views and return the chosen one; the address (`?view=`) alone decides, by default the first."""
    key, address_view = f"{screen}-view", st.query_params.get("view", "")

    def keep() -> None:
        st.query_params["view"] = st.session_state[key]

    st.session_state[key] = address_view if address_view in views else views[0]
    st.segmented_control("View", views, format_func=label, key=key, required=True, label_visibility="collapsed", on_change=keep)
    return str(st.session_state[key])


def strip(numbers: Sequence[Headline]) -> None:
    """Draw headline numbers with their changes: blue for a good change, red for a bad one, grey for a plain fact."""
    height = SPARKLINE_HEIGHT if any(n.series for n in numbers) else NUMBER_HEIGHT
    with st.grid(len(numbers), min_column_width=150):
        for n in numbers:
            st.metric(
                n.label,
                n.value,
                n.change,
                _COLOURS[n.better],
                help=fmt.plain(n.help),
                border=True,
                height=height,
                chart_data=n.series or None,
                delta_arrow="off" if n.better == "off" else "auto",
            )


def number(label: str, value: str, fact: str, help: str) -> Headline:
    """Headline with a fact below it instead of a change."""
    return Headline(label, label, value, fact or None, "off", [], help)


@contextmanager
def card(title: str, about: str = "") -> Iterator[None]:
    """Draw a card: the finding as its title, below it what is drawn and in which unit."""
    with st.container(border=True, height="stretch"):
        with st.container(gap=None):
            card_head(title, about)
        yield


def card_head(title: str, about: str = "") -> None:
    """Draw title and subtitle of a card; call it in a container of its own if they are known only later."""
    st.header(fmt.plain(title), anchor=False)
    if about:
        note(about)


@contextmanager
def waiting(height: int) -> Iterator[None]:
    """Show a grey placeholder of a card's final height while its content is computed.

    `with st.skeleton(...)` is not used: its timer raises in its own thread when the visitor leaves the page meanwhile.
    """
    placeholder = st.skeleton(height=height)
    yield
    placeholder.empty()


def note(text: str, small: bool = True) -> None:
    """Draw a grey line. Markup in the text is not interpreted."""
    grey = f":gray[{fmt.plain(text)}]"
    st.markdown(f":small[{grey}]" if small else grey)


def chart(draw: Callable[..., Any], *arguments: Any) -> None:
    """Draw the chart that `draw(*arguments, dark=...)` makes; its description is read aloud by screen readers.

    Its specification is cached by the arguments: making and validating it takes longer than the rest of a page.
    """
    st.vega_lite_chart(_vega_specification(draw.__qualname__, arguments, dark(), draw), theme=None, width="stretch")


def _frame_hash(frame: pl.DataFrame) -> bytes:
    """Hash of all rows of a frame. Streamlit's own hash reads ten rows at either end, so a chart would miss other changes."""
    return str(frame.schema).encode() + frame.hash_rows(seed=0).to_numpy().tobytes()


@st.cache_data(show_spinner=False, max_entries=500, hash_funcs={pl.DataFrame: _frame_hash})
def _vega_specification(name: str, arguments: tuple[Any, ...], dark: bool, _draw: Callable[..., Any]) -> dict[str, Any]:
    """Vega-Lite specification with its rows as Arrow bytes, which Streamlit would otherwise encode on every rerun."""
    specification = cast(dict[str, Any], safe_specification(_draw(*arguments, dark=dark).to_dict()))
    return specification | {"datasets": {name: _ipc_bytes(rows) for name, rows in specification.get("datasets", {}).items()}}


def _ipc_bytes(rows: list[dict[str, Any]]) -> bytes:
    """Rows as an Arrow IPC stream."""
    buffer = BytesIO()
    pl.DataFrame(rows, infer_schema_length=None).write_ipc_stream(buffer, compat_level=pl.CompatLevel.oldest())
    return buffer.getvalue()


def empty(message: str, reason: str, icon: str = ":material/inbox:") -> None:
    """Draw two lines instead of a table or chart: that there is nothing to show, and why."""
    st.markdown(f"{icon} **{fmt.plain(message)}**")
    note(reason)


def badge(band: str, words: str = "", help: str | None = None) -> None:
    """Draw a band's badge: word, sign and colour."""
    style = fmt.band(band)
    st.badge(fmt.plain(words or style.word), icon=style.icon, color=style.badge, help=help)  # type: ignore[arg-type]
