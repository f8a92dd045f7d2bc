"""One-page brief of the client as PDF, read and typeset only on click."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import currency, portfolio
from health.access import Book
from health.desk import worklist
from health.insight.client import points as frames
from health.insight.client import promises
from health.insight.client import rows as customer_rows
from health.report import brief
from health.report.brief import Brief
from health.ui import cache, value_cache
from health.ui.client.header import customer_row
from health.ui.client.override import author_name
from health.ui.overview.score_quality import churn_by_band

_WEEK_HOURS = 40.0
_TABLES = ("interactions", "complaints", "promises", "contacts", "market_prices")


def button(book: Book, customer_id: str, as_of: date) -> None:
    """Draw the download of the brief; the PDF is made on click."""
    name = f"brief-{''.join(c if c.isalnum() else '-' for c in customer_id)}-{as_of}.pdf"
    st.download_button(
        "Brief", lambda: make_pdf(book, customer_id, as_of), name, "application/pdf", icon=":material/print:",
            on_click="ignore", key="brief", help="One-page PDF to read before a call",
        )  # fmt: skip


def make_pdf(book: Book, customer_id: str, as_of: date) -> bytes:
    """The brief as a PDF; asked for on click, in a thread that has no page open."""
    with currency.using(cache.state(book).settings.currency):
        return brief.pdf(read_brief(book, customer_id, as_of))


def read_brief(book: Book, customer_id: str, as_of: date) -> Brief:
    """Read the content of the brief. Raises NotFound for an id outside the viewer's book."""
    state, now = cache.state(book), cache.portfolio_at(book, as_of)
    row = customer_row(now, customer_id)
    settings = state.settings
    value = value_cache.values(book, as_of).filter(pl.col("customer_id") == customer_id)
    rows = portfolio.client(book, customer_id, as_of)
    promise_rows = promises.promise_table(rows["promises"], rows["interactions"], row["promises_seen_to"])
    frames_by_table: dict[str, pl.DataFrame] = {
        "interactions": rows["interactions"],
        "complaints": customer_rows.open_complaints(book, customer_id, settings, as_of),
        "promises": promise_rows.filter(pl.col("kept").is_in(["open", "broken"])),
        "contacts": rows["contacts"],
        "market_prices": rows["prices"],
    }
    loaded: dict[str, Any] = {name: frames_by_table[name] if state.rows[name] else None for name in _TABLES}
    reasons, steps = _reasons(book, now.filter(pl.col("customer_id") == customer_id), value, as_of)
    return Brief(
        customer=row, as_of=as_of, odds=churn_by_band(book, as_of).words(row["band"]),
        points=frames.component_points(row, settings.weights_of(row["score_segment"]), settings),
        worth=value.row(0, named=True) if value.height else None, reasons=reasons, steps=steps,
        contacts=loaded["interactions"], complaints=loaded["complaints"], promises=loaded["promises"], people=loaded["contacts"],
        prices=loaded["market_prices"], reader=author_name(book),
    )  # fmt: skip


def _reasons(book: Book, customer: pl.DataFrame, value: pl.DataFrame, as_of: date) -> tuple[list[str], list[str]]:
    """Reasons and next actions of the customer as in My week, as if the customer were listed there."""
    week = worklist.week(book, as_of, _WEEK_HOURS, customer, value)
    reasons = week.reasons.sort("nth")["words"].to_list()
    actions = [frame.select("what") for frame in (week.urgent, week.ranked, week.below) if frame.height]
    return reasons, pl.concat(actions)["what"].drop_nulls().unique(maintain_order=True).to_list() if actions else []
