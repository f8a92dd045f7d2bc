"""Room to negotiate with one customer: value by discount, and the discount up to which it pays. Every assumption can be changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from health import charts, currency
from health import format as fmt
from health.foresight.lifetime.negotiation import Deal
from health.insight.client import negotiation
from health.insight.client.negotiation import Chances
from health.ui.cards import card_head, chart, empty, note, number, strip


def room_card(data: Mapping[str, Any]) -> None:
    """Draw the card; its title follows its controls."""
    with st.container(border=True, height="stretch"):
        title_place = st.container(gap=None)
        terms = negotiation.deal(data["row"], data["new"], data["stated"]) if data["new"] else None
        if terms is None:
            with title_place:
                card_head("Discount range not available")
            return empty("No price, margin or expected stay", "The discount range needs a price, a cost and a churn probability.")
        customer_id = data["row"]["customer_id"]
        chances, terms = _assumption_fields(negotiation.chances(data["row"], data["stated"]), terms, customer_id)
        limit_if_certain, limit_expected = negotiation.floors(terms, chances)
        with title_place:
            card_head(
                negotiation.finding(limit_if_certain, limit_expected),
                "Expected value with a discount, compared with no discount, in today's money",
            )
        _discount(terms, chances, limit_if_certain, limit_expected, data.get("terms"), customer_id)


def _assumption_fields(chances: Chances, terms: Deal, customer_id: str) -> tuple[Chances, Deal]:
    """Draw the visitor's assumptions and return them; they hold for this screen only."""

    def number_field(name: str, label: str, maximum: float | None, value: float, step: float, help: str | None = None) -> float:
        key = f"room-{name}-{customer_id}-{value}"  # so that no figure of another customer or an older forecast is carried over
        return st.number_input(label, 0.0, maximum, value, step, key=key, help=help)

    with st.popover("Assumptions", icon=":material/tune:", help="For this screen only; nothing is saved"):
        without = number_field("u", "Churn without a discount, %", 100.0, round(100 * chances.without, 1), 1.0,
                        "Predicted probability within 12 months")  # fmt: skip
        with_discount = number_field("v", "Churn with a discount, %", 100.0, round(100 * chances.with_discount, 1), 1.0,
                       "Assumed from the save rate, until a control group has measured it")  # fmt: skip
        cost = number_field("cost", f"Cost of replacing the customer, {currency.unit()}", None, round(terms.replacement_cost, 0), 100.0,
                     "One-off; by default the assumed years of keeping cost")  # fmt: skip
        chance_to_replace = number_field(
            "rho", "Probability of replacing the customer, %", 100.0, round(100 * terms.chance_to_replace, 1), 5.0
        )
        new_margin = number_field("new", f"Margin of a new customer, {currency.unit()} per month", None, round(terms.new_margin, 0), 10.0)
        new_annuity = number_field("stay", "Months of margin of a new customer", 60.0, round(terms.new_annuity, 1), 1.0)
    return Chances(without / 100, with_discount / 100), replace(
        terms, replacement_cost=cost, chance_to_replace=chance_to_replace / 100, new_margin=new_margin, new_annuity=new_annuity
    )


def _discount(
    terms: Deal,
    chances: Chances,
    limit_if_certain: float | None,
    limit_expected: float | None,
    longer: pl.DataFrame | None,
    customer_id: str,
) -> None:
    """Draw the choice of a discount and its value, gain and margin, with the curve of all discounts."""
    maximum = max(1.0, round(100 * terms.margin / terms.price, 0)) if terms.margin > 0 else 1.0
    help = "Share of the price, which never falls below cost"
    discount = st.slider("Discount", 0.0, maximum, min(5.0, maximum), 0.5, f"%.1f{fmt.SPACE}%%", f"room-discount-{customer_id}", help)
    result = negotiation.value_at_discount(terms, chances, discount / 100)
    value_help = "Value of the customer x probability of staying + value of a new customer x probability of leaving"
    strip(
        [
            number("Expected value", fmt.short_money(result["kept"]), f"without: {fmt.short_money(result['without'])}", value_help),
            number(
                "Gain",
                fmt.money_change(result["gain"]),
                "pays off" if result["gain"] > 0 else "does not pay off",
                "Expected value with the discount less expected value without",
            ),
            number("Margin then", fmt.money(result["margin"]), f"now {fmt.money(terms.margin)}", "Monthly margin with the discount"),
        ]
    )
    chart(charts.negotiation_curve, negotiation.curve(terms, chances), discount / 100, limit_expected)
    note(
        f"Break-even discount: {fmt.rate(limit_expected)}, with a churn probability of {fmt.rate(chances.without)} without and "
        f"{fmt.rate(chances.with_discount)} with the discount, because customers who would have stayed also take it. "
        f"If the customer would certainly leave without it and stay with it: {fmt.rate(limit_if_certain)}."
    )
    note(negotiation.assumptions_text(terms))
    if longer is not None:
        note(
            f"{negotiation.longer_terms_text(negotiation.longer_terms(terms, longer))} It only moves the months before the "
            "end, when churn is higher; longer terms are associated with longer stays, but may not be their cause."
        )
