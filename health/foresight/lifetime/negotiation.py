"""Negotiation floor: the largest discount at which keeping a customer still pays (docs/method.md, Negotiation floor).

Money is in the book's currency a month unless stated, shares and probabilities are of 1, an annuity is months of margin worth today.
"""

from dataclasses import dataclass

import polars as pl

from health.foresight.stats.arrays import Floats


@dataclass(frozen=True)
class Deal:
    """One customer's terms and the alternative. A customer who leaves is replaced by a new one with probability `chance_to_replace`.

    price: billed a month; margin: of it, a month; annuity: months; replacement_cost: money, once; new_margin: a month; new_annuity: months.
    """

    price: float
    margin: float
    annuity: float
    replacement_cost: float
    chance_to_replace: float
    new_margin: float
    new_annuity: float

    @property
    def value(self) -> float:
        """Value of the customer on today's terms if it stays: money, once."""
        return self.margin * self.annuity

    @property
    def alternative(self) -> float:
        """Value if it leaves: expected value of a new customer less its cost, at least 0."""
        return max(0.0, self.chance_to_replace * (self.new_margin * self.new_annuity - self.replacement_cost))


def largest_discount(deal: Deal, leaves_without: float = 1.0, leaves_with: float = 0.0) -> float | None:
    """Largest discount, as a share of the price, at which keeping pays: 0 where none does, None where nothing is billed.

    By default the customer leaves without the discount and stays with it. With other probabilities, customers who would have stayed take
    the discount too (`leaves_with` is an assumption until a hold-out measured it). Never below cost: (u - v)(m a - alternative) / (p a (1 -
    v)), at most m / p.
    """
    if deal.price <= 0 or deal.annuity <= 0:
        return None
    if leaves_without <= leaves_with or deal.value <= deal.alternative:
        return 0.0
    gain = (leaves_without - leaves_with) * (deal.value - deal.alternative)
    return min(gain / (deal.price * deal.annuity * (1 - leaves_with)), deal.margin / deal.price)


def value_kept(discount: Floats, deal: Deal, leaves_without: float = 1.0, leaves_with: float = 0.0) -> pl.DataFrame:
    """One row per discount (shares of the price), in the order given: discount, price, margin, kept, without, gain.

    price and margin a month with the discount; kept and without: expected value with and without it, gain: their difference, money once.
    """
    margin = deal.margin - deal.price * discount
    value_with = (1 - leaves_with) * margin * deal.annuity + leaves_with * deal.alternative
    value_without = (1 - leaves_without) * deal.value + leaves_without * deal.alternative
    columns = {"discount": discount, "price": deal.price * (1 - discount), "margin": margin, "kept": value_with, "without": value_without}
    return pl.DataFrame(columns | {"gain": value_with - value_without})


def longer_term(deal: Deal, annuity_longer: float) -> float | None:
    """Discount, as a share of the price, that a longer term is worth; at most down to cost. None where nothing is billed.

    With it the customer, who then has an annuity of `annuity_longer`, is worth as much as on today's terms.
    """
    if deal.price <= 0 or annuity_longer <= 0:
        return None
    discount = deal.margin * (annuity_longer - deal.annuity) / (deal.price * annuity_longer)
    return min(max(0.0, discount), max(0.0, deal.margin / deal.price))
