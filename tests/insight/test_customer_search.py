"""A customer is found by name, people, notes and what happened, in the viewer's own book and as known on the day."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from health.desk.entries import notes
from health.insight.customer_search import find, search_texts
from health.tables import TABLES
from health.warehouse import Warehouse, sql_files
from tests.books import analyst, rows, unscored
from tests.desk.office import manager

DAY = date(2024, 6, 30)
NAMES = (("A", "Étoile", "E0"), ("B", "Łódź AG", "E1"))


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    people = (
        {"contact_id": "P1", "customer_id": "A", "name": "Zoë Lang", "email": "zoe@etoile.example", "phone": "+49 (30) 555-1234"},
        {"contact_id": "P2", "customer_id": "B", "name": "Zoé Meyer", "active_from": date(2024, 7, 1)},
    )
    complaints = [
        {"complaint_id": f"Q{n}", "customer_id": "B", "opened_at": datetime(2024, month, 3, 9), "theme": "price_gap",
         "comment": "Zu teuer für uns"}
        for n, month in ((1, 4), (2, 5), (3, 7))
    ]  # fmt: skip
    warehouse = unscored({
        "customers": rows("customers", *({"customer_id": i, "name": n, "owner": o} for i, n, o in NAMES)),
        "contacts": rows("contacts", *people),
        "complaints": rows("complaints", *complaints),
        "promises": rows("promises", {"promise_id": "V1", "customer_id": "A", "kind": "other", "promised_on": date(2024, 2, 1),
                                      "due_at": datetime(2024, 2, 2), "comment": "Rabatt"}),
        "exits": rows("exits", {"customer_id": "B", "announced_on": date(2024, 6, 1), "reason": "price", "competitor": "Ringfast"}),
    })  # fmt: skip
    notes.add(analyst(warehouse), "A", "Wants a RÉSUMÉ of costs", datetime(2024, 7, 3, 9))
    notes.add(analyst(warehouse), "B", "Removed resume", datetime(2024, 7, 3, 9))
    notes.remove(analyst(warehouse), 2, datetime(2024, 7, 4))
    yield warehouse
    warehouse.close()


def found(warehouse: Warehouse, query: str, day: date = DAY) -> list[tuple[str, str]]:
    return find(search_texts(analyst(warehouse), day), query).rows()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Etoile", [("A", "name, 1 more")]), ("LODZ", [("B", "name")]), ("zoe", [("A", "contact person: Zoë Lang")]),
        ("resume", [("A", "note of 3 Jul 2024")]), ("fur uns", [("B", "complaint of 3 May 2024, 1 more")]),
        ("price gap", [("B", "complaint of 3 May 2024, 1 more")]), ("rabatt", [("A", "promise of 1 Feb 2024")]),
        ("ringfast", [("B", "notice of 1 Jun 2024")]), ("@etoile.ex", [("A", "contact person: Zoë Lang")]), ("nothing", []), ("  ", []),
    ],
)  # fmt: skip
def test_a_text_finds_the_customer_and_says_where(warehouse: Warehouse, query: str, expected: list[tuple[str, str]]) -> None:
    assert found(warehouse, query) == expected


@pytest.mark.parametrize("number", ["030 555 1234", "+49 30 5551234", "(30)555-1234", "5551234"])
def test_a_telephone_number_is_found_however_it_is_written(warehouse: Warehouse, number: str) -> None:
    assert found(warehouse, number) == [("A", "contact person: Zoë Lang")]


def test_fewer_than_five_digits_find_no_number(warehouse: Warehouse) -> None:
    assert found(warehouse, "1234") == []


def test_what_becomes_known_later_is_not_found_on_an_earlier_day(warehouse: Warehouse) -> None:
    assert found(warehouse, "teuer", date(2024, 7, 31)) == [("B", "complaint of 3 Jul 2024, 2 more")]
    assert found(warehouse, "meyer") == [] and found(warehouse, "meyer", date(2024, 7, 1))
    assert find(search_texts(analyst(warehouse), DAY, is_newest_day=False), "resume").is_empty()


def test_an_account_manager_finds_the_own_customers_alone(warehouse: Warehouse) -> None:
    texts = search_texts(manager(warehouse), DAY)
    assert set(texts["customer_id"]) == {"A"} and find(texts, "lodz").is_empty()


def test_every_comment_on_a_customer_is_searched() -> None:
    commented = {name for name, table in TABLES.items() if {"customer_id", "comment"} <= set(table.names)}
    assert commented == sql_files.relations("queries/event_texts") & TABLES.keys()


def test_the_order_of_rows_changes_nothing(warehouse: Warehouse) -> None:
    texts = search_texts(analyst(warehouse), DAY)
    for query in ("e", "teuer", "zoe"):
        assert (
            find(texts, query).rows()
            == find(texts.reverse(), query).rows()
            == find(texts.sample(fraction=1, shuffle=True, seed=1), query).rows()
        )
