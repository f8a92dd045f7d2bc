"""How the book's value moved since an earlier day: like for like, both days valued by what is known on the later one."""

from datetime import date

import polars as pl
import streamlit as st
from streamlit.column_config import TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.foresight import lifetime
from health.insight import portfolio_value
from health.insight.portfolio_value import MethodEffect, ValueChange
from health.insight.value import titles
from health.ui import cache
from health.ui import value_cache as values
from health.ui.cards import card, card_head, chart, empty, note, waiting
from health.ui.columns import Columns, column
from health.ui.tables import table

MOVE, TOLD = 420, 60


@st.fragment(parallel=True)
def moved_card(book: Book, as_of: date, earlier: date) -> None:
    """The steps first; what was told on the earlier day itself follows, since that day has models of its own."""
    if earlier >= as_of:
        with card("How the value moved"):
            return empty("There is no earlier day to compare with", "Choose an earlier day above.")
    with st.container(border=True, height="stretch"):
        with waiting(MOVE):
            move = _move(book, as_of, earlier)
        days = (fmt.day(earlier), fmt.day(as_of))
        with st.container(gap=None):
            card_head(titles.value_change_title(move, earlier), f"Both days valued by the method of {days[1]}; the steps add up")
        steps = move.parts.with_columns((pl.col("cents") / 100).alias("amount"))
        seen = steps.filter(pl.col("amount").abs() >= titles.LEAST_TOLD)
        chart(charts.value_change, seen, move.before / 100, move.after / 100, days)
        with values.waiting(book, earlier, TOLD):
            method = _method(book, as_of, earlier)
        note(titles.method(method, earlier))
        with st.expander("The same as a table"):
            _table(move, method, days)


@cache.cached
def _move(book: Book, as_of: date, earlier: date) -> ValueChange:
    return portfolio_value.value_change(_revalued(book, as_of, earlier), values.values(book, as_of))


@cache.cached
def _method(book: Book, as_of: date, earlier: date) -> MethodEffect:
    return portfolio_value.method_effect(values.values(book, earlier), _revalued(book, as_of, earlier))


@cache.cached
def _revalued(book: Book, as_of: date, earlier: date) -> pl.DataFrame:
    """The earlier day's customers as they stood then, valued by the models and rates of the later day."""
    models, stated = values.fits(book, as_of), values.in_force(book)
    return lifetime.value(book, earlier, models.hazard, stated, models.check, models.purchases, as_of)


def _table(move: ValueChange, method: MethodEffect, days: tuple[str, str]) -> None:
    columns: Columns = {
        "words": column("part", 220), "customers": 90,
        "amount": TextColumn("Value", width=110, alignment="right"),
    }  # fmt: skip
    rows = titles.move_rows(move, method, days)
    table(rows, columns, key="value-moved", alt="Parts of the move of the book's value, and what the method alone moves")
