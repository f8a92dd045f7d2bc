"""Why does this customer stand where it stands, and what happened."""

from datetime import date
from typing import Any

import streamlit as st

from health import charts, portfolio, ui
from health.access import Book
from health.insight import client, findings, record


def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """What the screen shows of one customer, at one version of the book. NotFound for an id outside the book."""
    settings, row = ui.state(book).settings, ui.customer_row(ui.portfolio_at(book, as_of), customer_id)
    rows = portfolio.client(book, customer_id, as_of)
    return {
        "customer": row,
        "points": client.points_of(row, settings.weights),
        "line": client.line_of(ui.history(book), customer_id, as_of=as_of),
        "parts": record.parts(ui.scored_row(book, row), settings.weights),
        "prices": rows["prices"],
        "complaints": record.clocks(rows["complaints"], settings, as_of),
        "timeline": record.timeline(rows, as_of, ui.employees(book)),
        "invoices": record.invoices(rows["invoices"], as_of),
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
ui.badges(customer, as_of)
ui.numbers(customer, as_of)
left, right = st.columns(2)
with left, ui.card(findings.points(told["points"]), "Points earned of the weight; the empty part of a bar can be won back"):
    ui.chart(charts.points_of_weight, told["points"])
with right, ui.card(findings.prices(told["prices"]), "Dot: our price, bar: market; per unit and month"):
    ui.price_chart(told["prices"])
with ui.card(findings.line(told["line"]), "Health at month end; the shaded zones are the bands"):
    ui.health_chart(told["line"], state.settings)
with ui.card("What the score rests on", "Each part with its points, its weight and the facts behind it"):
    ui.parts_table(told["parts"])
with ui.card("Complaints and their clocks", "Hours to the answer and to the solution against the limits"):
    ui.complaints_table(told["complaints"])
with ui.card("What happened", "Newest first; file, line and load say where a row came from"):
    ui.timeline_table(told["timeline"])
left, right = st.columns(2)
with left, ui.card("Invoices", "Newest first"):
    ui.invoices_table(told["invoices"])
with right, ui.card("Prices beside the market", "Lines in force, with source and day of the benchmark"):
    ui.prices_table(told["prices"])
