"""The handover's clock and checklist: what was promised by signing, and which rows show that it is done."""

from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest

from health.access import Book
from health.desk import handover
from health.warehouse import Warehouse
from tests.books import analyst, rows, warehouse_of
from tests.desk.office import manager

SIGNED = date(2024, 3, 4)


def day(n: int) -> date:
    return SIGNED + timedelta(days=n)


def call(n: int, customer: str, hours: float, **more: Any) -> dict[str, Any]:
    at = datetime.combine(SIGNED, time()) + timedelta(hours=hours)
    return {"interaction_id": f"I{n}", "customer_id": customer, "occurred_at": at, "channel": "call", "direction": "out"} | more


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    names = ["in time", "late", "silent", "signed today", "given", "long ago"]
    signed = {"signed today": day(5), "long ago": day(-200)}
    customers = [{"customer_id": i, "name": i, "owner": "E0" if i in ("late", "given") else "E1"} for i in names]
    lines = [
        {"contract_id": f"K {i}", "customer_id": i, "product": "mobile", "start_on": on, "signed_on": on, "unit_price": 10}
        for i in names
        for on in [signed.get(i, SIGNED)]
    ]
    calls = [
        call(1, "somebody", -9000), call(2, "in time", 30), call(3, "in time", 40), call(4, "in time", 10, direction="in"),
        call(5, "late", 75),
    ]  # fmt: skip
    due = datetime.combine(day(3), time(12))
    promises = [
        {"promise_id": "V1", "customer_id": "given", "kind": "handover", "promised_on": SIGNED, "due_at": due, "delivered_at": due},
        {"promise_id": "V2", "customer_id": "in time", "kind": "delivery", "promised_on": day(2), "due_at": due},
        {"promise_id": "V3", "customer_id": "in time", "kind": "callback", "promised_on": day(4), "due_at": due},
        {"promise_id": "V4", "customer_id": "silent", "kind": "delivery", "promised_on": day(-30), "due_at": due},
        {"promise_id": "V5", "customer_id": "late", "kind": "delivery", "promised_on": day(20), "due_at": due},
    ]
    planned = [
        {"diary_id": "D1", "customer_id": "in time", "created_on": day(1), "planned_on": day(60)},
        {"diary_id": "D2", "customer_id": "late", "created_on": day(1), "planned_on": day(60), "cancelled_on": day(2)},
        {"diary_id": "D3", "customer_id": "silent", "created_on": day(9), "planned_on": day(60)},
    ]
    return warehouse_of(
        {
            "customers": rows("customers", *customers), "contracts": rows("contracts", *lines),
            "interactions": rows("interactions", *calls), "promises": rows("promises", *promises), "diary": rows("diary", *planned),
        }
    )  # fmt: skip


def clocks(book: Book, on: date) -> dict[str, dict[str, Any]]:
    return {row["customer_id"]: row for row in handover.handovers(book, on).iter_rows(named=True)}


def test_open_ones_come_first_then_late_ones_each_with_its_hours(warehouse: Warehouse) -> None:
    found = clocks(analyst(warehouse), day(5))
    states = {"signed today": "open", "silent": "late", "late": "late", "in time": "kept", "given": "kept"}
    assert {i: row["state"] for i, row in found.items()} == states and list(found) == list(states)
    assert found["signed today"]["hours_left"] == pytest.approx(24, abs=0.02)
    assert found["silent"]["hours_left"] == pytest.approx(-96, abs=0.02)
    assert found["late"]["hours_left"] is None and found["late"]["hours_taken"] == 75
    assert (found["in time"]["hours_taken"], found["in time"]["first_contact_at"].hour) == (30, 6)


def test_the_last_hour_is_over_at_the_end_of_the_day(warehouse: Warehouse) -> None:
    assert clocks(analyst(warehouse), day(1))["silent"]["state"] == "late"


def test_an_old_handover_is_not_listed_and_a_foreign_one_is_not_seen(warehouse: Warehouse) -> None:
    assert "long ago" not in clocks(analyst(warehouse), day(5))
    assert set(clocks(manager(warehouse), day(5))) == {"late", "given"}
    assert set(handover.checklist(manager(warehouse), day(5))["customer_id"]) == {"late", "given"}


def test_each_step_names_the_earliest_row_that_shows_it(warehouse: Warehouse) -> None:
    steps = handover.checklist(analyst(warehouse), day(5))
    shown = {(i, s): (table, key, on) for i, s, table, key, on in
             steps.filter("done").select("customer_id", "step", "evidence_table", "evidence_id", "done_on").iter_rows()}  # fmt: skip
    assert shown == {
        ("in time", "introduced"): ("interactions", "I2", day(1)), ("in time", "expectations"): ("promises", "V2", day(2)),
        ("in time", "first_date"): ("diary", "D1", day(1)), ("late", "introduced"): ("interactions", "I5", day(3)),
        ("given", "introduced"): ("promises", "V1", day(3)),
    }  # fmt: skip
    assert steps["step"].to_list()[:3] == [step.key for step in handover.STEPS] and steps["done"].null_count() == 0
    assert {i: (row["done"], row["of"]) for i, row in clocks(analyst(warehouse), day(5)).items()}["in time"] == (3, 3)


def test_a_step_that_no_table_could_show_is_not_known(warehouse: Warehouse) -> None:
    line = {"contract_id": "K", "customer_id": "A", "product": "mobile", "start_on": SIGNED, "unit_price": 10}
    tables = {"customers": rows("customers", {"customer_id": "A", "name": "A"}), "contracts": rows("contracts", line)}
    bare = warehouse_of(tables | {"interactions": rows("interactions", call(1, "A", -50), call(2, "A", 1))})
    steps = handover.checklist(analyst(bare), day(1))
    assert dict(steps.select("step", "done").iter_rows()) == {"introduced": True, "expectations": None, "first_date": None}
    assert clocks(analyst(bare), day(1))["A"]["of"] == 1
    assert handover.handovers(analyst(bare), day(-5)).is_empty() and isinstance(steps, pl.DataFrame)
