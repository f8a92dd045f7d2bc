"""Why does this customer stand where it stands, and what happened."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import portfolio, ui
from health.access import Book
from health.insight import behind, by_hand, client, record, standing
from health.score.settings import versions
from health.ui.outlook import outlook_cards


def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """What the screen shows of one customer, at one version of the book. NotFound for an id outside the book."""
    settings, row = ui.state(book).settings, ui.customer_row(ui.portfolio_at(book, as_of), customer_id)
    rows, past = portfolio.client(book, customer_id, as_of), ui.history(book)
    held = by_hand.read(book, customer_id, as_of)
    with book.reading() as session:
        saved = versions(session)
    return {
        "customer": row,
        "stage": standing.stage(row),
        "last": standing.last_score(past, customer_id, as_of),
        "months": standing.last_months(past, customer_id, as_of),
        "line": client.line_of(past, customer_id, as_of=as_of),
        "overrides": held,
        "by_hand": client.held(held["ledger"], as_of),
        "versions": client.marks(saved),
        "lines": rows["lines"],
        "prices": record.prices(rows),
        "complaints": record.clocks(rows["complaints"], settings, standing.last_day(row, as_of)),
        "timeline": record.timeline(rows, as_of, ui.employees(book)),
        "invoices": record.invoices(rows["invoices"], as_of),
        "day": ui.scored_day(book, row, as_of),
    } | scored(book, row, rows, as_of)


def scored(book: Book, row: Mapping[str, Any], rows: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, Any]:
    """The score with the rows behind it, of the day it rests on; nothing where there is none."""
    settings, day = ui.state(book).settings, ui.scored_day(book, row, as_of)
    if day is None:
        return {}
    then = ui.customer_row(ui.portfolio_at(book, day), row["customer_id"])
    weights = settings.weights_of(then["score_segment"])
    own = rows if day == as_of else portfolio.client(book, row["customer_id"], day)
    there, until = standing.stage(row) == "there", standing.last_day(row, as_of)
    head = behind.head(rows, row, as_of, settings) if there else behind.ended(rows, row, until, own, then, day)
    return {
        "weights": weights,
        "points": client.points_of(then, weights),
        "parts": record.parts(then, weights),
        "behind": [(part.figure, part) for part in behind.parts(own, then, day, settings)],
        "head": {figure.figure: figure for figure in head},
    }


book = ui.require("client")
state = ui.filled(book)
as_of = ui.as_of(state)
now = ui.portfolio_at(book, as_of)
with ui.head("client") as tell:
    customer_id = ui.customer_picker(now)
told = ui.found(read, book, customer_id, as_of)
if not told:
    with ui.card("Which client?", "Find one above, or choose a row; largest MRR first"):
        ui.customers_table(now)
    st.stop()

customer = told["customer"]
tell(*ui.customer_facts(customer, as_of), title=customer["name"])
ui.badges(book, customer, as_of, told["overrides"]["held"])
ui.numbers(customer, as_of, told["last"], told["lines"])
if told["day"]:
    ui.scored(book, told, state, as_of)
if told["stage"] == "there":
    outlook_cards(book, customer["customer_id"], as_of)
if told["stage"] == "there" and state.as_of:
    ui.override_card(book, customer, told["overrides"], state.as_of, as_of)
with ui.card("Complaints and their clocks", "Hours to the answer and to the solution against the limits"):
    ui.complaints_table(told["complaints"])
with ui.card("What happened", "Newest first; file, line and load say where a row came from"):
    ui.timeline_table(told["timeline"])
with ui.card("Invoices", "Newest first"):
    ui.invoices_table(told["invoices"])
if told["stage"] == "there":
    with ui.card("Prices beside the market", "Lines in force and the market price of each, both with their source"):
        ui.prices_table(told["prices"])
