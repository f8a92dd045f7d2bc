"""The warehouse of a command, open while it runs."""

import argparse
import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from health.access import Book, Viewer
from health.cli import output
from health.errors import Held, NotFound
from health.score import history
from health.warehouse import Warehouse
from health.warehouse.connection import chosen_path

_PAUSE_SECONDS = 0.2


def place(options: argparse.Namespace) -> Path:
    """The path of the warehouse, existing or not."""
    return chosen_path(options.warehouse)


@contextmanager
def kept(options: argparse.Namespace) -> Iterator[Book]:
    """The Book for a command that needs loaded data. Errors: NotFound if there is no warehouse; Storage."""
    if not place(options).exists():
        raise NotFound(f"{place(options)}: there is no warehouse; load customers or the demo first.")
    with made(options) as book:
        yield book


@contextmanager
def made(options: argparse.Namespace, wait_seconds: float = 0) -> Iterator[Book]:
    """The Book for a command that loads; creates the warehouse if needed. Errors: Storage, after waiting while it is locked."""
    warehouse = _waited(options, wait_seconds)
    try:
        if warehouse.migration_copy:
            output.words(
                f"{warehouse.path} was written by an earlier version and was migrated; the file as it was: {warehouse.migration_copy}."
            )
        history.upgrade_history(warehouse)
        yield _book(warehouse)
    finally:
        warehouse.close()


@contextmanager
def unwritten(options: argparse.Namespace) -> Iterator[Book]:
    """The Book for a command that only reads: an empty one in memory if there is no warehouse. Errors: Storage."""
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
        except Held:
            if time.monotonic() >= until:
                raise
        time.sleep(_PAUSE_SECONDS)
