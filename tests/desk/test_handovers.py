"""Handovers owed: as in docs/method.md, section 1, and the same promises as the score counts."""

from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest

from health.score import settings
from health.warehouse import Warehouse, facts
from tests.books import rows, warehouse_of

SIGNED = date(2024, 3, 4)
DAYS = [SIGNED + timedelta(days=n) for n in (-1, 0, 1, 2, 5, 40, 364, 366, 400)]


def call(customer: str, days: int, **more: Any) -> dict[str, Any]:
    at = datetime.combine(SIGNED + timedelta(days=days), time(9))
    return {"customer_id": customer, "occurred_at": at, "channel": "call", "direction": "out", "outcome": "no_reply"} | more


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    names = ["same day", "next day", "late", "never", "they rang", "newsletter", "old", "before", "given", "given late", "told later"]
    since = {"old": date(2020, 1, 1)}
    signed = {"before": date(2023, 12, 1)}
    customers = [{"customer_id": i, "name": i, "customer_since": since.get(i)} for i in names]
    own = {i: signed.get(i, SIGNED) for i in names}
    line = {"product": "mobile", "unit_price": 10}
    lines = [
        line | {"contract_id": f"K {i}", "customer_id": i, "start_on": day + timedelta(days=9), "signed_on": day} for i, day in own.items()
    ]
    again = [line | {"contract_id": f"L{line['customer_id']}", "signed_on": SIGNED + timedelta(days=3)} for line in lines]
    calls = [
        call("old", -30), call("same day", 0), call("next day", 1), call("next day", 2), call("late", 3),
        call("they rang", 1, direction="in"),
        call("newsletter", 1, channel="newsletter"), call("given", 1), call("before", 0),
    ]  # fmt: skip
    due = datetime.combine(SIGNED + timedelta(days=4), time(12))
    promised = [
        {"promise_id": "V1", "customer_id": "given", "contract_id": "K given", "promised_on": SIGNED, "delivered_at": due},
        {"promise_id": "V2", "customer_id": "given late", "promised_on": SIGNED, "delivered_at": due + timedelta(hours=1)},
        {"promise_id": "V3", "customer_id": "told later", "promised_on": SIGNED + timedelta(days=3)},
    ]
    return warehouse_of(
        {
            "customers": rows("customers", *customers),
            "contracts": rows("contracts", *lines, *again),
            "interactions": rows("interactions", *({"interaction_id": f"I{n}"} | c for n, c in enumerate(calls))),
            "promises": rows("promises", *({"kind": "handover", "due_at": due} | p for p in promised)),
        }
    )


def owed(warehouse: Warehouse, day: date) -> pl.DataFrame:
    with warehouse.reading() as session:
        facts.prepare_grid(session, [day])
        return session.frame("queries/handovers", as_of=day)


def test_a_new_customers_first_contract_is_handed_over_by_the_end_of_the_next_day(warehouse: Warehouse) -> None:
    told = {row["customer_id"]: row for row in owed(warehouse, SIGNED + timedelta(days=40)).iter_rows(named=True)}
    kept = {"same day": True, "next day": True, "late": False, "never": False, "they rang": False, "newsletter": False}
    assert {i: told[i]["kept"] for i in told} == kept | {"given": True, "given late": False, "told later": False}
    first = told["next day"]
    assert (first["contract_id"], first["signed_on"], first["given"]) == ("K next day", SIGNED, False)
    assert first["due_at"] == datetime(2024, 3, 5, 23, 59, 59) and first["first_contact_at"] == datetime(2024, 3, 5, 9)
    given = told["given"]
    assert (given["promise_id"], given["given"], given["due_at"]) == ("V1", True, datetime(2024, 3, 8, 12))


def test_until_its_day_is_over_nothing_is_broken_and_nothing_is_known_ahead(warehouse: Warehouse) -> None:
    assert owed(warehouse, DAYS[0]).is_empty()
    today = owed(warehouse, SIGNED)
    assert today.filter("kept")["customer_id"].to_list() == ["same day"] and not today["kept"].drop_nulls().is_in([False]).any()
    later = owed(warehouse, SIGNED + timedelta(days=1)).filter(customer_id="told later").row(0, named=True)
    assert (later["given"], later["kept"]) == (False, False)


def test_they_are_the_promises_that_the_score_counts(warehouse: Warehouse) -> None:
    with warehouse.reading() as session:
        counted = facts.at(session, DAYS, settings.in_force(session).terms)
    for day in DAYS:
        happened = pl.when("kept").then(pl.col("kept_at").dt.date()).otherwise(pl.col("due_at").dt.date())
        found = owed(warehouse, day).drop_nulls("kept").filter(happened > day - timedelta(days=365))
        mine = {i: (due, kept) for i, due, kept in found.group_by("customer_id").agg(pl.len(), pl.col("kept").sum()).rows()}
        theirs = counted.filter(pl.col("as_of") == day, pl.col("promises_due_365") > 0)
        assert mine == {i: (due, kept) for i, due, kept in theirs.select("customer_id", "promises_due_365", "promises_kept_365").rows()}, (
            day
        )
