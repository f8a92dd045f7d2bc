"""Values and the models behind them, remembered: the models belong to the whole book and do not move with a single entry."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health.access import Book
from health.foresight import churn, lifetime
from health.foresight.churn import ModelInterval
from health.foresight.lifetime import assumptions, band_fallback, measured_inputs
from health.foresight.lifetime.assumptions import Assumptions
from health.foresight.lifetime.measured_inputs import NewCustomer
from health.foresight.lifetime.models import FittedModels
from health.ui import cache, cards
from health.warehouse import connection

FITTING = "The models of this book are being fitted and checked on its past: once after each load, half a minute for 20,000 customers."


@st.cache_resource(show_spinner=False, max_entries=6)
def _fitted(key: tuple[object, ...], _book: Book, fitted_on: date) -> FittedModels:
    return lifetime.fit(_book, fitted_on)


def fits(book: Book, as_of: date) -> FittedModels:
    """The models as known at the last month end by the day: the same for every viewer, kept until rows are loaded or settings change."""
    key, fitted_on = _key(book, as_of)
    found: FittedModels = _fitted(key, book, fitted_on)
    _ready().add(key)
    return found


def _key(book: Book, as_of: date) -> tuple[tuple[object, ...], date]:
    """What the models are kept by, and the day they are fitted on."""
    state = cache.state(book)
    fitted_on = state.models_on(as_of)
    return (str(connection.chosen_path()), fitted_on, cache.ask(_loads, book), state.settings.version), fitted_on


@st.cache_resource(show_spinner=False)
def _ready() -> set[tuple[object, ...]]:
    """The keys of the models that have been fitted in this process."""
    return set()


@contextmanager
def waiting(book: Book, as_of: date, height: int) -> Iterator[None]:
    """As `cards.waiting`, for what needs the models: says so where they have to be fitted first."""
    told = None if _key(book, as_of)[0] in _ready() else st.empty()
    if told is not None:
        with told:
            cards.note(FITTING)
    with cards.waiting(height):
        yield
    if told is not None:
        told.empty()


@st.cache_resource(show_spinner=False, max_entries=4)
def _refitted(key: tuple[object, ...], _book: Book, as_of: date, _margins: pl.DataFrame, _terms: tuple[float, int]) -> ModelInterval:
    return churn.model_interval(_book, as_of, margins=_margins, discount_rate=_terms[0], horizon_months=_terms[1])


def model_interval(book: Book, as_of: date) -> ModelInterval:
    """How far the fit alone moves the value of the viewer's book. Takes as long as thirty fits: keep it out of the page's way."""
    stated, settings = in_force(book), cache.state(book).settings.version
    who = (
        str(connection.chosen_path()),
        book.viewer.role,
        book.viewer.employee_id,
        as_of,
        cache.ask(_loads, book),
        stated.version,
        settings,
    )
    margins = values(book, as_of).select("customer_id", "margin")
    return _refitted(who, book, as_of, margins, (stated.discount_rate, stated.horizon_months))


@st.cache_resource(show_spinner=False, max_entries=6)
def _observed(key: tuple[object, ...], _book: Book, as_of: date) -> pl.DataFrame:
    with _book.reading() as session:
        return band_fallback.observed_band_rates(session, as_of)


def band_rates(book: Book, as_of: date) -> pl.DataFrame:
    """What was observed of each band by the day, of the whole book; kept as the models are."""
    state = cache.state(book)
    return _observed((str(connection.chosen_path()), as_of, cache.ask(_loads, book), state.settings.version), book, as_of)


def _loads(book: Book) -> tuple[int, ...]:
    """The loads in force, those of the desk aside: a day's work there does not fit the models anew."""
    with book.reading() as session:
        loads = session.rows("loads").filter(pl.col("undone_at").is_null() & (pl.col("origin") != "desk"))
    return tuple(loads["load_id"].sort())


def in_force(book: Book) -> Assumptions:
    """The assumptions in force."""
    return cache.ask(_in_force, book)


def _in_force(book: Book) -> Assumptions:
    with book.reading() as session:
        return assumptions.in_force(session)


def values(book: Book, as_of: date) -> pl.DataFrame:
    """One row a customer: what it is worth, and why where that is not known (`lifetime.value`)."""
    return cache.ask(_values, book, as_of)


def _values(book: Book, as_of: date) -> pl.DataFrame:
    models, stated = fits(book, as_of), in_force(book)
    found = lifetime.value(book, as_of, models.hazard, stated, models.check, models.purchases)
    named: pl.DataFrame = cache.portfolio_at(book, as_of).select("customer_id", "name", "owner", "owner_name", "score_segment")
    return found.join(named, on="customer_id", how="left", maintain_order="left")


def value_of(book: Book, as_of: date, customer_id: str) -> dict[str, Any]:
    """One customer's row of `values`."""
    return values(book, as_of).filter(pl.col("customer_id") == customer_id).row(0, named=True)


def book_curve(book: Book, as_of: date) -> pl.DataFrame:
    """The mean chance of still being a customer, by month; no rows where no model could be fitted."""
    return cache.ask(_curve, book, as_of)


def _curve(book: Book, as_of: date) -> pl.DataFrame:
    model = fits(book, as_of).hazard
    return churn.mean_survival(book, model, as_of) if model else pl.DataFrame(schema={"month": pl.Int64, "stays": pl.Float64})


def new_customer(book: Book, as_of: date) -> NewCustomer | None:
    """What a new customer brings, measured on the whole book where the assumptions leave it to that."""
    return cache.ask(_new, book, as_of)


def _new(book: Book, as_of: date) -> NewCustomer | None:
    models = fits(book, as_of)
    if models.hazard is None:
        return None
    with book.reading() as session:
        return measured_inputs.new_customer_of_book(session, as_of, models.hazard, in_force(book), models.check)
