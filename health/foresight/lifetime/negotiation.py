"""Room to negotiate: how large a discount one customer may get and still be worth keeping, and what a longer term is worth.

Money is in the book's currency a month unless said, shares and chances are of 1, an annuity is months of margin worth today.
"""

from dataclasses import dataclass

import polars as pl

from health.foresight.stats.arrays import Floats


@dataclass(frozen=True)
class Deal:
    """One customer's terms, and what there is without it. Whoever leaves is replaced with `chance_to_replace` by a new customer.

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
        """What the customer is worth on today's terms, if it stays for now: money, once."""
        return self.margin * self.annuity

    @property
    def alternative(self) -> float:
        """What is left when it leaves: a new customer, by the chance of one, less its cost; nobody has to replace at a loss."""
        return max(0.0, self.chance_to_replace * (self.new_margin * self.new_annuity - self.replacement_cost))


def largest_discount(deal: Deal, leaves_without: float = 1.0, leaves_with: float = 0.0) -> float | None:
    """The share of the price that may be given up before letting be is better; 0 where none pays, None where nothing is billed.

    As they stand, the chances say that it leaves unless it gets the discount. Other chances (`leaves_with` is an assumption until a
    hold-out measured it) count that those who would have stayed take the discount too. It never goes below cost: the floor is
    (u - v)(m a - alternative) / (p a (1 - v)), at most m / p.
    """
    if deal.price <= 0 or deal.annuity <= 0:
        return None
    if leaves_without <= leaves_with or deal.value <= deal.alternative:
        return 0.0
    gain = (leaves_without - leaves_with) * (deal.value - deal.alternative)
    return min(gain / (deal.price * deal.annuity * (1 - leaves_with)), deal.margin / deal.price)


def value_kept(discount: Floats, deal: Deal, leaves_without: float = 1.0, leaves_with: float = 0.0) -> pl.DataFrame:
    """One row a discount (shares of the price), in the order given: discount, price and margin a month with it, kept (expected value with
    it), without (expected value of letting be), gain (kept - without): money, once. A discount pays where the gain is above 0."""
    margin = deal.margin - deal.price * discount
    kept = (1 - leaves_with) * margin * deal.annuity + leaves_with * deal.alternative
    without = (1 - leaves_without) * deal.value + leaves_without * deal.alternative
    columns = {"discount": discount, "price": deal.price * (1 - discount), "margin": margin, "kept": kept, "without": without}
    return pl.DataFrame(columns | {"gain": kept - without})


def longer_term(deal: Deal, annuity_longer: float) -> float | None:
    """The share of the price that a longer term is worth: the discount at which the customer, who then stays for `annuity_longer` months
    of margin, is worth as much as on today's terms and annuity; at most down to cost. None where nothing is billed."""
    if deal.price <= 0 or annuity_longer <= 0:
        return None
    discount = deal.margin * (annuity_longer - deal.annuity) / (deal.price * annuity_longer)
    return min(max(0.0, discount), max(0.0, deal.margin / deal.price))
