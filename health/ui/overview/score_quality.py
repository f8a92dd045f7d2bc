"""What the overview says of the score itself: whether it tells who leaves, how often each band left, and who was lost all the same."""

from datetime import date

import streamlit as st

from health import format as fmt
from health.access import Book
from health.insight.evidence import band_churn as bands
from health.insight.evidence.band_churn import HORIZON_DAYS, BandChurn
from health.insight.evidence.verdict import Verdict, VerdictNotes, verdict
from health.ui import cache
from health.ui.cards import badge, note, waiting
from health.ui.evidence import backtest as evidence
from health.ui.screens import SCREENS

_ICONS = {"useful": ":material/check_circle:", "no_better_than_chance": ":material/error:"}
_HEIGHT = 96
_BANDS = ("healthy", "watch", "at_risk")


@cache.cached
def digest(book: Book) -> Verdict:
    """The verdict, from the same back-test as the evidence page's."""
    if why := evidence.why_not_yet(cache.state(book), HORIZON_DAYS):
        return verdict("too_little_history", why, {})
    told = evidence.read(book, HORIZON_DAYS)
    return verdict(told["verdict"], told["sentence"], told["health"])


def odds(book: Book, as_of: date) -> BandChurn:
    """How often each band left, as known on that day."""
    return cache.read_cached(bands.band_churn, book, as_of)


def known(book: Book) -> Verdict | None:
    """The verdict where this visitor has been told it; None while it is being worked out."""
    told: tuple[int, Verdict] | None = st.session_state.get("verdict")
    return told[1] if told and told[0] == book.version else None


@st.fragment(parallel=True)
def verdict_card(book: Book, as_of: date, told: VerdictNotes) -> None:
    """Beside the rest of the page, which does not wait for it; a verdict that forbids to act on the score draws the page anew."""
    with st.container(border=True, gap="small"):
        with waiting(_HEIGHT):
            found, rates = digest(book), odds(book, as_of)
        _line(found)
        with st.container(horizontal=True, vertical_alignment="center"):
            for band in _BANDS:
                badge(band, rates.words(band), rates.help(band))
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            note(" ".join(told.sentences()))
            st.page_link(SCREENS["evidence"].script, label="Evidence and the ledger of the lost", icon=SCREENS["evidence"].icon)
    if known(book) != found:
        st.session_state["verdict"] = (book.version, found)
        if not found.useful:
            st.rerun()


def _line(found: Verdict) -> None:
    st.markdown(f"{_ICONS.get(found.key, ':material/warning:')} **{fmt.plain(found.head)}**", help=fmt.plain(found.rest))
    if not found.useful:
        note(found.rest)
