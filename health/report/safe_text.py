"""User-supplied text made safe for one line of a generated file."""

import unicodedata

from health.format import DIRECTION_MARKS


def one_line(text: object) -> str:
    """One line: whitespace collapsed; control characters, direction marks and stacked accents removed, invalid characters as '?'."""
    whole = str(text).encode("utf-8", "replace").decode("utf-8")
    spaced = " ".join(whole.split())
    return _limit_marks(DIRECTION_MARKS.sub("", "".join(c for c in spaced if unicodedata.category(c) != "Cc")))


def _limit_marks(words: str) -> str:
    """At most four combining marks per letter: no script needs more, and a stack would cover other lines."""
    kept, run = [], 0
    for c in words:
        run = run + 1 if unicodedata.category(c) in ("Mn", "Me") else 0
        if run <= 4:
            kept.append(c)
    return "".join(kept)


LONGEST = 400
"""Most characters of a text on a page."""


def page_text(*parts: object) -> dict[str, object]:
    """Text for a page: words (parts on one line, isolated from each other's direction) and rtl (whether it runs right to left).

    No part is longer than LONGEST.
    """
    lines = [one for one in map(one_line, parts) if one]
    own = [one if len(one) <= LONGEST else f"{one[: LONGEST - 1]}…" for one in lines]
    words = own[0] if len(own) == 1 else ", ".join(f"\u2068{one}\u2069" if _runs_right_to_left(one) else one for one in own)
    return {"words": words, "rtl": len(own) == 1 and _first_strong(own[0]) in ("R", "AL")}


def sentence(words: str) -> dict[str, object]:
    """A sentence of the product, left to right whatever names it contains."""
    return page_text(words) | {"rtl": False}


def _runs_right_to_left(words: str) -> bool:
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in words)


def _first_strong(words: str) -> str:
    return next((kind for c in words if (kind := unicodedata.bidirectional(c)) in ("L", "R", "AL")), "L")
