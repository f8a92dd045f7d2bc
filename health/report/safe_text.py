"""User-supplied text made safe for one line of a generated file."""

import unicodedata

from health.format import DIRECTION_MARKS


def one_line(text: object) -> str:
    """One line: whitespace collapsed; control characters, direction marks and stacked accents removed, invalid characters as '?'."""
    valid = str(text).encode("utf-8", "replace").decode("utf-8")
    spaced = " ".join(valid.split())
    return _limit_marks(DIRECTION_MARKS.sub("", "".join(char for char in spaced if unicodedata.category(char) != "Cc")))


def _limit_marks(text: str) -> str:
    """At most four combining marks per letter: no script needs more, and a stack would cover other lines."""
    chars, run = [], 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if run <= 4:
            chars.append(char)
    return "".join(chars)


LONGEST = 400
"""Most characters of a text on a page."""


def page_text(*parts: object) -> dict[str, object]:
    """Text of a page: words (parts on one line, each isolated from the others' direction) and rtl (whether it runs right to left).

    Each part is cut to LONGEST characters.
    """
    lines = [line for line in map(one_line, parts) if line]
    shortened = [line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…" for line in lines]
    words = (
        shortened[0]
        if len(shortened) == 1
        else ", ".join(f"\u2068{line}\u2069" if _runs_right_to_left(line) else line for line in shortened)
    )
    return {"words": words, "rtl": len(shortened) == 1 and _first_strong(shortened[0]) in ("R", "AL")}


def sentence(words: str) -> dict[str, object]:
    """A sentence of the product, left to right whatever names it contains."""
    return page_text(words) | {"rtl": False}


def _runs_right_to_left(words: str) -> bool:
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in words)


def _first_strong(words: str) -> str:
    return next((kind for c in words if (kind := unicodedata.bidirectional(c)) in ("L", "R", "AL")), "L")
