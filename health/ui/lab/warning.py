"""Losses that a draft would have warned of 60 days ahead, beside the version in force."""

import streamlit as st

from health import format as fmt
from health.access import Book
from health.foresight.backtest import warning_curve
from health.foresight.backtest.warning_curve import AHEAD_DAYS, HeldOutMonths, WarningCurve
from health.insight.evidence import warning
from health.insight.headlines import Better, Headline
from health.score.settings import Settings
from health.ui import cache
from health.ui.tables import words_table

LABEL = f"Warned {AHEAD_DAYS} days"


@cache.shared(4)
def _present_months(book: Book, present: Settings) -> HeldOutMonths | None:
    """Held-out months of the version in force, read once for all drafts."""
    return warning_curve.held_out_months(book, present)


@cache.cached
def read(book: Book, draft: Settings, present: Settings) -> tuple[WarningCurve, WarningCurve] | None:
    """Curves of the version in force and of the draft, on the same losses; None with too little history."""
    months = _present_months(book, present)
    if months is None:
        return None
    draft_months = months.rescore(draft) if draft.terms == present.terms else warning_curve.held_out_months(book, draft)
    assert draft_months is not None  # the same days
    return months.curve(), draft_months.curve()


def headline(curves: tuple[WarningCurve, WarningCurve], version: str) -> Headline:
    """Share of losses warned of by a list of a fifth, with its change; `version`: compared with, empty if the draft changes nothing."""
    in_force, draft = (warning.share_warned(curve) for curve in curves)
    if in_force is None or draft is None:
        return Headline("warned", LABEL, fmt.UNKNOWN, None, "off", [], warning.LIST_HELP)
    change = draft.rate - in_force.rate
    words = f"{fmt.pts(change)} {version}" if version else "no change"
    better: Better = "off" if round(change, 3) == 0 else "up"
    return Headline("warned", LABEL, fmt.share(draft.rate), words, better, [], f"{warning.LIST_HELP} {warning.by_band(*curves)}")


def lengths_table(curves: tuple[WarningCurve, WarningCurve], names: tuple[str, str]) -> None:
    """Draw, folded, the share of losses warned of by lists of each length; `names`: of the version in force and of the draft."""
    lengths = warning.lengths(*curves)
    if lengths.is_empty():
        return
    labels = {"list": "List", "present": names[0], "draft": names[1], "tenure_only": "Tenure only", "random": "Random"}
    with st.expander(f"Churned customers warned {AHEAD_DAYS} days ahead, by length of the list"):
        words_table(lengths, labels, "Share of churned customers warned by length of the list")
