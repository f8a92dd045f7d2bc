"""Forecast of a customer's renewal next to the churn model's, what was kept before the last day of notice, and its form."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, TextColumn

from health import format as fmt
from health.access import Book
from health.desk import renewal_forecasts
from health.desk.renewal_forecasts import LONGEST, Renewal
from health.insight.notice import notice_words
from health.insight.value import renewal_forecasts as forecast_insight
from health.ui import cache, value_cache
from health.ui.cards import NUMBER_HEIGHT, card, note
from health.ui.client.context import Client
from health.ui.columns import Columns, column
from health.ui.feedback import attempt, keep_message, show_message
from health.ui.tables import table

PLACE = "renewal-forecast"
ABOUT = (
    "What you expect, next to the churn model. The forecast in force 90, 60 and 30 days before the last day of notice is kept as it was."
)


@cache.cached
def read(book: Book, customer_id: str, as_of: date, ends_on: date) -> dict[str, Any]:
    """Read the forecasts of one end with their checkpoints, and the churn probability until then."""
    made = renewal_forecasts.forecasts(book, as_of).filter(pl.col("customer_id") == customer_id, pl.col("ends_on") == ends_on)
    value = value_cache.value_of(book, as_of, customer_id)
    return {
        "made": forecast_insight.with_checkpoints(made, as_of),
        "probability": forecast_insight.probability_until(value, (ends_on - as_of).days),
    }


@st.fragment(parallel=True)
def renewal_card(client: Client) -> None:
    """Draw the card of the next agreed end, without holding up the page while models are fitted; nothing for a rolling contract."""
    ends_on = client.row["renewal_on"]
    if not client.is_customer or ends_on is None:
        return
    with st.container(), value_cache.waiting(client.book, client.as_of, NUMBER_HEIGHT):
        data = read(client.book, client.id, client.as_of, ends_on)
    _draw(client, ends_on, data)


def _draw(client: Client, ends_on: date, data: Mapping[str, Any]) -> None:
    made = data["made"]
    with card(_title(made, ends_on), ABOUT):
        show_message(PLACE)
        note(_notice_text(client.row, data["probability"], client.as_of), small=False)
        if made.height:
            _forecasts_table(client.book, made)
        if client.desk is not None and client.as_of == client.state.as_of:
            _form(client, ends_on, data["probability"])


def _title(made: pl.DataFrame, ends_on: date) -> str:
    if made.is_empty():
        return f"Renewal on {fmt.day(ends_on)}: no forecast yet"
    return f"Renewal on {fmt.day(ends_on)}, forecast: {forecast_insight.OUTCOME_WORDS[made['outcome'][0]].lower()}"


def _notice_text(row: Mapping[str, Any], probability: float | None, as_of: date) -> str:
    """What can still be decided, and the model's probability to leave by the end."""
    chance = f"The churn model gives {fmt.rate(probability)} to leave by the end." if fmt.known(probability) else "No churn model."
    return f"{notice_words(row, as_of)}. {chance}"


def _forecasts_table(book: Book, made: pl.DataFrame) -> None:
    rows = made.with_columns(
        pl.col("author").replace(cache.employees(book)), pl.col("outcome").replace(forecast_insight.OUTCOME_WORDS),
        pl.col("monthly_value").cast(pl.Float64),
    )  # fmt: skip
    columns: Columns = {
        "made_on": DateColumn("Forecast on", width=100, format="D MMM YYYY"),
        "author": 130,
        "outcome": column("forecast", help="Expected by the author"),
        "monthly_value": column("expected_mrr", 100),
        "churn_probability": column("p_leave", help="Its probability to leave by the end, on that day"),
        "frozen": TextColumn("Kept at", width=150, help="Days before the last day of notice on which it was the forecast in force"),
        "reason": 220,
    }
    table(rows, columns, key="renewal-forecasts", alt="Forecasts of this renewal, newest first", rows=4, wrap=True)


def _form(client: Client, ends_on: date, probability: float | None) -> None:
    """Draw the form; its key names the customer, so that input for one never appears for another."""
    mrr = client.row["mrr"]
    with st.expander("Forecast this renewal", icon=":material/event_repeat:"), st.form(f"{PLACE}-{client.id}", border=False):
        with st.grid(2, min_column_width=220):
            outcome = st.segmented_control(
                "Outcome",
                renewal_forecasts.OUTCOMES,
                default="renews",
                format_func=forecast_insight.OUTCOME_WORDS.__getitem__,
                required=True,
            )
            value = st.number_input(
                "Expected MRR", 0.0, None, float(mrr) if fmt.known(mrr) else None, step=10.0,
                help="Monthly revenue after the end. Not used for a customer who leaves.",
            )  # fmt: skip
        reason = st.text_input("Reason", placeholder="What makes you expect this? (optional)", max_chars=LONGEST)
        if st.form_submit_button("Save forecast", icon=":material/event_repeat:"):
            known_mrr = Decimal(str(round(float(mrr), 2))) if fmt.known(mrr) else None
            renewal = Renewal(ends_on, client.row["notice_by"], known_mrr, probability)
            expected = None if value is None else Decimal(str(round(value, 2)))
            with attempt():
                renewal_forecasts.add(client.book, client.id, renewal, str(outcome), expected, reason, client.as_of, datetime.now())
                keep_message("Forecast saved.", place=PLACE)
