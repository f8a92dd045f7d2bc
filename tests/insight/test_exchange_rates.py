"""Bridges of MRR and of value in a book with several currencies: exchange rates are a part of their own, and nothing is left over."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from health import portfolio
from health.demo import generate, with_currencies
from health.foresight import lifetime
from health.foresight.lifetime.assumptions import DEFAULT
from health.insight import portfolio_value
from tests.books import analyst, rows, small_book, warehouse_of

EARLIER, LATER = date(2024, 1, 31), date(2024, 3, 31)


def small(*rates: tuple[date, str]) -> dict[str, pl.DataFrame]:
    """Customer A pays 300 USD a month with a cost of 120; B pays 100 in the book's currency."""
    line: dict[str, Any] = {"product": "mobile", "start_on": date(2023, 1, 1), "quantity": 1}
    lines = [
        line | {"contract_id": "KA", "customer_id": "A", "unit_price": Decimal(300), "unit_cost": Decimal(120), "currency": "USD"},
        line | {"contract_id": "KB", "customer_id": "B", "unit_price": Decimal(100), "unit_cost": Decimal(60)},
    ]
    table = rows("rates", *({"currency": "USD", "day": day, "rate": Decimal(rate)} for day, rate in rates))
    return small_book() | {"contracts": rows("contracts", *lines), "rates": table}


RATES = ((date(2022, 12, 20), "0.9"), (date(2024, 3, 1), "1.0"))


def parts(change: portfolio_value.ValueChange) -> dict[str, int]:
    return {part: cents for part, cents in change.parts.select("part", "cents").iter_rows() if cents}


def mrr_change(tables: dict[str, pl.DataFrame]) -> portfolio_value.ValueChange:
    book = analyst(warehouse_of(tables))
    effect = portfolio_value.exchange_effect(book, EARLIER, LATER)
    return portfolio_value.mrr_change(portfolio.build(book, EARLIER), portfolio.build(book, LATER), effect)


def test_the_mrr_of_unchanged_contracts_moves_by_exchange_rates_alone() -> None:
    change = mrr_change(small(*RATES))
    assert (change.before, change.after, parts(change)) == (37_000, 40_000, {"exchange": 3_000})


def test_a_second_line_is_expansion_at_the_new_rate_and_only_the_old_rate_of_both_is_exchange() -> None:
    tables = small(*RATES)
    added = {"contract_id": "KC", "customer_id": "A", "product": "voice", "start_on": date(2024, 2, 10), "unit_price": Decimal(50),
             "quantity": 2, "currency": "USD"}  # fmt: skip
    tables["contracts"] = pl.concat([tables["contracts"], rows("contracts", added)])
    change = mrr_change(tables)
    assert parts(change) == {"more": 9_000, "exchange": 4_000} and change.after - change.before == 13_000


def test_without_other_currencies_there_is_no_such_part() -> None:
    tables = small()
    del tables["rates"]
    tables["contracts"] = tables["contracts"].with_columns(pl.lit(None, pl.String).alias("currency"))
    assert parts(mrr_change(tables)) == {}


def test_the_change_of_value_has_exchange_rates_as_a_part_of_its_own() -> None:
    def side(margin: float, annuity: float) -> pl.DataFrame:
        value = {"customer_id": "A", "status": "active", "method": "hazard", "mrr": 300.0, "margin": margin, "margin_assumed": False,
                 "annuity": annuity, "lifetime_value": margin * annuity}  # fmt: skip
        return pl.DataFrame([value])

    effect = pl.DataFrame({"customer_id": ["A"], "mrr_cents": [3_000], "cost_cents": [1_200]})
    change = portfolio_value.value_change(side(162, 20), side(190, 22), effect)
    assert parts(change) == {"exchange": 18 * 21 * 100, "margin": 10 * 21 * 100, "chance": 352 * 100}
    assert change.before + sum(parts(change).values()) == change.after


@pytest.fixture(scope="module")
def mixed() -> Any:
    return analyst(warehouse_of(with_currencies(generate(80, 18).tables, 7)))


def test_bridges_of_a_mixed_company_leave_nothing_over(mixed: Any) -> None:
    earlier, later = date(2026, 4, 30), date(2026, 10, 31)
    effect = portfolio_value.exchange_effect(mixed, earlier, later)
    change = portfolio_value.mrr_change(portfolio.build(mixed, earlier), portfolio.build(mixed, later), effect)
    assert change.before + change.parts["cents"].sum() == change.after
    assert parts(change)["exchange"] != 0
    days = [lifetime.value(mixed, day, None, DEFAULT) for day in (earlier, later)]
    value = portfolio_value.value_change(*days, effect)
    assert value.before + value.parts["cents"].sum() == value.after


def test_a_mixed_company_is_worth_on_signing_what_it_is_without_the_mix() -> None:
    company = generate(20, 12).tables
    tables = with_currencies(company, 7)
    rates = {(code, day): rate for code, day, rate, _ in tables["rates"].iter_rows()}
    both = tables["contracts"].select("currency", "signed_on", own="unit_price").hstack(company["contracts"].select("unit_price"))
    for code, signed, own, price in both.drop_nulls("currency").iter_rows():
        assert own * rates[code, signed.replace(day=1)] == pytest.approx(price, abs=0.01)
    assert set(both["currency"]) == {None, "USD", "GBP"}
