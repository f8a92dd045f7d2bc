"""Room to negotiate with one customer: its terms from value and assumptions, and the effect of a discount."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from health import format as fmt
from health.foresight.lifetime.assumptions import Assumptions
from health.foresight.lifetime.measured_inputs import NewCustomer
from health.foresight.lifetime.negotiation import Deal, largest_discount, longer_term, value_kept

STEPS = 41
"""Number of discounts on the curve, from 0 down to cost."""
MID = 1
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Chances:
    """Churn probability within twelve months, without and with a discount (assumed until a hold-out has measured it)."""

    without: float
    with_discount: float


def deal(row: Row, new_customer: NewCustomer, assumptions: Assumptions) -> Deal | None:
    """Terms of the customer, from its row of the value frame; None where price, margin or annuity is unknown."""
    if not row["mrr"] or row["margin"] is None or row["annuity"] is None:
        return None
    return Deal(
        price=row["mrr"],
        margin=row["margin"],
        annuity=row["annuity"],
        replacement_cost=assumptions.replacing[MID] * keeping_cost(row, assumptions),
        chance_to_replace=assumptions.chance_to_replace,
        new_margin=new_customer.margin,
        new_annuity=new_customer.annuity,
    )


def keeping_cost(row: Row, assumptions: Assumptions) -> float:
    """Yearly cost of keeping the customer: the assumed share of its billing."""
    return float(assumptions.keeping_rate * 12 * (row["mrr"] or 0.0))


def chances(row: Row, assumptions: Assumptions) -> Chances:
    """Predicted churn probability, and the one with a discount that saves the assumed share."""
    without = float(row["p_leave_12m"])
    return Chances(without, without * (1 - assumptions.save_rate))


def floors(terms: Deal, chances: Chances) -> tuple[float | None, float | None]:
    """Largest discount that pays, as shares of the price: if the customer leaves without it, and if it only may."""
    return largest_discount(terms), largest_discount(terms, chances.without, chances.with_discount)


def curve(terms: Deal, chances: Chances) -> pl.DataFrame:
    """One row per discount from 0 to the margin: discount, price, margin, kept, without, gain."""
    max_discount = max(0.0, min(1.0, terms.margin / terms.price))
    return value_kept(np.linspace(0.0, max_discount, STEPS), terms, chances.without, chances.with_discount)


def value_at_discount(terms: Deal, chances: Chances, discount: float) -> dict[str, float]:
    """The row of `curve` at one discount."""
    return value_kept(np.array([discount]), terms, chances.without, chances.with_discount).row(0, named=True)


def finding(certain_floor: float | None, uncertain_floor: float | None) -> str:
    """Title of the card."""
    if certain_floor is None or uncertain_floor is None:
        return "Break-even discount not available"
    if not certain_floor:
        return "No discount pays off: losing the customer costs less"
    if not uncertain_floor:
        return f"{fmt.rate(certain_floor)} discount pays off only if the customer would certainly leave without it"
    return f"Break-even discount: {fmt.rate(uncertain_floor)} ({fmt.rate(certain_floor)} if it would otherwise certainly leave)"


def assumptions_text(terms: Deal) -> str:
    """List the assumptions besides the probabilities."""
    return (
        f"Assumptions: a lost customer is replaced with a probability of {fmt.rate(terms.chance_to_replace)}, at a cost of "
        f"{fmt.money(terms.replacement_cost)}, by a customer with {fmt.money(terms.new_margin)} monthly margin for "
        f"{terms.new_annuity:.1f} months; this customer, if it stays, brings {terms.annuity:.1f} months of "
        f"{fmt.money(terms.margin)} margin."
    )


def longer_terms(terms: Deal, annuities: pl.DataFrame) -> pl.DataFrame:
    """One row per contract term: term_months, annuity (months of margin), worth (discount that the term alone is worth).

    `annuities`: from `lifetime.terms.annuities`.
    """
    longer = annuities.drop_nulls("term_months")
    discounts = [longer_term(terms, annuity) for annuity in longer["annuity"]]
    return longer.with_columns(pl.Series("worth", discounts, pl.Float64))


def longer_terms_text(terms_table: pl.DataFrame) -> str:
    """Describe what a longer term is worth."""
    parts = [f"{fmt.rate(worth)} ({months} months)" for months, worth in terms_table.select("term_months", "worth").iter_rows() if worth]
    if not parts:
        return "By itself, a new term of 12, 24 or 36 months is not worth a discount."
    return f"By itself, a new term signed today is worth a discount of {', '.join(parts)}."
