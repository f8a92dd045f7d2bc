"""What one customer is worth and how long it may stay: chances, curve and reasons, room to negotiate, cost of losing it."""

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

Told = Mapping[str, Any]
PICTURES = 330
TERMS = (12, 24, 36)
"""Months that a new term may be agreed for."""


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """What the cards show of one customer: its values, its curve beside the book's, its reasons, and what a new one would bring."""
    models, stated = value_cache.fits(book, as_of), value_cache.in_force(book)
    row = value_cache.value_of(book, as_of, customer_id)
    told = {"row": row, "stated": stated, "new": value_cache.new_customer(book, as_of), "check": models.check, "why": models.why}
    if models.hazard is None or row["method"] != "hazard":
        return told
    with book.reading() as session:
        owed = measured_inputs.receivables(session, as_of).filter(pl.col("customer_id") == customer_id)
        write_off = measured_inputs.write_off_share(session, as_of, stated)
    by_band = row["chance_from"] == "band"
    own = forecast.steady(row["p_leave_12m"]) if by_band else churn.survival(book, models.hazard, as_of, [customer_id])
    return told | {
        "curve": forecast.curves(own, None if by_band else value_cache.book_curve(book, as_of)),
        "reasons": None if by_band else churn.reasons(book, models.hazard, as_of, customer_id),
        "terms": terms.annuities(book, as_of, models.hazard, customer_id, TERMS, stated) if row["chance_from"] == "model" else None,
        "owed": float(owed["receivables"].sum()),
        "write_off": write_off,
    }


@st.fragment(parallel=True)
def outlook_cards(book: Book, customer_id: str, as_of: date) -> None:
    """Beside the rest of the page, which does not wait for the models."""
    with st.container():
        with value_cache.waiting(book, as_of, NUMBER_HEIGHT + PICTURES):
            told = read(book, customer_id, as_of)
        row = told["row"]
        if row["method"] == "none":
            with card("What it is worth is not known", "Lifetime value: margin, for as long as it is expected to stay, in today's money"):
                empty(row["why"], _missing(told), ":material/help:")
            return
        _strip(row, told["stated"].horizon_months)
        if row["method"] != "hazard":
            return note("It has no contract: what it will buy is foreseen from how often, and how lately, it bought (BG/NBD).", small=False)
        _curve_and_reasons(told)
        left, right = st.columns(2)
        with left:
            room_card(told)
        with right:
            _cost_card(told)


def _missing(told: Told) -> str:
    """What it would take to foresee it: of a customer with a contract the model of leaving, of others nothing that is not said already."""
    check: churn.Check | None = told["check"]
    if told["row"]["why"] == NO_MODEL:
        return str(told["why"].get("hazard", ""))
    if told["row"]["why"] == NO_BAND and check is not None and not check.horizons:
        return check.why
    return "Nothing is foreseen of it."


def _strip(row: Told, months: int) -> None:
    """What stands behind the value and the chance at the head of the screen."""
    if row["method"] != "hazard":
        return strip([number("Still buying", fmt.share(row["p_alive"]), "chance", "Chance that it has not stopped buying for good")])
    source = "rate of its band" if row["chance_from"] == "band" else "by the model"
    half = f"half gone in {row['median_months']}" if row["median_months"] else f"most stay {months}"
    assumed = "margin rate assumed" if row["margin_assumed"] else "price less cost"
    help = f"Expected months over {months}, each worth less the later it comes; the value is so many times the margin"
    return strip(
        [
            number("Margin a month", fmt.money(row["margin"]), assumed, "Billed less cost; cost not given: by the stated margin rate"),
            number("Months of margin", f"{row['annuity']:.1f}", half, help),
            number("Leaves in 90 days", fmt.rate(row["p_leave_90d"]), source, "Chance of deciding to leave within 90 days"),
        ]
    )


def _curve_and_reasons(told: Told) -> None:
    left, right = st.columns(2)
    row = told["row"]
    with left, card(forecast.staying_finding(row), "Chance of still being a customer, beside the mean of the book"):
        chart(charts.survival_curves, told["curve"])
        if told["check"] is not None:
            note(told["check"].sentence)
    reasons = told["reasons"]
    if reasons is None:
        with right, card("What goes with its chance of leaving is not told", "The model has not passed its check on this book"):
            return empty("Its band's rate stands in", "Which parts of the score moved it, and why, stands above.", ":material/help:")
    with right, card(forecast.reasons_finding(reasons), "Times the mean odds of leaving in the book; no cause is claimed"):
        labels = {"words": "What", "value": "Here", "odds": "Odds"}
        words_table(forecast.odds(reasons), labels, "What raises and lowers the chance of leaving")


def _cost_card(told: Told) -> None:
    if told["new"] is None:
        return
    found = forecast.loss(told["row"], told["new"], told["stated"], told["owed"], told["write_off"])
    head = f"Losing it would cost {fmt.short_money(found.low)} to {fmt.short_money(found.high)}, about {fmt.short_money(found.mid)}"
    with card(head, "Replacing it or doing without; low and mid the cheaper way, high the dearer"):
        columns: Columns = {"part": 220} | {end: NumberColumn(end.capitalize(), width=84, format=MONEY) for end in ("low", "mid", "high")}
        table(forecast.parts(found), columns, key="loss-cost", alt="Parts of the cost of losing the customer")
        note(forecast.assumed(told["stated"], told["write_off"]))
