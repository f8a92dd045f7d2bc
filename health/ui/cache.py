"""Reads of a book, remembered by viewer, version of the book and question, so that nobody sees another's rows or a mixed state."""

from collections.abc import Callable
from datetime import date
from typing import Any, Concatenate, ParamSpec, TypeVar

import polars as pl
import streamlit as st

from health import portfolio
from health.access import Book, Viewer
from health.portfolio import State
from health.score.history import bring_up
from health.warehouse import Warehouse, connection

P = ParamSpec("P")
T = TypeVar("T")


class _Moved(Exception):
    """The book was written to between the question and the answer."""


@st.cache_resource(show_spinner=False)
def _open(path: str) -> Warehouse:
    warehouse = Warehouse(path)
    bring_up(warehouse)
    return warehouse


def warehouse() -> Warehouse:
    """The one warehouse of this process: the file that HEALTH_WAREHOUSE names, else the default."""
    return _open(str(connection.chosen_path()))


@st.cache_data(show_spinner=False, max_entries=200)
def _remembered(
    question: str, path: str, viewer: tuple[str | None, ...], version: int, arguments: tuple[Any, ...], _answer: Callable[[], Any]
) -> Any:
    return _answer()


def ask(question: Callable[Concatenate[Book, P], T], book: Book, *arguments: P.args, **named: P.kwargs) -> T:
    """What `question(book, *arguments)` answers, from memory while the book stands still; starts the page again when it moved meanwhile."""
    who = (book.viewer.name, book.viewer.role, book.viewer.employee_id)
    version = book.version

    def answer() -> T:
        told = question(book, *arguments, **named)
        if book.version != version:
            raise _Moved
        return told

    try:
        key = f"{question.__code__.co_filename}:{question.__qualname__}"
        return _remembered(key, str(connection.chosen_path()), who, version, (*arguments, *sorted(named.items())), answer)  # type: ignore[no-any-return]
    except _Moved:
        st.rerun()


def state(book: Book) -> State:
    """What the book holds and how far it reaches."""
    return ask(portfolio.state, book)


def portfolio_at(book: Book, as_of: date) -> pl.DataFrame:
    """One row a customer at the end of that day."""
    return ask(portfolio.build, book, as_of)


def history(book: Book) -> pl.DataFrame:
    """One row a customer and month end."""
    return ask(portfolio.history, book)


def rows(book: Book, table: str) -> pl.DataFrame:
    """All rows of a table that belong to the book's customers."""
    with book.reading() as session:
        return book.own(session, session.rows(table))


def staged(book: Book, table: str) -> pl.DataFrame:
    """The same with the columns that staging adds."""
    with book.reading() as session:
        return book.own(session, session.staged(table))


def employees(book: Book) -> dict[str, str]:
    """Names of those who look after the book's customers, by employee id."""
    return ask(_employees, book)


def _employees(book: Book) -> dict[str, str]:
    as_of = portfolio.state(book).as_of
    if as_of is None:
        return {}
    named = portfolio_at(book, as_of).select("owner", "owner_name").drop_nulls("owner").unique().sort("owner_name", "owner")
    return {owner: name or owner for owner, name in named.iter_rows()}


def owners() -> dict[str, str]:
    """Account managers by employee id, for the local role picker alone (with a login, the login says who looks)."""
    return employees(Book(Viewer("local user", "analyst", None), warehouse()))
