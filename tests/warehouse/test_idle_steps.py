"""A step without rows gives what its SQL gives, for all customers, days and settings, and runs as soon as there is a row."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from health.score.settings import DEFAULT
from health.warehouse import Session, Warehouse, as_of_views, facts, idle_steps
from health.warehouse.facts import Terms
from tests.books import rows, small_book, typed, unscored

DAYS = [date(2024, 1, 31), date(2024, 3, 9), date(2024, 6, 30), date(2025, 2, 1)]
OFFICE = tuple((day, 540, 1020) for day in range(5))
TERMS = [DEFAULT.terms, replace(DEFAULT.terms, default_cadence_days=7, service_windows=OFFICE, zone="Asia/Tokyo")]
LATE = {"complaint_id": "C1", "customer_id": "A", "opened_at": datetime(2024, 2, 1, 9), "severity": 4}
BILL = {"invoice_id": "R1", "customer_id": "A", "issued_on": date(2024, 2, 1), "due_on": date(2024, 2, 15), "amount": Decimal("90.00")}


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of any step, and what is learned here is forgotten afterwards."""
    monkeypatch.setattr(idle_steps, "_RESULTS", {})


def book(without: Collection[str] = ()) -> Warehouse:
    tables = {name: frame for name, frame in small_book().items() if name not in without}
    return unscored(tables)


def known_facts(warehouse: Warehouse, terms: Terms, days: list[date] = DAYS) -> pl.DataFrame:
    with warehouse.reading() as session:
        return facts.at(session, days, terms)


@pytest.mark.parametrize("without", [(), ("interactions",), ("contracts",), ("contracts", "interactions")])
def test_what_is_known_of_a_step_is_what_its_sql_gives(without: tuple[str, ...]) -> None:
    expected = []
    for terms in TERMS:
        idle_steps._RESULTS.clear()
        expected.append(known_facts(book(without), terms))
    idle_steps._RESULTS.clear()
    known_facts(book(), DEFAULT.terms, [date(2024, 4, 4)])
    assert {"bills", "payment_facts", "complaint_facts", "survey_facts", "usage_facts"} <= idle_steps._RESULTS.keys()
    for terms, frame in zip(TERMS, expected, strict=True):
        assert_frame_equal(known_facts(book(without), terms), frame)


def test_a_step_that_is_known_is_not_planned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known_facts(book(), DEFAULT.terms)
    ran: list[str] = []
    run_step = facts.run_step

    def watched(session: Session, step: str, values: dict[str, object]) -> None:
        ran.append(step)
        run_step(session, step, values)

    monkeypatch.setattr(facts, "run_step", watched)
    known_facts(book(), DEFAULT.terms)
    assert {"contact_facts", "status_facts"} <= set(ran)
    assert not {"bills", "payment_facts", "complaint_clocks", "complaint_facts", "survey_facts", "usage_facts"} & set(ran)


def test_a_step_runs_as_soon_as_a_table_has_a_row_and_rests_where_a_view_hides_it() -> None:
    known_facts(book(), DEFAULT.terms)
    warehouse = book()
    with warehouse.writing() as session:
        session.insert("complaints", typed("complaints", rows("complaints", LATE)))
        session.insert("invoices", typed("invoices", rows("invoices", BILL)))
    with warehouse.reading() as session:
        late = facts.at(session, DAYS, DEFAULT.terms).filter(pl.col("customer_id") == "A")
        assert late["open"].to_list() == [0, 1, 1, 1]
        assert late["overdue_cents"].to_list() == [0, 9000, 9000, 9000]
        with as_of_views.views_as_of(session, date(2024, 1, 31)):
            assert idle_steps.find(session, ["complaint_facts", "payment_facts", "contact_facts"]) == {"complaint_facts", "payment_facts"}


def test_nothing_is_learned_from_a_company_without_customers() -> None:
    known_facts(unscored({}), DEFAULT.terms)
    assert "payment_facts" not in idle_steps._RESULTS
    assert known_facts(book(), DEFAULT.terms)["overdue_cents"].to_list() == [0] * 8
