"""Open questions of a draft table: fields without source, unknown words, ambiguous formats; and its assumptions."""

from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl

from health.errors import InvalidInput
from health.format import day as said_day
from health.format import plural
from health.intake.mapping.conversions import NUMBERS, parse_day
from health.intake.mapping.formats import date_words
from health.intake.proposal.field_choice import Choice, number_marks
from health.intake.proposal.questions import DECLARED, OPEN, Question
from health.tables import TABLES


def questions(table: str, choices: tuple[Choice, ...], own_header: bool) -> list[Question]:
    """The questions of one table. For a file with the table's own header only formats and unknown words are asked about."""
    open_questions = [_with_other_formats(question, choices) for choice in choices if (question := reading_question(table, choice))]
    for choice in choices:
        open_questions += [_word_question(table, choice, word) for word in choice.unknown]
    return open_questions if own_header else open_questions + [q for choice in choices for q in _field_questions(table, choice)]


def free_lines_question(lines: int) -> Question:
    """Whether contract lines priced at 0 are trials."""
    return Question(
        "contracts", "trial", f"{plural(lines, 'contract line')} priced at 0. Are these trials?",
        (("", "No, contract lines free of charge"), ("true", "Yes, trials")),
        "A trial does not count as a contract, so its end is no loss. If left open, each of these lines makes a customer, and its end a "
        "loss.", "free",
    )  # fmt: skip


def _with_other_formats(question: Question, choices: tuple[Choice, ...]) -> Question:
    """Add to a date question how the file's other date columns are written, if their values settle it."""
    other_formats = sorted({c.date_format for c in choices if c.date_format and c.dates.settled == c.date_format})
    if question.about != "dates" or not other_formats:
        return question
    return replace(question, consequence=f"{question.consequence} Other columns use: {' and '.join(map(date_words, other_formats))}.")


def _field_questions(table: str, choice: Choice) -> list[Question]:
    """Declared questions about a field, or a generic one if it is required and not fed."""
    is_needed = TABLES[table].column(choice.field).required and not choice.fed
    field_questions = [q for q in DECLARED if (q.table, q.field) == (table, choice.field) and _applies(q, choice)]
    if is_needed and not field_questions:
        column = TABLES[table].column(choice.field)
        options = tuple((value, value.replace("_", " ")) for value in column.allowed)
        field_questions = [
            Question(
                table,
                choice.field,
                f"Which column or value gives {choice.field} ({column.words})?",
                options,
                "Without it nothing can be loaded.",
            )
        ]
    return [replace(q, needed=is_needed) for q in field_questions]


def _applies(question: Question, choice: Choice) -> bool:
    """Whether a declared question applies to a choice."""
    if question.about != "sense":
        return not choice.fed
    if choice.column and question.field == "severity":
        return not choice.map and bool(choice.samples) and all(sample in "1234" for sample in choice.samples)
    return choice.column is not None


def _word_question(table: str, choice: Choice, word: str) -> Question:
    """Question what an unknown word means."""
    column = TABLES[table].column(choice.field)
    values = column.allowed or (("true", "false") if column.type == "flag" else tuple("1234"))
    options = (OPEN, *((value, value.replace("_", " ")) for value in values))
    ask = f"What does '{word[:60]}' in {choice.column} mean?"
    return Question(table, choice.field, ask, options, "If left open, rows with this value are refused.", "word", word)


def reading_question(table: str, choice: Choice) -> Question | None:
    """The question how to read a column; None if its values settle it or the user chose."""
    match choice.unsettled:
        case "dates":
            options = tuple((way.form, _day_option(way.form, way.sample)) for way in choice.dates.options)
            ask = f"In {choice.column}, which comes first, day or month?"
            consequence = (
                _contradiction_text(choice)
                if choice.dates.contradictory
                else "No value in the file shows it, and a wrong guess would move events by months."
            )
            return Question(table, choice.field, ask, options, consequence, "dates", needed=True)
        case "numbers":
            options = tuple((way.form, _number_option(way.form, way.sample)) for way in choice.numbers.options)
            consequence = "No value in the file shows it, and a wrong guess would make amounts a thousand times too high or too low."
            if choice.numbers.contradictory:
                consequence = _contradiction_text(choice)
            ask = f"In {choice.column}, what is the decimal separator?"
            return Question(table, choice.field, ask, options, consequence, "numbers", needed=True)
    return None


def _contradiction_text(choice: Choice) -> str:
    """Consequence text for values that contradict each other."""
    readings = choice.dates if choice.dates.open else choice.numbers
    fits = ", ".join(f"{way.form} fits {plural(way.fits, 'value')}" for way in readings.options)
    return f"The values contradict each other ({fits}); rows that do not fit your answer are refused."


def _day_option(form: str, sample: str) -> str:
    day_read = _read_day(sample, form)
    return f"{date_words(form)}: {sample} is {said_day(day_read)}" if day_read else date_words(form)


@cache
def _read_day(sample: str, form: str) -> date | None:
    text = pl.select(parse_day(pl.lit(sample), form, "date")).item()
    return date.fromisoformat(text[:10]) if text else None


def _number_option(form: str, sample: str) -> str:
    decimal, thousands = number_marks(form)
    number_read = sample.replace(thousands or "\0", "").replace(decimal, ".")
    return f"{'a comma' if decimal == ',' else 'a point'} as decimal separator: {sample} is {number_read}"


def check_value(table: str, name: str, value: str | None) -> str | None:
    """Return the value if the field can hold it. Errors: InvalidInput listing the allowed values."""
    if value is None:
        return None
    column = TABLES[table].column(name)
    values = column.allowed or (("true", "false") if column.type == "flag" else ())
    if values and value not in values:
        raise InvalidInput(f"{table}.{name} cannot be '{value[:60]}'; use one of {', '.join(values)}.")
    if column.type in NUMBERS and not value.isdecimal():
        raise InvalidInput(f"{table}.{name} needs a whole number, not '{value[:60]}'.")
    if column.type == "count" and not (column.least or 0) <= int(value) <= (column.most or 10**12):
        raise InvalidInput(f"{table}.{name} must be between {column.least or 0} and {column.most or 10**12}; {value} is not.")
    return value


def assumptions(table: str, choices: tuple[Choice, ...]) -> list[str]:
    """Assumptions of a table that its file does not state, one sentence each."""
    sentences = [f"{c.field} of {table} is set to '{c.value}' in every row." for c in choices if c.value is not None]
    for choice in choices:
        if choice.joined:
            cells = ", ".join(choice.joined)
            sentences.append(f"{choice.field} of {table} is built from {cells}: rows with the same values there count as the same row.")
    return sentences
