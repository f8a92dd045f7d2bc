"""Views Money (value, prices against the market, renewals, invoices) and Negotiation (discount range, cost of churn)."""

from datetime import date
from typing import Any

import polars as pl
from streamlit.column_config import DateColumn, NumberColumn

from health import format as fmt
from health import portfolio
from health.access import Book
from health.insight import titles
from health.insight.client import details, invoices, lifecycle
from health.ui import cache
from health.ui.cards import card
from health.ui.client.context import Client, EntryList, entry_card
from health.ui.client.forecast import forecast_cards, negotiation_cards
from health.ui.client.header import customer_row
from health.ui.client.renewal_forecast import renewal_card
from health.ui.client.tables import invoices_table, price_chart, prices_table
from health.ui.columns import CENTS

_SALES = EntryList(
    "opportunities", "renewal", "Renewals and sales with their outcome",
    {
        "kind": 120,
        "opened_on": DateColumn("Opened", width=110, format="D MMM YYYY"),
        "closed_on": DateColumn("Closed", width=110, format="D MMM YYYY"),
        "outcome": 110,
        "monthly_value": NumberColumn("Per month", width=110, format=CENTS),
    },
    "Opportunities with their outcome",
    ("No opportunities on file", "Record each renewal with its outcome."),
    "sales",
)  # fmt: skip


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """Read what the view shows. Raises NotFound for an id outside the book."""
    row = customer_row(cache.portfolio_at(book, as_of), customer_id)
    rows = portfolio.client(book, customer_id, as_of)
    sales = rows["opportunities"].filter(pl.col("opened_on") <= as_of).sort("opened_on", "opportunity_id", descending=[True, False])
    return {
        "prices": details.prices(rows),
        "invoices": invoices.with_states(rows["invoices"], lifecycle.seen_to(row, "invoices", as_of)),
        "sales": sales,
    }


def show_negotiation(client: Client) -> None:
    """Draw the view Negotiation."""
    negotiation_cards(client.book, client.id, client.as_of)


def show(client: Client) -> None:
    """Draw the view Money; for a former customer only sales and invoices."""
    data = read(client.book, client.id, client.as_of)
    if client.is_customer:
        forecast_cards(client.book, client.id, client.as_of)
        with card(titles.prices(data["prices"]), "Dot: our price; bar: market price; per unit and month"):
            price_chart(data["prices"])
            if data["prices"].height:
                prices_table(data["prices"])
    renewal_card(client)
    _sales(client, data["sales"])
    overdue_invoices = data["invoices"].filter(pl.col("state").str.contains("days overdue", literal=True))
    overdue_amount = fmt.money(int(overdue_invoices["open_cents"].sum()) / 100) if overdue_invoices.height else ""
    title = f"{overdue_amount} overdue on {fmt.plural(overdue_invoices.height, 'invoice')}" if overdue_amount else "No overdue invoices"
    with card(title if data["invoices"].height else "No invoices on file", "Invoices, newest first"):
        invoices_table(data["invoices"])


def _sales(client: Client, sales: pl.DataFrame) -> None:
    if sales.is_empty() and client.desk is None:
        return
    open_count = sales.filter(pl.col("closed_on").is_null() & (pl.col("outcome").fill_null("open") == "open")).height
    title = f"{fmt.plural(open_count, 'open opportunity', 'open opportunities')}" if open_count else "No open opportunities"
    entry_card(client, _SALES, sales, title)
