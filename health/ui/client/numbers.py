"""Numbers in the client's header: health, coverage, revenue, and the end of the contract."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import format as fmt
from health.access import Book
from health.insight import notice
from health.insight.client import lifecycle
from health.insight.client.lifecycle import LastScore
from health.insight.headlines import Headline
from health.score.settings import Settings
from health.ui import value_cache
from health.ui.cache import state
from health.ui.cards import NUMBER_HEIGHT, number, strip
from health.ui.client.header import days_until, duration_words

Row = Mapping[str, Any]


def _end_fact(end: date | None, as_of: date) -> str:
    """What stands under the end: its year and the days until it."""
    return "no end date" if end is None else f"{end.year}, in {fmt.plural((end - as_of).days, 'day')}"


def _end_help(customer: Row, as_of: date) -> str:
    """What the end means, and the last day for notice unless the customer is leaving."""
    if customer["lost_on"]:
        return "The last day of the relationship, as known now"
    words = notice.notice_words(customer, as_of)
    return f"The latest agreed end of the contract lines in force. {f'{words}. ' if words else ''}{notice.HELP}"


def header_numbers(book: Book, customer: Row, as_of: date, last: LastScore | None, lines: pl.DataFrame) -> None:
    """Draw the numbers that fit the customer's stage. `last`: its last score; `lines`: contract lines known on the day."""
    match lifecycle.stage(customer):
        case "there":
            left, right = st.columns([2, 1])
            with left:
                strip(current_numbers(customer, as_of, state(book).settings))
            with right:
                _forecast_numbers(book, customer, as_of)
        case "ended":
            strip([*_end_numbers(customer), *_last_numbers(customer, as_of, last)])
        case "grace":
            strip([*_grace_numbers(customer, as_of), *_last_numbers(customer, as_of, last)])
        case "ahead":
            strip(_upcoming_numbers(lines, as_of))


def current_numbers(customer: Row, as_of: date, in_force: Settings) -> list[Headline]:
    """Health with its range, coverage, revenue, and the last day or agreed end."""
    end = customer["lost_on"] or customer["renewal_on"]
    return [
        _health(customer),
        number(
            "Coverage",
            fmt.share(customer["coverage"] / 100) if fmt.known(customer["coverage"]) else fmt.UNKNOWN,
            "of the score's weight",
            f"Share of the score's weight that is based on data; under {in_force.coverage_least} % the band is unknown",
        ),
        number("MRR", fmt.money(customer["mrr"]), _margin(customer), "Monthly billing of the contract lines in force"),
        number(
            "Last day" if customer["lost_on"] else "Agreed end",
            f"{end.day} {end:%b}" if end else "Rolling",
            _end_fact(end, as_of),
            _end_help(customer, as_of),
        ),
    ]


@st.fragment(parallel=True)
def _forecast_numbers(book: Book, customer: Row, as_of: date) -> None:
    """Draw lifetime value and churn probability, without holding up the page while models are fitted."""
    with st.container():
        with value_cache.waiting(book, as_of, NUMBER_HEIGHT):
            row = value_cache.value_of(book, as_of, str(customer["customer_id"]))
        has_value = fmt.known(row["lifetime_value"])
        source = "from past purchases" if has_value else "not available yet"
        spread = fmt.money_range(row["low"], row["high"]) if fmt.known(row["low"]) else source
        help = "Expected margin for as long as the customer stays, in today's money; the range covers early to late churn"
        has_probability = fmt.known(row["p_leave_12m"])
        basis = "rate of its band" if row["chance_from"] == "band" else f"{fmt.rate(row['p_leave_90d'])} in 90 days"
        chance_help = (
            "Probability that this customer decides to leave within 12 months. The badge above shows the churn rate of the whole band in "
            "90 days. The view Money has the forecast and its reasons."
        )
        strip(
            [
                number("Lifetime value", fmt.short_money(row["lifetime_value"]), spread, help if has_value else row["why"] or help),
                number("Churn, 12 months", fmt.rate(row["p_leave_12m"]), basis if has_probability else "not available", chance_help),
            ]
        )


def call_numbers(customer: Row, as_of: date) -> None:
    """Draw what to know before a call: tenure, days silent, contacts kept, open complaints, broken promises."""
    silence_fact = f"agreed every {customer['cadence_days']} days" if customer["days_since"] is not None else "no contacts loaded"
    complaint_fact = f"not resolved{lifecycle.seen_text(customer, 'complaints', as_of)}"
    complaint_fact = complaint_fact if customer["complaints_present"] else "no complaints loaded"
    due = customer["due_180"] if customer["diary_present"] else None
    kept_fact = f"{customer['kept_diary_180']} of {due} in 180 days" if due else "nothing was due"
    strip(
        [
            _tenure(customer, as_of),
            number(
                "Days since contact",
                fmt.count(customer["days_since"]),
                f"{silence_fact}{lifecycle.seen_text(customer, 'interactions', as_of)}",
                "Days since the last two-way contact",
            ),
            number(
                "Contacts kept",
                fmt.share(customer["kept_diary_180"] / due) if due else fmt.UNKNOWN,
                kept_fact,
                "Planned contacts kept: a two-way contact from 7 days before to 3 days after",
            ),
            number(
                "Open complaints",
                fmt.count(customer["open"]) if customer["complaints_present"] else fmt.UNKNOWN,
                complaint_fact,
                "Complaints not resolved, or reopened",
            ),
            number(
                "Broken promises",
                fmt.count(customer["broken_promises_90"]) if customer["promises_due_365"] else fmt.UNKNOWN,
                "in 90 days" if customer["promises_due_365"] else "no promise was due",
                "Promises due in 90 days and not kept on time",
            ),
        ]
    )


def _end_numbers(customer: Row) -> list[Headline]:
    return [
        number("Left", fmt.day(customer["lost_on"]), f"known since {fmt.day(customer['known_on'])}", "The last day of the relationship"),
        number("Reason", lifecycle.reason(customer), "", "As recorded with the notice"),
    ]


def _grace_numbers(customer: Row, as_of: date) -> list[Headline]:
    if lifecycle.last_day(customer, as_of) != customer["lost_on"]:
        return []
    help = "A contract that expired without a decision counts as churned after 30 days"
    return [
        number("Term ended", fmt.day(customer["lost_on"]), "no decision", "The last day of the last contract line"),
        number("Grace period until", fmt.day(customer["known_on"]), f"in {fmt.plural((customer['known_on'] - as_of).days, 'day')}", help),
    ]


def _last_numbers(customer: Row, as_of: date, last: LastScore | None) -> list[Headline]:
    """Tenure, last health and last revenue, each with its day."""
    help = "At the last month end at which the customer was active and had a score"
    if last is None:
        return [_tenure(customer, as_of), number("Last health", fmt.UNKNOWN, "no month end with a score", help)]
    band_fact = f"{fmt.chip(last.band)}, {fmt.day(last.as_of)}"
    return [
        _tenure(customer, as_of),
        number("Last health", fmt.UNKNOWN if last.band == "unknown" else f"{fmt.health(last.health)} of 100", band_fact, help),
        number("Last MRR", fmt.money(last.mrr), f"on {fmt.day(last.as_of)}", help),
    ]


def _upcoming_numbers(lines: pl.DataFrame, as_of: date) -> list[Headline]:
    """Start and revenue of signed contract lines that have not started."""
    upcoming = lines.filter(pl.col("start_on") > as_of)
    start: date | None = min(upcoming["start_on"], default=None)
    days = days_until(start, as_of)
    return [
        number(
            "Begins",
            fmt.day(start),
            f"in {fmt.plural(days, 'day')}" if days else "no signed contract line",
            "Start of the first contract line",
        ),
        number(
            "Agreed MRR",
            fmt.money(float(upcoming["billed"].sum()) if upcoming.height else None),
            "",
            "Monthly billing of the signed contract lines",
        ),
    ]


def _tenure(customer: Row, as_of: date) -> Headline:
    last = lifecycle.last_day(customer, as_of)
    span = f"since {fmt.month(customer['start_on'])}" if last == as_of else f"{fmt.month(customer['start_on'])} to {fmt.month(last)}"
    return number(
        "Customer for",
        duration_words(lifecycle.tenure_months(customer, as_of)),
        span,
        "From the first start on file until today or the last day",
    )


def _health(customer: Row) -> Headline:
    """Health with its range while something is unknown, else with its change in three months."""
    help = "0 to 100, higher is better. The range shows how far missing data could move it; the change covers the last three months"
    if not fmt.known(customer["health"]):
        return number("Health", fmt.UNKNOWN, "", help)
    if customer["band"] == "unknown":
        return number("Health", f"{fmt.health(customer['low'])} to {fmt.health(customer['high'])}", "too little data", help)
    value = f"{fmt.health(customer['health'])} of 100"
    if customer["low"] < customer["high"]:
        return number("Health", value, f"{fmt.health(customer['low'])} to {fmt.health(customer['high'])} possible", help)
    if customer["status"] in ("leaving", "paused"):
        return number("Health", value, f"as of {fmt.day(customer['facts_as_of'])}", help)
    change = f"{fmt.signed(customer['health'] - customer['health_before'])} in 3 months" if fmt.known(customer["health_before"]) else None
    return Headline("health", "Health", value, change, "up", [], help)


def _margin(customer: Row) -> str:
    return f"margin {fmt.money(customer['margin'])}" if fmt.known(customer["margin"]) else "cost not on file"
