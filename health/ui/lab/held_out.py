"""The draft on held-out months, compared with the version in force. Drawn without holding up the page."""

import polars as pl
import streamlit as st

from health import charts
from health import format as fmt
from health.access import Book
from health.foresight.backtest import compare
from health.foresight.backtest.compare import DRAFT, PRESENT, Comparison
from health.foresight.backtest.panel import Panel
from health.foresight.backtest.verdict import MIN_LOSSES
from health.foresight.backtest.warning_curve import WarningCurve
from health.foresight.stats.proportions import Rate
from health.insight.evidence import report
from health.insight.headlines import Better, Headline
from health.score.settings import Settings
from health.ui import cache
from health.ui.cards import NUMBER_HEIGHT, card, chart, strip, waiting
from health.ui.lab import warning

HORIZON_DAYS = 90
CHARTS_HEIGHT = 400


@cache.shared(4)
def _present_panel(book: Book) -> Panel:
    """Held-out months of the version in force, read once for all drafts."""
    return compare.held_out_panel(book, HORIZON_DAYS)


@cache.cached
def _comparison(book: Book, draft: Settings) -> Comparison:
    """Comparison of the draft with the version in force on the held-out months."""
    return compare.compare(book, draft, HORIZON_DAYS, _present_panel(book))


@st.fragment(parallel=True)
def held_out_cards(book: Book, draft: Settings, present: Settings, learned_result: str) -> None:
    """Draw numbers, verdict and two charts. `learned_result`: out-of-sample result of learned weights, in words."""
    with st.container():
        with waiting(NUMBER_HEIGHT + CHARTS_HEIGHT):
            comparison, warned = _comparison(book, draft), warning.read(book, draft, present)
        if comparison.test is None:
            st.info(fmt.plain(comparison.sentence), icon=":material/history:")
            return
        if comparison.test.losses < MIN_LOSSES:
            losses = fmt.plural(comparison.test.losses, "loss", "losses")
            st.info(f"Too few losses to test the draft: {losses} at the test dates; {MIN_LOSSES} are needed.", icon=":material/history:")
            return
        _strip(comparison, draft, present, warned)
        _verdict(comparison, draft, present, learned_result)
        _charts(comparison, draft, present)
        if warned:
            warning.lengths_table(warned, (f"In force, v{present.version}", f"Draft v{draft.version + 1}"))


def _strip(comparison: Comparison, draft: Settings, present: Settings, warned: tuple[WarningCurve, WarningCurve] | None) -> None:
    """Draw four measures of the draft with their change: losses found in the lowest fifth, AUC, lost while healthy, warned in time."""
    assert comparison.test is not None
    present_lost, draft_lost = comparison.lost_while_healthy
    present_fifth, draft_fifth = comparison.test.found_in_fifth
    present_auc, draft_auc = comparison.test.auc
    version = "" if draft == present else f"vs v{present.version}"
    draft_rate, present_rate = _rate(draft_lost), _rate(present_lost)
    auc_change = None if draft_auc is None or present_auc is None else _versus(fmt.signed(draft_auc - present_auc, 3), version)
    strip(
        [
            Headline(
                "found", "In lowest 20 %", fmt.share(draft_fifth), _change(draft_fifth, present_fifth, version),
                _better(draft_fifth, present_fifth, "up"), [],
                "Share of churned customers who were among the lowest-scoring 20 %, at the latest test dates. Higher is "
                "better; random: 20 %.",
            ),
            Headline(
                "auc", "AUC at test dates", fmt.UNKNOWN if draft_auc is None else f"{draft_auc:.3f}", auc_change,
                _better(draft_auc, present_auc, "up"), [],
                "Share of pairs of a churned customer and one who stayed in which the churned one had the lower score. "
                "0.5 is random guessing, 1 is perfect.",
            ),
            Headline(
                "lost", "Missed losses", fmt.share(draft_rate), _change(draft_rate, present_rate, version),
                _better(draft_rate, present_rate, "down"), [],
                "Share of churned customers who were Healthy at the test date. Lower is better.",
            ),
            *([warning.headline(warned, version)] if warned else []),
        ]
    )  # fmt: skip


def _rate(proportion: Rate | None) -> float | None:
    return proportion.rate if proportion else None


def _change(now: float | None, before: float | None, version: str) -> str | None:
    return None if now is None or before is None else _versus(fmt.pts(now - before), version)


def _versus(change: str, version: str) -> str:
    """Add the version compared with; without one the draft equals the version in force."""
    return f"{change} {version}" if version else "no change"


def _better(now: float | None, before: float | None, direction: Better) -> Better:
    return "off" if now is None or before is None or round(now - before, 3) == 0 else direction


def _verdict(comparison: Comparison, draft: Settings, present: Settings, learned_result: str) -> None:
    words = fmt.plain(comparison.sentence)
    if draft == present:
        st.info(
            f"These are the settings in force (version {present.version}). Change a weight, limit or rule to preview its effect.",
            icon=":material/tune:",
        )
    elif learned_result:
        learned_words = "These weights were learned from the same test dates, so the result above is too optimistic. A fair test:"
        st.warning(f"{learned_words} {fmt.plain(learned_result)}", icon=":material/info:")
    elif comparison.inside_noise:
        st.warning(f"{words} Keep version {present.version}, or wait for more data.", icon=":material/info:")
    elif comparison.test is not None and (comparison.test.gain or 0) > 0:
        st.success(words, icon=":material/check_circle:")
    else:
        st.error(f"{words} Keep version {present.version}.", icon=":material/trending_down:")


def _charts(comparison: Comparison, draft: Settings, present: Settings) -> None:
    """Draw the gains curve and the churn by band on the held-out months."""
    names = {DRAFT: f"Draft v{draft.version + 1}", PRESENT: f"In force, v{present.version}"} | report.MODEL_LABELS
    curves = comparison.gains.select(pl.col("model").replace(names).alias("label"), "share", "found")
    if draft == present:
        curves = curves.filter(pl.col("label") != names[DRAFT])
    left, right = st.columns(2)
    share_in_fifth = comparison.test.found_in_fifth[1] if comparison.test else None
    with left, card(report.lowest_fifth_title(share_in_fifth), "Churned customers reached at the test dates; figures at 20 %"):
        chart(charts.gains_curve, pl.concat([curves, report.chance_curve(curves)]))
    with (
        right,
        card(report.bands_title(comparison.bands), f"Draft settings at the test dates; churn in {HORIZON_DAYS} days, 95 % interval"),
    ):
        chart(charts.churn_by_band, comparison.bands, HORIZON_DAYS)
