"""Which losses a list is held to account for: chosen ones, with sixty held-out days before them, on a day by which all are known."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from health.foresight.backtest.warning_curve import RANKED, _known_losses, held_out_since
from health.warehouse.facts import Span
from tests.books import rows, unscored

SINCE, NEWEST = date(2026, 3, 31), date(2026, 10, 31)


def known(*exits: dict[str, Any], line: dict[str, Any] | None = None) -> list[tuple[str, date]]:
    """The losses counted in a book of one customer per exit, each a customer since 2023."""
    names = [exit_row["customer_id"] for exit_row in exits] or ["A"]
    begun = {"product": "mobile", "start_on": date(2023, 1, 1), "unit_price": Decimal(10)} | (line or {})
    tables = {
        "customers": rows("customers", *({"customer_id": name, "name": name} for name in names)),
        "contracts": rows("contracts", *({"contract_id": f"K{name}", "customer_id": name} | begun for name in names)),
        "exits": rows("exits", *exits),
    }
    with unscored(tables).reading() as session:
        return _known_losses(session, SINCE, NEWEST).select("customer_id", "decided_on").rows()


def left(customer: str, on: date, reason: str = "price") -> dict[str, Any]:
    """An exit announced and gone on one day."""
    return {"customer_id": customer, "announced_on": on, "left_on": on, "reason": reason}


def test_sixty_held_out_days_lie_before_each_loss() -> None:
    first = SINCE + timedelta(days=60)
    assert known(left("A", first), left("B", first - timedelta(days=1))) == [("A", first)]


def test_a_loss_counts_once_every_silent_loss_of_its_day_is_known() -> None:
    last = NEWEST - timedelta(days=30)
    assert known(left("A", last), left("B", last + timedelta(days=1))) == [("A", last)]
    assert known(line={"end_on": last}) == [("A", last)]


@pytest.mark.parametrize(("reason", "counts"), [("price", True), ("insolvency", False), ("we_ended", False), ("merged", False)])
def test_a_loss_that_the_customer_did_not_choose_does_not_count(reason: str, counts: bool) -> None:
    assert bool(known(left("A", date(2026, 8, 1), reason))) == counts


def test_who_stays_is_no_loss() -> None:
    assert known() == []


def test_the_held_out_months_begin_with_the_later_half_of_the_test_dates() -> None:
    assert held_out_since(Span(date(2023, 11, 1), date(2026, 10, 31))) == date(2025, 12, 31)
    assert held_out_since(Span(date(2025, 11, 1), date(2026, 10, 31))) is None
    assert held_out_since(Span(None, None)) is None


def test_rating_everyone_healthy_ranks_nobody() -> None:
    assert [model.key for model in RANKED] == ["health", "tenure_only", "days_since_contact", "last_quarter"]
