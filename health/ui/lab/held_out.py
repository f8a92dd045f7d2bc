"""The draft on months it was not made for: beside the version in force, with what is noise said to be noise. Follows when it is ready."""

import polars as pl
import streamlit as st

from health import charts
from health import format as fmt
from health.access import Book
from health.foresight.backtest import compare
from health.foresight.backtest.compare import DRAFT, PRESENT, Comparison
from health.foresight.backtest.panel import Panel
from health.foresight.backtest.verdict import MIN_LOSSES
from health.foresight.stats.proportions import Rate
from health.insight.evidence import report
from health.insight.headlines import Better, Headline
from health.score.settings import Settings
from health.ui import cache
from health.ui.cards import NUMBER_HEIGHT, card, chart, strip, waiting

HORIZON_DAYS = 90
PAIR = 400


@cache.shared(4)
def _present(book: Book) -> Panel:
    return compare.held_out_panel(book, HORIZON_DAYS)


@cache.cached
def _compared(book: Book, draft: Settings) -> Comparison:
    """Against the held-out months of the version in force, which are read once for all drafts."""
    return compare.compare(book, draft, HORIZON_DAYS, _present(book))


@st.fragment(parallel=True)
def held_out(book: Book, draft: Settings, present: Settings, flattered: str) -> None:
    """Strip, verdict and two pictures; the rest of the page does not wait for them. `flattered`: how learned weights did before."""
    with st.container():
        with waiting(NUMBER_HEIGHT + PAIR):
            found = _compared(book, draft)
        if found.test is None:
            st.info(fmt.plain(found.sentence), icon=":material/history:")
            return
        if found.test.losses < MIN_LOSSES:
            losses = fmt.plural(found.test.losses, "loss", "losses")
            st.info(f"Too few losses to tell: {losses} at the held-out cut-offs, and it takes {MIN_LOSSES}.", icon=":material/history:")
            return
        _strip(found, draft, present)
        _verdict(found, draft, present, flattered)
        _pictures(found, draft, present)


def _strip(found: Comparison, draft: Settings, present: Settings) -> None:
    assert found.test is not None
    was, now = found.lost_while_healthy
    fifth_was, fifth = found.test.found_in_fifth
    auc_was, auc = found.test.auc
    version = "" if draft == present else f"vs v{present.version}"
    lost, lost_was = _rate(now), _rate(was)
    auc_change = None if auc is None or auc_was is None else _against(fmt.signed(auc - auc_was, 3), version)
    strip(
        [
            Headline(
                "found", "Found in worst 20 %", fmt.share(fifth), _change(fifth, fifth_was, version), _better(fifth, fifth_was, "up"), [],
                "Of those who left at the held-out cut-offs, the share among the fifth of lowest health. Higher is better.",
            ),
            Headline(
                "auc", "AUC, held out", fmt.UNKNOWN if auc is None else f"{auc:.3f}", auc_change, _better(auc, auc_was, "up"), [],
                "Of two customers, one lost and one kept: how often the lost one was ranked the sicker. 0.5 is a coin, 1 is always.",
            ),
            Headline(
                "lost", "Lost while healthy", fmt.share(lost), _change(lost, lost_was, version), _better(lost, lost_was, "down"), [],
                "Of those who left, the share in the band healthy at the cut-off: what the score did not see. Lower is better.",
            ),
        ]
    )  # fmt: skip


def _rate(known: Rate | None) -> float | None:
    return known.rate if known else None


def _change(now: float | None, was: float | None, version: str) -> str | None:
    return None if now is None or was is None else _against(fmt.pts(now - was), version)


def _against(change: str, version: str) -> str:
    """The change against the version in force; the draft that is no other has none."""
    return f"{change} {version}" if version else "as in force"


def _better(now: float | None, was: float | None, way: Better) -> Better:
    return "off" if now is None or was is None or round(now - was, 3) == 0 else way


def _verdict(found: Comparison, draft: Settings, present: Settings, flattered: str) -> None:
    words = fmt.plain(found.sentence)
    if draft == present:
        st.info(f"This is version {present.version} as it stands. Move a weight, an edge or a rule to try another.", icon=":material/tune:")
    elif flattered:
        why = "These weights were learned from the held-out months too, which flatters them here. Fairly judged:"
        st.warning(f"{why} {fmt.plain(flattered)}", icon=":material/info:")
    elif found.inside_noise:
        st.warning(f"{words} Keep version {present.version}, or collect more months.", icon=":material/info:")
    elif found.test is not None and (found.test.gain or 0) > 0:
        st.success(words, icon=":material/check_circle:")
    else:
        st.error(f"{words} Keep version {present.version}.", icon=":material/trending_down:")


def _pictures(found: Comparison, draft: Settings, present: Settings) -> None:
    names = {DRAFT: f"Draft v{draft.version + 1}", PRESENT: f"In force, v{present.version}"} | report.TALK
    curves = found.gains.select(pl.col("model").replace(names).alias("label"), "share", "found")
    if draft == present:
        curves = curves.filter(pl.col("label") != names[DRAFT])
    left, right = st.columns(2)
    fifth = found.test.found_in_fifth[1] if found.test else None
    title = (
        "How many of the lost do the first calls reach?" if fifth is None else f"The worst fifth holds {fmt.share(fifth)} of those who left"
    )
    with left, card(title, "Held-out cut-offs, worst first; numbers at 20 %"):
        chart(charts.gains_curve, pl.concat([curves, report.chance(curves)]))
    with right, card(report.bands_title(found.bands), f"Held-out, by the draft; left in {HORIZON_DAYS} days, 95 % interval"):
        chart(charts.churn_by_band, found.bands, HORIZON_DAYS)
