"""The worked examples of status and complaints, and what absence may never do, through the warehouse."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl
import pytest

from health.demo import generate
from health.score import history, settings
from health.warehouse import Warehouse, facts
from tests.books import rows, unscored
from tests.size import size

CUSTOMERS = size(120, 300)


def at(warehouse: Warehouse, day: date) -> dict[str, Any]:
    with warehouse.reading() as session:
        return facts.at(session, [day], settings.DEFAULT.terms).row(0, named=True)


def one_customer(**tables: pl.DataFrame) -> Warehouse:
    line = {"contract_id": "K", "customer_id": "A", "product": "mobile", "start_on": date(2020, 1, 1), "unit_price": 100}
    whole = {"customers": rows("customers", {"customer_id": "A", "name": "A", "tier": "B"}), "contracts": rows("contracts", line)}
    return unscored(whole | tables)


COMPLAINT = {
    "complaint_id": "Q", "customer_id": "A", "severity": 3, "opened_at": datetime(2025, 1, 1, 10), "first_response_at": datetime(2025, 1,
        2, 9),
    "resolved_at": datetime(2025, 1, 3, 10),
}  # fmt: skip
FADING = {
    date(2025, 1, 3): 600, date(2025, 3, 4): 480, date(2025, 5, 3): 384, date(2025, 7, 2): 300, date(2025, 9, 30): 216, date(2026, 1,
        3): 156,
    date(2026, 6, 27): 72, date(2027, 1, 3): 0,
}  # fmt: skip


def test_a_solved_complaint_fades_on_the_stated_days_and_not_a_day_before() -> None:
    warehouse = one_customer(complaints=rows("complaints", COMPLAINT))
    eves = [day - timedelta(days=1) for day in FADING if day > date(2025, 1, 3)]
    with warehouse.reading() as session:
        found = facts.at(session, [*FADING, *eves], settings.DEFAULT.terms)
    seen = dict(found.select("as_of", "burden").iter_rows())
    before = 600
    for day, burden in FADING.items():
        if day > date(2025, 1, 3):
            assert seen[day - timedelta(days=1)] == before
        assert seen[day] == burden
        before = burden


def test_an_open_complaint_has_one_broken_clock_while_the_second_still_runs() -> None:
    seen = at(one_customer(complaints=rows("complaints", COMPLAINT)), date(2025, 1, 2))
    assert (seen["open"], seen["broken_365"], seen["kept_365"]) == (1, 1, 0)


def test_a_kept_solution_counts_once_it_is_there() -> None:
    seen = at(one_customer(complaints=rows("complaints", COMPLAINT)), date(2025, 1, 3))
    assert (seen["open"], seen["broken_365"], seen["kept_365"]) == (0, 1, 1)


def lines(second_start: date) -> pl.DataFrame:
    terms = [(date(2025, 1, 1), date(2025, 6, 30)), (second_start, date(2026, 7, 19))]
    return rows(
        "contracts",
        *(
            {"contract_id": f"K{n}", "customer_id": "A", "product": "m", "start_on": s, "end_on": e, "unit_price": 1}
            for n, (s, e) in enumerate(terms)
        ),
    )


@pytest.mark.parametrize("second, spell_start", [(date(2025, 7, 20), date(2025, 1, 1)), (date(2025, 8, 1), date(2025, 8, 1))])
def test_twenty_days_between_lines_are_one_spell_and_32_are_two(second: date, spell_start: date) -> None:
    assert at(one_customer(contracts=lines(second)), date(2025, 9, 1))["spell_start_on"] == spell_start


def test_of_two_spells_the_first_was_lost_at_its_end() -> None:
    warehouse = one_customer(contracts=lines(date(2025, 8, 1)))
    seen = at(warehouse, date(2025, 7, 31))
    assert (seen["status"], seen["lost_on"], seen["known_on"]) == ("lost", date(2025, 6, 30), date(2025, 7, 30))
    assert at(warehouse, date(2025, 7, 10))["status"] == "in grace"


@cache
def company() -> dict[str, pl.DataFrame]:
    return generate(CUSTOMERS, 24, 5, "demo").tables


@cache
def scored_without(removed: str | None) -> pl.DataFrame:
    """The demo's bands where one table is missing."""
    tables = {name: frame for name, frame in company().items() if name != removed}
    warehouse = unscored(tables)
    with warehouse.reading() as session:
        scored = history.score_at(session, [date(2026, 10, 31)], settings.DEFAULT).select("customer_id", "band", "firm", "low")
    warehouse.close()
    return scored


@pytest.mark.parametrize("removed", ["interactions", "complaints", "market_prices", "diary", "invoices", "surveys"])
def test_removing_a_table_never_makes_a_band_firmly_healthy(removed: str) -> None:
    joined = scored_without(None).join(scored_without(removed), on="customer_id", suffix="_without")
    assert joined.height == CUSTOMERS
    became = joined.filter(
        (pl.col("band_without") == "healthy") & pl.col("firm_without") & ~((pl.col("band") == "healthy") & pl.col("firm"))
    )
    assert became.is_empty()


@pytest.mark.parametrize("begins, announced_on, start", [(0, date(2024, 5, 20), date(2020, 1, 1)), (1, None, date(2024, 7, 1))])
def test_a_line_that_begins_on_the_day_of_leaving_ends_with_the_others_and_a_later_one_is_a_return(
    begins: int, announced_on: date | None, start: date
) -> None:
    left = date(2024, 6, 30)
    line = {"customer_id": "A", "product": "mobile", "unit_price": 100}
    warehouse = one_customer(
        contracts=rows(
            "contracts",
            line | {"contract_id": "K", "start_on": date(2020, 1, 1)},
            line | {"contract_id": "L", "start_on": left + timedelta(days=begins)},
        ),
        exits=rows("exits", {"customer_id": "A", "announced_on": date(2024, 5, 20), "left_on": left, "reason": "price"}),
    )
    seen = at(warehouse, date(2024, 8, 15))
    told = (seen["status"], seen["spell_start_on"], seen["known_on"])
    assert told == (("active" if begins else "lost"), start, announced_on)


def test_a_single_licence_counts_and_use_without_a_licence_is_none_of_the_level() -> None:
    seats = [
        {"customer_id": "A", "month": date(2025, 1, 1), "product": name, "metric": "seats", "used": used, "licensed": licensed}
        for name, used, licensed in (("one", 1, 1), ("half", Decimal("0.25"), Decimal("0.5")), ("none", 7, 0), ("blank", 5, None))
    ]
    seen = at(one_customer(usage=rows("usage", *seats)), date(2025, 1, 31))
    assert (seen["licensed_used_3"], seen["licensed_3"], seen["used_3"]) == (Decimal("1.25"), Decimal("1.5"), Decimal("13.25"))
    unlicensed = at(one_customer(usage=rows("usage", *seats[2:])), date(2025, 1, 31))
    assert (unlicensed["licensed_used_3"], unlicensed["licensed_3"], unlicensed["used_3"]) == (0, 0, 12)
