"""Ledger of churned customers: their bands before the decision, and at-risk customers who stayed."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.desk.worklist.detection_lag import with_detection
from health.foresight.backtest import churn_ledger, downsell
from health.foresight.backtest.churn_ledger import DAYS_BEFORE, STAYED_DAYS
from health.insight.evidence import detection, report
from health.insight.search import filter_by_text
from health.ui import cache
from health.ui.cards import card, chart, empty, note
from health.ui.columns import MONEY, Columns, band_chip, chips, column
from health.ui.links import customer_table
from health.ui.tables import download, search

BAND_BEFORE = f"band_{downsell.SHOWN_DAYS}"
WARNING_HELP = "Days before the decision for which the band was Watch or At risk without a break, at month ends; 0: Healthy until the end"


@cache.cached
def read(book: Book, as_of: date) -> dict[str, Any]:
    """Read the ledger as known on the day, and the at-risk customers who stayed."""
    ledger = churn_ledger.ledger(book, as_of)
    return {
        "ledger": _ledger_rows(with_detection(book, ledger, as_of)),
        "before": report.bands_before(ledger),
        "healthy": churn_ledger.lost_while_healthy(ledger),
        "stayed": churn_ledger.stayed_at_risk(book, as_of),
        "downsells": _downsell_rows(downsell.downsells(book, as_of)),
    }


def _downsell_rows(falls: pl.DataFrame) -> pl.DataFrame:
    """Downsells as their table shows them."""
    before, after = (pl.col(f"{name}_cents") / 100 for name in ("before", "after"))
    return falls.select(
        "customer_id", pl.col("name").fill_null(pl.col("customer_id")), "fell_by", before.alias("mrr_before"), after.alias("mrr"),
        ((after - before) / before).alias("change"), band_chip(BAND_BEFORE),
    )  # fmt: skip


def _ledger_rows(ledger: pl.DataFrame) -> pl.DataFrame:
    """Ledger as its table shows it."""
    return ledger.with_columns(
        *(band_chip(f"band_{days}") for days in DAYS_BEFORE),
        (pl.col("mrr_cents") / 100).alias("mrr"),
        *(
            pl.when(pl.col(f"band_{days}") != "unknown").then(pl.col(f"health_{days}") // 100).alias(f"health_{days}")
            for days in DAYS_BEFORE
        ),
        detection.first_act(),
        pl.col("name").fill_null(pl.col("customer_id")),
        pl.col("reason").fill_null(fmt.NOT_GIVEN).str.replace_all("_", " "),
    ).drop("mrr_cents", "spell_start_on")


def before_card(data: dict[str, Any]) -> None:
    """Draw churned customers by band, 30 to 180 days before their decision."""
    healthy_rate = data["healthy"]
    churned = data["ledger"].height
    known = f"; the title counts only the {healthy_rate.n:,.0f} with a band. Overview counts the last 12 months" if healthy_rate else ""
    basis = known if churned else ""
    with card(
        report.lost_title(healthy_rate, data["before"]),
        f"Bands of all {fmt.plural(churned, 'churned customer')} on file, 30 to 180 days before they decided to leave. Grey: not "
        f"scored then{basis}.",
    ):
        chart(charts.lost_by_band, data["before"])


def stayed_card(data: dict[str, Any]) -> None:
    """Draw the customers who were at risk and stayed."""
    stayed = data["stayed"]
    if stayed is None:
        with card("Which at-risk customers stayed?", "At risk half a year ago, and still a customer"):
            empty("Too early to tell", f"This needs {STAYED_DAYS} days of scores.", ":material/history:")
        return
    share = report.rate_text(stayed.share)
    with card(
        report.stayed_title(stayed.share),
        f"At risk on {fmt.day(stayed.since)} and still customers: {share}. Choose a row to open the client.",
    ):
        rows = stayed.customers.sort(["mrr_cents", "customer_id"], descending=[True, False], nulls_last=True).select(
            "customer_id",
            pl.col("name").fill_null(pl.col("customer_id")),
            *(pl.col(health) // 100 for health in ("health_then", "health_now")),
            (pl.col("mrr_cents") / 100).alias("mrr"),
        )
        if rows.is_empty():
            any_at_risk = stayed.share is not None
            empty(
                "All customers then at risk have churned" if any_at_risk else "No customer was at risk",
                "None of them is still a customer." if any_at_risk else f"No customer was in the band At risk on {fmt.day(stayed.since)}.",
            )
            return
        columns: Columns = {
            "name": 216,
            "health_then": NumberColumn("Health then", width=96),
            "health_now": NumberColumn("Health now", width=96),
            "mrr": 84,
        }
        customer_table(rows, columns, key="evidence-stayed", alt="Customers at risk who stayed", rows=5)


def downsell_card(data: dict[str, Any]) -> None:
    """Draw the customers who stayed but pay less, with download; a chosen row opens the client."""
    falls = data["downsells"]
    about = (
        f"MRR fell by {downsell.FALL_PERCENT} % or more from one month end to the next, and the customer stayed. Counted apart from churn"
    )
    with card(f"{fmt.plural(falls.height, 'downsell')} on file", f"{about}; pauses are left out."):
        if falls.is_empty():
            empty("No downsells on file", "No customer who stayed agreed on that much less.", ":material/check_circle:")
            return
        download(falls, "downsells.csv", key="download-downsells")
        columns: Columns = {
            "name": 216,
            BAND_BEFORE: chips(f"{downsell.SHOWN_DAYS} days before", 118),
            "fell_by": DateColumn("By", width=92, format="D MMM YYYY", help="The first month end with the lower MRR"),
            "mrr_before": NumberColumn("MRR before", width=92, format=MONEY),
            "mrr": NumberColumn("MRR after", width=92, format=MONEY),
            "change": column("difference", format="percent"),
        }
        customer_table(falls, columns, key="evidence-downsells", alt="Customers who stayed but pay less, latest first", rows=6)


def ledger_card(data: dict[str, Any]) -> None:
    """Draw every churned customer, with search and download; a chosen row opens the client."""
    ledger = data["ledger"]
    with card(
        f"{fmt.plural(ledger.height, 'churned customer')} on file",
        "All who left or gave notice, latest decision first, with their band 30 to 180 days before. Choose a row to open the client.",
    ):
        if ledger.is_empty():
            empty("No churned customers on file", "Load exits, or contracts with end dates.", ":material/check_circle:")
            return
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            rows = filter_by_text(ledger, search("Name, id or reason", label="Search churned customers"), ["name", "customer_id", "reason"])
            download(rows, "churned-customers.csv")
        if rows.height < ledger.height:
            note(
                f"{rows.height:,} of {fmt.plural(ledger.height, 'churned customer')} match the search: "
                f"{fmt.money(float(rows['mrr'].sum()))} MRR."
            )
        columns: Columns = {
            "name": 176,
            **{f"band_{days}": chips(f"{days} days", 88) for days in DAYS_BEFORE},
            "warning_days": NumberColumn("Warning", width=72, format="%d d", help=WARNING_HELP),
            "first_act": TextColumn("First act", width=84, help=detection.FIRST_ACT_HELP),
            "decided_on": DateColumn("Decided", width=92, format="D MMM YYYY", help="The day the end of the contract was known"),
            "reason": 98,
            "mrr": 72,
        }
        customer_table(rows, columns, key="evidence-lost", alt="Churned customers with their bands before they decided to leave")
