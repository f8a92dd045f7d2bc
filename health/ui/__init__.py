"""The screens' common parts: who looks, cached reads, cards, tables, links. Only pages and app.py speak to Streamlit besides."""

from health.ui.book import at_risk_table, book_facts, customers_table, movers_table, reading
from health.ui.calm import bands_card, calm_book, movers_card
from health.ui.cards import badge, card, chart, empty, head, note, number, strip
from health.ui.customer import badges, customer_facts, customer_row, found, numbers, scored_day
from health.ui.explain import components_table, limits_tables, no_portfolio, part, sentences
from health.ui.invite import filled
from health.ui.links import customer_picker
from health.ui.listing import chips, table
from health.ui.override import override_card
from health.ui.reads import ask, employees, history, portfolio_at, rows, state
from health.ui.relation import scored
from health.ui.sidebar import sidebar
from health.ui.theme import dark, listen, rules
from health.ui.thin import thin_book
from health.ui.time import against, as_of
from health.ui.verdict import known, verdict_card
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
