"""Room to negotiate and the cost of a loss: the worked examples, and what must hold whatever the figures are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.foresight.lifetime.assumptions import DEFAULT
from health.foresight.lifetime.loss_cost import Loss, cost
from health.foresight.lifetime.negotiation import Deal, largest_discount, longer_term, value_kept


def annuity(hazard: float, months: int = 36, discount: float = 0.10) -> float:
    """Months of margin worth today, added up month by month."""
    return float(sum((1 - hazard) ** k * (1 + discount) ** (-k / 12) for k in range(months)))


DEAL = Deal(1000, 300, annuity(0.015), replacement_cost=4000, chance_to_replace=0.5, new_margin=280, new_annuity=annuity(0.025))
LOSS = Loss(300, value=7423.0, new_value=5974.4, keeping_cost=400, revenue=12_000, receivables=1800, write_off_share=0.35)
MONEY = st.floats(0, 1e5)
CHANCE = st.floats(0, 0.99)
DEALS = st.builds(Deal, st.floats(1, 1e5), MONEY, st.floats(1, 47.9), MONEY, st.floats(0, 1), MONEY, st.floats(0, 47.9))


def test_the_worked_example_of_a_negotiation() -> None:
    assert (round(DEAL.annuity, 3), round(DEAL.new_annuity, 3), round(DEAL.alternative)) == (24.743, 21.337, 987)
    assert round(largest_discount(DEAL) or 0, 3) == 0.260
    assert round(largest_discount(DEAL, 0.40, 0.25) or 0, 3) == 0.052


@given(DEALS, CHANCE, CHANCE)
def test_at_the_largest_discount_keeping_is_worth_as_much_as_letting_be(deal: Deal, u: float, v: float) -> None:
    floor = largest_discount(deal, u, v)
    assert floor is not None and 0 <= floor <= max(deal.margin / deal.price, 0)
    if 1e-4 < floor < deal.margin / deal.price:
        gain = value_kept(np.array([floor, floor / 2, 1.1 * floor]), deal, u, v)["gain"]
        assert gain[0] == pytest.approx(0, abs=1e-9 * max(deal.value, 1)) and gain[1] > 0 > gain[2]


@given(DEALS)
def test_a_certain_loss_leaves_the_most_room(deal: Deal) -> None:
    assert (largest_discount(deal, 0.4, 0.25) or 0) <= (largest_discount(deal) or 0)


def test_where_a_discount_saves_nobody_or_a_new_customer_is_worth_more_none_pays() -> None:
    assert largest_discount(DEAL, 0.3, 0.3) == largest_discount(DEAL, 0.2, 0.3) == 0
    assert largest_discount(replace(DEAL, new_margin=5000)) == 0
    assert largest_discount(replace(DEAL, margin=-10, replacement_cost=1e9)) == 0


def test_of_a_price_of_nothing_there_is_no_share() -> None:
    assert largest_discount(replace(DEAL, price=0)) is longer_term(replace(DEAL, price=0), 30) is None


def test_the_value_kept_follows_the_slider_in_its_order() -> None:
    kept = value_kept(np.array([0.2, 0.0, 0.1]), DEAL)
    assert kept["discount"].to_list() == [0.2, 0.0, 0.1] and kept["price"].to_list() == [800, 1000, 900]
    assert kept["kept"][1] == pytest.approx(7423, abs=0.5) and kept["without"].to_list() == pytest.approx([987] * 3, abs=0.5)
    assert kept["gain"].to_list() == (kept["kept"] - kept["without"]).to_list()


@given(DEALS, st.floats(1, 47.9))
def test_a_longer_term_at_its_price_is_worth_what_the_shorter_one_is(deal: Deal, longer: float) -> None:
    given_up = longer_term(deal, longer)
    assert given_up is not None and given_up >= 0
    if given_up > 0:
        assert (deal.margin - given_up * deal.price) * longer == pytest.approx(deal.value, rel=1e-6, abs=1e-6)
    else:
        assert longer <= deal.annuity or deal.margin < 1e-6


def test_the_worked_example_of_a_loss() -> None:
    found = cost(LOSS, (4, 7, 10), (2, 3, 6), (0, 0.02, 0.05))
    assert [round(end) for end in (found.low, found.mid, found.high)] == [4279, 6019, 8653]


def test_the_ranges_of_the_example_are_those_delivered() -> None:
    assert (DEFAULT.replacing, DEFAULT.gap_months, DEFAULT.reputation) == ((4, 7, 10), (2, 3, 6), (0, 0.02, 0.05))
    assert (DEFAULT.discount_rate, DEFAULT.horizon_months, DEFAULT.save_rate, DEFAULT.cost_of_action) == (0.10, 60, 0.15, 30)


@given(st.builds(Loss, *[MONEY] * 6, st.floats(0, 1)))
def test_a_loss_is_counted_once_and_its_parts_add_up(loss: Loss) -> None:
    found = cost(loss, (4, 7, 10), (2, 3, 6), (0, 0.02, 0.05))
    assert found.low <= found.mid * (1 + 1e-12) <= found.high * (1 + 1e-12) ** 2
    value = found.parts.filter(found.parts["part"].str.starts_with("Value lost")).row(0)[1:]
    new = found.parts.filter(found.parts["part"].str.starts_with("Winning")).row(0)[1:]
    assert [a is None for a in value] == [b is not None for b in new]
    aside = loss.receivables * loss.write_off_share
    assert found.low - aside <= loss.value * (1 + 1e-9) + 1e-6 and found.high - aside >= loss.value * (1 - 1e-9) - 1e-6


def test_of_a_customer_served_at_a_loss_nothing_is_missed_but_what_it_owes() -> None:
    found = cost(replace(LOSS, margin=-50, value=-1000), (4, 7, 10), (2, 3, 6), (0, 0, 0))
    assert found.low == found.mid == pytest.approx(630)
