"""Money: what it is worth, our prices beside the market's, room to negotiate, the cost of losing it, renewals, invoices."""

from datetime import date
from typing import Any

import polars as pl
from streamlit.column_config import DateColumn, NumberColumn

from health import format as fmt
from health import portfolio
from health.access import Book
from health.insight import titles
from health.insight.client import details, lifecycle
from health.ui import cache, entry
from health.ui.cards import card
from health.ui.client.context import Client, written
from health.ui.client.forecast import outlook_cards
from health.ui.client.header import customer_row
from health.ui.client.tables import invoices_table, price_chart, prices_table
from health.ui.columns import CENTS, Columns


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """What the view shows. NotFound for an id outside the book."""
    row = customer_row(cache.portfolio_at(book, as_of), customer_id)
    rows = portfolio.client(book, customer_id, as_of)
    sales = rows["opportunities"].filter(pl.col("opened_on") <= as_of).sort("opened_on", "opportunity_id", descending=[True, False])
    return {
        "prices": details.prices(rows),
        "invoices": details.invoices(rows["invoices"], lifecycle.last_day(row, as_of)),
        "sales": sales,
    }


def show(shown: Client) -> None:
    """Draws it; of a relation that has ended only what was billed."""
    told = read(shown.book, shown.id, shown.as_of)
    if shown.there:
        outlook_cards(shown.book, shown.id, shown.as_of)
        with card(titles.prices(told["prices"]), "Dot: our price, bar: market; per unit and month, both with their source"):
            price_chart(told["prices"])
            if told["prices"].height:
                prices_table(told["prices"])
    _sales(shown, told["sales"])
    unpaid = told["invoices"].filter(pl.col("state").str.contains("Unpaid", literal=True))
    over = fmt.money(float(unpaid["amount"].sum())) if unpaid.height else ""
    head = f"{over} of {fmt.plural(unpaid.height, 'invoice')} is overdue" if over else "No invoice is overdue"
    with card(head if told["invoices"].height else "No invoice is on file", "Invoices, newest first"):
        invoices_table(told["invoices"])


def _sales(shown: Client, sales: pl.DataFrame) -> None:
    if sales.is_empty() and shown.desk is None:
        return
    open_ones = sales.filter(pl.col("closed_on").is_null() & (pl.col("outcome").fill_null("open") == "open")).height
    head = f"{fmt.plural(open_ones, 'opportunity', 'opportunities')} open" if open_ones else "No opportunity is open"
    with card(head, "Renewals and sales, and what became of them"):
        entry.new(shown.desk, "renewal")
        columns: Columns = {
            "kind": 120,
            "opened_on": DateColumn("Opened", width=110, format="D MMM YYYY"),
            "closed_on": DateColumn("Closed", width=110, format="D MMM YYYY"),
            "outcome": 110,
            "monthly_value": NumberColumn("A month", width=110, format=CENTS),
        }
        none = "No opportunity is on file", "Record what becomes of a renewal, so that it is not forgotten."
        written(shown, "opportunities", sales, columns, "Opportunities with their outcome", none, "sales")
