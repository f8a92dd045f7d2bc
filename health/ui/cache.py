"""Reads of a book, remembered by viewer, version of the book and question, so that nobody sees another's rows or a mixed state."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, wraps
from inspect import unwrap
from typing import Any, Concatenate, ParamSpec, TypeVar

import polars as pl
import streamlit as st

from health import portfolio
from health.access import Book, Viewer
from health.portfolio import State
from health.score.history import upgrade_history
from health.warehouse import Warehouse, connection

P = ParamSpec("P")
T = TypeVar("T")
Question = Callable[Concatenate[Book, P], T]

MOST_ANSWERS = 24
"""Answers kept of each question: one for every viewer, version and argument of late."""


class _Moved(Exception):
    """The book was written to between the question and the answer."""


@st.cache_resource(show_spinner=False)
def _open(path: str) -> Warehouse:
    warehouse = Warehouse(path)
    upgrade_history(warehouse)
    return warehouse


def warehouse() -> Warehouse:
    """The one warehouse of this process: the file that HEALTH_WAREHOUSE names, else the default."""
    return _open(str(connection.chosen_path()))


def _book_key(book: Book) -> tuple[str | None, ...]:
    """The book as part of a key: the open file and `Book.cache_key`."""
    return (str(connection.chosen_path()), *book.cache_key)


def cached(question: Question[P, T]) -> Question[P, T]:
    """Answer a question about a book from memory while the book stays the same; run the page again where it changed meanwhile.

    Each caller gets a copy. An argument whose name begins with an underscore is not part of the key.
    """
    return _cached(question)


@lru_cache(maxsize=256)
def _cached(question: Callable[..., T]) -> Callable[..., T]:
    @st.cache_data(show_spinner=False, max_entries=MOST_ANSWERS, hash_funcs={Book: _book_key})
    @wraps(question)
    def answer(book: Book, *arguments: Any, **named: Any) -> T:
        version = book.version
        result = question(book, *arguments, **named)
        if book.version != version:
            raise _Moved
        return result

    @wraps(question)
    def asked(book: Book, *arguments: Any, **named: Any) -> T:
        try:
            return answer(book, *arguments, **named)
        except _Moved:
            st.rerun()

    return asked


def ask(question: Question[P, T], book: Book, *arguments: P.args, **named: P.kwargs) -> T:
    """Ask a question that is declared without `cached`, as those of the layers below the screens are."""
    answer: T = cached(unwrap(question))(book, *arguments, **named)
    return answer


def shared(most: int, key: Callable[[Book], tuple[Any, ...]] = _book_key) -> Callable[[Question[P, T]], Question[P, T]]:
    """Answer as `cached` does, but hand the same object to all: for what is large and that nobody changes.

    `key`: what stands for the book in the key, where an answer outlives a version of it or serves every viewer. An argument whose name
    begins with an underscore is not part of the key.
    """

    def of_file(book: Book) -> tuple[Any, ...]:
        return (str(connection.chosen_path()), *key(book))

    def decorate(question: Question[P, T]) -> Question[P, T]:
        answer: Question[P, T] = st.cache_resource(show_spinner=False, max_entries=most, hash_funcs={Book: of_file})(question)
        return answer

    return decorate


@cached
def state(book: Book) -> State:
    """What the book holds and how far it reaches."""
    return portfolio.state(book)


@cached
def portfolio_at(book: Book, as_of: date) -> pl.DataFrame:
    """One row per customer at the end of that day."""
    return portfolio.build(book, as_of)


@cached
def history(book: Book) -> pl.DataFrame:
    """One row per customer and month end."""
    return portfolio.history(book)


def rows(book: Book, table: str) -> pl.DataFrame:
    """All rows of a table that belong to the book's customers."""
    with book.reading() as session:
        return book.own(session, session.rows(table))


def staged(book: Book, table: str) -> pl.DataFrame:
    """The same with the columns that staging adds."""
    with book.reading() as session:
        return book.own(session, session.staged(table))


@cached
def employees(book: Book) -> dict[str, str]:
    """Names of the account managers of the book's customers, by employee id."""
    as_of = portfolio.state(book).as_of
    if as_of is None:
        return {}
    named = portfolio_at(book, as_of).select("owner", "owner_name").drop_nulls("owner").unique().sort("owner_name", "owner")
    return {owner: name or owner for owner, name in named.iter_rows()}


def owners() -> dict[str, str]:
    """Account managers by employee id, for the local role picker alone (with a login, the login says who looks)."""
    return employees(Book(Viewer("local user", "analyst", None), warehouse()))
