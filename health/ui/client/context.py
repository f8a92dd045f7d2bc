"""What every view of a client has: who looks at whom on which day, and the head above them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import portfolio
from health.access import Book
from health.insight.client import lifecycle, overrides
from health.portfolio import State
from health.tables import TABLES
from health.ui import cache
from health.ui.client import brief
from health.ui.client.header import badges, customer_row
from health.ui.client.numbers import numbers
from health.ui.client.tables import listed
from health.ui.columns import Columns
from health.ui.entry import Desk, confirmation, log_contact, of_row

Told = Mapping[str, Any]


@dataclass(frozen=True)
class Client:
    """One customer as one viewer sees it on a day; `desk` where the viewer may write there."""

    book: Book
    state: State
    as_of: date
    row: Mapping[str, Any]
    desk: Desk | None

    @property
    def id(self) -> str:
        """The customer's id."""
        return str(self.row["customer_id"])

    @property
    def there(self) -> bool:
        """Whether the relation goes on."""
        return lifecycle.stage(self.row) == "there"


def opened(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """What the head shows, at one version of the book. NotFound for an id outside it."""
    row = customer_row(cache.portfolio_at(book, as_of), customer_id)
    ahead = lifecycle.stage(row) == "ahead"
    return {
        "customer": row,
        "last": lifecycle.last_score(cache.history(book), customer_id, as_of),
        "overrides": overrides.read(book, customer_id, as_of),
        "lines": portfolio.client(book, customer_id, as_of)["lines"] if ahead else None,
    }


def head_of(client: Client, told: Told) -> None:
    """What was just saved, badges beside the screen's one primary button, and the strip."""
    if client.desk:
        confirmation(client.desk)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(width=680):
            badges(client.book, client.row, client.as_of, told["overrides"]["held"])
        with st.container(horizontal=True, width="content"):
            if client.there:
                brief.button(client.book, client.id, client.as_of)
            log_contact(client.desk)
    numbers(client.book, client.row, client.as_of, told["last"], told["lines"])


def written(
    client: Client, table: str, rows: pl.DataFrame, columns: Columns, alt: str, none: tuple[str, str],
    place: str = "", most: int = 6,
) -> None:  # fmt: skip
    """The client's rows of a table, and what can be done at the desk with the one chosen; `none`: what is said where there is no row.

    `place`: of the list's keys, where it is not named as its table is.
    """
    place = place or table
    row = listed(rows, columns, f"{place}-{client.id}-{client.book.version}", alt, none, most, client.desk is not None)
    if row is not None:
        of_row(client.desk, table, rows[TABLES[table].key[0]][row], place)
