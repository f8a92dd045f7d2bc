"""Cached values and the models behind them. Models are fitted on all customers and outlast a single entry."""

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

FITTING = "Fitting and testing the models. This happens once after each load and takes about half a minute for 20,000 customers."


ModelsKey = tuple[tuple[int, ...], int]


@cache.cached
def _load_ids(book: Book) -> tuple[int, ...]:
    """Ids of the loads in force, except manual entries: a day of entries does not call for new models."""
    with book.reading() as session:
        loads = session.rows("loads").filter(pl.col("undone_at").is_null() & (pl.col("origin") != "desk"))
    return tuple(loads["load_id"].sort())


def _models_key(book: Book) -> ModelsKey:
    """Cache key of models: loads and settings. The viewer is not part of it, since models are fitted on all customers."""
    return _load_ids(book), cache.state(book).settings.version


def _interval_key(book: Book) -> tuple[Any, ...]:
    """Cache key of the models' interval for the viewer's own book."""
    return (book.viewer, *_models_key(book), assumptions_in_force(book).version)


@cache.shared(6, _models_key)
def _fit_models(book: Book, fitted_on: date) -> FittedModels:
    """Models fitted as known on that day."""
    return lifetime.fit(book, fitted_on)


@cache.shared(6, _models_key)
def churn_model(book: Book, fitted_on: date) -> churn.Hazard:
    """The churn model alone, as known on that day, for tests on the months after it. Raises InsufficientData."""
    return churn.fit(book, fitted_on)


def fitted_models(book: Book, as_of: date) -> FittedModels:
    """Models as known at the last month end by the day: the same for every viewer until rows are loaded or settings change."""
    fitted_on = cache.state(book).models_on(as_of)
    models = _fit_models(book, fitted_on)
    _fitted_days(book, fitted_on).add(fitted_on)
    return models


@cache.shared(6, _models_key)
def _fitted_days(book: Book, fitted_on: date) -> set[date]:
    """Set with the day itself once its models have been fitted in this process, else an empty set."""
    return set()


@contextmanager
def waiting(book: Book, as_of: date, height: int) -> Iterator[None]:
    """Show a placeholder as `cards.waiting` does, with a message if the models must be fitted first."""
    message = None if _fitted_days(book, cache.state(book).models_on(as_of)) else st.empty()
    if message is not None:
        with message:
            cards.note(FITTING)
    with cards.waiting(height):
        yield
    if message is not None:
        message.empty()


@cache.shared(4, _interval_key)
def _model_interval(book: Book, as_of: date, _margins: pl.DataFrame, _discounting: tuple[float, int]) -> ModelInterval:
    return churn.model_interval(book, as_of, margins=_margins, discount_rate=_discounting[0], horizon_months=_discounting[1])


def model_interval(book: Book, as_of: date) -> ModelInterval:
    """Interval of the value of the viewer's book from refitting the models. Takes as long as thirty fits: compute it aside."""
    terms = assumptions_in_force(book)
    margins = values(book, as_of).select("customer_id", "margin")
    return _model_interval(book, as_of, margins, (terms.discount_rate, terms.horizon_months))


@cache.shared(6, _models_key)
def band_rates(book: Book, as_of: date) -> pl.DataFrame:
    """Observed churn of each band by the day, of all customers; cached as long as the models."""
    with book.reading() as session:
        return band_fallback.observed_band_rates(session, as_of)


@cache.cached
def assumptions_in_force(book: Book) -> Assumptions:
    """Assumptions in force."""
    with book.reading() as session:
        return assumptions.in_force(session)


@cache.cached
def values(book: Book, as_of: date) -> pl.DataFrame:
    """Lifetime value: one row per customer, with the reason where it is unknown (`lifetime.value`)."""
    models, terms = fitted_models(book, as_of), assumptions_in_force(book)
    valued = lifetime.value(book, as_of, models.hazard, terms, models.check, models.purchases)
    customers: pl.DataFrame = cache.portfolio_at(book, as_of).select("customer_id", "name", "owner", "owner_name", "score_segment")
    return valued.join(customers, on="customer_id", how="left", maintain_order="left")


def value_of(book: Book, as_of: date, customer_id: str) -> dict[str, Any]:
    """One customer's row of `values`."""
    return values(book, as_of).filter(pl.col("customer_id") == customer_id).row(0, named=True)


@cache.cached
def book_curve(book: Book, as_of: date) -> pl.DataFrame:
    """Mean survival curve of the book: month, stays. No rows if no model could be fitted."""
    model = fitted_models(book, as_of).hazard
    return churn.mean_survival(book, model, as_of) if model else pl.DataFrame(schema={"month": pl.Int64, "stays": pl.Float64})


@cache.cached
def new_customer(book: Book, as_of: date) -> NewCustomer | None:
    """Value of a new customer, measured on all customers where the assumptions leave it open."""
    models = fitted_models(book, as_of)
    if models.hazard is None:
        return None
    with book.reading() as session:
        return measured_inputs.new_customer_of_book(session, as_of, models.hazard, assumptions_in_force(book), models.check)
