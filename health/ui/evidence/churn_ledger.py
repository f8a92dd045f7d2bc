"""Ledger of churned customers: their bands before the decision, and at-risk customers who stayed."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.foresight.backtest import churn_ledger
from health.foresight.backtest.churn_ledger import DAYS_BEFORE, STAYED_DAYS
from health.insight.evidence import report
from health.insight.search import filter_by_text
from health.ui import cache
from health.ui.cards import card, chart, empty
from health.ui.columns import Columns, band_chip, chips
from health.ui.links import customer_table
from health.ui.tables import download, search


@cache.cached
def read(book: Book, as_of: date) -> dict[str, Any]:
    """Read the ledger as known on the day, and the at-risk customers who stayed."""
    ledger = churn_ledger.ledger(book, as_of)
    return {
        "ledger": _ledger_rows(ledger),
        "before": report.bands_before(ledger),
        "healthy": churn_ledger.lost_while_healthy(ledger),
        "stayed": churn_ledger.stayed_at_risk(book, as_of),
    }


def _ledger_rows(ledger: pl.DataFrame) -> pl.DataFrame:
    """Ledger as its table shows it."""
    return ledger.with_columns(
        *(band_chip(f"band_{days}") for days in DAYS_BEFORE),
        (pl.col("mrr_cents") / 100).alias("mrr"),
        *(
            pl.when(pl.col(f"band_{days}") != "unknown").then(pl.col(f"health_{days}") // 100).alias(f"health_{days}")
            for days in DAYS_BEFORE
        ),
        pl.col("name").fill_null(pl.col("customer_id")),
        pl.col("reason").fill_null(fmt.NOT_GIVEN).str.replace_all("_", " "),
    ).drop("mrr_cents")


def before_card(data: dict[str, Any]) -> None:
    """Draw churned customers by band, 30 to 180 days before their decision."""
    healthy_rate = data["healthy"]
    churned = data["ledger"].height
    with card(
        report.lost_title(healthy_rate, data["before"]),
        f"Band of the {churned:,} lost, days before they decided; grey: unknown, not yet scored",
    ):
        chart(charts.lost_by_band, data["before"])


def stayed_card(data: dict[str, Any]) -> None:
    """Draw the customers who were at risk and stayed."""
    stayed = data["stayed"]
    if stayed is None:
        with card("Who was at risk and stayed?", "At risk once, and still a customer"):
            empty("Too early to tell", f"It takes {STAYED_DAYS} days of scores.", ":material/history:")
        return
    share = report.rate_text(stayed.share)
    with card(report.stayed_title(stayed.share), f"At risk on {fmt.day(stayed.since)}: {share}. Choose a row to open the client"):
        rows = stayed.customers.sort(["mrr_cents", "customer_id"], descending=[True, False], nulls_last=True).select(
            "customer_id",
            pl.col("name").fill_null(pl.col("customer_id")),
            *(pl.col(health) // 100 for health in ("health_then", "health_now")),
            (pl.col("mrr_cents") / 100).alias("mrr"),
        )
        if rows.is_empty():
            any_at_risk = stayed.share is not None
            empty(
                "Nobody who was at risk is still here" if any_at_risk else "Nobody was known to be at risk",
                "Each of them has left." if any_at_risk else f"On {fmt.day(stayed.since)} no customer stood in that band.",
            )
            return
        columns: Columns = {
            "name": 190,
            "health_then": NumberColumn("Health then", width=90),
            "health_now": NumberColumn("Health now", width=90),
            "mrr": 76,
        }
        customer_table(rows, columns, key="evidence-stayed", alt="Customers at risk who stayed", rows=5)


def ledger_card(data: dict[str, Any]) -> None:
    """Draw every churned customer, with search and download; a chosen row opens the client."""
    ledger = data["ledger"]
    with card(
        f"{fmt.plural(ledger.height, 'loss', 'losses')} on file",
        "Latest decision first: bands so many days before. Choose a row to open the client.",
    ):
        if ledger.is_empty():
            empty("Nobody is known to have left", "Load exits, or contracts with their ends.", ":material/check_circle:")
            return
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            rows = filter_by_text(ledger, search("Name, id or reason", label="Search the lost"), ["name", "customer_id", "reason"])
            download(rows, "lost-customers.csv")
        columns: Columns = {
            "name": 180,
            **{f"band_{days}": chips(f"{days} days", 98) for days in DAYS_BEFORE},
            "health_90": NumberColumn("Health 90", width=80, help="Health 90 days before the decision"),
            "decided_on": DateColumn("Decided", width=96, format="D MMM YYYY", help="The day the end was known"),
            "reason": 130,
            "mrr": 76,
        }
        customer_table(rows, columns, key="evidence-lost", alt="The lost with their bands before they decided")
