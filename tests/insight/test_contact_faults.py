"""The fix-list against one made naively from the rows, on a demo whose contact details were spoilt."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from health import demo, portfolio
from health.insight.data import contact_faults as contacts
from health.ui.tables import as_csv
from tests.books import analyst, rows, warehouse_of
from tests.insight.books import book as hand_made
from tests.insight.books import row

DAY = date(2026, 10, 31)
ODD = [
    "nobody",
    "a@b",
    "a b@c.example",
    "@c.example",
    "a@c..example",
    "a@@c.example",
    " Ida@Shared.Example ",
    "ida@shared.example",
    "  ",
    "x@y.example",
]


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    """A demo in which every third address is odd, some are shared, some primaries are none."""
    made = dict(demo.generate(customers=200, months=12).tables)
    people = made["contacts"]
    odd = pl.Series([ODD[k // 3 % len(ODD)] if k % 3 == 0 else email for k, email in enumerate(people["email"])], dtype=pl.String)
    flags = pl.Series([flag and k % 5 > 0 for k, flag in enumerate(people["is_primary"])])
    gone = pl.Series([DAY - timedelta(days=k) if k % 7 == 0 else day for k, day in enumerate(people["active_to"])], dtype=pl.Date)
    started = pl.when(pl.col("active_from") > gone).then(gone).otherwise(pl.col("active_from"))
    spoilt = {"email": odd, "is_primary": flags, "active_to": gone, "active_from": started}
    return made | {"contacts": people.with_columns(**spoilt)}


def plausible(address: str) -> bool:
    if address.count("@") != 1 or any(c.isspace() for c in address):
        return False
    name, domain = address.split("@")
    parts = domain.split(".")
    return bool(name) and len(parts) > 1 and all(parts)


def naive(tables: dict[str, pl.DataFrame], day: date) -> set[tuple[str, str, str | None]]:
    """(customer, fault, contact) one customer at a time."""
    people: dict[str, list[dict[str, Any]]] = {c: [] for c in tables["customers"]["customer_id"]}
    for person in tables["contacts"].iter_rows(named=True):
        if person["active_from"] is None or person["active_from"] <= day:
            address = (person["email"] or "").strip(" ").lower()
            people[person["customer_id"]].append(
                person | {"email": address, "gone": bool(person["active_to"] and person["active_to"] <= day)}
            )
    there = {c: [p for p in held if not p["gone"]] for c, held in people.items()}
    users: dict[str, set[str]] = {}
    for c, held in there.items():
        for p in held:
            users.setdefault(p["email"], set()).add(c)
    faults: set[tuple[str, str, str | None]] = set()
    for c, held in there.items():
        left = sorted((p for p in people[c] if p["gone"]), key=lambda p: (-p["active_to"].toordinal(), p["contact_id"]))
        if not held:
            faults.add((c, "no_contact", left[0]["contact_id"] if left else None))
            continue
        if not any(p["is_primary"] for p in held):
            faults.add((c, "no_primary", None))
        for role in {p["role"] for p in left} - {p["role"] for p in held}:
            faults.add((c, "left", next(p["contact_id"] for p in left if p["role"] == role)))
        for p in held:
            if not p["email"] and not (p["phone"] or "").strip():
                faults.add((c, "unreachable", p["contact_id"]))
            if p["email"] and not plausible(p["email"]):
                faults.add((c, "implausible", p["contact_id"]))
            if p["email"] and len(users[p["email"]]) > 1:
                faults.add((c, "shared", p["contact_id"]))
    return faults


@pytest.mark.parametrize("day", [DAY, date(2026, 3, 15)])
def test_the_faults_are_those_found_naively(tables: dict[str, pl.DataFrame], day: date) -> None:
    book = analyst(warehouse_of(tables))
    with book.reading() as session:
        faults = session.frame("queries/contact_faults", as_of=day)
    assert set(faults.select("customer_id", "fault", "contact_id").iter_rows()) == naive(tables, day)
    assert faults.height == len(naive(tables, day)), "each is told once"
    assert set(faults["fault"]) == {fault.key for fault in contacts.FAULTS}
    now = portfolio.build(book, day)
    fixes = contacts.fix_list(faults, now)
    active = dict(now.filter(pl.col("status") == "active").select("customer_id", "mrr").iter_rows())
    mine = [fault for fault in naive(tables, day) if fault[0] in active]
    assert fixes.height == len(mine)
    assert contacts.count_complete(fixes, now) == (len(active) - len({c for c, _, _ in mine}), len(active))
    assert contacts.count_by_fault(fixes) == {
        f.key: len({c for c, key, _ in mine if key == f.key}) for f in contacts.FAULTS if any(key == f.key for _, key, _ in mine)
    }
    stakes = [-1.0 if mrr is None else mrr for mrr in fixes["mrr"]]
    assert stakes == sorted(stakes, reverse=True)


def one(*people: dict[str, Any]) -> pl.DataFrame:
    """The fix-list of a book with customers A and B, both billed, and these people."""
    given = rows(
        "contacts", *({"contact_id": f"P{k}", "name": f"N{k}", "is_primary": True, "phone": "1"} | p for k, p in enumerate(people))
    )
    warehouse = warehouse_of({"customers": rows("customers", *({"customer_id": c, "name": f"{c} Ltd"} for c in "AB")), "contacts": given})
    with warehouse.reading() as session:
        faults = session.frame("queries/contact_faults", as_of=DAY)
    return contacts.fix_list(faults, hand_made([row("A", mrr=10.0), row("B", mrr=None)]))


def test_whoever_shares_an_address_is_told_with_whom() -> None:
    told = one({"customer_id": "A", "email": "x@y.example"}, {"customer_id": "B", "email": "X@Y.example"})
    assert told["detail"].to_list() == ["x@y.example, also at B", "x@y.example, also at A"] or told["detail"].to_list() == [
        "x@y.example, also at B Ltd",
        "x@y.example, also at A Ltd",
    ]


def test_a_leaver_whose_role_is_filled_again_is_no_fault() -> None:
    left = {"customer_id": "A", "role": "billing", "active_to": date(2026, 2, 3)}
    assert one(left, {"customer_id": "A", "role": "user"}, {"customer_id": "B"})["detail"].to_list() == ["billing, left 3 Feb 2026"]
    assert one(left, {"customer_id": "A", "role": "billing"}, {"customer_id": "B"}).is_empty()


def test_nobody_on_file_names_who_was_there_last() -> None:
    told = one({"customer_id": "A", "role": "user", "active_to": date(2026, 2, 3)}, {"customer_id": "B"})
    assert told.select("wrong", "contact", "detail").row(0) == ("No contacts", "N0", "user, left 3 Feb 2026")


def test_the_title_counts_customers_once() -> None:
    told = one({"customer_id": "A", "email": "nobody", "is_primary": False}, {"customer_id": "B"})
    assert told.height == 2
    assert contacts.finding(told, True) == "1 customer has contact details to fix, €10 MRR"
    assert contacts.finding(told.clear(), False) == "No contacts are loaded"


def test_the_list_is_searched_by_kind_and_word() -> None:
    told = one({"customer_id": "A", "email": "nobody", "is_primary": False}, {"customer_id": "B", "phone": None})
    assert contacts.filter_fixes(told, "implausible", "")["customer_id"].to_list() == ["A"]
    assert contacts.filter_fixes(told, None, " N1 ")["fault"].to_list() == ["unreachable"]
    assert contacts.filter_fixes(told, None, "(").is_empty()


def test_no_cell_of_the_file_is_run_by_a_spreadsheet() -> None:
    told = one({"customer_id": "A", "name": "=1+1", "email": "@x"}, {"customer_id": "B"})
    assert b"'=1+1" in as_csv(told) and b"'@x" in as_csv(told)
