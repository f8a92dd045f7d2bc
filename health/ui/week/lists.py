"""Urgent list and ranked list: who, why, what to do, value at stake, due day; with actions on the chosen row."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, DatetimeColumn, NumberColumn, TextColumn

from health import format as fmt
from health.access import Book
from health.insight.search import filter_by_text
from health.ui.cards import card, empty, note
from health.ui.columns import MONEY, Columns, column
from health.ui.feedback import show_message
from health.ui.tables import download, search, table
from health.ui.week.actions import customer_actions

Parts = Mapping[str, pl.DataFrame]
PARTS = {"week": "In the week", "waits": "Waiting", "below": "Below the line", "away": "Done or put off"}


def worklists(book: Book, week_data: Mapping[str, Any], as_of: date) -> None:
    """Draw the urgent list, then the ranked list, each with actions on its chosen row."""
    week, parts = week_data["week"], week_data["parts"]
    show_message()
    urgent = parts["urgent"]
    if urgent.height:
        customers = fmt.plural(urgent.height, "customer")
        with card(
            f"Today first: {customers} cannot wait", "The urgent lane stands apart from the ranking; its order is that of its triggers"
        ):
            chosen = table(urgent, _columns(urgent=True), key="urgent", alt="Customers who cannot wait", choose=True)
            _chosen(book, urgent, chosen, as_of, "urgent")
    order_words = "Ranked by value at stake: chance of leaving in 180 days x lifetime value x save rate. Risk, not effect."
    with card(_finding(parts), order_words if week.at_stake is not None else "Ranked by margin and health: no chance of leaving is known"):
        part, rows = _filters(parts)
        if part == "away":
            return _done_or_snoozed(book, rows, as_of)
        if rows.is_empty():
            empty(*_empty_texts(parts, part), ":material/check_circle:")
        else:
            chosen = table(rows, _columns(), key=f"ranked-{part}", alt="Customers in the order to be called", rows=12, choose=True)
            _chosen(book, rows, chosen, as_of, part)
        note(" ".join(week.words), small=False)


def _finding(parts: Parts) -> str:
    to_call = parts["week"].height
    if not to_call and not parts["waits"].height:
        return "Nobody else needs a call this week"
    if not to_call:
        return "No hours are left for the list this week"
    return f"Call {'this one' if to_call == 1 else f'these {to_call}'} next"


def _empty_texts(parts: Parts, part: str) -> tuple[str, str]:
    """Title and reason of an empty part of the list."""
    if part == "week" and parts["waits"].height:
        return "The hours are used up", "The urgent lane takes them; give the week more hours, or put somebody off."
    return "Nobody stands here", "Nothing is left to do in this part of the list."


def _filters(parts: Parts) -> tuple[str, pl.DataFrame]:
    """Draw the choice of a part, search and download; return the part and its matching rows."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        part = st.segmented_control(
            "Part of the list", list(PARTS), default="week", required=True, key="part", label_visibility="collapsed",
            format_func=lambda key: f"{PARTS[key]} {parts[key].height}", persist_state="session",
        )  # fmt: skip
        found = _matching(parts[str(part)], search("Name, reason or owner", "week-search", 240, persistent=True))
        download(found.drop("keys", strict=False), "my-week.csv")
    return str(part), found


def _matching(rows: pl.DataFrame, query: str) -> pl.DataFrame:
    columns: list[str] = [name for name in ("name", "why", "why_2", "words", "what", "owner_name", "customer_id") if name in rows.columns]
    return filter_by_text(rows, query, columns)


def _columns(urgent: bool = False) -> Columns:
    when = (
        {"clock": DatetimeColumn("Clock", width=96, format="D MMM YYYY", help="When its time was, or is, over")}
        if urgent
        else {"due": column("due_on", 86, format="ddd D MMM")}
    )
    return {
        "name": 150,
        "band": 92,
        "why": TextColumn("Why now", width=250),
        "why_2": TextColumn("And", width=156),
        "what": column("what_to_do", 186),
        "at_stake": NumberColumn("At stake", width=76, format=MONEY, help="A risk, in today's money; not what a call would bring"),
        **when,
    }


def _chosen(book: Book, rows: pl.DataFrame, row: int | None, as_of: date, part: str) -> None:
    if row is not None:
        customer_actions(book, rows.row(row, named=True), as_of, part)


def _done_or_snoozed(book: Book, rows: pl.DataFrame, as_of: date) -> None:
    """Draw the customers that are done or snoozed."""
    if rows.is_empty():
        return empty("Nobody is done or put off", "Whoever is, comes back here on the day, or when something urgent happens.")
    columns: Columns = {
        "name": 170, "words": TextColumn("What was done", width=480),
        "until_on": DateColumn("Back on", width=100, format="D MMM YYYY"), "author_name": column("author", 110),
    }  # fmt: skip
    chosen = table(rows, columns, key="away", alt="Customers who are done or put off", choose=True)
    _chosen(book, rows, chosen, as_of, "away")
