"""Quality of the score on the overview: verdict of the backtest, observed churn by band, and losses it missed."""

from datetime import date

import streamlit as st

from health import format as fmt
from health.access import Book
from health.insight.evidence import band_churn
from health.insight.evidence.band_churn import HORIZON_DAYS, BandChurn
from health.insight.evidence.verdict import Verdict, VerdictNotes, verdict
from health.ui import cache
from health.ui.cards import badge, note, waiting
from health.ui.evidence import backtest as evidence
from health.ui.screens import SCREENS

_VERDICT_ICONS = {"useful": ":material/check_circle:", "no_better_than_chance": ":material/error:"}
_CARD_HEIGHT = 96
_BANDS = ("healthy", "watch", "at_risk")


@cache.cached
def read_verdict(book: Book) -> Verdict:
    """Return the verdict, from the same backtest as the Evidence screen."""
    if reason := evidence.why_not_yet(cache.state(book), HORIZON_DAYS):
        return verdict("too_little_history", reason, {})
    backtest = evidence.read(book, HORIZON_DAYS)
    return verdict(backtest["verdict"], backtest["sentence"], backtest["health"])


def churn_by_band(book: Book, as_of: date) -> BandChurn:
    """Observed churn of each band, as known on the day."""
    return cache.read_cached(band_churn.band_churn, book, as_of)


def known_verdict(book: Book) -> Verdict | None:
    """Return the verdict if this visitor has already seen it; None while it is being computed."""
    stored: tuple[int, Verdict] | None = st.session_state.get("verdict")
    return stored[1] if stored and stored[0] == book.version else None


@st.fragment(parallel=True)
def verdict_card(book: Book, as_of: date, notes: VerdictNotes) -> None:
    """Draw the verdict without holding up the page; if it is negative, the page is redrawn with its figures flagged."""
    with st.container(border=True, gap="small"):
        with waiting(_CARD_HEIGHT):
            score_verdict, churn = read_verdict(book), churn_by_band(book, as_of)
        _verdict_line(score_verdict)
        with st.container(horizontal=True, vertical_alignment="center"):
            for band in _BANDS:
                badge(band, churn.words(band), churn.help(band))
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            note(" ".join(notes.sentences()))
            st.page_link(SCREENS["evidence"].script, label="Evidence: test results and churned customers", icon=SCREENS["evidence"].icon)
    if known_verdict(book) != score_verdict:
        st.session_state["verdict"] = (book.version, score_verdict)
        if not score_verdict.useful:
            st.rerun()


def _verdict_line(score_verdict: Verdict) -> None:
    st.markdown(
        f"{_VERDICT_ICONS.get(score_verdict.key, ':material/warning:')} **{fmt.plain(score_verdict.head)}**",
        help=fmt.plain(score_verdict.reasons),
    )
    if not score_verdict.useful:
        note(score_verdict.reasons)
