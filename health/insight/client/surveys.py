"""Surveys of one customer: invitations and answers."""

from datetime import date

import polars as pl

from health import format as fmt

STALE_DAYS = 365
USUAL_SCALES = {"nps": (0, 10)}
"""Lowest and highest answer by kind of survey, where the row has none; other kinds have no usual scale."""


def answers(surveys: pl.DataFrame, contacts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per invitation or answer known by `as_of`, newest first.

    Columns of the table (kind in capitals), `on` (its day), `answer` (in words), person.
    """
    is_known = pl.coalesce("asked_on", "answered_on") <= as_of
    is_answered = pl.col("answered_on") <= as_of
    names = contacts.select("contact_id", pl.col("name").alias("person"))
    invitations = (
        surveys.filter(is_known)
        .with_columns(pl.when(is_answered).then("answered_on").alias("answered_on"), pl.when(is_answered).then("score").alias("score"))
        .with_columns(pl.coalesce("answered_on", "asked_on").alias("on"))
        .join(names, on="contact_id", how="left", maintain_order="left")
        .sort("on", "survey_id", descending=[True, False])
    )
    kind = pl.col("kind").str.to_uppercase()
    return invitations.with_columns(kind, pl.Series("answer", [_answer_text(row) for row in invitations.iter_rows(named=True)], pl.String))


def _answer_text(row: dict[str, object]) -> str:
    score, low, high = (float(str(row[c])) if row[c] is not None else None for c in ("score", "scale_min", "scale_max"))
    if row["answered_on"] is None:
        return "■ Not answered"
    if score is None:
        return "Answered, no score"
    usual_low, usual_high = USUAL_SCALES.get(str(row["kind"]), (None, None))
    low, high = (usual_low if low is None else low), (usual_high if high is None else high)
    return f"{score:g} (scale unknown)" if low is None or high is None else f"{score:g} (scale {low:g} to {high:g})"


def finding(invitations: pl.DataFrame, as_of: date) -> str:
    """Title of the list, from `answers`."""
    if invitations.is_empty():
        return "No survey sent yet"
    asked_count, answers_given = invitations.height, invitations.drop_nulls("answered_on")
    if answers_given.is_empty():
        return f"{fmt.plural(asked_count, 'survey')} sent, none answered"
    days = (as_of - answers_given["answered_on"][0]).days
    stale_text = "; time to ask again" if days > STALE_DAYS else ""
    last_text = "today" if days == 0 else f"{fmt.plural(days, 'day')} ago"
    return f"{answers_given.height} of {fmt.plural(asked_count, 'survey')} answered, the last {last_text}{stale_text}"
