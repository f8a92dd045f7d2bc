"""Similar clients and what was done there; and a comparison with another client."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn, ProgressColumn, TextColumn

from health import portfolio
from health.access import Book
from health.errors import NotFound
from health.insight.client import compare, similar
from health.ui import cache
from health.ui.cards import card_head, empty, note, waiting
from health.ui.client.context import Client
from health.ui.client.header import customer_row
from health.ui.columns import CENTS, Columns, chips, column
from health.ui.links import NOT_FOUND, customer_labels, customer_table
from health.ui.tables import table

_HEIGHT = 420


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> similar.Similar | None:
    """Read what became of similar clients. Raises NotFound for an id outside the book."""
    return similar.similar(book, cache.history(book), cache.portfolio_at(book, as_of), customer_id, as_of)


@cache.cached
def read_comparison(book: Book, customer_id: str, other_id: str, as_of: date) -> dict[str, Any]:
    """Read the comparison of two customers of the viewer's book. Raises NotFound for an id outside it."""
    now, settings = cache.portfolio_at(book, as_of), cache.state(book).settings
    customer, other = (customer_row(now, i) for i in (customer_id, other_id))
    prices = [portfolio.client(book, i, as_of)["prices"] for i in (customer_id, other_id)]
    return {
        "names": (str(customer["name"]), str(other["name"])),
        "figures": compare.figures(customer, other, as_of),
        "parts": compare.parts(customer, other, settings.weights_of(customer["score_segment"])),
        "prices": compare.prices(*prices),
    }


def show(client: Client) -> None:
    """Draw the view."""
    _similar(client)
    _comparison_card(client)


def _similar(client: Client) -> None:
    """Draw what was done at similar clients, and the clients themselves."""
    with st.container(border=True):
        title_place = st.container(gap=None)
        with waiting(_HEIGHT):
            found_similar = read(client.book, client.id, client.as_of)
        with title_place:
            card_head(
                found_similar.sentence if found_similar else "What helped similar customers?",
                found_similar.about if found_similar else "",
            )
        if found_similar is None:
            return empty("No health or revenue available", "Both are needed to find similar customers.")
        if found_similar.cases.is_empty():
            return empty("No similar customers yet", "A longer history or more customers would show some.")
        columns: Columns = {
            "what": TextColumn("What was done in the quarter", width=230),
            "with_it": TextColumn("Improved or renewed, with the action", width=250),
            "without_it": TextColumn("Without the action", width=220),
            "gap": NumberColumn("Difference, pts", width=110, format="%+.0f", help="Empty where either side has fewer than 5 customers"),
        }
        table(
            found_similar.done,
            columns,
            key="deeds",
            alt="What was done at similar customers, and how many improved with and without it",
        )
        note(similar.CAVEAT)
        _cases(found_similar.cases)


def _cases(cases: pl.DataFrame) -> None:
    columns: Columns = {
        "name": 126,
        "band": chips("Band then", 96),
        "from_on": column("month_end", 94),
        "health": column("health_number", 56),
        "later": NumberColumn("Best after", width=74, format="%d", help="Best health at a month end of the following quarter"),
        "outcome": column("outcome", 112),
        "talks": NumberColumn("Contacts", width=72, help="Two-way contacts"),
        "solved": NumberColumn("Solved", width=60, help="Complaints solved"),
        "kept": NumberColumn("Promises", width=74, help="Promises kept in time"),
        "cheaper": NumberColumn("Cheaper", width=70, help="New contract lines at a lower price"),
    }
    customer_table(cases, columns, key="similar", alt="Similar customers, their outcome and what was done", rows=4, wrap=True)


def _comparison_card(client: Client) -> None:
    """Draw the comparison with the client that the address names, if any."""
    with st.container(border=True):
        title_place = st.container(gap=None)
        other_id = _other_client(client)
        if not other_id:
            with title_place:
                card_head("Compare with another customer", "Figures, parts of the score and prices side by side")
            return
        try:
            comparison = read_comparison(client.book, client.id, other_id, client.as_of)
        except NotFound:
            with title_place:
                card_head("Compare with another customer")
            st.error(NOT_FOUND, icon=":material/error:")
            return
        name, other_name = comparison["names"]
        with title_place:
            card_head(
                compare.largest_difference(comparison["parts"], other_name),
                "Parts of the score, with the weights of the customer of this page",
            )
        _comparison_tables(comparison, name, other_name)


def _other_client(client: Client) -> str:
    """Draw the choice of the other client and return the id in the address (`?with=`)."""
    others = cache.portfolio_at(client.book, client.as_of).filter(pl.col("customer_id") != client.id)
    labels = customer_labels(others)
    ids, address_id = list(labels), st.query_params.get("with", "").strip()
    picked = st.selectbox(
        "Compare with", ids, ids.index(address_id) if address_id in labels else None, format_func=labels.__getitem__,
        placeholder="Compare with: name or id", label_visibility="collapsed", width=340,
    )  # fmt: skip
    if picked and picked != address_id:
        st.query_params["with"] = picked
        st.rerun()
    return address_id


def _comparison_tables(comparison: dict[str, Any], name: str, other_name: str) -> None:
    """Draw figures, prices and parts of the score of both clients side by side."""
    columns = {"what": TextColumn("Figure", width=160), "one": TextColumn(name, width=320), "other": TextColumn(other_name, width=320)}
    table(comparison["figures"], columns, key="figures", alt="Figures of both customers", rows=12)
    _prices(comparison["prices"], name, other_name)
    bar: dict[str, Any] = {"format": "%d", "min_value": 0, "max_value": 100}
    part_columns: Columns = {
        "component": 104,
        "part": 104,
        "points_one": ProgressColumn(name, width=156, **bar),
        "fact_one": column("facts", 157),
        "points_other": ProgressColumn(other_name, width=156, **bar),
        "fact_other": column("facts", 157),
    }
    table(
        comparison["parts"],
        part_columns,
        key="parts-beside",
        alt="Parts of the score of both customers, with the facts used",
        rows=6,
        wrap=True,
    )


def _prices(prices: pl.DataFrame, name: str, other_name: str) -> None:
    if prices.is_empty():
        return empty("No contract lines in force", "There is no price to compare.")
    columns: Columns = {
        "product": 200,
        "price_one": NumberColumn(name, width=200, format=CENTS, help="Per unit and month"),
        "gap_one": column("gap_pct", 60, help="Our price against the market price"),
        "price_other": NumberColumn(other_name, width=200, format=CENTS, help="Per unit and month"),
        "gap_other": column("gap_pct", 60, help="Our price against the market price"),
    }
    table(prices, columns, key="prices-beside", alt="Prices of both customers and their gap to the market", rows=10)
    return None
