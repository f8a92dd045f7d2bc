"""Is the book healthy, where is it moving, what to fix first."""

from datetime import date
from typing import Any

import streamlit as st

from health import charts, ui
from health import format as fmt
from health.access import Book
from health.insight import headlines, titles
from health.insight.client import points
from health.insight.evidence import verdict
from health.insight.overview import data_available as known
from health.insight.overview import frames as overview
from health.insight.overview import movers, products, themes
from health.score.settings import versions

STRIP = ("healthy_share", "mrr_at_risk", "churn", "net_retention", "lost_while_healthy", "mrr")


def read(book: Book, as_of: date, earlier: date) -> dict[str, Any]:
    """What the screen shows, at one version of the book."""
    state, now, history = ui.state(book), ui.portfolio_at(book, as_of), ui.history(book)
    before = ui.portfolio_at(book, earlier)
    with book.reading() as session:
        saved = versions(session)
    return {
        "now": now,
        "gaps": known.coverage_gaps(now, state.settings),
        "why_unknown": known.coverage_sentence(now, state.settings),
        "known": known.what_is_known(now, as_of),
        "headlines": headlines.headlines(now, history, as_of, earlier, state.observed_from),
        "shares": overview.band_shares(history, as_of, state.observed_from),
        "versions": points.marks(saved),
        "products": products.by_product(ui.staged(book, "contracts"), now, as_of),
        "themes": themes.at_risk_by_theme(ui.rows(book, "complaints"), now, as_of),
        "heat": overview.risk_by_driver(now),
        "at_risk": overview.at_risk(now),
        "falls": movers.explained(book, movers.falls(now, before), earlier, as_of),
        "rises": movers.explained(book, movers.rises(now, before), earlier, as_of),
        "aside": verdict.verdict_notes(book, as_of),
    }


book = ui.require("overview")
state = ui.filled(book)
as_of = ui.as_of(state)
with ui.head("overview") as tell:
    earlier = ui.against(state, as_of)
told = ui.ask(read, book, as_of, earlier)
tell(*ui.book_facts(told["known"], as_of))

if told["why_unknown"]:
    ui.thin_book(state, told, as_of)
    st.stop()

shown = [told["headlines"][key] for key in STRIP if key in told["headlines"]]
found = ui.known(book)
ui.strip([verdict.flag_unproven(number, found) if found and number.key == "mrr_at_risk" else number for number in shown])
ui.reading(shown, earlier, told["known"].tentative)
ui.verdict_card(book, as_of, told["aside"])

if told["at_risk"].is_empty():
    ui.calm_book(told, earlier)
    st.stop()

left, right = st.columns(2)
with left:
    ui.bands_card(told, earlier)
unproven = "; not proven by outcomes" if found and not found.useful else ""
with right, ui.card(titles.heat(told["heat"]), f"MRR of at-risk customers, thousand {fmt.CURRENCY}, by segment and driver{unproven}"):
    ui.chart(charts.risk_heat, told["heat"])
with ui.card(titles.at_risk(told["at_risk"]), f"At-risk customers by MRR{unproven}. Choose a row to open the client."):
    ui.at_risk_table(told["at_risk"])
left, right = st.columns([4, 5])
heard = bool(state.rows["complaints"])
theme = themes.finding(told["themes"]) if heard else "What do customers at risk complain about?"
with left, ui.card(theme, "MRR at risk by the complaint raised most in 180 days"):
    if heard:
        ui.chart(charts.book_by, told["themes"], "theme")
    else:
        ui.empty("No complaints are loaded", "So it is not known who complained: load complaints to see it.")
with right:
    ui.movers_card(told, earlier)
