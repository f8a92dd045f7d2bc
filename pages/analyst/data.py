"""What is in the warehouse, how fresh and how complete is it?"""

from datetime import date
from typing import Any

from health import ui
from health.access import Book
from health.insight.data import complete, contact_faults, coverage, freshness, gaps, loads, spoken_since, stale_rates
from health.ui.data import contact_fixes, load_history, lost_customers, tables
from health.ui.data.headline import data_headlines
from health.ui.feedback import show_message

FRESHNESS, COMPLETENESS, CONTACTS, LOADS = "Freshness", "Completeness", "Contact details", "Loads"


def read(book: Book, as_of: date) -> dict[str, Any]:
    """Read what the screen shows, at one version of the book."""
    state, now, rows = ui.state(book), ui.portfolio_at(book, as_of), tables.read_tables(book, as_of)
    newest = state.as_of or as_of
    found_gaps, fixes = gaps.gaps(rows["months"], newest), contact_faults.fix_list(rows.pop("faults"), now)
    return rows | {
        "gaps": found_gaps,
        "picture": gaps.month_grid(rows["months"], found_gaps, newest),
        "fresh": complete.with_last_complete_day(
            freshness.freshness(state.rows, rows["months"], rows["newest"], rows["last_loads"], newest), state.known
        ),
        "parts": coverage.parts(now, state.settings, state.rows),
        "stale_rates": stale_rates.stale_rates(book, as_of),
        "spoken_since": spoken_since.spoken_since(book, as_of),
        "complete": coverage.count_complete(now),
        "costs": freshness.blank_costs(rows["blanks"]),
        "fixes": fixes,
        "mended": contact_faults.count_complete(fixes, now),
    }


book = ui.require("data")
state = ui.require_data(book)
as_of = ui.as_of(state)
with ui.screen_head("data") as set_facts:
    view = ui.choose_view("data", [FRESHNESS, COMPLETENESS, CONTACTS, LOADS])
set_facts(*tables.facts(state, ui.day_fact(state, as_of)))
show_message()
page = ui.read_cached(read, book, as_of)
data_headlines(state, page)
ui.stale_warning(state, as_of, page["stale_rates"])

if view == COMPLETENESS:
    if page["spoken_since"].height:
        with ui.card(spoken_since.finding(page["spoken_since"]), spoken_since.REMEDY):
            lost_customers.spoken_since_table(page["spoken_since"])
    with ui.card(
        coverage.finding(page["parts"], page["complete"][2]),
        "Share of active customers with data for each part of the score, and why it is missing for others",
    ):
        tables.coverage_table(page["parts"])
    with ui.card(freshness.blanks_finding(page["costs"]), "Columns used by the score, and the effect of a blank"):
        tables.blanks_table(page["costs"])
    with ui.card(coverage.unpriced_finding(page["unpriced"], state.rows), "Current contract lines by product and customer region"):
        tables.unpriced_table(page["unpriced"], bool(state.rows["market_prices"]))
elif view == CONTACTS:
    with ui.card(
        contact_faults.finding(page["fixes"], bool(state.rows["contacts"])), "Highest MRR first. Choose a row to open the client."
    ):
        contact_fixes.fix_list(page["fixes"], bool(state.rows["contacts"]))
elif view == LOADS:
    with ui.card(loads.finding(page["loads"]), "Newest first. Choose a load for details."):
        load_history.loads_table(book, page["loads"], page["load_counts"])
    with ui.card(loads.warned_finding(page["warned"]), "Accepted with warnings, by kind of warning"):
        load_history.warnings_table(book, page["warned"])
else:
    with ui.card(gaps.finding(page["gaps"], page["months"]), "Rows by month of the event; one scale per table, gaps are outlined"):
        tables.months(page, state)
    with ui.card(freshness.freshness_finding(page["fresh"]), "Newest day and last load of each table"):
        tables.freshness_table(page["fresh"])
