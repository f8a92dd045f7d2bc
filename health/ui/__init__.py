"""The screens' common parts: who looks, cached reads, cards, tables, links. Only pages and app.py speak to Streamlit besides."""

from health.ui.book import at_risk_table, book_facts, customers_table, falls_table, reading
from health.ui.cards import badge, card, chart, empty, head, note, number, strip
from health.ui.customer import (
    badges,
    complaints_table,
    customer_facts,
    customer_row,
    found,
    health_chart,
    invoices_table,
    numbers,
    parts_table,
    price_chart,
    prices_table,
    scored_row,
    timeline_table,
)
from health.ui.explain import components_table, limits_tables, no_portfolio, part, sentences
from health.ui.invite import filled
from health.ui.links import customer_picker
from health.ui.listing import chips, table
from health.ui.reads import ask, employees, history, portfolio_at, rows, state
from health.ui.sidebar import sidebar
from health.ui.theme import dark, listen, rules
from health.ui.thin import thin_book
from health.ui.time import against, as_of
from health.ui.viewer import navigation, require

__all__ = [
    "against",
    "as_of",
    "ask",
    "at_risk_table",
    "badge",
    "badges",
    "book_facts",
    "card",
    "chart",
    "chips",
    "complaints_table",
    "components_table",
    "customer_facts",
    "customer_picker",
    "customers_table",
    "customer_row",
    "dark",
    "employees",
    "empty",
    "falls_table",
    "filled",
    "found",
    "head",
    "health_chart",
    "history",
    "invoices_table",
    "limits_tables",
    "listen",
    "navigation",
    "no_portfolio",
    "note",
    "number",
    "numbers",
    "part",
    "parts_table",
    "portfolio_at",
    "price_chart",
    "prices_table",
    "reading",
    "require",
    "rows",
    "scored_row",
    "rules",
    "sentences",
    "sidebar",
    "state",
    "strip",
    "table",
    "thin_book",
    "timeline_table",
]
