"""One customer's tables: the parts of its score, what happened, prices, the last months, and the rows behind each figure."""

from collections.abc import Iterable, Mapping

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, DatetimeColumn, NumberColumn, ProgressColumn, TextColumn
from streamlit.elements.lib.column_types import ColumnConfig

from health import charts
from health.insight.lineage import Behind
from health.score.components import COMPONENTS
from health.score.settings import Settings
from health.ui.cards import chart, empty, note
from health.ui.tables import CENTS, chips, table

SOURCE = {"file": TextColumn("File", width=100), "line": TextColumn("Line", width=56), "load_id": TextColumn("Load", width=44)}
MARKET_SOURCE = {
    "market_file": TextColumn("Market file", width=110),
    "market_line": TextColumn("Line", width=60),
    "market_load": TextColumn("Load", width=50),
}


def listed(
    frame: pl.DataFrame,
    columns: Mapping[str, str | ColumnConfig],
    key: str,
    alt: str,
    none: tuple[str, str],
    rows: int = 6,
    choose: bool = False,
) -> int | None:
    """The table and the row chosen in it, or where there is no row one line that says so and one that says why."""
    if frame.is_empty():
        empty(*none)
        return None
    return table(frame, columns, key=key, alt=alt, rows=rows, choose=choose)


def rows_behind(found: Iterable[tuple[str, Behind]], key: str) -> None:
    """One click from a figure to its rows: its name as on the page, how they make it, and each with what it adds and its source."""
    behind = dict(found)
    chosen = st.pills("Rows behind", list(behind), key=key)
    if chosen not in behind:
        return
    columns = {
        "day": DateColumn("Day", width=96, format="D MMM YYYY"),
        "table": TextColumn("Table", width=104),
        "what": TextColumn("What it says", width=340),
        "adds": NumberColumn("Adds", width=84, format="%,.2f", help="What the row adds to the figure; empty where only its day counts"),
        **SOURCE,
        "file": TextColumn("File", width=190),
    }
    note(f"{behind[chosen].said}.")
    table(behind[chosen].rows, columns, key=f"{key}-rows", alt=f"The rows behind {chosen.lower()}, with file, line and load")


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


def health_chart(line: pl.DataFrame, settings: Settings, versions: pl.DataFrame, held: pl.DataFrame) -> None:
    """Health at month ends, or why there is no line."""
    if line.drop_nulls("health").height < 2:
        return empty("No history to draw", "A line needs two month ends at which enough was known.")
    return chart(charts.health_line, line, settings, versions, held)


def months_table(months: pl.DataFrame, weights: Mapping[str, int]) -> None:
    """The last month ends of a relation, with the points of the components that have weight."""
    weighed = [c for c in COMPONENTS if weights.get(c.key)]
    columns = {
        "as_of": DateColumn("Month end", width=110, format="D MMM YYYY"),
        "band": chips("Band"),
        "health": NumberColumn("Health", width=70),
        **{c.column: NumberColumn(c.label, width=138, help=f"Points of {c.label.lower()}, 0 to 100") for c in weighed},
        "mrr": NumberColumn("MRR", width=90, format=CENTS),
    }
    none = "No month end was observed", "It ended before the first day on which anything was observed."
    listed(months, columns, "months", "The last month ends with band, health, points and revenue", none)


def prices_table(prices: pl.DataFrame) -> None:
    """The lines in force beside their benchmarks, each with its source."""
    columns = {
        "product": TextColumn("Product", width=100),
        "unit_price": NumberColumn("Ours", width=70, format=CENTS),
        "market": NumberColumn("Market", width=70, format=CENTS),
        "gap_pct": NumberColumn("Gap %", width=60, format="%+.0f"),
        **SOURCE,
        "source": TextColumn("Market source", width=120),
        "observed_on": DateColumn("Observed", width=96, format="D MMM YYYY"),
        **MARKET_SOURCE,
    }
    table(prices, columns, key="prices", alt="Our prices and the market's, by line, with the source of both", rows=6)


def timeline_table(timeline: pl.DataFrame, key: str, choose: bool) -> int | None:
    """What happened, newest first; the row chosen, where rows can be."""
    columns = {
        "at": DatetimeColumn("When", width=100, format="D MMM YYYY"),
        "kind": TextColumn("Kind", width=84),
        "what": TextColumn("What", width=220),
        "said": TextColumn("Note", width=230),
        "who": TextColumn("Who", width=110),
        **SOURCE,
    }
    none = "Nothing that happened is on file", "Choose other kinds or words, or load contacts, complaints or invoices."
    return listed(timeline, columns, key, "What happened with this customer, newest first, with the source of each row", none, 14, choose)


def invoices_table(invoices: pl.DataFrame) -> None:
    """Invoices and what became of them."""
    columns = {
        "issued_on": DateColumn("Issued", width=110, format="D MMM YYYY"),
        "due_on": DateColumn("Due", width=110, format="D MMM YYYY"),
        "amount": NumberColumn("Amount", width=110, format=CENTS),
        "state": TextColumn("State", width=200),
        "invoice_id": TextColumn("Invoice", width=130),
        **SOURCE,
    }
    none = "No invoices on file", "Load invoices to see what is unpaid."
    listed(invoices, columns, "invoices", "Invoices with due days and payment", none)
