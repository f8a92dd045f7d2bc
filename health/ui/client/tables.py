"""Tables of one customer: score parts, timeline, prices, last months, invoices, and the source rows of each figure."""

from collections.abc import Iterable, Mapping

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn, ProgressColumn, TextColumn

from health import charts
from health.insight.lineage import SourceRows
from health.score.components import COMPONENTS
from health.score.settings import Settings
from health.ui.cards import chart, empty, note
from health.ui.columns import CENTS, DAY, Columns, column
from health.ui.tables import table

SOURCE: Columns = {"file": 100, "line": column("line_text", 52), "load_id": column("load_text", 44)}
MARKET_SOURCE: Columns = {
    "market_file": TextColumn("Market file", width=100),
    "market_line": column("line_text", 52),
    "market_load": column("load_text", 44),
}


def table_or_empty(
    frame: pl.DataFrame,
    columns: Columns,
    key: str,
    alt: str,
    empty_texts: tuple[str, str],
    rows: int = 6,
    choose: bool = False,
    wrap: bool = False,
) -> int | None:
    """Draw the table and return the chosen row, if any; without rows draw `empty_texts`: what is missing, and why."""
    if frame.is_empty():
        empty(*empty_texts)
        return None
    return table(frame, columns, key=key, alt=alt, rows=rows, choose=choose, wrap=wrap)


def source_rows(figures: Iterable[tuple[str, SourceRows]], key: str) -> None:
    """Draw a choice of figures, and the source rows of the chosen one with what each adds.

    `figures`: name of each figure on the page, with its source rows.
    """
    sources = dict(figures)
    chosen = st.pills("Source rows", list(sources), key=key)
    if chosen not in sources:
        return
    columns: Columns = {
        "day": 96,
        "table": column("table_name", 104),
        "what": TextColumn("What it says", width=300),
        "adds": NumberColumn("Adds", width=84, format="%,.2f", help="What the row adds to the figure; empty where only its date counts"),
        **SOURCE,
        "file": 160,
    }
    note(f"{sources[chosen].explanation}.")
    table(sources[chosen].rows, columns, key=f"{key}-rows", alt=f"Source rows of {chosen.lower()}, with file, line and load")


def parts_table(parts: pl.DataFrame) -> None:
    """Draw the parts of the score with points, weight and the facts behind them."""
    columns: Columns = {
        "component": 142,
        "part": 146,
        "points": ProgressColumn(
            "Points", width=96, format="%d", min_value=0, max_value=100, help="0 to 100, higher is better; empty = unknown"
        ),
        "share": column("weight", 60, help="Points of health this part can give"),
        "fact": column("facts"),
    }
    table(parts, columns, key="parts", alt="Parts of the score with points, weight and the facts used", rows=12)


def price_chart(prices: pl.DataFrame) -> None:
    """Draw our prices against the market's, or why there is nothing to compare."""
    if prices["market"].drop_nulls().is_empty():
        return empty("No market price for the contract lines in force", "Load market_prices for these products to compare.")
    return chart(charts.price_against_market, prices)


def health_chart(months: pl.DataFrame, settings: Settings, versions: pl.DataFrame, overrides: pl.DataFrame) -> None:
    """Draw health at month ends, or why there is no line."""
    if months.drop_nulls("health").height < 2:
        return empty("No history yet", "The chart needs at least two month ends with a score.")
    return chart(charts.health_line, months, settings, versions, overrides)


def months_table(months: pl.DataFrame, weights: Mapping[str, int]) -> None:
    """Draw the last month ends of a former customer, with the points of the components that have weight."""
    weighted = [c for c in COMPONENTS if weights.get(c.key)]
    columns: Columns = {
        "as_of": column("month_end", 110),
        "band": 104,
        "health": column("health_number", 70, format=None),
        **{c.column: NumberColumn(c.label, width=118, help=f"Points of {c.label.lower()}, 0 to 100") for c in weighted},
        "mrr": column("mrr", 90, format=CENTS),
    }
    empty_texts = "No month end on record", "The relationship ended before the data begins."
    table_or_empty(months, columns, "months", "The last month ends with band, health, points and revenue", empty_texts)


def prices_table(prices: pl.DataFrame) -> None:
    """Draw the contract lines in force with their market prices, each with its source."""
    columns: Columns = {
        "product": 84,
        "unit_price": NumberColumn("Ours", width=64, format=CENTS),
        **_own_amounts(prices),
        "market": NumberColumn("Market", width=64, format=CENTS),
        "gap_pct": 60,
        **SOURCE,
        "source": TextColumn("Market source", width=102),
        "observed_on": DateColumn("Observed", width=96, format="D MMM YYYY"),
        **MARKET_SOURCE,
    }
    table(prices, columns, key="prices", alt="Our prices and market prices by contract line, with their sources", rows=6)


def timeline_table(timeline: pl.DataFrame, key: str, choose: bool) -> int | None:
    """Draw the timeline, newest first; return the chosen row if rows can be chosen."""
    columns: Columns = {
        "at": column("loaded_at", 98, format=DAY),
        "kind": 88,
        "what": 160,
        "said": column("comment", 184),
        "who": 100,
        **SOURCE,
    }
    empty_texts = "No entries found", "Change the filters, or load contacts, complaints or invoices."
    return table_or_empty(
        timeline,
        columns,
        key,
        "What happened with this customer, newest first, with the source of each row",
        empty_texts,
        9,
        choose,
        wrap=True,
    )


def _own_amounts(rows: pl.DataFrame) -> Columns:
    """The column with amounts in other currencies than the book's, if there are any."""
    return {"own": TextColumn("In their currency", width=118)} if rows["own"].null_count() < rows.height else {}


def invoices_table(invoices: pl.DataFrame) -> None:
    """Draw invoices with due days and payment."""
    columns: Columns = {
        "issued_on": DateColumn("Issued", width=110, format="D MMM YYYY"),
        "due_on": 110,
        "billed": NumberColumn("Amount", width=110, format=CENTS),
        **_own_amounts(invoices),
        "open": NumberColumn("Open", width=110, format=CENTS),
        "state": 190,
        "invoice_id": TextColumn("Invoice", width=120),
        **SOURCE,
    }
    empty_texts = "No invoices on file", "Load invoices to see unpaid amounts."
    table_or_empty(invoices, columns, "invoices", "Invoices with due days and payment", empty_texts)
