"""Detect delimiter and quote of a text file from many of its lines, unless the user states them."""

import re
from collections import Counter

from health.errors import InvalidInput
from health.intake.reading.sheet import Form

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BLANKS = "blanks"
_APOSTROPHES = re.compile(r"\s*'[^']*'(?:[,;\t|]'[^']*')+\s*")


def detect_dialect(lines: list[str], form: Form, file: str) -> tuple[str, str]:
    """Delimiter (or BLANKS) and quote ("" for none) of these lines. Errors: InvalidInput if the form declares an invalid one."""
    if form.delimiter == BLANKS:
        return BLANKS, ""
    quote = _detect_quote(lines) if form.quote is None else form.quote
    mark = form.delimiter or detect_delimiter(lines, quote)
    unusable = next((text for text in (mark, quote) if len(text) > 1 or not text.isascii() or text in ("\n", "\r", "\0")), None)
    if unusable is not None or mark == quote:
        raise InvalidInput(
            f"{file}: '{unusable or mark}' cannot be a delimiter or quote; each is one character such as a comma, a tab or an apostrophe."
        )
    return mark, quote


def quoted_pattern(quote: str) -> str:
    """Pattern of a quoted text with doubled quotes inside."""
    q = re.escape(quote)
    return f"{q}(?:[^{q}]|{q}{q})*{q}"


def detect_delimiter(lines: list[str], quote: str = '"') -> str:
    """The most frequent delimiter of the first line, outside quotes; a comma if there is none.

    If the other lines do not confirm it: the delimiter of which at least half of them have the same, larger number.
    """
    unquoted_lines = [re.sub(quoted_pattern(quote), "", line) for line in lines] if quote else lines
    most_used = max(DELIMITERS, key=lambda mark: unquoted_lines[0].count(mark)) if unquoted_lines else ","
    usual_counts = {mark: Counter(line.count(mark) for line in unquoted_lines).most_common(1)[0] for mark in DELIMITERS if unquoted_lines}
    uses_in_first = unquoted_lines[0].count(most_used) if unquoted_lines else 0
    if uses_in_first and sum(1 for line in unquoted_lines if line.count(most_used) == uses_in_first) * 2 >= len(unquoted_lines):
        return most_used
    better_marks = [mark for mark, (number, times) in usual_counts.items() if number > uses_in_first and times * 2 >= len(unquoted_lines)]
    return max(better_marks, key=lambda mark: usual_counts[mark]) if better_marks else most_used


def _detect_quote(lines: list[str]) -> str:
    """An apostrophe if nearly all lines consist of cells quoted with it; else the double quote."""
    if any('"' in line for line in lines):
        return '"'
    return "'" if sum(1 for line in lines if _APOSTROPHES.fullmatch(line)) >= 0.9 * max(2, len(lines)) else '"'
