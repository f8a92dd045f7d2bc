"""Parts of the client's screen: who it is, its numbers, and the tables of what happened."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, DatetimeColumn, NumberColumn, ProgressColumn, TextColumn

from health import charts
from health import format as say
from health.access import Book
from health.errors import NotFound
from health.insight.headlines import Headline
from health.score.settings import Settings
from health.ui.cards import badge, chart, empty, number, strip
from health.ui.links import NOT_FOUND
from health.ui.listing import CENTS, table
from health.ui.reads import ask, portfolio_at

Row = Mapping[str, Any]
SOURCE = {"file": TextColumn("File", width=110), "line": TextColumn("Line", width=60), "load_id": TextColumn("Load", width=50)}


def customer_row(now: pl.DataFrame, customer_id: str) -> dict[str, Any]:
    """The customer's row of the portfolio. NotFound for an unknown or forbidden id alike."""
    mine = now.filter(pl.col("customer_id") == customer_id)
    if mine.is_empty():
        raise NotFound(NOT_FOUND)
    return mine.row(0, named=True)


def scored_row(book: Book, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row whose facts the points rest on: of whoever is leaving, that of the day the points are frozen at."""
    if row["status"] != "leaving":
        return row
    return customer_row(portfolio_at(book, row["facts_as_of"]), row["customer_id"])


def found(read: Callable[[Book, str, date], dict[str, Any]], book: Book, customer_id: str, as_of: date) -> dict[str, Any] | None:
    """What `read` says of the customer; None where none is chosen, or none is found, which it says."""
    if not customer_id:
        return None
    try:
        return ask(read, book, customer_id, as_of)
    except NotFound:
        st.error(NOT_FOUND, icon=":material/error:")
        return None


def customer_facts(c: Row, as_of: date) -> list[str]:
    """Who it is: day, id, segment, tier, region, owner."""
    named = {"tier": c["tier"], "owner": c["owner_name"] or c["owner"]}
    return [
        f"as of {say.day(as_of)}",
        *([str(c["customer_id"])] if c["customer_id"] != c["name"] else []),
        *(str(c[k]) for k in ("segment",) if c[k]),
        *(f"{k} {v}" for k, v in named.items() if v),
    ]


def badges(c: Row, as_of: date) -> None:
    """Band (or why there is none), whether it is sure, what caps it, and a renewal that is near."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if c["band"]:
            badge(c["band"], help="Band at the end of the day above; the method page says how it is cut")
        else:
            st.badge(say.plain(str(c["status"]).capitalize()), icon=":material/logout:", color="gray")
        if c["band"] and c["firm"] is False:
            st.badge("Tentative", icon=":material/contrast:", color="gray", help="What is unknown could move it into another band")
        if c["cap"]:
            st.badge(
                say.plain(f"Capped: {c['cap']}"),
                icon=":material/block:",
                color="orange",
                help="This alone keeps the band from being healthy",
            )
        days = days_until(c["renewal_on"], as_of)
        if days is not None and days <= 90:
            st.badge(f"Renews in {say.plural(days, 'day')}", icon=":material/event_repeat:", color="orange")


def days_until(day: date | None, as_of: date) -> int | None:
    """Days from as_of to a day still ahead; None for none."""
    return (day - as_of).days if day and day >= as_of else None


def numbers(c: Row, as_of: date) -> None:
    """The strip: health with its range, coverage, revenue, tenure, contact, renewal or end."""
    end = c["lost_on"] or c["renewal_on"]
    left = days_until(end, as_of)
    silent = f"agreed every {c['cadence_days']}" if c["days_since"] is not None else "no contacts loaded"
    strip(
        [
            _health(c),
            number(
                "Coverage",
                say.share(c["coverage"] / 100) if say.known(c["coverage"]) else say.UNKNOWN,
                "of the weight",
                "Share of the score's weight that rests on data; under 60 % the band is unknown",
            ),
            number("MRR", say.money(c["mrr"]), _margin(c), "Billed a month by the lines in force"),
            number("Customer for", _years(c["tenure_months"]), f"since {say.month(c['start_on'])}", "Time since the first start on file"),
            number("Days silent", say.count(c["days_since"]), silent, "Days since the last contact in which the customer took part"),
            number(
                "Leaves" if c["lost_on"] else "Agreed end",
                say.weekday(end)[4:] if end else "Rolling" if c["status"] == "active" else say.UNKNOWN,
                f"{end.year}, in {say.plural(left, 'day')}" if end and left is not None else say.day(end) if end else "no agreed end",
                "The last agreed end of the lines in force",
            ),
        ]
    )


def _health(c: Row) -> Headline:
    """With its range while something is unknown, else with its change in three months."""
    help = "0 to 100, higher is better; a range says what unknown parts could make of it, a change is against three months before"
    if not say.known(c["health"]):
        return number("Health", say.UNKNOWN, "", help)
    if c["band"] == "unknown":
        return number("Health", f"{say.health(c['low'])} to {say.health(c['high'])}", "too little is known", help)
    value = f"{say.health(c['health'])} of 100"
    if c["low"] < c["high"]:
        return number("Health", value, f"{say.health(c['low'])} to {say.health(c['high'])} possible", help)
    change = f"{say.signed(c['health'] - c['health_before'])} in 3 months" if say.known(c["health_before"]) else None
    return Headline("health", "Health", value, change, "up", [], help)


def _margin(c: Row) -> str:
    return f"margin {say.money(c['margin'])}" if say.known(c["margin"]) else "cost not given"


def _years(months: float | None) -> str:
    if months is None:
        return say.UNKNOWN
    return say.plural(int(months), "month") if months < 24 else say.plural(int(months // 12), "year")


def parts_table(parts: pl.DataFrame) -> None:
    """What each part of the score rests on, in words and numbers."""
    columns = {
        "component": TextColumn("Component", width=150),
        "part": TextColumn("Part", width=110),
        "points": ProgressColumn(
            "Points", width=120, format="%d", min_value=0, max_value=100, help="0 to 100, higher is better; empty = unknown"
        ),
        "share": NumberColumn("Weight", width=64, format="%.1f", help="Points of health this part can give"),
        "fact": TextColumn("What is known", width=520, help="The method page has the formulas"),
    }
    table(parts, columns, key="parts", alt="Parts of the score with points, weight and the facts behind them", rows=12)


def price_chart(prices: pl.DataFrame) -> None:
    """Our prices beside the market's, or why there is nothing to compare."""
    if prices["market"].drop_nulls().is_empty():
        return empty("No line in force has a market price", "Load market_prices for its products to compare them.")
    return chart(charts.price_against_market, prices)


def health_chart(line: pl.DataFrame, settings: Settings) -> None:
    """Health at month ends, or why there is no line."""
    if line.drop_nulls("health").height < 2:
        return empty("No history to draw yet", "A line needs two month ends at which enough was known.")
    return chart(charts.health_line, line, settings)


def prices_table(prices: pl.DataFrame) -> None:
    """The lines in force beside their benchmarks, with source and age."""
    columns = {
        "product": TextColumn("Product", width=84),
        "unit_price": NumberColumn("Ours", width=66, format=CENTS),
        "market": NumberColumn("Market", width=66, format=CENTS),
        "gap_pct": NumberColumn("Gap %", width=54, format="%+.0f"),
        "source": TextColumn("Source", width=92),
        "observed_on": DateColumn("Observed", width=96, format="D MMM YYYY"),
    }
    table(prices, columns, key="prices", alt="Our prices and the market's, by line", rows=6)


def complaints_table(clocks: pl.DataFrame) -> None:
    """Complaints with their two clocks."""
    if clocks.is_empty():
        return empty("No complaints on file", "Either none was raised or the complaints table is not loaded; the parts above say which.")
    columns = {
        "opened_at": DatetimeColumn("Raised", width=140, format="D MMM YYYY, HH:mm"),
        "theme": TextColumn("Theme", width=100),
        "severity": NumberColumn("Severity", width=70, help="1 low to 4 critical"),
        "answer": TextColumn("Answer", width=146),
        "solution": TextColumn("Solution", width=160),
        "comment": TextColumn("Note", width=180),
        **SOURCE,
    }
    table(clocks, columns, key="complaints", alt="Complaints with the time to answer and to solve against the limits", rows=6)
    return None


def timeline_table(timeline: pl.DataFrame) -> None:
    """Everything that happened, filtered by kind."""
    if timeline.is_empty():
        return empty("Nothing happened yet that is on file", "Load contacts, complaints or invoices to see them here.")
    kinds = timeline["kind"].unique(maintain_order=True).to_list()
    chosen = st.pills("Kinds", kinds, selection_mode="multi", label_visibility="collapsed", key="kinds")
    shown = timeline.filter(pl.col("kind").is_in(chosen)) if chosen else timeline
    columns = {
        "at": DatetimeColumn("When", width=110, format="D MMM YYYY"),
        "kind": TextColumn("Kind", width=90),
        "what": TextColumn("What", width=200),
        "said": TextColumn("Note", width=240),
        "who": TextColumn("Who", width=110),
        **SOURCE,
    }
    table(shown, columns, key="timeline", alt="What happened with this customer, newest first, with the source of each row", rows=10)
    return None


def invoices_table(invoices: pl.DataFrame) -> None:
    """Invoices and what became of them."""
    if invoices.is_empty():
        return empty("No invoices on file", "Load invoices to see what is unpaid.")
    columns = {
        "issued_on": DateColumn("Issued", width=110, format="D MMM YYYY"),
        "due_on": DateColumn("Due", width=110, format="D MMM YYYY"),
        "amount": NumberColumn("Amount", width=100, format=CENTS),
        "state": TextColumn("State", width=200),
        "invoice_id": TextColumn("Invoice", width=110),
        **SOURCE,
    }
    table(invoices, columns, key="invoices", alt="Invoices with due days and payment", rows=6)
    return None
