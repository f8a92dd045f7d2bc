"""Clients like this one and what was done there; and another client beside it."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn, ProgressColumn, TextColumn

from health import portfolio
from health.access import Book
from health.errors import NotFound
from health.insight.client import compare, similar
from health.ui import cache
from health.ui.cards import card_head, empty, note, waiting
from health.ui.client.context import Client
from health.ui.client.header import customer_row
from health.ui.columns import CENTS, Columns, chips, column
from health.ui.links import NOT_FOUND, customer_labels, open_client
from health.ui.tables import table

_HEIGHT = 420


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> similar.Similar | None:
    """What became of clients like this one. NotFound for an id outside the book."""
    return similar.similar(book, cache.history(book), cache.portfolio_at(book, as_of), customer_id, as_of)


@cache.cached
def read_beside(book: Book, customer_id: str, other_id: str, as_of: date) -> dict[str, Any]:
    """Both customers of the viewer's book. NotFound for an id outside it."""
    now, settings = cache.portfolio_at(book, as_of), cache.state(book).settings
    one, other = (customer_row(now, i) for i in (customer_id, other_id))
    prices = [portfolio.client(book, i, as_of)["prices"] for i in (customer_id, other_id)]
    return {
        "names": (str(one["name"]), str(other["name"])),
        "figures": compare.figures(one, other, as_of),
        "parts": compare.parts(one, other, settings.weights_of(one["score_segment"])),
        "prices": compare.prices(*prices),
    }


def show(shown: Client) -> None:
    """Draws it."""
    _similar(shown)
    _beside(shown)


def _similar(shown: Client) -> None:
    with st.container(border=True):
        head = st.container(gap=None)
        with waiting(_HEIGHT):
            told = read(shown.book, shown.id, shown.as_of)
        with head:
            card_head(told.sentence if told else "What helped clients like this one?", told.about if told else "")
        if told is None:
            return empty("Its health or its revenue is not known", "Without them nobody can be said to stand alike.")
        if told.cases.is_empty():
            return empty("Nobody to learn from yet", "A longer history, or a larger book, would show some.")
        columns: Columns = {
            "what": TextColumn("What was done in the quarter", width=260),
            "with_it": TextColumn("Where done, rose or renewed", width=260),
            "without_it": TextColumn("Where not done", width=260),
            "gap": NumberColumn("Difference, pts", width=110, format="%+.0f", help="Empty where either side has fewer than 5 clients"),
        }
        table(told.done, columns, key="deeds", alt="What was done at similar clients, and how many rose where it was and was not done")
        note(similar.CAVEAT)
        _cases(told.cases)


def _cases(cases: pl.DataFrame) -> None:
    columns: Columns = {
        "name": 190,
        "band": chips("Band then"),
        "from_on": DateColumn("Stood there", width=104, format="D MMM YYYY"),
        "health": column("health_number", 64),
        "later": NumberColumn("Best after", width=78, format="%d", help="The best month end of the quarter after"),
        "outcome": column("became", 150),
        "talks": NumberColumn("Talks", width=56),
        "solved": NumberColumn("Solved", width=60, help="Complaints solved"),
        "kept": NumberColumn("Promises", width=74, help="Promises kept in time"),
        "cheaper": NumberColumn("Cheaper", width=70, help="New lines at a lower price"),
    }
    row = table(cases, columns, key="similar", alt="Similar clients, what became of them and what was done there", rows=8, choose=True)
    if row is not None:
        open_client(cases["customer_id"][row])


def _beside(shown: Client) -> None:
    with st.container(border=True):
        head = st.container(gap=None)
        other = _second(shown)
        if not other:
            with head:
                card_head("How does it stand beside another client?", "Choose one; figures, parts of the score, prices")
            return
        try:
            told = read_beside(shown.book, shown.id, other, shown.as_of)
        except NotFound:
            with head:
                card_head("How does it stand beside another client?")
            st.error(NOT_FOUND, icon=":material/error:")
            return
        one, second = told["names"]
        with head:
            card_head(compare.furthest(told["parts"], second), "Parts of the score by the weights of the client of this page")
        _side_by_side(told, one, second)


def _second(shown: Client) -> str:
    """The other client: what the address names (`?with=`), as the finder follows it."""
    others = cache.portfolio_at(shown.book, shown.as_of).filter(pl.col("customer_id") != shown.id)
    label = customer_labels(others)
    ids, asked = list(label), st.query_params.get("with", "").strip()
    picked = st.selectbox(
        "Compare with", ids, ids.index(asked) if asked in label else None, format_func=label.__getitem__,
        placeholder="Compare with: name or id", label_visibility="collapsed", width=340,
    )  # fmt: skip
    if picked and picked != asked:
        st.query_params["with"] = picked
        st.rerun()
    return asked


def _side_by_side(told: dict[str, Any], one: str, second: str) -> None:
    left, right = st.columns(2)
    with left:
        named = {"what": TextColumn("Figure", width=124), "one": TextColumn(one, width=166), "other": TextColumn(second, width=166)}
        table(told["figures"], named, key="figures", alt="Figures of both clients", rows=12)
    with right:
        _prices(told["prices"], one, second)
    bar: dict[str, Any] = {"format": "%d", "min_value": 0, "max_value": 100}
    columns: Columns = {
        "component": 146,
        "part": 110,
        "points_one": ProgressColumn(one, width=110, **bar),
        "points_other": ProgressColumn(second, width=110, **bar),
        "fact_one": TextColumn(f"Known of {one}", width=250),
        "fact_other": TextColumn(f"Known of {second}", width=250),
    }
    table(told["parts"], columns, key="parts-beside", alt="Parts of the score of both clients, with the facts behind them", rows=12)


def _prices(prices: pl.DataFrame, one: str, second: str) -> None:
    if prices.is_empty():
        return empty("Neither has a line in force", "There is no price to compare.")
    columns: Columns = {
        "product": 90,
        "price_one": NumberColumn(one, width=104, format=CENTS, help="Per unit and month"),
        "gap_one": column("gap_pct", 60, help="To the market"),
        "price_other": NumberColumn(second, width=104, format=CENTS, help="Per unit and month"),
        "gap_other": column("gap_pct", 60, help="To the market"),
    }
    table(prices, columns, key="prices-beside", alt="Prices of both clients and their gap to the market", rows=10)
    return None
