"""Text that somebody else wrote, made fit for a line of a file that is not ours to draw."""

import unicodedata

from health.format import STEERS


def line(text: object) -> str:
    """One line: blanks of every sort are one blank, control characters, marks of direction and heaps of accents are gone, what is no
    character is '?'."""
    whole = str(text).encode("utf-8", "replace").decode("utf-8")
    spaced = " ".join(whole.split())
    return _heaps(STEERS.sub("", "".join(c for c in spaced if unicodedata.category(c) != "Cc")))


def _heaps(words: str) -> str:
    """No letter carries more than four marks: no script needs more, and a tower of them would cover other lines."""
    kept, run = [], 0
    for c in words:
        run = run + 1 if unicodedata.category(c) in ("Mn", "Me") else 0
        if run <= 4:
            kept.append(c)
    return "".join(kept)


LONGEST = 400
"""Characters that a page may have to set."""


def told(*parts: object) -> dict[str, object]:
    """Words for a page: words (the parts as one line, each kept from turning the others round) and rtl (whether they run from the right).

    No part is longer than LONGEST.
    """
    lines = [one for one in map(line, parts) if one]
    own = [one if len(one) <= LONGEST else f"{one[: LONGEST - 1]}…" for one in lines]
    words = own[0] if len(own) == 1 else ", ".join(f"\u2068{one}\u2069" if _turns(one) else one for one in own)
    return {"words": words, "rtl": len(own) == 1 and _first_strong(own[0]) in ("R", "AL")}


def sentence(words: str) -> dict[str, object]:
    """A sentence of ours, which runs from the left whatever name it holds."""
    return told(words) | {"rtl": False}


def _turns(words: str) -> bool:
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in words)


def _first_strong(words: str) -> str:
    return next((kind for c in words if (kind := unicodedata.bidirectional(c)) in ("L", "R", "AL")), "L")
