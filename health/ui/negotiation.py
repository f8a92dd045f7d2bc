"""Room to negotiate with one customer: a discount, what is kept with it, and where it stops paying; every assumption can be changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from health import charts
from health import format as say
from health.foresight.lifetime.negotiate import Deal
from health.insight import room
from health.insight.room import Chances
from health.ui.cards import card_head, chart, empty, note, number, strip


def room_card(told: Mapping[str, Any]) -> None:
    """A card whose finding follows its own controls."""
    with st.container(border=True, height="stretch"):
        head = st.container(gap=None)
        terms = room.deal(told["row"], told["new"], told["stated"]) if told["new"] else None
        if terms is None:
            with head:
                card_head("How much room there is, is not known")
            return empty("No price, margin or expected stay", "Room to negotiate needs a price, a cost and a chance of leaving.")
        chances, terms = _assumed(room.chances(told["row"], told["stated"]), terms)
        sure, unsure = room.floors(terms, chances)
        with head:
            card_head(room.finding(sure, unsure), "Value kept at a discount, against letting it be; money once, in today's value")
        _discount(terms, chances, sure, unsure, told.get("terms"))


def _assumed(chances: Chances, terms: Deal) -> tuple[Chances, Deal]:
    """What the visitor takes for granted instead, for this screen alone."""
    with st.popover("Assumptions", icon=":material/tune:", help="For this screen alone; nothing is saved"):
        without = st.number_input("Leaves without a discount, %", 0.0, 100.0, round(100 * chances.without, 1), 1.0, key="room-u",
                                  help="Within twelve months, as foreseen")  # fmt: skip
        lesser = st.number_input("Leaves with it, %", 0.0, 100.0, round(100 * chances.with_discount, 1), 1.0, key="room-v",
                                 help="An assumption until a hold-out has measured it; at first the stated save rate")  # fmt: skip
        cost = st.number_input(f"Cost of replacing it, {say.CURRENCY}", 0.0, None, round(terms.replacement_cost, 0), 100.0, key="room-cost",
                               help="Once; at first the stated years of keeping cost")  # fmt: skip
        rho = st.number_input("Chance to replace it, %", 0.0, 100.0, round(100 * terms.chance_to_replace, 1), 5.0, key="room-rho")
        new = st.number_input(
            f"Margin of a new customer, {say.CURRENCY} a month", 0.0, None, round(terms.new_margin, 0), 10.0, key="room-new"
        )
        stay = st.number_input("Months of margin of a new customer", 0.0, 60.0, round(terms.new_annuity, 1), 1.0, key="room-stay")
    return Chances(without / 100, lesser / 100), replace(
        terms, replacement_cost=cost, chance_to_replace=rho / 100, new_margin=new, new_annuity=stay
    )


def _discount(terms: Deal, chances: Chances, sure: float | None, unsure: float | None, longer: pl.DataFrame | None) -> None:
    most = max(1.0, round(100 * terms.margin / terms.price, 0)) if terms.margin > 0 else 1.0
    given = st.slider("Discount, %", 0.0, most, min(5.0, most), 0.5, key="room-discount", help="Of the price; never below cost")
    now = room.at(terms, chances, given / 100)
    against = "Expected value with the discount, against letting it be"
    strip(
        [
            number("Value kept", say.short_money(now["kept"]), f"against {say.short_money(now['without'])}", against),
            number(
                "Gain", say.money_change(now["gain"]), "pays" if now["gain"] > 0 else "does not pay", "Value with it less value without"
            ),
            number("Margin then", say.money(now["margin"]), f"of {say.money(terms.margin)}", "A month"),
        ]
    )
    chart(charts.room, room.curve(terms, chances), given / 100, unsure)
    note(
        f"If it leaves otherwise, up to {say.rate(sure)} still pays. As it only may leave ({say.rate(chances.without)} without, "
        f"{say.rate(chances.with_discount)} with it), up to {say.rate(unsure)}: those who would have stayed take it too."
    )
    if longer is not None:
        note(
            f"{room.longer_words(room.longer(terms, longer))} Only the months before an agreed end move; what goes with a longer term "
            "in the book need not follow from one."
        )
