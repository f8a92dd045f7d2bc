"""Access to the warehouse for the time of one command."""

import argparse
import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from health import currency
from health.access import Book, Viewer
from health.cli import output
from health.errors import InvalidInput, Locked, NotFound
from health.portfolio import State
from health.score import history, settings
from health.warehouse import Warehouse
from health.warehouse.connection import chosen_path

_PAUSE_SECONDS = 0.2


def warehouse_path(options: argparse.Namespace) -> Path:
    """Path of the warehouse, existing or not."""
    return chosen_path(options.warehouse)


@contextmanager
def existing_book(options: argparse.Namespace) -> Iterator[Book]:
    """Open the warehouse for a command that needs loaded data. Raises NotFound if there is none; Storage."""
    if not warehouse_path(options).exists():
        raise NotFound(f"{warehouse_path(options)}: warehouse not found; load customers or the demo first.")
    with open_book(options) as book:
        yield book


@contextmanager
def open_book(options: argparse.Namespace, wait_seconds: float = 0) -> Iterator[Book]:
    """Open or create the warehouse, whose currency holds until the command ends. Raises Storage, after waiting while it is locked."""
    warehouse = _open_warehouse(options, wait_seconds)
    try:
        if warehouse.migration_copy:
            output.print_message(
                f"{warehouse.path} was written by an earlier version and was upgraded; a copy of the old file: {warehouse.migration_copy}."
            )
        history.upgrade_history(warehouse)
        currency.use(book_currency(warehouse))
        yield _book(warehouse)
    finally:
        warehouse.close()


@contextmanager
def read_only_book(options: argparse.Namespace) -> Iterator[Book]:
    """Open the warehouse for a command that only reads; an empty one in memory if there is none. Raises Storage."""
    if warehouse_path(options).exists():
        with open_book(options) as book:
            yield book
    else:
        warehouse = Warehouse()
        try:
            yield _book(warehouse)
        finally:
            warehouse.close()


def day_asked_for(options: argparse.Namespace, state: State, empty_message: str) -> date:
    """Return the day given by --as-of, else the newest of the book. Raises InvalidInput with `empty_message` for an empty book."""
    newest = state.as_of
    if state.empty or newest is None:
        raise InvalidInput(empty_message)
    return options.as_of or newest


def note_later_day(as_of: date, state: State, done: str) -> None:
    """Print that nothing is known after the newest day of the book, if `as_of` is later. `done`: 'scored', 'valued'."""
    if state.as_of is not None and as_of > state.as_of:
        output.print_message(f"Data ends on {state.as_of}; {as_of} is {done} with the data up to that day.")


def book_currency(warehouse: Warehouse) -> str:
    """The currency of the book in a warehouse."""
    with warehouse.reading() as session:
        return settings.in_force(session).currency


def _book(warehouse: Warehouse) -> Book:
    return Book(Viewer(getpass.getuser(), "analyst"), warehouse)


def _open_warehouse(options: argparse.Namespace, seconds: float) -> Warehouse:
    """Open the warehouse, retrying while another process has it."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return Warehouse(warehouse_path(options))
        except Locked:
            if time.monotonic() >= deadline:
                raise
        time.sleep(_PAUSE_SECONDS)
