"""Who asked first writes first, and who waits too long is told so without harm to the others."""

import threading
import time

import pytest

from health.errors import Storage
from health.warehouse.write_lock import WriteLock


def test_turns_come_in_the_order_of_asking_although_one_never_stops_asking() -> None:
    turns, served = WriteLock(), []

    def again(name: str) -> None:
        for _ in range(3):
            with turns.held(10):
                served.append(name)
                time.sleep(0.02)

    with turns.held(10):
        threads = [threading.Thread(target=again, args=(name,)) for name in "abc"]
        for n, thread in enumerate(threads, 2):
            thread.start()
            while len(turns._line) < n:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert served[:3] == ["a", "b", "c"]


def test_who_waits_too_long_leaves_the_line() -> None:
    turns, told = WriteLock(), []

    def impatient() -> None:
        with pytest.raises(Storage, match="The warehouse is busy"), turns.held(0.01):
            told.append("wrote")

    with turns.held(1):
        thread = threading.Thread(target=impatient)
        thread.start()
        thread.join()
    with turns.held(0.01):
        told.append("next")
    assert told == ["next"]
