"""Simulate one chunk of customers from beginning to end, as tables and truth."""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo.billing import billed_units, invoice_rows, usage_rows
from health.demo.complaints import complaint_burden, complaint_rows, draw_complaints
from health.demo.contacts import days_since_talk, draw_contacts, interaction_rows
from health.demo.contract_life import draw_life, trial_rows, with_life
from health.demo.contracts import contract_rows
from health.demo.customers import attention, customer_rows, draw_customers
from health.demo.exits import exit_rows, true_reasons, truth_rows
from health.demo.hazard import Causes, contact_excess, draw_departures, recent_incident
from health.demo.lines import draw_lines, price_gap, renewal_window
from health.demo.people import contact_rows
from health.demo.routine import diary_rows, opportunity_rows, promise_rows, referral_rows, survey_rows
from health.demo.world import World

# letter of the ids, and sort order, of tables without a key of their own
TIME_ORDER = {
    "contracts": ("K", ["signed_on", "customer_id"]),
    "trials": ("T", ["signed_on", "customer_id"]),
    "interactions": ("I", ["occurred_at", "customer_id"]),
    "complaints": ("Q", ["opened_at", "customer_id"]),
    "surveys": ("S", ["asked_on", "customer_id"]),
    "invoices": ("R", ["issued_on", "customer_id"]),
    "promises": ("V", ["promised_on", "customer_id"]),
    "diary": ("D", ["planned_on", "customer_id"]),
    "referrals": ("F", ["made_on", "customer_id"]),
    "opportunities": ("O", ["opened_on", "customer_id"]),
}
ID_OF = {"diary": "diary_id", "trials": "contract_id", "opportunities": "opportunity_id"}


def simulate_chunk(world: World, seed: int, chunk: int, first_number: int, size: int) -> dict[str, pl.DataFrame]:
    """The tables of one chunk, without row ids, and its `truth`."""
    rng = np.random.default_rng([seed, 1, chunk])
    calendar = world.calendar
    customers = draw_customers(rng, world, first_number, size)
    lines = draw_lines(rng, customers, world)
    complaints = draw_complaints(rng, customers, world)
    contacts = draw_contacts(rng, customers, complaints, attention(rng, customers, calendar), calendar)
    causes = Causes(
        window=renewal_window(lines, world),
        contact=contact_excess(days_since_talk(contacts, customers, calendar), customers),
        burden=complaint_burden(complaints, customers, world),
        gap=price_gap(lines, customers, world),
        incident=recent_incident(customers, world),
    )
    odds = causes.log_odds(lines, customers, world)
    departures = draw_departures(rng, odds, causes.window, lines, customers, world)
    reason = true_reasons(causes, departures, world)
    people_rows, people = contact_rows(rng, customers, calendar)
    billed = billed_units(lines, customers, calendar, departures)
    contracts = contract_rows(lines, customers, world, departures)
    life = draw_life(np.random.default_rng([seed, 2, chunk]), customers, departures, calendar)
    return {
        "customers": customer_rows(rng, customers),
        "contacts": people_rows,
        "contracts": with_life(contracts, life, calendar),
        "trials": trial_rows(contracts, life),
        "interactions": interaction_rows(rng, contacts, customers, people, calendar, departures.left),
        "complaints": complaint_rows(rng, complaints, customers, world, departures.left),
        "surveys": survey_rows(rng, odds, customers, people, calendar, departures),
        "invoices": invoice_rows(rng, billed, lines, customers, calendar),
        "promises": promise_rows(rng, customers, calendar, departures),
        "diary": diary_rows(rng, customers, calendar, departures),
        "exits": exit_rows(rng, departures, reason, lines, customers, world),
        "referrals": referral_rows(rng, customers, calendar, departures),
        "opportunities": opportunity_rows(rng, customers, calendar, departures),
        "usage": usage_rows(rng, billed, odds, lines, customers, calendar),
        "truth": truth_rows(odds, departures, reason, customers, world),
    }


def number_rows(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Sort the rows by time and number them."""
    if name not in TIME_ORDER:
        return rows
    letter, order = TIME_ORDER[name]
    column = ID_OF.get(name, name.removesuffix("s") + "_id")
    ordered = rows.sort(order, maintain_order=True)
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(8)
    return ordered.select(pl.concat_str(pl.lit(letter), number).alias(column), pl.all())
