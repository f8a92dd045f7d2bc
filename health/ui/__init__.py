"""The screens' common parts: who looks, cached reads, cards, tables, links. Only pages and app.py speak to Streamlit besides."""

from health.ui.as_of import against, as_of
from health.ui.cache import ask, employees, history, portfolio_at, rows, staged, state
from health.ui.cards import badge, card, chart, empty, head, note, number, strip
from health.ui.client.header import badges, customer_facts, customer_row, found, scored_day
from health.ui.client.numbers import numbers
from health.ui.client.override import override_card
from health.ui.client.score_view import scored
from health.ui.columns import chips
from health.ui.empty_book import filled
from health.ui.links import customer_picker
from health.ui.method import components_table, limits_tables, no_portfolio, part, sentences
from health.ui.overview.insufficient_data import thin_book
from health.ui.overview.lists import at_risk_table, book_facts, customers_table, movers_table, reading
from health.ui.overview.no_risk import bands_card, calm_book, movers_card
from health.ui.overview.score_quality import known, verdict_card
from health.ui.sidebar import sidebar
from health.ui.tables import table
from health.ui.theme import dark, listen, rules
from health.ui.viewer import navigation, require

__all__ = [
    "against",
    "as_of",
    "ask",
    "at_risk_table",
    "badge",
    "badges",
    "bands_card",
    "book_facts",
    "calm_book",
    "card",
    "chart",
    "chips",
    "components_table",
    "customer_facts",
    "customer_picker",
    "customers_table",
    "customer_row",
    "dark",
    "employees",
    "empty",
    "filled",
    "found",
    "head",
    "history",
    "limits_tables",
    "known",
    "listen",
    "movers_card",
    "movers_table",
    "navigation",
    "no_portfolio",
    "note",
    "number",
    "numbers",
    "override_card",
    "part",
    "portfolio_at",
    "reading",
    "require",
    "rows",
    "staged",
    "rules",
    "scored",
    "scored_day",
    "sentences",
    "sidebar",
    "state",
    "strip",
    "table",
    "thin_book",
    "verdict_card",
]
