"""The diary: planned contacts as in docs/method.md, section 2, and contacts due by agreement and by habit."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest

from health import portfolio
from health.desk import diary, entries
from health.intake import load
from health.score import settings
from health.warehouse import Warehouse, facts
from tests.books import analyst, rows, small_book, warehouse_of
from tests.desk.office import NOW, loaded, manager, office

START = date(2024, 1, 1)
WHO = ("A", "B")


def day(n: int) -> date:
    return START + timedelta(days=n)


def talk(n: int, customer: str, on: date, **more: Any) -> dict[str, Any]:
    at = datetime.combine(on, time(9))
    call = {"channel": "call", "direction": "out", "outcome": "reached"}
    return {"interaction_id": f"T{n:03}", "customer_id": customer, "occurred_at": at} | call | more


def drawn() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Contacts of every sort and planned ones: entered early, late or on no day, called off before and after."""
    chance = random.Random(3)
    talks = [
        talk(
            n, chance.choice(WHO), day(chance.randrange(300)),
            direction=chance.choice(["in", "out", "both"]), outcome=chance.choice(["reached", "no_reply", None]),
            channel=chance.choice(["call", "visit", "email", "newsletter"]), automated=chance.choice([None, None, True]),
        )
        for n in range(50)
    ]  # fmt: skip
    planned = [
        {
            "diary_id": f"D{n:03}", "customer_id": chance.choice(WHO), "planned_on": (on := day(chance.randrange(300))),
            "created_on": chance.choice([None, on - timedelta(days=chance.randrange(60)), on + timedelta(days=chance.randrange(30))]),
            "cancelled_on": chance.choice([None, None, on + timedelta(days=chance.randrange(-10, 10))]),
        }
        for n in range(80)
    ]  # fmt: skip
    return talks, planned


TALKS, PLANNED = drawn()


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    tables = small_book() | {"interactions": rows("interactions", *TALKS), "diary": rows("diary", *PLANNED)}
    return warehouse_of(tables)


def spoke(row: dict[str, Any]) -> bool:
    """As docs/method.md, Vocabulary: human, and the customer took part."""
    human = not (row["channel"] == "newsletter" if row["automated"] is None else row["automated"])
    met = row["direction"] in ("in", "both") or row["outcome"] == "reached" or (row["channel"] == "visit" and row["outcome"] != "no_reply")
    return human and met


def state_of(entry: dict[str, Any], as_of: date) -> str:
    planned = entry["planned_on"]
    last, off = planned + timedelta(days=3), entry["cancelled_on"]
    if off and off <= min(last, as_of):
        return "cancelled"
    days = [t["occurred_at"].date() for t in TALKS if t["customer_id"] == entry["customer_id"] and spoke(t)]
    if any(planned - timedelta(days=7) <= d <= min(last, as_of) for d in days):
        return "kept"
    return "broken" if last <= as_of else "open"


def test_each_entry_stands_where_its_rows_put_it(warehouse: Warehouse) -> None:
    edges = {entry["planned_on"] + timedelta(days=n) for entry in PLANNED[:6] for n in (2, 3, 4)}
    for on in sorted({day(0), day(160), day(310), *edges}):
        found = diary.read_diary(analyst(warehouse), on)
        expected = {e["diary_id"]: state_of(e, on) for e in PLANNED if e["created_on"] is None or e["created_on"] <= on}
        assert dict(found.select("diary_id", "state").iter_rows()) == expected, on
        assert found.filter(state="kept")["met_by"].null_count() == 0


def test_the_kept_share_is_the_one_that_the_score_counts(warehouse: Warehouse) -> None:
    days = [day(n) for n in range(0, 400, 23)]
    with warehouse.reading() as session:
        counted = facts.at(session, days, settings.in_force(session).terms)
    for who, on, due, kept in counted.select("customer_id", "as_of", "due_180", "kept_diary_180").iter_rows():
        own = diary.read_diary(analyst(warehouse), on).filter(customer_id=who)
        assert diary.count_kept(own) == (kept, due), (who, on)


def test_what_a_calendar_reads_of_a_change_never_falls() -> None:
    own = office()
    book = manager(own)
    first = entries.write(book, "diary", {"customer_id": "A", "planned_on": day(200)}, at(9))
    other = entries.write(book, "diary", {"customer_id": "A", "planned_on": day(210)}, at(9))
    seen = [revision_of(own, first.key)]
    moved = entries.correct(book, "diary", first.key, {"planned_on": day(201)}, first.load_id or 0, "they asked", at(10))
    seen.append(revision_of(own, first.key))
    load.undo(analyst(own), moved.load_id or 0, at(11))
    seen.append(revision_of(own, first.key))
    loaded(analyst(own), {"diary": rows("diary", {"diary_id": first.key, "customer_id": "A", "planned_on": day(220)})}, "d.csv")
    seen.append(revision_of(own, first.key))
    assert seen == sorted(set(seen)) and [moment for _, moment in seen[:3]] == [at(9), at(10), at(11)]
    assert revision_of(own, other.key) == (other.load_id, at(9)), "an entry that nobody touched"


def test_an_account_managers_diary_holds_the_own_clients(warehouse: Warehouse) -> None:
    assert set(diary.read_diary(manager(warehouse, "E1"), day(310))["customer_id"]) == {"B"}


def at(hour: int) -> datetime:
    return datetime.combine(NOW, time(hour))


def revision_of(warehouse: Warehouse, key: str) -> tuple[int, datetime]:
    row = diary.read_diary(analyst(warehouse), NOW.date()).filter(diary_id=key)
    return row.select("revision", "changed_at").row(0)


def told(name: str, **more: Any) -> dict[str, Any]:
    spoken = {"days_since": 10, "last_two_way_on": day(90), "contact_present": True, "rhythm_days": None, "cadence_days": 30}
    spoken["interactions_seen_to"] = day(100)
    return {"customer_id": name, "name": name, "owner": "E0", "status": "active"} | spoken | more


def listed(*customers: dict[str, Any], planned: pl.DataFrame | None = None) -> dict[str, dict[str, Any]]:
    types = {"last_two_way_on": pl.Date, "rhythm_days": pl.Int64, "days_since": pl.Int64}
    none = pl.DataFrame(schema={"customer_id": pl.String, "diary_id": pl.String, "planned_on": pl.Date, "state": pl.String})
    found = diary.contacts_due(pl.DataFrame(customers, schema_overrides=types), none if planned is None else planned)
    return {row["customer_id"]: row for row in found.iter_rows(named=True)}


def test_a_contact_is_due_by_what_was_agreed_or_by_what_is_usual_the_longest_overdue_first() -> None:
    found = listed(
        told("soon"), told("late", days_since=94), told("usual", days_since=40, rhythm_days=21, cadence_days=90),
        told("slower than agreed", days_since=31, rhythm_days=80), told("brisk", rhythm_days=2),
        told("never", days_since=94, last_two_way_on=None),
    )  # fmt: skip
    over = {"late": 64, "never": 64, "usual": 8, "slower than agreed": 1, "brisk": -1, "soon": -20}
    assert {i: row["days_over"] for i, row in found.items()} == over and list(found) == list(over)
    assert found["late"]["why"] == "agreed every 30 days, last 94 days ago" and found["late"]["due_on"] == day(36)
    assert found["usual"]["why"] == "agreed every 90 days, last 40 days ago; usually every 21 days"
    assert found["never"]["why"] == "agreed every 30 days, no contact in 94 days"


def test_what_is_not_known_is_not_overdue_and_who_is_gone_is_not_called() -> None:
    found = listed(
        told("unloaded", days_since=None, last_two_way_on=None, contact_present=False),
        told("since when", days_since=None, last_two_way_on=None), told("due", days_since=30), told("gone", status="lost"),
    )  # fmt: skip
    assert [(i, row["days_over"], row["due_on"]) for i, row in found.items()] == [
        ("due", 0, day(100)), ("since when", None, None), ("unloaded", None, None),
    ]  # fmt: skip
    assert found["unloaded"]["why"] == "no contacts are loaded"


def test_the_first_open_entry_stands_beside() -> None:
    states = [("D1", 98, "broken"), ("D2", 130, "open"), ("D3", 110, "open"), ("D4", 105, "cancelled"), ("D5", 104, "kept")]
    planned = pl.DataFrame([{"customer_id": "x", "diary_id": i, "planned_on": day(n), "state": s} for i, n, s in states])
    found = listed(told("x"), told("y"), planned=planned)
    assert (found["x"]["planned"], found["x"]["planned_on"], found["y"]["planned"]) == ("D3", day(110), None)


def test_silence_costs_points_from_the_day_after_a_contact_was_due(warehouse: Warehouse) -> None:
    book = analyst(warehouse)
    now = portfolio.build(book, day(299))
    for who, due_on in diary.contacts_due(now, diary.read_diary(book, day(299))).select("customer_id", "due_on").iter_rows():
        row = now.filter(customer_id=who).row(0, named=True)
        since = (due_on - row["last_two_way_on"]).days
        beyond = {days: days > row["cadence_days"] or days > 1.5 * max(row["rhythm_days"], 7) for days in (since - 1, since + 1)}
        assert beyond == {since - 1: False, since + 1: True}
