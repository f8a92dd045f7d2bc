"""Urgent list and ranked list: who, why, what to do, value at risk, due day; with actions on the chosen row."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn, TextColumn

from health import format as fmt
from health.access import Book
from health.insight.search import filter_by_text
from health.ui.cards import card, empty, note
from health.ui.columns import MONEY, Columns, column
from health.ui.feedback import show_message
from health.ui.tables import download, search, table
from health.ui.week.actions import customer_actions

Parts = Mapping[str, pl.DataFrame]
PARTS = {"week": "This week", "waits": "Waiting", "below": "Low priority", "away": "Done or snoozed"}
NEW_DAYS, LONG_DAYS = 7, 30
URGENT_ROWS, RANKED_ROWS = 5, 8
URGENT_ORDER = "Critical complaints first, then missed deadlines, poor survey answers, notices, renewals and handovers"


def worklists(book: Book, week_data: Mapping[str, Any], as_of: date) -> None:
    """Draw the urgent list, then the ranked list, each with actions on its chosen row."""
    week, parts = week_data["week"], week_data["parts"]
    show_message()
    urgent = parts["urgent"]
    if urgent.height:
        with card(_urgent_title(urgent, as_of), URGENT_ORDER):
            key = f"urgent-{book.version}"  # a selection ends when the list changes, so that it never moves to another customer
            chosen = table(
                urgent, _columns(urgent=True), key=key, alt="Customers who need action now", rows=URGENT_ROWS, choose=True, wrap=True
            )
            _chosen(book, urgent, chosen, as_of, "urgent")
    order = "Largest value at risk first" if week.at_stake is not None else "Ranked by margin and health: no churn probability is available"
    with card(_finding(parts), order):
        part, rows = _filters(parts, as_of)
        if part == "away":
            return _done_or_snoozed(book, rows, as_of)
        if rows.is_empty():
            empty(*_empty_texts(parts, part), ":material/check_circle:")
        else:
            alt = "Customers in the order to be contacted"
            key = f"ranked-{part}-{book.version}"
            chosen = table(rows, _columns(help=week.rule), key=key, alt=alt, rows=RANKED_ROWS, choose=True, wrap=True)
            _chosen(book, rows, chosen, as_of, part)
        note(" ".join(week.words), small=False)


def _urgent_title(urgent: pl.DataFrame, as_of: date) -> str:
    """Title: how many need action, how many are new, how many long overdue."""
    new = urgent.filter(pl.col("day") > as_of - timedelta(days=NEW_DAYS), pl.col("day") <= as_of).height
    old = urgent.filter(pl.col("days") > LONG_DAYS).height
    details = [f"{new:,} new this week"] if new else []
    details += [f"{old:,} overdue by more than {LONG_DAYS} days"] if old else []
    return ": ".join(["Urgent", ", ".join([f"{fmt.plural(urgent.height, 'customer')}", *details])])


def _finding(parts: Parts) -> str:
    to_call = parts["week"].height
    if not to_call and not parts["waits"].height:
        return "No further customers to contact this week"
    if not to_call:
        return "Urgent customers take all hours of this week"
    return f"Next: {fmt.plural(to_call, 'customer')} to contact this week"


def _empty_texts(parts: Parts, part: str) -> tuple[str, str]:
    """Title and reason of an empty part of the list."""
    if part == "week" and parts["waits"].height:
        return "No hours left", "Urgent customers take all hours. Add hours to the week, or snooze a customer."
    return "No customers here", "Nothing is left to do in this part of the list."


def _filters(parts: Parts, as_of: date) -> tuple[str, pl.DataFrame]:
    """Draw the choice of a part, search and download; return the part and its matching rows."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        part = st.segmented_control(
            "Part of the list", list(PARTS), default="week", required=True, key="part", label_visibility="collapsed",
            format_func=lambda key: f"{PARTS[key]} {parts[key].height}", persist_state="session",
        )  # fmt: skip
        query = search("Name, reason or owner", "week-search", 240, persistent=True)
        found, urgent = _matching(parts[str(part)], query), _matching(parts["urgent"], query)
        download(_with_urgent(found, urgent, PARTS[str(part)]), f"my-week-{as_of}.csv")
    return str(part), found


def _with_urgent(found: pl.DataFrame, urgent: pl.DataFrame, label: str) -> pl.DataFrame:
    """The rows to download: the urgent list first, then the chosen part; `list` says which."""
    frames = [frame.select(pl.lit(name).alias("list"), pl.all()) for name, frame in (("Urgent", urgent), (label, found))]
    return pl.concat(frames, how="diagonal").drop("keys", strict=False)


def _matching(rows: pl.DataFrame, query: str) -> pl.DataFrame:
    columns: list[str] = [name for name in ("name", "why", "why_2", "words", "what", "owner_name", "customer_id") if name in rows.columns]
    return filter_by_text(rows, query, columns)


def _columns(urgent: bool = False, help: str = "") -> Columns:
    when = {"clock": DateColumn("Deadline", width=84, format="D MMM YYYY")} if urgent else {"due": column("due_on", 74, format="ddd D MMM")}
    value_help = "Churn probability within 180 days x lifetime value; calls can save only a part of it"
    return {
        "name": 116,
        "band": 100,
        "why": TextColumn("Why now", width=158),
        "why_2": TextColumn("Second reason", width=150),
        "what": column("what_to_do", 128),
        "at_stake": NumberColumn("Value at risk", width=98, format=MONEY, help=help or value_help),
        **when,
    }


def _chosen(book: Book, rows: pl.DataFrame, row: int | None, as_of: date, part: str) -> None:
    if row is not None:
        customer_actions(book, rows.row(row, named=True), as_of, part)


def _done_or_snoozed(book: Book, rows: pl.DataFrame, as_of: date) -> None:
    """Draw the customers that are done or snoozed."""
    if rows.is_empty():
        return empty("No customers are done or snoozed", "They stay here until they return to the list.")
    columns: Columns = {
        "name": 170, "words": TextColumn("What was done", width=400),
        "until_on": DateColumn("Back on", width=100, format="D MMM YYYY"), "author_name": column("author", 130),
    }  # fmt: skip
    chosen = table(rows, columns, key=f"away-{book.version}", alt="Customers who are done or snoozed", rows=8, choose=True, wrap=True)
    _chosen(book, rows, chosen, as_of, "away")
