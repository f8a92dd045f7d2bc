"""NPS and CSAT in an expander: the last year, each quarter, and the answers to download."""

from collections.abc import Callable
from datetime import date

import polars as pl
import streamlit as st

from health import format as fmt
from health.access import Book
from health.insight import survey_results
from health.insight.survey_results import HELP, KINDS
from health.ui import cache
from health.ui.cards import note, number, strip
from health.ui.tables import download, words_table

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
    """Draw the expander; nothing without NPS or CSAT answers. `answers`: for the download, `scored_answers`; `key`: of its button."""
    if summary is None:
        return
    title = ", ".join(result.words for result in summary.year) or "no NPS or CSAT answer in 365 days"
    with st.expander(f"Survey answers: {fmt.plain(title)}"):
        if summary.year:
            strip([number(KINDS[r.kind], r.text(r.value), _fact(r), HELP[r.kind]) for r in summary.year])
        shown = ["quarter", *(name for name in summary.quarters.columns if name.split("_")[0] in summary.kinds)]
        labels = {name: _LABELS[name] for name in shown}
        words_table(summary.quarters, labels, "NPS and CSAT by quarter with intervals, answers and response rate")
        note("Intervals of few answers are wide: compare quarters only where they do not overlap. CES answers are not part of NPS or CSAT.")
        download(answers, "survey-answers.csv", "Download answers", key=key)


def _fact(result: survey_results.Result) -> str:
    """Number of answers, and the response rate where it is known."""
    response = f", {fmt.share(result.response)} responded" if result.response is not None else ""
    return f"{fmt.plural(result.answers, 'answer')}{response}"
