"""What every screen is built of: the head, the strip of numbers, cards with their finding, charts, and one-line notices."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Literal, cast

import polars as pl
import streamlit as st

from health import format as fmt
from health.charts.safe_text import drawable
from health.insight.headlines import Headline
from health.ui.screens import SCREENS
from health.ui.theme import dark

NUMBER_HEIGHT, SPARKLINE_HEIGHT = 112, 172
_COLOURS: dict[str, Literal["normal", "inverse", "off"]] = {"up": "normal", "down": "inverse", "off": "off"}


@contextmanager
def head(screen: str) -> Iterator[Callable[..., None]]:
    """Title and question of a screen; what the block draws stands at the right.

    Yields `tell(*facts, title="")`, which adds the facts that the screen rests on, and a title of its own where there is one.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        with st.container(width=680, gap=None):
            name, line = st.empty(), st.empty()

        def tell(*facts: str, title: str = "") -> None:
            name.title(fmt.plain(title or SCREENS[screen].title), anchor=False)
            with line:
                note(" · ".join([SCREENS[screen].question, *facts]), small=False)

        tell()
        with st.container(horizontal=True, width="content", vertical_alignment="bottom"):
            yield tell


def strip(numbers: Sequence[Headline]) -> None:
    """The headline numbers, never alone: blue when the change is good, red when it is bad, grey when it is only a fact."""
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
    """A number with a fact beside it instead of a change."""
    return Headline(label, label, value, fact or None, "off", [], help)


@contextmanager
def card(title: str, about: str = "") -> Iterator[None]:
    """A card: its finding as title, below it what is drawn and in which unit."""
    with st.container(border=True, height="stretch"):
        with st.container(gap=None):
            card_head(title, about)
        yield


def card_head(title: str, about: str = "") -> None:
    """The finding and the line below it; where they are known only later, into a container of one's own."""
    st.header(fmt.plain(title), anchor=False)
    if about:
        note(about)


@contextmanager
def waiting(height: int) -> Iterator[None]:
    """A grey place of a card's final height while its content is worked out.

    Not by `with st.skeleton(...)`: that one's timer raises in a thread of its own where the visitor moves on meanwhile.
    """
    place = st.skeleton(height=height)
    yield
    place.empty()


def note(text: str, small: bool = True) -> None:
    """A grey line; shown letter by letter."""
    grey = f":gray[{fmt.plain(text)}]"
    st.markdown(f":small[{grey}]" if small else grey)


def chart(draw: Callable[..., Any], *drawn: Any) -> None:
    """The picture that `draw(*drawn, dark=...)` makes, in its own theme; its description is what is read aloud.

    The specification is remembered by what is drawn: making and checking it takes longer than the rest of a page.
    """
    st.vega_lite_chart(_specification(draw.__qualname__, drawn, dark(), draw), theme=None, width="stretch")


def _every_row(frame: pl.DataFrame) -> bytes:
    """What a frame is known by. Streamlit itself reads ten rows at either end alone: a picture would stay while the others change."""
    return str(frame.schema).encode() + frame.hash_rows(seed=0).to_numpy().tobytes()


@st.cache_data(show_spinner=False, max_entries=500, hash_funcs={pl.DataFrame: _every_row})
def _specification(name: str, drawn: tuple[Any, ...], dark: bool, _draw: Callable[..., Any]) -> dict[str, Any]:
    """With its rows already in the form they travel in, which Streamlit would else make anew on every rerun."""
    picture = cast(dict[str, Any], drawable(_draw(*drawn, dark=dark).to_dict()))
    return picture | {"datasets": {name: _travelling(rows) for name, rows in picture.get("datasets", {}).items()}}


def _travelling(rows: list[dict[str, Any]]) -> bytes:
    buffer = BytesIO()
    pl.DataFrame(rows, infer_schema_length=None).write_ipc_stream(buffer, compat_level=pl.CompatLevel.oldest())
    return buffer.getvalue()


def empty(line: str, reason: str, icon: str = ":material/inbox:") -> None:
    """Nothing to show: one line that says so, one that says why."""
    st.markdown(f"{icon} **{fmt.plain(line)}**")
    note(reason)


def badge(band: str, words: str = "", help: str | None = None) -> None:
    """A band's badge: word, sign and colour."""
    known = fmt.band(band)
    st.badge(fmt.plain(words or known.word), icon=known.icon, color=known.badge, help=help)  # type: ignore[arg-type]
