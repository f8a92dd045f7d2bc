"""The figures in the head of the client's screen: health, coverage, revenue, and the end of the relationship."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import format as fmt
from health.access import Book
from health.insight.client import lifecycle
from health.insight.client.lifecycle import LastScore
from health.insight.headlines import Headline
from health.score.settings import Settings
from health.ui import value_cache
from health.ui.cache import state
from health.ui.cards import NUMBER_HEIGHT, number, strip
from health.ui.client.header import days_until, years

Row = Mapping[str, Any]


def numbers(book: Book, c: Row, as_of: date, last: LastScore | None, lines: pl.DataFrame) -> None:
    """The strip, as far as the relation has come. `last`: its last score; `lines`: those known on the day."""
    match lifecycle.stage(c):
        case "there":
            left, right = st.columns([2, 1])
            with left:
                strip(current_numbers(c, as_of, state(book).settings))
            with right:
                _foreseen(book, c, as_of)
        case "ended":
            strip([*_end(c), *_record(c, as_of, last)])
        case "grace":
            strip([*_grace(c, as_of), *_record(c, as_of, last)])
        case "ahead":
            strip(_ahead(lines, as_of))


def current_numbers(c: Row, as_of: date, in_force: Settings) -> list[Headline]:
    """Health with its range, coverage, revenue, and the day of leaving or the agreed end."""
    end = c["lost_on"] or c["renewal_on"]
    return [
        _health(c),
        number(
            "Coverage",
            fmt.share(c["coverage"] / 100) if fmt.known(c["coverage"]) else fmt.UNKNOWN,
            "of the weight",
            f"Share of the score's weight that rests on data; under {in_force.coverage_least} % the band is unknown",
        ),
        number("MRR", fmt.money(c["mrr"]), _margin(c), "Billed a month by the lines in force"),
        number(
            "Leaves" if c["lost_on"] else "Agreed end",
            f"{end.day} {end:%b}" if end else "Rolling",
            f"{end.year}, in {fmt.plural((end - as_of).days, 'day')}" if end else "no agreed end",
            "The last day of the relation, as known now" if c["lost_on"] else "The last agreed end of the lines in force",
        ),
    ]


@st.fragment(parallel=True)
def _foreseen(book: Book, c: Row, as_of: date) -> None:
    """What it is worth and how likely it leaves; the rest of the strip does not wait for the models."""
    with st.container():
        with value_cache.waiting(book, as_of, NUMBER_HEIGHT):
            row = value_cache.value_of(book, as_of, str(c["customer_id"]))
        valued = fmt.known(row["lifetime_value"])
        unspread = "from what it bought" if valued else "not known yet"
        spread = f"{fmt.short_money(row['low'])} to {fmt.short_money(row['high'])}" if fmt.known(row["low"]) else unspread
        help = "Margin for as long as it is expected to stay, in today's money; the range: if it leaves early, if it leaves late"
        leaves = fmt.known(row["p_leave_12m"])
        by = "a year, band's rate" if row["chance_from"] == "band" else "within a year"
        chance = "Chance of deciding to leave within twelve months, as foreseen; the view Money has the curve and its reasons"
        strip(
            [
                number("Lifetime value", fmt.short_money(row["lifetime_value"]), spread, help if valued else row["why"] or help),
                number("Chance of leaving", fmt.rate(row["p_leave_12m"]), by if leaves else "not foreseen", chance),
            ]
        )


def before_the_call(c: Row, as_of: date) -> None:
    """What to know before one dials: tenure, silence, contacts kept, what is open and what was broken."""
    silent = f"agreed every {c['cadence_days']}" if c["days_since"] is not None else "no contacts loaded"
    due = c["due_180"] if c["diary_present"] else None
    kept = f"{c['kept_diary_180']} of {due} in 180 days" if due else "nothing planned fell due"
    strip(
        [
            _tenure(c, as_of),
            number("Days silent", fmt.count(c["days_since"]), silent, "Days since the last contact in which the customer took part"),
            number(
                "Contacts kept",
                fmt.share(c["kept_diary_180"] / due) if due else fmt.UNKNOWN,
                kept,
                "Planned contacts kept: a two-way contact from 7 days before to 3 days after",
            ),
            number(
                "Open complaints",
                fmt.count(c["open"]) if c["complaints_present"] else fmt.UNKNOWN,
                "not solved" if c["complaints_present"] else "no complaints loaded",
                "Raised and not solved, or raised again",
            ),
            number("Promises broken", fmt.count(c["broken_promises_90"]), "in 90 days", "Promises that fell due and were not kept in time"),
        ]
    )


def _end(c: Row) -> list[Headline]:
    return [
        number("Left", fmt.day(c["lost_on"]), f"known since {fmt.day(c['known_on'])}", "The last day of the relation"),
        number("Reason", lifecycle.reason(c), "", "As recorded with the word of leaving"),
    ]


def _grace(c: Row, as_of: date) -> list[Headline]:
    if lifecycle.last_day(c, as_of) != c["lost_on"]:
        return []
    help = "A term that ended without a word counts as a loss after 30 days"
    return [
        number("Term ended", fmt.day(c["lost_on"]), "without a word", "The last day of the last line"),
        number("Grace until", fmt.day(c["known_on"]), f"in {fmt.plural((c['known_on'] - as_of).days, 'day')}", help),
    ]


def _record(c: Row, as_of: date, last: LastScore | None) -> list[Headline]:
    """What stood at the end: tenure, and the last health and revenue, each with its day."""
    help = "At the last month end at which the customer was active and something of its score known"
    if last is None:
        return [_tenure(c, as_of), number("Last health", fmt.UNKNOWN, "no month end with a score", help)]
    placed = f"{fmt.chip(last.band)}, {fmt.day(last.as_of)}"
    return [
        _tenure(c, as_of),
        number("Last health", fmt.UNKNOWN if last.band == "unknown" else f"{fmt.health(last.health)} of 100", placed, help),
        number("Last MRR", fmt.money(last.mrr), f"on {fmt.day(last.as_of)}", help),
    ]


def _ahead(lines: pl.DataFrame, as_of: date) -> list[Headline]:
    """What is agreed and still to begin."""
    ahead = lines.filter(pl.col("start_on") > as_of)
    begins: date | None = min(ahead["start_on"], default=None)
    left = days_until(begins, as_of)
    return [
        number("Begins", fmt.day(begins), f"in {fmt.plural(left, 'day')}" if left else "no line is signed", "Start of the first line"),
        number(
            "Agreed MRR", fmt.money(float(ahead["billed"].sum()) if ahead.height else None), "", "What the signed lines will bill a month"
        ),
    ]


def _tenure(c: Row, as_of: date) -> Headline:
    last = lifecycle.last_day(c, as_of)
    span = f"since {fmt.month(c['start_on'])}" if last == as_of else f"{fmt.month(c['start_on'])} to {fmt.month(last)}"
    return number("Customer for", years(lifecycle.tenure_months(c, as_of)), span, "From the first start on file to the last day, or today")


def _health(c: Row) -> Headline:
    """With its range while something is unknown, else with its change in three months."""
    help = "0 to 100, higher is better; a range says what unknown parts could make of it, a change is against three months before"
    if not fmt.known(c["health"]):
        return number("Health", fmt.UNKNOWN, "", help)
    if c["band"] == "unknown":
        return number("Health", f"{fmt.health(c['low'])} to {fmt.health(c['high'])}", "too little is known", help)
    value = f"{fmt.health(c['health'])} of 100"
    if c["low"] < c["high"]:
        return number("Health", value, f"{fmt.health(c['low'])} to {fmt.health(c['high'])} possible", help)
    if c["status"] == "leaving":
        return number("Health", value, f"as of {fmt.day(c['facts_as_of'])}", help)
    change = f"{fmt.signed(c['health'] - c['health_before'])} in 3 months" if fmt.known(c["health_before"]) else None
    return Headline("health", "Health", value, change, "up", [], help)


def _margin(c: Row) -> str:
    return f"margin {fmt.money(c['margin'])}" if fmt.known(c["margin"]) else "cost not given"
