"""Whose week is shown, hours available, and the read of the screen."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import streamlit as st

from health.access import Book
from health.desk import diary, handover, plays, renewal_forecasts, worklist
from health.desk.plays import progress
from health.desk.renewals import outcomes
from health.desk.worklist import value_at_stake
from health.desk.worklist.inputs import ReasonInputs, reason_inputs
from health.insight.client import complaint_sla
from health.insight.client.rows import employees
from health.insight.value import renewal_forecasts as forecast_insight
from health.insight.value import renewals
from health.insight.value.renewal_outcomes import with_outcomes
from health.status import ACTIVE
from health.ui import cache, value_cache
from health.ui.columns import band_chip
from health.ui.labels import unique_labels

EVERYBODY = ""
USUAL_HOURS = 8.0
HEIGHT = 900


def chosen_employee(book: Book) -> str:
    """Return the employee whose week it is: an account manager's own, else the one chosen; empty for everybody."""
    if not book.viewer.whole_book:
        return book.viewer.employee_id or EVERYBODY
    labels = unique_labels({EVERYBODY: "Everybody"} | cache.employees(book))
    return str(
        st.selectbox("Account manager", list(labels), format_func=labels.__getitem__, key="whose", label_visibility="collapsed", width=210,
                     persist_state="session")
    )  # fmt: skip


def hours_available(book: Book, employee: str) -> float:
    """Draw the hours a week per account manager and return their total."""
    hours_each = st.number_input("Hours per week", 0.0, 60.0, USUAL_HOURS, 1.0, key="hours", width=150, persist_state="session",
                           help="Hours available for calls and visits this week, per account manager; the list ends when they are used "
                           "up")  # fmt: skip
    return float(hours_each) * (1 if employee or not book.viewer.whole_book else max(1, len(cache.employees(book))))


def read_week(book: Book, as_of: date, employee: str, hours: float) -> dict[str, Any]:
    """Read the screen's content, and record new triggers of plays. The first read of a book fits the models, which takes seconds."""
    with value_cache.waiting(book, as_of, HEIGHT):
        week_data = read(book, as_of, employee, hours)
        if as_of == cache.state(book).as_of and book.may("write") and _enrol(book, as_of):
            st.rerun()
        return week_data


def _enrol(book: Book, as_of: date) -> int:
    """Write down customers with new triggers before any action is suggested, once per version of the book; return how many.

    Only for a viewer who may write.
    """
    version_and_author = (book.version, book.viewer.author)
    if st.session_state.get("enrolled") == version_and_author:
        return 0
    written = plays.enrol(book, cache.portfolio_at(book, as_of), _urgent_triggers(book, as_of), as_of, datetime.now())
    st.session_state["enrolled"] = (book.version, book.viewer.author)
    return written


@cache.shared(cache.MAX_ENTRIES)
def _reason_inputs(book: Book, as_of: date) -> ReasonInputs:
    """What reasons are made of, at one version of the book."""
    return reason_inputs(book, as_of)


@cache.cached
def _urgent_triggers(book: Book, as_of: date) -> pl.DataFrame:
    """Urgent triggers of the book at one version of it."""
    return plays.urgent_triggers(book, cache.portfolio_at(book, as_of), as_of, _reason_inputs(book, as_of))


@cache.cached
def read(book: Book, as_of: date, employee: str, hours: float) -> dict[str, Any]:
    """Read the content at one version of the book."""
    portfolio, values, state = cache.portfolio_at(book, as_of), value_cache.values(book, as_of), cache.state(book)
    inputs = _reason_inputs(book, as_of)
    band_rates = value_cache.band_rates(book, as_of) if value_at_stake.needs_band_rates(portfolio, values) else None
    suggested_plays = plays.suggested_plays(book, as_of, plays.triggered_plays(portfolio, _urgent_triggers(book, as_of), as_of))
    week = worklist.week(book, as_of, hours, portfolio, values, band_rates, employee or None, suggested_plays, inputs)
    customers = portfolio.filter(pl.col("owner") == employee) if employee and book.viewer.whole_book else portfolio
    ids = customers["customer_id"]

    def of_customers(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(pl.col("customer_id").is_in(ids.implode()))

    planned = of_customers(diary.read_diary(book, as_of))
    names = customers.select("customer_id", "name")
    open_complaints = complaint_sla.with_running_deadline(
        complaint_sla.of_present_customers(inputs.complaints, customers), state.settings.service_hours
    )
    renewal_rows = with_outcomes(renewals.due(customers, values, as_of), outcomes(book, as_of))
    forecasts = renewal_forecasts.forecasts(book, as_of)
    settled = forecast_insight.settled(forecasts, cache.history(book), as_of)
    return {
        **_lists(week),
        "contacts_known": bool(customers["contact_present"].any()),
        "complaints_known": bool(customers["complaints_present"].any()),
        "customers": customers.filter(ACTIVE).height,
        "due": diary.contacts_due(customers, planned),
        "kept": diary.count_kept(planned),
        "clocks": open_complaints,
        "handovers": of_customers(handover.handovers(book, as_of)).join(names, on="customer_id", how="left", maintain_order="left"),
        "renewals": forecast_insight.with_forecasts(renewal_rows, forecasts, as_of),
        "forecast_record": forecast_insight.track_record(settled),
        "windows": renewals.windows(renewal_rows),
        **_plays(book, portfolio, suggested_plays, as_of, of_customers),
    }


def _lists(week: worklist.Week) -> dict[str, Any]:
    """Parts of the list as tables show them, and the week with its frames emptied, since cached results are copied at every rerun."""
    in_week = pl.col("in_week")
    ranked = {"week": week.ranked.filter(in_week), "waits": week.ranked.filter(~in_week), "below": week.below, "urgent": week.urgent}
    parts = {part: rows.with_columns(band_chip()) for part, rows in ranked.items()} | {"away": week.away}
    bare = {name: frame.clear() for name, frame in vars(week).items() if isinstance(frame, pl.DataFrame)}
    return {"week": worklist.Week(**(vars(week) | bare)), "parts": parts}


def _plays(
    book: Book, portfolio: pl.DataFrame, suggested_plays: pl.DataFrame, as_of: date, of_customers: Callable[[pl.DataFrame], pl.DataFrame]
) -> dict[str, Any]:
    """Suggested and running plays with customer names."""
    customer_names = portfolio.select("customer_id", pl.col("name").fill_null(pl.col("customer_id")).alias("customer"))
    accepted = (
        plays.play_cases(book, as_of).filter(pl.col("state") == progress.ACCEPTED).with_columns(pl.col("author").replace(employees(book)))
    )
    running = accepted.sort("next_on", "customer_id", nulls_last=True)
    lists = {"suggested": suggested_plays, "running": running}
    return {
        key: of_customers(frame).join(customer_names, on="customer_id", how="left", maintain_order="left") for key, frame in lists.items()
    }
