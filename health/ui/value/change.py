"""Change of the book's value since an earlier day, both days valued with what is known on the later one."""

from datetime import date

import polars as pl
import streamlit as st

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
from health.ui.chart_table import chart_table
from health.ui.tables import words_table

CHART_HEIGHT, NOTE_HEIGHT = 420, 60


@st.fragment(parallel=True)
def change_card(book: Book, as_of: date, earlier: date) -> None:
    """Draw the steps of the change; then the effect of the method, since the earlier day needs models of its own."""
    if earlier >= as_of:
        with card("How did the value change?"):
            return empty("No earlier day to compare with", "A comparison needs a month end before this day.")
    with st.container(border=True, height="stretch"):
        with waiting(CHART_HEIGHT):
            change = _value_change(book, as_of, earlier)
        days = (fmt.day(earlier), fmt.day(as_of))
        with st.container(gap=None):
            card_head(titles.value_change_title(change, earlier), f"Both days valued with the models of {days[1]}; the steps add up")
        steps = change.parts.with_columns((pl.col("cents") / 100).alias("amount"))
        visible_steps = steps.filter(pl.col("amount").abs() >= titles.MIN_SHOWN)
        chart(charts.value_change, visible_steps, change.before / 100, change.after / 100, days)
        with values.waiting(book, earlier, NOTE_HEIGHT):
            method_effect = _method_effect(book, as_of, earlier)
        note(titles.method(method_effect, earlier))
        labels = {"words": "Part", "customers": "Customers", "amount": "Value"}
        chart_table(titles.move_rows(change, method_effect, days), labels, "Parts of the change of the total value, and the model change")


@cache.cached
def _value_change(book: Book, as_of: date, earlier: date) -> ValueChange:
    before, after = _revalued_customers(book, as_of, earlier), values.values(book, as_of)
    return portfolio_value.value_change(before, after, portfolio_value.exchange_effect(book, earlier, as_of))


@cache.cached
def _mrr_change(book: Book, as_of: date, earlier: date) -> ValueChange:
    before, after = cache.portfolio_at(book, earlier), cache.portfolio_at(book, as_of)
    return portfolio_value.mrr_change(before, after, portfolio_value.exchange_effect(book, earlier, as_of))


def mrr_change_card(book: Book, as_of: date, earlier: date) -> None:
    """Draw the parts of the change of MRR since an earlier day."""
    if earlier >= as_of:
        return
    change = _mrr_change(book, as_of, earlier)
    with card(titles.mrr_change_title(change, earlier), f"From {fmt.day(earlier)} to {fmt.day(as_of)}; the parts add up"):
        rows = titles.change_rows(change, (fmt.day(earlier), fmt.day(as_of)))
        words_table(rows, {"words": "Part", "customers": "Customers", "amount": "MRR"}, "Parts of the change of the MRR")


@cache.cached
def _method_effect(book: Book, as_of: date, earlier: date) -> MethodEffect:
    return portfolio_value.method_effect(values.values(book, earlier), _revalued_customers(book, as_of, earlier))


@cache.cached
def _revalued_customers(book: Book, as_of: date, earlier: date) -> pl.DataFrame:
    """The earlier day's customers valued with the models and rates of the later day."""
    models, assumptions = values.fitted_models(book, as_of), values.assumptions_in_force(book)
    return lifetime.value(book, earlier, models.hazard, assumptions, models.check, models.purchases, as_of)
