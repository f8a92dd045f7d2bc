"""How a text file is delimited and quoted: seen from many of its lines, never from the header alone, unless the reader says it."""

import re
from collections import Counter

from health.errors import Refused
from health.intake.reading.sheet import Form

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BLANKS = "blanks"
_APOSTROPHES = re.compile(r"\s*'[^']*'(?:[,;\t|]'[^']*')+\s*")


def dialect(lines: list[str], form: Form, file: str) -> tuple[str, str]:
    """The delimiter (or BLANKS) and the quote ("" for none) of these lines. Errors: Refused, where what the form declares cannot be one."""
    if form.delimiter == BLANKS:
        return BLANKS, ""
    quote = _quote(lines) if form.quote is None else form.quote
    mark = form.delimiter or detected(lines, quote)
    odd = next((text for text in (mark, quote) if len(text) > 1 or not text.isascii() or text in ("\n", "\r", "\0")), None)
    if odd is not None or mark == quote:
        raise Refused(f"{file}: '{odd or mark}' can be no delimiter or quote; each is one character such as comma, tab or an apostrophe.")
    return mark, quote


def outside(quote: str) -> str:
    """The pattern of a piece in quotes, doubled quotes within."""
    q = re.escape(quote)
    return f"{q}(?:[^{q}]|{q}{q})*{q}"


def detected(lines: list[str], quote: str = '"') -> str:
    """The delimiter that the first line uses most, outside quotes; a comma where there is none.

    Where the other lines do not bear it out, a delimiter of which at least half of them hold the same, larger number.
    """
    bare = [re.sub(outside(quote), "", line) for line in lines] if quote else lines
    first = max(DELIMITERS, key=lambda mark: bare[0].count(mark)) if bare else ","
    steady = {mark: Counter(line.count(mark) for line in bare).most_common(1)[0] for mark in DELIMITERS if bare}
    used = bare[0].count(first) if bare else 0
    if used and sum(1 for line in bare if line.count(first) == used) * 2 >= len(bare):
        return first
    found = [mark for mark, (number, times) in steady.items() if number > used and times * 2 >= len(bare)]
    return max(found, key=lambda mark: steady[mark]) if found else first


def _quote(lines: list[str]) -> str:
    """An apostrophe where nearly all lines are quoted with it throughout; else the double quote."""
    if any('"' in line for line in lines):
        return '"'
    return "'" if sum(1 for line in lines if _APOSTROPHES.fullmatch(line)) >= 0.9 * max(2, len(lines)) else '"'
