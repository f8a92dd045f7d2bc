"""Progress reports of long reads: the current stage as text and the share done."""

from __future__ import annotations

from collections.abc import Callable

# Called with the stage as text and the share done, 0 to 1; must return quickly and must not raise.
ProgressCallback = Callable[[str, float], None]


def ignore_progress(stage: str, share: float) -> None:
    """A progress callback that does nothing."""
