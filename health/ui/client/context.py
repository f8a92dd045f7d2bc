"""What every view of a client shares: the customer as one viewer sees it, the header, and lists of entries."""

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
from health.ui.cards import card, note
from health.ui.client import brief
from health.ui.client.header import badges, customer_row
from health.ui.client.numbers import header_numbers
from health.ui.client.tables import table_or_empty
from health.ui.columns import Columns
from health.ui.entry import Desk, confirmation, entry_buttons, log_contact, row_actions

ViewData = Mapping[str, Any]


@dataclass(frozen=True)
class Client:
    """One customer as one viewer sees it on a day. `desk`: where entries are written; None if the viewer may not write."""

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
    def is_customer(self) -> bool:
        """Whether the customer is active or leaving."""
        return lifecycle.stage(self.row) == "there"


def read_header(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """Read the header's content, at one version of the book. Raises NotFound for an id outside it."""
    row = customer_row(cache.portfolio_at(book, as_of), customer_id)
    ahead = lifecycle.stage(row) == "ahead"
    return {
        "customer": row,
        "last": lifecycle.last_score(cache.history(book), customer_id, as_of),
        "overrides": overrides.read_overrides(book, customer_id, as_of),
        "lines": portfolio.client(book, customer_id, as_of)["lines"] if ahead else None,
    }


def draw_header(client: Client, header: ViewData) -> None:
    """Draw the confirmation of the last entry, badges, the page's primary button and the numbers."""
    if client.desk:
        confirmation(client.desk)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(width=680):
            badges(client.book, client.row, client.as_of, header["overrides"]["held"])
        with st.container(horizontal=True, width="content"):
            if client.is_customer:
                brief.button(client.book, client.id, client.as_of)
            log_contact(client.desk)
    header_numbers(client.book, client.row, client.as_of, header["last"], header["lines"])


@dataclass(frozen=True)
class EntryList:
    """A list of entries on a view of the client.

    `form`: the form of a new row; `about`: subtitle of the card; `empty_texts`: what is missing without rows, and why; `key`: start of its
    widgets' keys, by default the table's name; `most`: rows shown without scrolling; `wrap`: texts take up to three lines.
    """

    table: str
    form: str
    about: str
    columns: Columns
    alt: str
    empty_texts: tuple[str, str]
    key: str = ""
    most: int = 6
    wrap: bool = False


def entry_card(client: Client, entries: EntryList, rows: pl.DataFrame, title: str, about: str = "", hint: str = "") -> None:
    """Draw the card of a list: the button of a new row, the rows, and the actions on the chosen one. `hint`: a line above the rows."""
    with card(title, about or entries.about):
        entry_buttons(client.desk, entries.form)
        if hint:
            note(hint, small=False)
        key, may_choose = entries.key or entries.table, client.desk is not None
        table_key = f"{key}-{client.id}-{client.book.version}"
        row = table_or_empty(rows, entries.columns, table_key, entries.alt, entries.empty_texts, entries.most, may_choose, entries.wrap)
        if row is not None:
            row_actions(client.desk, entries.table, rows[TABLES[entries.table].key[0]][row], key)
