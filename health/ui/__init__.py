"""Shared parts of the screens: viewer, cached reads, cards, tables, links. Otherwise only pages and app.py import Streamlit."""

from health.ui.as_of import as_of, comparison_day, day_fact, stale_note, stale_warning
from health.ui.cache import contracts_at, employees, history, portfolio_at, read_cached, rows, staged, state
from health.ui.cards import badge, card, chart, choose_view, empty, note, number, screen_head, strip
from health.ui.client.header import badges, customer_facts, customer_row, read_customer, scored_day
from health.ui.client.numbers import header_numbers
from health.ui.client.override import override_card
from health.ui.client.score_view import score_cards
from health.ui.columns import chips
from health.ui.empty_book import require_data
from health.ui.links import customer_picker, other_customers
from health.ui.method import bullet_list, component_details, components_table, empty_portfolio, limits_tables
from health.ui.overview.insufficient_data import insufficient_data_view
from health.ui.overview.lists import at_risk_table, headlines_note, movers_table, portfolio_facts
from health.ui.overview.no_risk import bands_card, movers_card, no_customers_view, no_risk_view
from health.ui.overview.score_quality import known_verdict, verdict_card
from health.ui.sidebar import past_day_notice, sidebar
from health.ui.survey_results import survey_answers, survey_results_view
from health.ui.tables import table
from health.ui.theme import dark, watch_theme, write_stylesheet
from health.ui.viewer import navigation, require

__all__ = [
    "comparison_day",
    "contracts_at",
    "as_of",
    "day_fact",
    "stale_note",
    "stale_warning",
    "read_cached",
    "at_risk_table",
    "badge",
    "badges",
    "bands_card",
    "portfolio_facts",
    "no_customers_view",
    "no_risk_view",
    "card",
    "chart",
    "chips",
    "choose_view",
    "component_details",
    "components_table",
    "customer_facts",
    "customer_picker",
    "other_customers",
    "customer_row",
    "dark",
    "employees",
    "empty",
    "require_data",
    "read_customer",
    "screen_head",
    "survey_answers",
    "survey_results_view",
    "history",
    "limits_tables",
    "known_verdict",
    "watch_theme",
    "movers_card",
    "movers_table",
    "navigation",
    "empty_portfolio",
    "note",
    "number",
    "header_numbers",
    "override_card",
    "past_day_notice",
    "portfolio_at",
    "headlines_note",
    "require",
    "rows",
    "staged",
    "write_stylesheet",
    "score_cards",
    "scored_day",
    "bullet_list",
    "sidebar",
    "state",
    "strip",
    "table",
    "insufficient_data_view",
    "verdict_card",
]
