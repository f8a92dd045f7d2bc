"""Value of one customer and how long it may stay: probabilities, curve, reasons, negotiation and replacement cost."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.foresight import churn
from health.foresight.lifetime import longer_term as terms
from health.foresight.lifetime import measured_inputs
from health.foresight.lifetime.value import NO_BAND, NO_MODEL
from health.insight.client import forecast
from health.ui import cache, value_cache
from health.ui.cards import NUMBER_HEIGHT, card, chart, empty, note, number, strip
from health.ui.client.negotiation import room_card
from health.ui.columns import MONEY, Columns
from health.ui.tables import table, words_table

ViewData = Mapping[str, Any]
CHARTS_HEIGHT = 330
TERMS = (12, 24, 36)
"""Months that a new term may be agreed for."""


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """Read value, survival curve with the book's mean, reasons and replacement value of one customer."""
    models, assumptions = value_cache.fitted_models(book, as_of), value_cache.assumptions_in_force(book)
    row = value_cache.value_of(book, as_of, customer_id)
    data = {"row": row, "stated": assumptions, "new": value_cache.new_customer(book, as_of), "check": models.check, "why": models.why}
    if models.hazard is None or row["method"] != "hazard":
        return data
    with book.reading() as session:
        receivables = measured_inputs.receivables(session, as_of).filter(pl.col("customer_id") == customer_id)
        write_off = measured_inputs.write_off_share(session, as_of, assumptions)
    by_band = row["chance_from"] == "band"
    customer_curve = (
        forecast.constant_churn_curve(row["p_leave_12m"]) if by_band else churn.survival(book, models.hazard, as_of, [customer_id])
    )
    return data | {
        "curve": forecast.curves(customer_curve, None if by_band else value_cache.book_curve(book, as_of)),
        "reasons": None if by_band else churn.reasons(book, models.hazard, as_of, customer_id),
        "terms": terms.annuities(book, as_of, models.hazard, customer_id, TERMS, assumptions) if row["chance_from"] == "model" else None,
        "owed": float(receivables["receivables"].sum()),
        "write_off": write_off,
    }


@st.fragment(parallel=True)
def forecast_cards(book: Book, customer_id: str, as_of: date) -> None:
    """Draw value and churn forecast, without holding up the page while models are fitted."""
    with st.container():
        with value_cache.waiting(book, as_of, NUMBER_HEIGHT + CHARTS_HEIGHT):
            data = read(book, customer_id, as_of)
        row = data["row"]
        if row["method"] == "none":
            with card("Lifetime value not available", "Expected margin for as long as the customer stays, in today's money"):
                empty(row["why"], _missing_reason(data), ":material/help:")
            return
        _strip(row, data["stated"].horizon_months)
        if row["method"] != "hazard":
            return note(
                "No contract: future purchases are predicted from how often and how recently the customer bought (BG/NBD model).",
                small=False,
            )
        _curve_and_reasons(data)


@st.fragment(parallel=True)
def negotiation_cards(book: Book, customer_id: str, as_of: date) -> None:
    """Draw the discount range and the cost of losing the customer, without holding up the page while models are fitted."""
    with st.container():
        with value_cache.waiting(book, as_of, CHARTS_HEIGHT):
            data = read(book, customer_id, as_of)
        if data["row"]["method"] != "hazard":
            with card("Discount range not available", "It needs a price, a margin and a churn probability"):
                return empty("No forecast for a contract", _missing_reason(data), ":material/help:")
        room_card(data)
        _cost_card(data)


def _missing_reason(data: ViewData) -> str:
    """What is missing for a forecast: for a contract the churn model's reason, else a general sentence."""
    check: churn.Check | None = data["check"]
    if data["row"]["why"] == NO_MODEL:
        return str(data["why"].get("hazard", ""))
    if data["row"]["why"] == NO_BAND and check is not None and not check.horizons:
        return check.why
    return "No forecast available."


def _strip(row: ViewData, months: int) -> None:
    """Draw the numbers that explain value and churn probability in the header."""
    if row["method"] != "hazard":
        return strip(
            [
                number(
                    "Still buying",
                    fmt.share(row["p_alive"]),
                    "probability",
                    "Probability that the customer is still active and may buy again",
                )
            ]
        )
    source = "rate of its band" if row["chance_from"] == "band" else "model forecast"
    half = f"median stay {row['median_months']} months" if row["median_months"] else f"most stay {months} months"
    assumed = "margin rate assumed" if row["margin_assumed"] else "price less cost"
    help = f"Expected months as a customer within {months} months, discounted. Lifetime value = this number x monthly margin"
    return strip(
        [
            number(
                "Monthly margin",
                fmt.money(row["margin"]),
                assumed,
                "Billing less cost; without a cost on file, the assumed margin rate is used",
            ),
            number("Months of margin", f"{row['annuity']:.1f}", half, help),
            number(
                "Churn, 90 days", fmt.rate(row["p_leave_90d"]), source, "Probability that this customer decides to leave within 90 days"
            ),
        ]
    )


def _curve_and_reasons(data: ViewData) -> None:
    left, right = st.columns(2)
    row = data["row"]
    with left, card(forecast.retention_finding(row), "Probability of still being a customer, compared with the average of all customers"):
        chart(charts.survival_curves, data["curve"])
        if data["check"] is not None:
            note(data["check"].sentence)
    reasons = data["reasons"]
    if reasons is None:
        with right, card("Reasons for the churn probability: not available", "The model did not pass its check on these customers"):
            return empty("The churn rate of its band is used", "The view Why shows which parts of the score changed.", ":material/help:")
    with (
        right,
        card(forecast.reasons_finding(reasons), "Odds of leaving as a multiple of the average customer's; an association, not a cause"),
    ):
        labels = {"words": "Reason", "value": "This customer", "odds": "Odds"}
        words_table(forecast.with_odds_text(reasons), labels, "What raises and lowers the churn probability")


def _cost_card(data: ViewData) -> None:
    if data["new"] is None:
        return
    cost = forecast.loss_cost(data["row"], data["new"], data["stated"], data["owed"], data["write_off"])
    parts = forecast.cost_parts(cost)
    with card(
        forecast.cost_finding(parts),
        "Replacing the customer or losing its value: low and mid take the cheaper option, high the more expensive one",
    ):
        columns: Columns = {"part": 320} | {end: NumberColumn(end.capitalize(), width=120, format=MONEY) for end in ("low", "mid", "high")}
        table(parts, columns, key="loss-cost", alt="Parts of the cost of losing the customer")
        note(forecast.assumptions_text(data["stated"], data["write_off"]))
