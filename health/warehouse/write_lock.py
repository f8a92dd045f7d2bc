"""Writers one after another, in the order in which they asked."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from health.errors import Storage


class Turns:
    """A lock handed on in order: of a plain one, who has just let go takes hold again before those who wait."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._line: deque[object] = deque()

    @contextmanager
    def one(self, seconds: float) -> Iterator[None]:
        """One writer's turn. Errors: Storage where it did not come in so many seconds."""
        own = object()
        with self._changed:
            self._line.append(own)
        try:
            with self._changed:
                if not self._changed.wait_for(lambda: self._line[0] is own, seconds):
                    raise Storage("Somebody else is writing to the warehouse; try again in a minute.")
            yield
        finally:
            with self._changed:
                self._line.remove(own)
                self._changed.notify_all()
