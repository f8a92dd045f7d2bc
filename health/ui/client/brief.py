"""One page about the client to print before a call: gathered and laid out only when it is asked for."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import portfolio
from health.access import Book
from health.desk import worklist
from health.insight.client import points as frames
from health.insight.client import promises
from health.insight.client import rows as own
from health.report import brief
from health.report.brief import Brief
from health.ui import cache, value_cache
from health.ui.client.header import customer_row
from health.ui.overview.score_quality import odds

_HOURS = 40.0
_TABLES = ("interactions", "complaints", "promises", "contacts", "market_prices")


def button(book: Book, customer_id: str, as_of: date) -> None:
    """Downloads the page as PDF; nothing of it is worked out before."""
    name = f"brief-{''.join(c if c.isalnum() else '-' for c in customer_id)}-{as_of}.pdf"
    st.download_button(
        "Brief", lambda: brief.pdf(gathered(book, customer_id, as_of)), name, "application/pdf", icon=":material/print:",
            on_click="ignore", key="brief", help="One page to read before a call, as PDF",
        )  # fmt: skip


def gathered(book: Book, customer_id: str, as_of: date) -> Brief:
    """What the page says. Raises NotFound for an id outside the viewer's book."""
    state, now = cache.state(book), cache.portfolio_at(book, as_of)
    row = customer_row(now, customer_id)
    settings = state.settings
    value = value_cache.values(book, as_of).filter(pl.col("customer_id") == customer_id)
    rows = portfolio.client(book, customer_id, as_of)
    made = promises.promised(rows["promises"], rows["interactions"], as_of)
    held: dict[str, pl.DataFrame] = {
        "interactions": rows["interactions"],
        "complaints": own.open_complaints(book, customer_id, settings, as_of),
        "promises": made.filter(pl.col("kept").is_in(["open", "broken"])),
        "contacts": rows["contacts"],
        "market_prices": rows["prices"],
    }
    known: dict[str, Any] = {name: held[name] if state.rows[name] else None for name in _TABLES}
    why, steps = _reasons(book, now.filter(pl.col("customer_id") == customer_id), value, as_of)
    return Brief(
        customer=row, as_of=as_of, odds=odds(book, as_of).words(row["band"]),
        points=frames.points_of(row, settings.weights_of(row["score_segment"]), settings),
        worth=value.row(0, named=True) if value.height else None, reasons=why, steps=steps,
        contacts=known["interactions"], complaints=known["complaints"], promises=known["promises"], people=known["contacts"],
        prices=known["market_prices"], reader=book.viewer.name,
    )  # fmt: skip


def _reasons(book: Book, one: pl.DataFrame, value: pl.DataFrame, as_of: date) -> tuple[list[str], list[str]]:
    """Why it would be on the week's list, and what to do: of this customer alone."""
    week = worklist.week(book, as_of, _HOURS, one, value)
    why = week.reasons.sort("nth")["words"].to_list()
    lines = [frame.select("what") for frame in (week.urgent, week.ranked, week.below) if frame.height]
    return why, pl.concat(lines)["what"].drop_nulls().unique(maintain_order=True).to_list() if lines else []
