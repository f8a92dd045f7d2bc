"""The warehouse of a command, opened for as long as it runs."""

import argparse
import errno
import getpass
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from health.access import Book, Viewer
from health.errors import HealthError, NotFound, Storage
from health.score import history
from health.warehouse import Warehouse
from health.warehouse.place import chosen_path

_PAUSE_SECONDS = 0.2
_NO_ROOM = tuple(os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


def place(options: argparse.Namespace) -> Path:
    """Where the warehouse is, or would be made."""
    return chosen_path(options.warehouse)


@contextmanager
def kept(options: argparse.Namespace) -> Iterator[Book]:
    """The book of a command that needs what was loaded before. Errors: NotFound where there is no warehouse, Storage."""
    if not place(options).exists():
        raise NotFound(f"{place(options)}: there is no warehouse; load customers or the demo first.")
    with made(options) as book:
        yield book


@contextmanager
def made(options: argparse.Namespace, wait_seconds: float = 0) -> Iterator[Book]:
    """The book of a command that loads: the warehouse is made where there is none. Errors: Storage, after waiting for who holds it."""
    warehouse = _waited(options, wait_seconds)
    try:
        history.bring_up(warehouse)
        yield _book(warehouse)
    except Exception as problem:
        if isinstance(problem, HealthError) or not any(words in str(problem) for words in _NO_ROOM):
            raise
        raise Storage(f"{place(options)}: there is no room left on its disk; make some and try again, nothing was changed.") from problem
    finally:
        warehouse.close()


@contextmanager
def unwritten(options: argparse.Namespace) -> Iterator[Book]:
    """The book of a command that only looks: an empty one in memory where there is no warehouse. Errors: Storage."""
    if place(options).exists():
        with made(options) as book:
            yield book
    else:
        warehouse = Warehouse()
        try:
            yield _book(warehouse)
        finally:
            warehouse.close()


def _book(warehouse: Warehouse) -> Book:
    return Book(Viewer(getpass.getuser(), "analyst"), warehouse)


def _waited(options: argparse.Namespace, seconds: float) -> Warehouse:
    until = time.monotonic() + seconds
    while True:
        try:
            return Warehouse(place(options))
        except Storage as problem:
            if "another process" not in str(problem) or time.monotonic() >= until:
                raise
        time.sleep(_PAUSE_SECONDS)
