"""NPS and CSAT in an expander: the last year, each quarter, and the answers to download."""

from datetime import date

import polars as pl
import streamlit as st

from health import format as fmt
from health.insight import survey_results
from health.insight.survey_results import HELP, KINDS
from health.ui.cards import note, number, strip
from health.ui.tables import download, words_table

_LABELS = {"quarter": "Quarter"} | {
    f"{kind}{part}": words.format(label)
    for kind, label in KINDS.items()
    for part, words in {"": "{}", "_interval": "{} 95 % interval", "_answers": "{} answers", "_response": "{} response rate"}.items()
}


def survey_results_view(surveys: pl.DataFrame, as_of: date, key: str) -> None:
    """Draw the expander; nothing without NPS or CSAT answers. `surveys`: rows of the table."""
    answers = survey_results.scored_answers(surveys, as_of)
    if answers.is_empty():
        return
    year = survey_results.last_year(surveys, as_of)
    title = ", ".join(result.words for result in year) or "no NPS or CSAT answer in 365 days"
    with st.expander(f"Survey answers: {fmt.plain(title)}"):
        if year:
            strip([number(KINDS[r.kind], r.text(r.value), _fact(r), HELP[r.kind]) for r in year])
        quarters = survey_results.by_quarter(surveys, as_of)
        shown = ["quarter", *(name for name in quarters.columns if name.split("_")[0] in set(answers["kind"]))]
        words_table(quarters, {name: _LABELS[name] for name in shown}, "NPS and CSAT by quarter with intervals, answers and response rate")
        note("Intervals of few answers are wide: compare quarters only where they do not overlap. CES answers are not part of NPS or CSAT.")
        download(answers, "survey-answers.csv", "Download answers", key=key)


def _fact(result: survey_results.Result) -> str:
    """Number of answers, and the response rate where it is known."""
    response = f", {fmt.share(result.response)} responded" if result.response is not None else ""
    return f"{fmt.plural(result.answers, 'answer')}{response}"
