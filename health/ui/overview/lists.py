"""Parts of the overview: facts, explanation of the numbers, and customer lists that open a client."""

from collections.abc import Sequence
from datetime import date

import polars as pl
import streamlit as st
from streamlit.column_config import TextColumn

from health import format as fmt
from health.insight import titles
from health.insight.headlines import Headline
from health.insight.overview.data_available import PortfolioSummary
from health.insight.search import filter_by_text
from health.ui.cards import empty, note
from health.ui.columns import Columns, band_chip, column
from health.ui.links import customer_table
from health.ui.tables import download, search

_POINTS_HELP = "Change of health in three months, in points"
EVERYBODY: Columns = {
    "name": 216, "band": 92, "segment": 104, "tenure_months": 76, "mrr": 84, "renewal_on": 96, "coverage": 84,
}  # fmt: skip


def _at_risk_columns() -> Columns:
    """Columns of the at-risk list; the band is left out, since it is the same in every row."""
    return {
        "customer": 204,
        "health": column("health", 72),
        "trend": 80,
        "change": column("difference", 60, help=_POINTS_HELP),
        "driver": 144,
        "mrr": 66,
        "renewal_on": 92,
        "owner": 116,
    }


def portfolio_facts(data_available: PortfolioSummary, day_fact: str) -> list[str]:
    """Facts under the title: day, customers and revenue."""
    leaving = f" ({data_available.leaving:,} leaving)" if data_available.leaving else ""
    count = fmt.plural(data_available.customers, "customer") if data_available.customers else "no customer with a contract yet"
    return [day_fact, f"{count}{leaving}", f"{fmt.short_money(data_available.mrr)} MRR"]


def headlines_note(numbers: Sequence[Headline], earlier: date, tentative: int, losses: Sequence[str]) -> None:
    """Draw how to read the numbers: earlier day, what improved by losses alone, missing numbers and tentative bands."""
    missing = [f"{headline.label}: {headline.missing}" for headline in numbers if headline.missing and headline.key != "churn"]
    churn = [titles.churn_norm(headline) for headline in numbers if headline.key == "churn"]
    tentative_words = (
        [f"{fmt.plural(tentative, 'customer has', 'customers have')} a tentative band: missing data could change it."] if tentative else []
    )
    sentences = [f"Change since {fmt.day(earlier)}.", *losses, *churn, "Each trend has its own scale.", *missing, *tentative_words]
    note(" ".join(sentences), small=False)


def at_risk_table(frame: pl.DataFrame) -> None:
    """Draw at-risk customers with search and download; a chosen row opens the client."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        rows = filter_by_text(frame, search("Name, driver or owner"), ["customer", "driver", "owner", "customer_id"])
        download(rows, "at-risk.csv")
    _matches(rows, frame)
    customer_table(rows, _at_risk_columns(), key="at-risk", alt="At-risk customers with health, driver, revenue and renewal")


def _matches(rows: pl.DataFrame, frame: pl.DataFrame) -> None:
    """Draw how many customers match the search, and their MRR."""
    if rows.height < frame.height:
        note(f"{rows.height:,} of {fmt.plural(frame.height, 'customer')} match the search: {fmt.money(float(rows['mrr'].sum()))} MRR.")


def movers_table(frame: pl.DataFrame, fell: bool = True) -> None:
    """Draw the largest changes in one direction with their main reason; a chosen row opens the client."""
    if frame.is_empty():
        moved, direction = ("fell", "lost") if fell else ("rose", "gained")
        return empty(f"No health score {moved}", f"No customer scored on both days {direction} a point or more.", ":material/check_circle:")
    columns: Columns = {
        "customer": 216,
        "band": 92,
        "change": column("points", 60),
        "reason": TextColumn("Main reason", width=300, help="The largest single step in that direction; the client's page shows all steps"),
        "mrr": 76,
    }
    return customer_table(frame, columns, key=f"movers-{fell}", alt="Customers whose health moved most, and what moved it")


def all_customers_table(portfolio: pl.DataFrame) -> None:
    """Draw all active customers, largest revenue first; a chosen row opens the client."""
    customers = portfolio.filter(pl.col("band").is_not_null()).sort("mrr", "customer_id", descending=[True, False], nulls_last=True)
    rows = filter_by_text(customers.with_columns(band_chip()), search("Name, id or segment"), ["name", "customer_id", "segment"])
    customer_table(rows, EVERYBODY, key="everybody", alt="All customers with band, segment, revenue, renewal and coverage")
