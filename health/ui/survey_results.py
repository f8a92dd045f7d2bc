"""NPS, CSAT and CES in an expander: the last year, a trend of each, and the answers to download."""

from collections.abc import Callable
from datetime import date

import polars as pl
import streamlit as st

from health import charts
from health import format as fmt
from health.access import Book
from health.insight import survey_results
from health.insight.survey_results import HELP, KINDS, UNITS
from health.ui import cache
from health.ui.cards import chart, note, number, strip
from health.ui.chart_table import chart_table
from health.ui.tables import download

_LABELS = {"quarter": "Quarter"} | {
    f"{kind}{part}": words.format(label)
    for kind, label in KINDS.items()
    for part, words in {"": "{}", "_interval": "{} 95 % interval", "_answers": "{} answers", "_response": "{} response rate"}.items()
}


def survey_answers(book: Book, as_of: date) -> pl.DataFrame:
    """All answers of the book known on a day, as `survey_results.scored_answers`."""
    return survey_results.scored_answers(cache.staged(book, "surveys"), as_of)


def survey_results_view(
    summary: survey_results.Summary | None, answers: pl.DataFrame | Callable[[], pl.DataFrame], key: str
) -> None:  # fmt: skip
    """Draw the expander; nothing without answers. `answers`: for the download, `scored_answers`; `key`: of its button."""
    if summary is None:
        return
    title = ", ".join(result.words for result in summary.year) or "no answer in 365 days"
    with st.expander(f"Survey answers: {fmt.plain(title)}"):
        if summary.year:
            strip([number(KINDS[r.kind], r.text(r.value), fmt.plural(r.answers, "answer"), _help(r)) for r in summary.year])
        _trends(summary)
        download(answers, "survey-answers.csv", "Download answers", key=key)


def _trends(summary: survey_results.Summary) -> None:
    """Draw a chart of each kind by quarter, and the same in one table."""
    if summary.quarters.is_empty():
        return
    kinds = [kind for kind in KINDS if kind in summary.kinds]
    for kind, column in zip(kinds, st.columns(len(kinds)), strict=True):
        with column:
            note(f"{KINDS[kind]} by quarter, with its 95{fmt.SPACE}% interval")
            results = summary.trend.filter(pl.col("kind") == kind)
            chart(charts.survey_trend, results, KINDS[kind], UNITS[kind])
    labels = {name: _LABELS[name] for name in summary.quarters.columns if name == "quarter" or name.split("_")[0] in kinds}
    chart_table(summary.quarters, labels, "Survey results by quarter with intervals, answers and response rate")
    note("Intervals of few answers are wide: compare quarters only where they do not overlap.")


def _help(result: survey_results.Result) -> str:
    """What the figure means, and the response rate where it is known; the number of answers stands beside it."""
    response = f" {fmt.share(result.response)} of the invitations were answered." if result.response is not None else ""
    return HELP[result.kind] + response
