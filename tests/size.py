"""How much of a long test is run: what `make test` has time for, or with HEALTH_LONG=1, as `make soak` sets it, all of it."""

import os

LONG = os.environ.get("HEALTH_LONG") == "1"


def size(usual: int, long: int) -> int:
    """The number for this run."""
    return long if LONG else usual
