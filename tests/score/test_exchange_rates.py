"""Contracts in another currency: their MRR moves with the rates, no later rate changes an earlier day, and nothing counts unconverted."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from health.score.settings import DEFAULT
from health.warehouse import Session, Warehouse, facts
from health.warehouse.as_of_views import views_as_of
from tests.books import rows, small_book, unscored

JAN, FEB, MAR = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


def rate(day: date, value: str, code: str = "USD") -> dict[str, Any]:
    return {"currency": code, "day": day, "rate": Decimal(value)}


RATES = (rate(date(2023, 1, 1), "0.9"), rate(date(2024, 2, 1), "0.95"), rate(date(2024, 3, 1), "1.1"))
LINE = {
    "contract_id": "K1", "customer_id": "A", "product": "mobile", "start_on": date(2023, 1, 1), "unit_price": Decimal("100.00"),
    "unit_cost": Decimal("40.00"), "quantity": 3, "currency": "USD",
}  # fmt: skip


def book(*rates: dict[str, Any], **more: pl.DataFrame) -> Warehouse:
    return unscored(small_book() | {"contracts": rows("contracts", LINE), "rates": rows("rates", *rates)} | more)


def mrr(session: Session, *days: date) -> list[int | None]:
    return facts.at(session, list(days), DEFAULT.terms, ["A"])["mrr_cents"].to_list()


def test_the_mrr_of_a_contract_in_another_currency_moves_with_the_rates() -> None:
    with book(*RATES).reading() as session:
        assert mrr(session, JAN, FEB, MAR) == [27_000, 28_500, 33_000]
        assert facts.at(session, [JAN], DEFAULT.terms, ["A"])["margin_cents"].to_list() == [27_000 - 3 * 3600]


def test_a_rate_of_a_later_day_changes_no_earlier_one() -> None:
    later = rate(date(2024, 2, 15), "2")
    with book(*RATES, later).reading() as session:
        assert mrr(session, JAN) == [27_000]
        with views_as_of(session, FEB):
            assert mrr(session, FEB) == [60_000]
    with book(*RATES, later).reading() as session, views_as_of(session, date(2024, 2, 14)):
        assert mrr(session, FEB) == [28_500], "the rate of the next day is hidden"


def test_without_a_rate_the_mrr_is_unknown_and_not_the_amount_in_the_other_currency() -> None:
    with book(RATES[2]).reading() as session:
        row = facts.at(session, [JAN], DEFAULT.terms, ["A"]).row(0, named=True)
    assert (row["mrr_cents"], row["billed_cents"], row["margin_cents"], row["status"]) == (None, None, None, "active")


def test_a_price_and_its_market_price_in_one_currency_keep_their_gap_whatever_the_rate() -> None:
    market = {"product": "mobile", "month": date(2023, 12, 1), "source": "s", "price": Decimal("80.00"), "currency": "USD"}
    with book(*RATES, market_prices=rows("market_prices", market)).reading() as session:
        found = facts.at(session, [JAN, MAR], DEFAULT.terms, ["A"])
    assert found.select("benchmarked_cents", "market_cents").rows() == [(27_000, 21_600), (33_000, 26_400)]


def test_an_invoice_keeps_the_rate_of_its_issue() -> None:
    bill = {"invoice_id": "R1", "customer_id": "A", "issued_on": date(2024, 1, 5), "amount": Decimal("10.01"), "currency": "USD",
            "paid_amount": Decimal("5.00"), "paid_on": date(2024, 1, 20)}  # fmt: skip
    with book(*RATES, invoices=rows("invoices", bill)).reading() as session:
        found = facts.at(session, [JAN, MAR], DEFAULT.terms, ["A"])
    assert found["overdue_cents"].to_list() == [901 - 450] * 2
