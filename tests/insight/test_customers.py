"""The list of customers: what it shows, which filters keep whom, and what its title says."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from health.insight import customers
from health.insight.customers import COMPLAINTS, FORMER, RENEWAL

DAY = date(2026, 10, 31)
KNOWN: dict[str, Any] = {
    "status": "active", "band": "healthy", "health": 70.9, "last_two_way_on": date(2026, 10, 1), "days_since": 30, "open": 0,
    "complaints_present": True, "notice_by": date(2026, 12, 1), "days_to_notice": 31, "notice_assumed": False, "mrr": 100.1,
    "tier": "A", "segment": "small", "region": "north", "owner": "E1", "owner_name": "Ida", "lifetime_value": 5.0,
}  # fmt: skip
TYPES = {"health": pl.Float64, "last_two_way_on": pl.Date, "days_since": pl.Int64, "open": pl.Int64, "lifetime_value": pl.Float64,
         "notice_by": pl.Date, "days_to_notice": pl.Int64, "mrr": pl.Float64}  # fmt: skip


def listed(*customer_rows: dict[str, Any]) -> pl.DataFrame:
    """The list of these customers C1, C2, ...; what a row leaves out is as in KNOWN."""
    frame = pl.DataFrame(
        [{"customer_id": f"C{n}", "name": f"Name {n}"} | KNOWN | row for n, row in enumerate(customer_rows, 1)], schema_overrides=TYPES
    )
    return customers.customer_list(frame.drop("lifetime_value"), frame.select("customer_id", "lifetime_value"))


def kept(rows: pl.DataFrame, **filters: list[str]) -> list[str]:
    return sorted(customers.matching(rows, filters)["customer_id"])


def test_a_row_has_health_rounded_down_last_contact_complaints_notice_day_and_value() -> None:
    row = listed({"open": 2}).row(0, named=True)
    assert (row["health"], row["last_contact_on"], row["open_complaints"]) == (70, date(2026, 10, 1), 2)
    assert (row["notice_by"], row["notice"], row["mrr"], row["lifetime_value"]) == (date(2026, 12, 1), "1 Dec 2026", 100.1, 5.0)


def test_what_is_unknown_is_blank_and_no_zero() -> None:
    row = listed({"complaints_present": False, "name": None, "health": None, "last_two_way_on": None, "lifetime_value": None}).row(
        0, named=True
    )
    assert [row[name] for name in ("open_complaints", "health", "last_contact_on", "lifetime_value")] == [None] * 4
    assert row["name"] == "C1"


def test_only_an_active_customer_has_a_notice_day() -> None:
    rows = listed({"status": "leaving"}, {"status": "paused"}, {})
    assert rows.sort("customer_id")["notice_by"].to_list() == [None, None, date(2026, 12, 1)]


def test_the_largest_revenue_comes_first_then_the_id_and_unknown_last() -> None:
    assert listed({"mrr": None}, {"mrr": 5.0}, {"mrr": 9.0}, {"mrr": 9.0})["customer_id"].to_list() == ["C3", "C4", "C2", "C1"]


@pytest.mark.parametrize("key", ["band", "segment", "tier", "region", "owner"])
def test_a_filter_keeps_the_chosen_values(key: str) -> None:
    rows = listed({key: "at_risk"}, {key: "watch"}, {key: None})
    assert kept(rows, **{key: ["at_risk"]}) == ["C1"] and kept(rows, **{key: ["at_risk", "watch"]}) == ["C1", "C2"]
    assert kept(rows, **{key: []}) == ["C1", "C2", "C3"]


def test_a_notice_day_counts_from_today_to_ninety_days_ahead() -> None:
    rows = listed(*({"days_to_notice": days} for days in (-1, 0, 90, 91, None)))
    assert kept(rows, only=[RENEWAL]) == ["C2", "C3"]


def test_open_complaints_and_silence_are_never_assumed() -> None:
    rows = listed({"open": 1}, {"open": 0}, {"open": 1, "complaints_present": False}, {"days_since": 60}, {"days_since": None})
    assert kept(rows, only=[COMPLAINTS]) == ["C1"]
    assert kept(rows, silent=["60"]) == ["C4"] and kept(rows, silent=["30"]) == ["C1", "C2", "C3", "C4"]


def test_former_customers_are_listed_only_when_asked_for() -> None:
    rows = listed({}, {"status": "lost"}, {"status": "prospect"}, {"status": "leaving"})
    assert kept(rows) == ["C1", "C4"] and kept(rows, only=[FORMER]) == ["C2"]


def test_filters_add_up() -> None:
    rows = listed({"open": 1}, {"open": 1, "tier": "B"}, {"tier": "B"})
    assert kept(rows, only=[COMPLAINTS], tier=["B"]) == ["C2"]


def test_choices_that_the_list_does_not_offer_are_dropped() -> None:
    rows = listed({"owner": "E1"}, {"owner": "E2", "owner_name": None})
    assert customers.options(rows) == {"owner": {"E2": "E2", "E1": "Ida"}}, "a filter needs a choice"
    given = {"owner": ["E1", "E9"], "tier": ["A"], "only": ["x", RENEWAL], "silent": ["30", "90"], "name": ["C1"]}
    assert customers.known_choices(given, rows) == {"owner": ["E1"], "only": [RENEWAL], "silent": ["30"]}


def test_the_title_counts_what_is_shown() -> None:
    rows = listed({"band": "at_risk", "open": 1}, {"open": 3}, {})
    assert customers.title(rows, 3) == "3 customers: 1 at risk, 2 with open complaints"
    assert customers.title(rows.head(1), 3).startswith("1 of 3 customers")
    assert customers.title(listed({"status": "lost"}), 3) == "1 former customer"
    assert customers.title(rows.clear(), 3) == "0 of 3 customers"


def test_revenue_is_added_up_in_cents_and_unknown_without_a_price() -> None:
    assert customers.total_mrr(listed({"mrr": 0.1}, {"mrr": 0.2}, {"mrr": None})) == "€0 MRR"
    assert customers.total_mrr(listed({"mrr": 9000.4}, {"mrr": 0.2})) == "€9,001 MRR"
    assert customers.total_mrr(listed({"mrr": None})) == "– MRR"
