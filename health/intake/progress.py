"""How a long reading tells how far it has come: the words of the stage it is at and the share of the whole that is done."""

from __future__ import annotations

from collections.abc import Callable

# Called with the words of the stage and the share done, 0 to 1; it must return quickly and must not raise.
ProgressCallback = Callable[[str, float], None]


def ignore_progress(words: str, share: float) -> None:
    """The Tell of a caller nobody watches."""
