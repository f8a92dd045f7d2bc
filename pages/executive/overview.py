"""Are our customers healthy, how is that changing, and what should be fixed first?"""

from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from health import charts, currency, ui
from health.access import Book
from health.insight import headlines, survey_results, titles
from health.insight.client import points
from health.insight.data import stale_rates
from health.insight.evidence import verdict
from health.insight.overview import data_available, losses, movers, products, themes, warning
from health.insight.overview import frames as overview
from health.score.settings import versions

STRIP = ("healthy_share", "mrr_at_risk", "churn", "net_retention", "warning", "mrr")


def read(book: Book, as_of: date, earlier: date) -> dict[str, Any]:
    """Read what the screen shows, at one version of the book."""
    state, now, history = ui.state(book), ui.portfolio_at(book, as_of), ui.history(book)
    before = ui.portfolio_at(book, earlier)
    with book.reading() as session:
        saved = versions(session)
    return {
        "now": now,
        "gaps": data_available.coverage_gaps(now, state.settings),
        "why_unknown": data_available.coverage_sentence(now, state.settings),
        "known": data_available.summarize_portfolio(now, as_of),
        "headlines": headlines.headlines(now, history, as_of, earlier, state.observed_from)
        | {warning.KEY: warning.headline(history, as_of, state.observed_from)},
        "shares": overview.band_shares(history, as_of, state.observed_from),
        "versions": points.version_marks(saved),
        "products": products.by_product(ui.contracts_at(book, as_of), now, as_of),
        "themes": themes.at_risk_by_theme(ui.rows(book, "complaints"), now, as_of),
        "heat": overview.risk_by_driver(now),
        "at_risk": overview.at_risk(now),
        "falls": movers.with_reasons(book, movers.falls(now, before), earlier, as_of),
        "rises": movers.with_reasons(book, movers.rises(now, before), earlier, as_of),
        "aside": verdict.verdict_notes(book, as_of),
        "stale_rates": stale_rates.stale_rates(book, as_of),
        "losses": losses.notes_since(now, history, headlines.comparison_month_end(history, as_of, earlier, state.observed_from)),
        "surveys": survey_results.summarize(ui.staged(book, "surveys"), as_of),
    }


book = ui.require("overview")
state = ui.require_data(book)
as_of = ui.as_of(state)
with ui.screen_head("overview") as set_facts:
    earlier = ui.comparison_day(state, as_of)
page = ui.read_cached(read, book, as_of, earlier)
set_facts(*ui.portfolio_facts(page["known"], ui.day_fact(state, as_of)))

if page["why_unknown"]:
    ui.insufficient_data_view(state, page, as_of)
    st.stop()

shown = [page["headlines"][key] for key in STRIP if key in page["headlines"]]
score_verdict = ui.known_verdict(book)
ui.strip([verdict.flag_unproven(number, score_verdict) if score_verdict and number.key == "mrr_at_risk" else number for number in shown])
ui.headlines_note(shown, earlier, page["known"].tentative, page["losses"])
ui.stale_warning(state, as_of, page["stale_rates"])
ui.verdict_card(book, as_of, page["aside"])
ui.survey_results_view(page["surveys"], partial(ui.survey_answers, book, as_of), key="survey-answers")

if not page["known"].customers:
    ui.no_customers_view(state.rows["customers"], state.rows["contracts"])
    st.stop()

if page["at_risk"].is_empty():
    ui.no_risk_view(page, earlier)
    st.stop()

ui.bands_card(page, earlier)
unproven = "; not proven by outcomes" if score_verdict and not score_verdict.useful else ""
left, right = st.columns(2)
with left, ui.card(titles.drivers(page["heat"]), f"MRR at risk in thousand {currency.unit()}, by segment and main cause{unproven}"):
    ui.chart(charts.risk_heat, page["heat"])
complaints_loaded = bool(state.rows["complaints"])
theme = themes.finding(page["themes"]) if complaints_loaded else "What do customers at risk complain about?"
with right, ui.card(theme, "MRR at risk by most frequent complaint of each customer in 180 days"):
    if complaints_loaded:
        ui.chart(charts.book_by, page["themes"], "theme", "mrr", themes.SILENT)
    else:
        ui.empty("No complaints are loaded", "Load complaints to see what at-risk customers complain about.")
with ui.card(titles.at_risk(page["at_risk"]), f"At-risk customers, largest MRR first{unproven}. Choose a row to open the client."):
    ui.at_risk_table(page["at_risk"])
ui.movers_card(page, earlier)
