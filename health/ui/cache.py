"""Cached reads of a book, keyed by viewer, version of the book and arguments: no viewer gets another's rows, or rows of two versions."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import lru_cache, wraps
from inspect import unwrap
from typing import Any, Concatenate, ParamSpec, TypeVar

import polars as pl
import streamlit as st

from health import portfolio
from health.access import Book, Viewer
from health.errors import Storage
from health.portfolio import State
from health.score.history import keep_day, upgrade_history
from health.warehouse import Warehouse, connection

P = ParamSpec("P")
T = TypeVar("T")
BookRead = Callable[Concatenate[Book, P], T]

MAX_ENTRIES = 24
"""Results kept per function; the oldest ones are dropped."""


class _BookChanged(Exception):
    """The book was written to while it was being read."""


@st.cache_resource(show_spinner=False)
def _open(path: str) -> Warehouse:
    warehouse = Warehouse(path)
    upgrade_history(warehouse)
    return warehouse


def warehouse() -> Warehouse:
    """Return the one warehouse of this process: the file named by HEALTH_WAREHOUSE, else the default."""
    return _open(str(connection.chosen_path()))


@st.cache_resource(show_spinner=False, max_entries=MAX_ENTRIES)
def _keep(path: str, day: date) -> bool:
    with suppress(Storage):  # the warehouse is busy; the first entry of the day will score it
        return keep_day(_open(path), day)
    return False


def keep_today(today: date) -> None:
    """Score today ahead, once a day and process, so that the first entry is as quick as the next."""
    _keep(str(connection.chosen_path()), today)


def _book_key(book: Book) -> tuple[str | None, ...]:
    """Cache key of a book: the open file and `Book.cache_key`."""
    return (str(connection.chosen_path()), *book.cache_key)


def cached(read: BookRead[P, T]) -> BookRead[P, T]:
    """Cache a function of a book until the book changes; rerun the page if the book changes during the read.

    Each caller gets a copy of the result. Arguments whose names begin with an underscore are not part of the key.
    """
    return _cached(read)


@lru_cache(maxsize=256)
def _cached(read: Callable[..., T]) -> Callable[..., T]:
    """Cached form of a function, one per function; `st.cache_data` copies each result."""

    @st.cache_data(show_spinner=False, max_entries=MAX_ENTRIES, hash_funcs={Book: _book_key})
    @wraps(read)
    def read_once(book: Book, *arguments: Any, **options: Any) -> T:
        version = book.version
        result = read(book, *arguments, **options)
        if book.version != version:
            raise _BookChanged
        return result

    @wraps(read)
    def read_or_rerun(book: Book, *arguments: Any, **options: Any) -> T:
        try:
            return read_once(book, *arguments, **options)
        except _BookChanged:
            st.rerun()

    return read_or_rerun


def read_cached(read: BookRead[P, T], book: Book, *arguments: P.args, **options: P.kwargs) -> T:
    """Call a function of a book through the cache; for functions of lower layers, which are not decorated with `cached`."""
    result: T = cached(unwrap(read))(book, *arguments, **options)
    return result


def shared(max_entries: int, key: Callable[[Book], tuple[Any, ...]] = _book_key) -> Callable[[BookRead[P, T]], BookRead[P, T]]:
    """Cache as `cached` does, but give every caller the same object: for large results that nobody changes.

    `key`: identifies the book in the cache key, for results that outlive a version of the book or serve every viewer. Arguments whose names
    begin with an underscore are not part of the key.
    """

    def file_key(book: Book) -> tuple[Any, ...]:
        return (str(connection.chosen_path()), *key(book))

    def decorate(read: BookRead[P, T]) -> BookRead[P, T]:
        cached_read: BookRead[P, T] = st.cache_resource(show_spinner=False, max_entries=max_entries, hash_funcs={Book: file_key})(read)
        return cached_read

    return decorate


@cached
def state(book: Book) -> State:
    """State of the book: settings, days and row counts."""
    return portfolio.state(book)


@cached
def portfolio_at(book: Book, as_of: date) -> pl.DataFrame:
    """Portfolio at the end of a day: one row per customer."""
    return portfolio.build(book, as_of)


@cached
def history(book: Book) -> pl.DataFrame:
    """Score history: one row per customer and month end."""
    return portfolio.history(book)


def rows(book: Book, table: str) -> pl.DataFrame:
    """All rows of a table that belong to customers of the book."""
    with book.reading() as session:
        return book.own(session, session.rows(table))


def staged(book: Book, table: str) -> pl.DataFrame:
    """All rows of a table as in `rows`, with the columns that its staging view adds."""
    with book.reading() as session:
        return book.own(session, session.staged(table))


@cached
def contracts_at(book: Book, as_of: date) -> pl.DataFrame:
    """All contract lines as `staged`, their prices in the book's currency at the exchange rates of a day."""
    with book.reading() as session:
        return book.own(session, session.frame("queries/contracts_at", as_of=as_of))


@cached
def employees(book: Book) -> dict[str, str]:
    """Names of the account managers of the book's customers, by employee id."""
    with book.reading() as session:
        customers = book.own(session, session.frame("queries/customers_named"))
    owners = customers.select("owner", "owner_name").drop_nulls("owner").unique().sort("owner_name", "owner")
    return {owner_id: name or owner_id for owner_id, name in owners.iter_rows()}


def owners() -> dict[str, str]:
    """Account managers of all customers by employee id; for the local role picker only, since a login identifies the viewer."""
    return employees(Book(Viewer("local user", "analyst", None), warehouse()))
