"""A fair lock: writers take turns in the order in which they asked."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from health.errors import Storage


class WriteLock:
    """First-come, first-served lock; a plain lock may be retaken by the thread that has just released it, before waiting ones."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._line: deque[object] = deque()

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Hold the lock inside the block. Errors: Storage after waiting this many seconds."""
        ticket = object()
        with self._changed:
            self._line.append(ticket)
        try:
            with self._changed:
                if not self._changed.wait_for(lambda: self._line[0] is ticket, seconds):
                    raise Storage("The warehouse is busy: another user is saving. Try again in a minute.")
            yield
        finally:
            with self._changed:
                self._line.remove(ticket)
                self._changed.notify_all()
