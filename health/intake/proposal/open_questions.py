"""Which questions a fed table leaves: what nothing feeds, words nobody knows, columns that read in several ways; what is assumed."""

from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl

from health.errors import Refused
from health.format import day as said_day
from health.format import plural
from health.intake.mapping.conversions import NUMBERS, day
from health.intake.mapping.formats import date_words
from health.intake.proposal.field_choice import Choice, marks
from health.intake.proposal.questions import DECLARED, OPEN, Question
from health.tables import TABLES


def questions(table: str, choices: tuple[Choice, ...], own: bool) -> list[Question]:
    """The questions of one table. A file with the table's own header says what it means to say: only days and amounts are asked about."""
    found = [_beside(asked, choices) for choice in choices if (asked := unsettled(table, choice))]
    for choice in choices:
        found += [_word(table, choice, word) for word in choice.unknown]
    return found if own else found + [q for choice in choices for q in _of_field(table, choice)]


def _beside(question: Question, choices: tuple[Choice, ...]) -> Question:
    """A question about days, with how the file's other days are written where their values tell."""
    told = sorted({c.date_format for c in choices if c.date_format and c.dates.settled == c.date_format})
    if question.about != "dates" or not told:
        return question
    return replace(question, consequence=f"{question.consequence} Other columns are written {' and '.join(map(date_words, told))}.")


def _of_field(table: str, choice: Choice) -> list[Question]:
    needed = TABLES[table].column(choice.field).required and not choice.fed
    declared = [q for q in DECLARED if (q.table, q.field) == (table, choice.field) and _applies(q, choice)]
    if needed and not declared:
        column = TABLES[table].column(choice.field)
        options = tuple((value, value.replace("_", " ")) for value in column.allowed)
        declared = [Question(table, choice.field, f"What feeds {choice.field}, {column.words}?", options, "Without it nothing is loaded.")]
    return [replace(q, needed=needed) for q in declared]


def _applies(question: Question, choice: Choice) -> bool:
    if question.about != "sense":
        return not choice.fed
    if choice.column and question.field == "severity":
        return not choice.map and bool(choice.samples) and all(sample in "1234" for sample in choice.samples)
    return choice.column is not None


def _word(table: str, choice: Choice, word: str) -> Question:
    column = TABLES[table].column(choice.field)
    values = column.allowed or (("true", "false") if column.type == "flag" else tuple("1234"))
    options = (OPEN, *((value, value.replace("_", " ")) for value in values))
    ask = f"What does '{word[:60]}' in {choice.column} mean?"
    return Question(table, choice.field, ask, options, "Left open, its rows are refused.", "word", word)


def unsettled(table: str, choice: Choice) -> Question | None:
    """How a column reads, where its values do not say; None where they do or it was chosen."""
    match choice.unsettled:
        case "dates":
            ways = tuple((way.form, _day_like(way.form, way.sample)) for way in choice.dates.ways)
            ask = f"In {choice.column}, does the day or the month come first?"
            consequence = (
                _refusals(choice) if choice.dates.contradictory else "No value tells, and a wrong guess would move events by months."
            )
            return Question(table, choice.field, ask, ways, consequence, "dates", needed=True)
        case "numbers":
            ways = tuple((way.form, _number_like(way.form, way.sample)) for way in choice.numbers.ways)
            consequence = "No value tells, and a wrong guess would make amounts a thousand times too high or too low."
            if choice.numbers.contradictory:
                consequence = _refusals(choice)
            ask = f"In {choice.column}, which mark stands before the decimals?"
            return Question(table, choice.field, ask, ways, consequence, "numbers", needed=True)
    return None


def _refusals(choice: Choice) -> str:
    readings = choice.dates if choice.dates.open else choice.numbers
    fits = ", ".join(f"{way.form} fits {plural(way.fits, 'value')}" for way in readings.ways)
    return f"The values contradict each other ({fits}); rows whose value does not fit the answer are refused."


def _day_like(form: str, sample: str) -> str:
    read = _read_day(sample, form)
    return f"{date_words(form)}: {sample} is {said_day(read)}" if read else date_words(form)


@cache
def _read_day(sample: str, form: str) -> date | None:
    text = pl.select(day(pl.lit(sample), form, "date")).item()
    return date.fromisoformat(text) if text else None


def _number_like(form: str, sample: str) -> str:
    decimal, thousands = marks(form)
    read = sample.replace(thousands or "\0", "").replace(decimal, ".")
    return f"{'a comma' if decimal == ',' else 'a point'} before the decimals: {sample} is {read}"


def allowed(table: str, name: str, value: str | None) -> str | None:
    """The value, where the field can hold it. Errors: Refused naming what it can."""
    if value is None:
        return None
    column = TABLES[table].column(name)
    values = column.allowed or (("true", "false") if column.type == "flag" else ())
    if values and value not in values:
        raise Refused(f"{table}.{name} cannot be '{value[:60]}'; take one of {', '.join(values)}.")
    if column.type in NUMBERS and not value.isdecimal():
        raise Refused(f"{table}.{name} needs a whole number, not '{value[:60]}'.")
    if column.type == "count" and not (column.least or 0) <= int(value) <= (column.most or 10**12):
        raise Refused(f"{table}.{name} lies between {column.least or 0} and {column.most or 10**12}, which {value} does not.")
    return value


def assumed(table: str, choices: tuple[Choice, ...]) -> list[str]:
    """What is stated for a table that its file does not say, a sentence each."""
    said = [f"{c.field} of {table} is taken as '{c.value}' in every row." for c in choices if c.value is not None]
    for choice in choices:
        if choice.joined:
            cells = ", ".join(choice.joined)
            said.append(f"{choice.field} of {table} is made of {cells}: rows with the same cells there are the same row.")
    return said
