"""What is in the warehouse, how fresh, how complete."""

from datetime import date
from typing import Any

import streamlit as st

from health import ui
from health.access import Book
from health.insight.data import contact_faults as contacts
from health.insight.data import coverage, gaps
from health.insight.data import freshness as insight
from health.insight.data import loads as past
from health.ui.data import contact_fixes, load_history, tables
from health.ui.data.headline import vitals
from health.ui.feedback import show_said


def read(book: Book, as_of: date) -> dict[str, Any]:
    """What the screen shows, at one version of the book."""
    state, now, rows = ui.state(book), ui.portfolio_at(book, as_of), tables.rows_of(book, as_of)
    newest = state.as_of or as_of
    found, fixes = gaps.gaps(rows["months"], newest), contacts.fix_list(rows.pop("faults"), now)
    return rows | {
        "gaps": found,
        "picture": gaps.pictured(rows["months"], found, newest),
        "fresh": insight.freshness(state.rows, rows["months"], rows["newest"], rows["last_loads"], newest),
        "parts": coverage.parts(now, state.settings, state.rows),
        "complete": coverage.complete(now),
        "costs": insight.blank_costs(rows["blanks"]),
        "fixes": fixes,
        "mended": contacts.mended(fixes, now),
    }


book = ui.require("data")
state = ui.filled(book)
as_of = ui.as_of(state)
with ui.head("data") as tell:
    tell(*tables.facts(state, as_of))
show_said()
told = ui.ask(read, book, as_of)
vitals(state, told)

with ui.card(
    gaps.finding(told["gaps"], told["months"]), "Rows by the month in which they happened, each table on its own scale; outlined: a gap"
):
    tables.months(told, state)
with ui.card(insight.freshness_finding(told["fresh"]), "Each table's newest day, and the load that fed it last"):
    tables.freshness_table(told["fresh"])
with ui.card(
    coverage.finding(told["parts"], told["complete"][2]),
    "Share of active customers for whom a part of the score is known, and why not for others",
):
    tables.coverage_table(told["parts"])
left, right = st.columns([3, 2])
with left, ui.card(insight.blanks_finding(told["costs"]), "Columns that the score reads, and what a blank means"):
    tables.blanks_table(told["costs"])
with right, ui.card(coverage.unpriced_finding(told["unpriced"], state.rows), "Lines in force, by product and region of the customer"):
    tables.unpriced_table(told["unpriced"], bool(state.rows["market_prices"]))
with ui.card(contacts.finding(told["fixes"], bool(state.rows["contacts"])), "Faults by MRR at stake. Choose a row to open the client."):
    contact_fixes.fix_list(told["fixes"], bool(state.rows["contacts"]))
with ui.card(past.finding(told["loads"]), "Every load, newest first; refused rows are kept with their reasons"):
    load_history.loads_table(book, told["loads"], told["load_counts"])
with ui.card(past.warned_finding(told["warned"]), "Rows that were loaded all the same, by kind of warning"):
    load_history.warned_table(book, told["warned"])
