"""Room to negotiate with one customer: a discount, what is kept with it, and where it stops paying; every assumption can be changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from health import charts
from health import format as fmt
from health.foresight.lifetime.negotiation import Deal
from health.insight.client import negotiation
from health.insight.client.negotiation import Chances
from health.ui.cards import card_head, chart, empty, note, number, strip


def room_card(told: Mapping[str, Any]) -> None:
    """A card whose finding follows its own controls."""
    with st.container(border=True, height="stretch"):
        head = st.container(gap=None)
        terms = negotiation.deal(told["row"], told["new"], told["stated"]) if told["new"] else None
        if terms is None:
            with head:
                card_head("How much room there is, is not known")
            return empty("No price, margin or expected stay", "Room to negotiate needs a price, a cost and a chance of leaving.")
        whose = told["row"]["customer_id"]
        chances, terms = _assumed(negotiation.chances(told["row"], told["stated"]), terms, whose)
        sure, unsure = negotiation.floors(terms, chances)
        with head:
            card_head(negotiation.finding(sure, unsure), "Value kept at a discount, against letting it be; money once, in today's value")
        _discount(terms, chances, sure, unsure, told.get("terms"), whose)


def _assumed(chances: Chances, terms: Deal, whose: str) -> tuple[Chances, Deal]:
    """What the visitor takes for granted instead, for this screen alone."""

    def asked(what: str, label: str, most: float | None, value: float, step: float, help: str | None = None) -> float:
        key = f"room-{what}-{whose}-{value}"  # another customer's figure, or one foreseen before, is never taken over
        return st.number_input(label, 0.0, most, value, step, key=key, help=help)

    with st.popover("Assumptions", icon=":material/tune:", help="For this screen alone; nothing is saved"):
        without = asked("u", "Leaves without a discount, %", 100.0, round(100 * chances.without, 1), 1.0,
                        "Within twelve months, as foreseen")  # fmt: skip
        lesser = asked("v", "Leaves with it, %", 100.0, round(100 * chances.with_discount, 1), 1.0,
                       "An assumption until a hold-out has measured it; at first the stated save rate")  # fmt: skip
        cost = asked("cost", f"Cost of replacing it, {fmt.CURRENCY}", None, round(terms.replacement_cost, 0), 100.0,
                     "Once; at first the stated years of keeping cost")  # fmt: skip
        rho = asked("rho", "Chance to replace it, %", 100.0, round(100 * terms.chance_to_replace, 1), 5.0)
        new = asked("new", f"Margin of a new customer, {fmt.CURRENCY} a month", None, round(terms.new_margin, 0), 10.0)
        stay = asked("stay", "Months of margin of a new customer", 60.0, round(terms.new_annuity, 1), 1.0)
    return Chances(without / 100, lesser / 100), replace(
        terms, replacement_cost=cost, chance_to_replace=rho / 100, new_margin=new, new_annuity=stay
    )


def _discount(terms: Deal, chances: Chances, sure: float | None, unsure: float | None, longer: pl.DataFrame | None, whose: str) -> None:
    most = max(1.0, round(100 * terms.margin / terms.price, 0)) if terms.margin > 0 else 1.0
    help = "Of the price; never below cost"
    given = st.slider("Discount", 0.0, most, min(5.0, most), 0.5, f"%.1f{fmt.SPACE}%%", f"room-discount-{whose}", help)
    now = negotiation.at(terms, chances, given / 100)
    against = "What it is worth if it stays, by the chance that it does, and what a new one brings by the chance that it leaves"
    strip(
        [
            number("Value kept", fmt.short_money(now["kept"]), f"against {fmt.short_money(now['without'])}", against),
            number(
                "Gain", fmt.money_change(now["gain"]), "pays" if now["gain"] > 0 else "does not pay", "Value with it less value without"
            ),
            number("Margin then", fmt.money(now["margin"]), f"of {fmt.money(terms.margin)}", "A month"),
        ]
    )
    chart(charts.negotiation_curve, negotiation.curve(terms, chances), given / 100, unsure)
    note(
        f"Were it sure to leave without one and to stay with it, up to {fmt.rate(sure)} would pay. As it only may leave "
        f"({fmt.rate(chances.without)} without, {fmt.rate(chances.with_discount)} with it), up to {fmt.rate(unsure)}: "
        "those who would have stayed take it too."
    )
    note(negotiation.assumed(terms))
    if longer is not None:
        note(
            f"{negotiation.longer_words(negotiation.longer(terms, longer))} Only the months before an agreed end move; what goes with a "
            "longer term in the book need not follow from one."
        )
