"""Values and the models behind them, remembered: the models belong to the whole book and outlast a single entry."""

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

FITTING = "The models of this book are being fitted and checked on its past: once after each load, half a minute for 20,000 customers."


ModelsKey = tuple[tuple[int, ...], int]


@cache.cached
def _loads(book: Book) -> tuple[int, ...]:
    """The loads in force except the entries of the desk: a day's work there does not call for new models."""
    with book.reading() as session:
        loads = session.rows("loads").filter(pl.col("undone_at").is_null() & (pl.col("origin") != "desk"))
    return tuple(loads["load_id"].sort())


def _models_key(book: Book) -> ModelsKey:
    """What the models rest on: the loads and the settings. The viewer is no part of it, since they are fitted on the whole book."""
    return _loads(book), cache.state(book).settings.version


def _own_key(book: Book) -> tuple[Any, ...]:
    """What the models' interval of the viewer's own book rests on."""
    return (book.viewer, *_models_key(book), in_force(book).version)


@cache.shared(6, _models_key)
def _fitted(book: Book, fitted_on: date) -> FittedModels:
    return lifetime.fit(book, fitted_on)


def fits(book: Book, as_of: date) -> FittedModels:
    """The models as known at the last month end by the day: the same for every viewer, kept until rows are loaded or settings change."""
    fitted_on = cache.state(book).models_on(as_of)
    models = _fitted(book, fitted_on)
    _ready(book, fitted_on).add(fitted_on)
    return models


@cache.shared(6, _models_key)
def _ready(book: Book, fitted_on: date) -> set[date]:
    """The day itself, once the models have been fitted on it in this process."""
    return set()


@contextmanager
def waiting(book: Book, as_of: date, height: int) -> Iterator[None]:
    """Hold the place as `cards.waiting` does, and say so where the models have to be fitted first."""
    message = None if _ready(book, cache.state(book).models_on(as_of)) else st.empty()
    if message is not None:
        with message:
            cards.note(FITTING)
    with cards.waiting(height):
        yield
    if message is not None:
        message.empty()


@cache.shared(4, _own_key)
def _refitted(book: Book, as_of: date, _margins: pl.DataFrame, _terms: tuple[float, int]) -> ModelInterval:
    return churn.model_interval(book, as_of, margins=_margins, discount_rate=_terms[0], horizon_months=_terms[1])


def model_interval(book: Book, as_of: date) -> ModelInterval:
    """How far the fit alone moves the value of the viewer's book. Takes as long as thirty fits: keep it out of the page's way."""
    stated = in_force(book)
    margins = values(book, as_of).select("customer_id", "margin")
    return _refitted(book, as_of, margins, (stated.discount_rate, stated.horizon_months))


@cache.shared(6, _models_key)
def band_rates(book: Book, as_of: date) -> pl.DataFrame:
    """What was observed of each band by the day, of the whole book; kept as the models are."""
    with book.reading() as session:
        return band_fallback.observed_band_rates(session, as_of)


@cache.cached
def in_force(book: Book) -> Assumptions:
    """The assumptions in force."""
    with book.reading() as session:
        return assumptions.in_force(session)


@cache.cached
def values(book: Book, as_of: date) -> pl.DataFrame:
    """One row per customer: its value, and the reason where that is not known (`lifetime.value`)."""
    models, stated = fits(book, as_of), in_force(book)
    found = lifetime.value(book, as_of, models.hazard, stated, models.check, models.purchases)
    named: pl.DataFrame = cache.portfolio_at(book, as_of).select("customer_id", "name", "owner", "owner_name", "score_segment")
    return found.join(named, on="customer_id", how="left", maintain_order="left")


def value_of(book: Book, as_of: date, customer_id: str) -> dict[str, Any]:
    """One customer's row of `values`."""
    return values(book, as_of).filter(pl.col("customer_id") == customer_id).row(0, named=True)


@cache.cached
def book_curve(book: Book, as_of: date) -> pl.DataFrame:
    """The mean chance of still being a customer, by month; no rows where no model could be fitted."""
    model = fits(book, as_of).hazard
    return churn.mean_survival(book, model, as_of) if model else pl.DataFrame(schema={"month": pl.Int64, "stays": pl.Float64})


@cache.cached
def new_customer(book: Book, as_of: date) -> NewCustomer | None:
    """What a new customer brings, measured on the whole book where the assumptions leave it to that."""
    models = fits(book, as_of)
    if models.hazard is None:
        return None
    with book.reading() as session:
        return measured_inputs.new_customer_of_book(session, as_of, models.hazard, in_force(book), models.check)
