"""An exchange rate that is too old for the contracts that rest on it is named, with what to load."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from health.insight.data import stale_rates
from tests.books import analyst, rows, small_book, warehouse_of

RATE_ON, LAST_DAY = date(2024, 1, 1), date(2024, 2, 1)


def book_with(*rates: dict[str, Any], **line: Any) -> dict[str, pl.DataFrame]:
    contract = {"contract_id": "KA", "customer_id": "A", "product": "mobile", "start_on": date(2023, 1, 1), "unit_price": Decimal(300),
                "quantity": 1, "currency": "USD"} | line  # fmt: skip
    return small_book() | {"contracts": rows("contracts", contract), "rates": rows("rates", *({"rate": Decimal("0.9")} | r for r in rates))}


def test_a_rate_is_stale_from_the_thirty_second_day_and_says_what_to_load() -> None:
    book = analyst(warehouse_of(book_with({"currency": "USD", "day": RATE_ON}, {"currency": "GBP", "day": date(2023, 1, 1)})))
    assert stale_rates.stale_rates(book, LAST_DAY).is_empty()
    found = stale_rates.stale_rates(book, date(2024, 2, 2))
    assert found.rows() == [("USD", RATE_ON, 1)]
    assert stale_rates.sentences(found, date(2024, 2, 2)) == [
        "The newest exchange rate of USD is 32 days old (1 Jan 2024): 1 contract line is converted by it, and new rows in USD are refused. "
        "Load rates from 2 Jan 2024 on."
    ]


def test_a_rate_of_a_later_day_does_not_help_and_a_newer_one_does() -> None:
    book = analyst(warehouse_of(book_with({"currency": "USD", "day": RATE_ON}, {"currency": "USD", "day": date(2024, 3, 1)})))
    assert stale_rates.stale_rates(book, date(2024, 2, 29))["day"].to_list() == [RATE_ON]
    assert stale_rates.stale_rates(book, date(2024, 3, 1)).is_empty()


def test_nothing_rests_on_the_rate_of_a_contract_that_has_ended_or_of_a_book_in_one_currency() -> None:
    ended = book_with({"currency": "USD", "day": RATE_ON}, end_on=date(2024, 1, 31))
    assert stale_rates.stale_rates(analyst(warehouse_of(ended)), date(2024, 3, 1)).is_empty()
    assert stale_rates.stale_rates(analyst(warehouse_of(small_book())), date(2024, 3, 1)).is_empty()
