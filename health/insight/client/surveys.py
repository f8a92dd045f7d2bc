"""What one customer answered when it was asked, and whether it was."""

from datetime import date

import polars as pl

from health import format as fmt

STALE_DAYS = 365
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
"""The usual lowest and highest answer by kind of question, where none is given."""


def answers(surveys: pl.DataFrame, contacts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row an invitation or answer known by `as_of`, newest first: the table's columns (kind in capitals), `on` (its day),
    `answer` (in words), person."""
    known = pl.coalesce("asked_on", "answered_on") <= as_of
    answered = pl.col("answered_on") <= as_of
    names = contacts.select("contact_id", pl.col("name").alias("person"))
    own = (
        surveys.filter(known)
        .with_columns(pl.when(answered).then("answered_on").alias("answered_on"), pl.when(answered).then("score").alias("score"))
        .with_columns(pl.coalesce("answered_on", "asked_on").alias("on"))
        .join(names, on="contact_id", how="left", maintain_order="left")
        .sort("on", "survey_id", descending=[True, False])
    )
    asked = pl.col("kind").str.to_uppercase()
    return own.with_columns(asked, pl.Series("answer", [_answer(row) for row in own.iter_rows(named=True)], pl.String))


def _answer(row: dict[str, object]) -> str:
    score, low, high = (float(str(row[c])) if row[c] is not None else None for c in ("score", "scale_min", "scale_max"))
    if row["answered_on"] is None:
        return "■ Not answered"
    if score is None:
        return "Answered, no score"
    usual = SCALES[str(row["kind"])]
    return f"{score:g} on {low if low is not None else usual[0]:g} to {high if high is not None else usual[1]:g}"


def finding(answered: pl.DataFrame, as_of: date) -> str:
    """The head of the list, from `answers`."""
    if answered.is_empty():
        return "Never asked what it thinks of us"
    asked, said = answered.height, answered.drop_nulls("answered_on")
    if said.is_empty():
        return f"Asked {fmt.plural(asked, 'time')}, never answered"
    days = (as_of - said["answered_on"][0]).days
    stale = "; time to ask again" if days > STALE_DAYS else ""
    return f"{said.height} of {asked} answered, the last {fmt.plural(days, 'day')} ago{stale}"
