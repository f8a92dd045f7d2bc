"""The filters of the book: whose customers a viewer sees, id by id, and which hand-over opens one more."""

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from health.access import Book, Role, Viewer
from health.errors import Forbidden, NotFound
from health.warehouse import Warehouse
from tests.books import rows

CUSTOMERS = {"A": "E0", "B": "E1", "C": None, "D": "E0"}
OWN: dict[str | None, list[str]] = {"E0": ["A", "D"], "E1": ["B"], "E2": [], "": [], None: []}


def action(number: int, customer: str, kind: str, **more: Any) -> dict[str, Any]:
    blank: dict[str, Any] = dict.fromkeys(("to_employee", "to_role", "of_owner"))
    return blank | {"action_id": number, "customer_id": customer, "kind": kind, "author": "x", "made_at": datetime(2024, 6, 1)} | more


def handed(number: int, customer: str, to: str = "E2", role: str = "account_manager", owner: str | None = "E1") -> dict[str, Any]:
    return action(number, customer, "handed", to_employee=to, to_role=role, of_owner=owner)


def warehouse_with(*actions: dict[str, Any]) -> Warehouse:
    warehouse = Warehouse()
    with warehouse.writing() as session:
        given = rows("customers", *({"customer_id": i, "name": i, "owner": owner} for i, owner in CUSTOMERS.items()))
        session.insert("customers", given.with_columns(load_id=pl.lit(1, pl.Int64), line=pl.int_range(pl.len(), dtype=pl.Int64)))
        if actions:
            session.insert("actions", pl.DataFrame(list(actions), infer_schema_length=None))
    return warehouse


def seen(book: Book) -> list[str]:
    """The customers that pass the filter of frames; each of them, and no other, passes that of single ids too."""
    frame = pl.DataFrame({"customer_id": list(CUSTOMERS)})
    with book.reading() as session:
        passed: list[str] = book.own(session, frame)["customer_id"].to_list()
        for one in CUSTOMERS:
            if one in passed:
                assert book.own_id(session, one) == one
            else:
                with pytest.raises(NotFound):
                    book.own_id(session, one)
        with pytest.raises(NotFound):
            book.own_id(session, "Z")
    return passed


@pytest.fixture(scope="module")
def plain() -> Warehouse:
    return warehouse_with()


@pytest.mark.parametrize("employee", OWN)
def test_an_account_manager_passes_the_own_customers_and_those_without_an_owner_pass_nobody(plain: Warehouse, employee: str | None) -> None:
    assert seen(Book(Viewer("m", "account_manager", employee), plain)) == OWN[employee]


@pytest.mark.parametrize("role", ["executive", "analyst", "admin"])
@pytest.mark.parametrize("employee", [None, "E0"])
def test_every_other_role_passes_everybody_whoever_looks(plain: Warehouse, role: Role, employee: str | None) -> None:
    assert seen(Book(Viewer("v", role, employee), plain)) == list(CUSTOMERS)


HANDED: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "handed to this colleague": ([handed(1, "B")], ["B"]),
    "handed to another one": ([handed(1, "B", to="E3")], []),
    "handed to somebody who sees all": ([handed(1, "B", role="analyst")], []),
    "handed under a former owner": ([handed(1, "B", owner="E9")], []),
    "handed without an owner then and now": ([handed(1, "C", owner=None)], ["C"]),
    "handed without an owner then, with one now": ([handed(1, "B", owner=None)], []),
    "handed on to another one": ([handed(1, "B"), handed(2, "B", to="E3")], []),
    "handed back and forth": ([handed(1, "B", to="E3"), handed(2, "B")], ["B"]),
    "done since": ([handed(1, "B"), action(2, "B", "done")], []),
    "taken back since": ([handed(1, "B"), action(2, "B", "reopened")], []),
    "snoozed since": ([handed(1, "B"), action(2, "B", "snoozed")], ["B"]),
    "done before": ([action(1, "B", "done"), handed(2, "B")], ["B"]),
    "one of two": ([handed(1, "B"), handed(2, "A", to="E3", owner="E0")], ["B"]),
}  # fmt: skip


@pytest.mark.parametrize("case", HANDED)
def test_a_hand_over_opens_one_customer_to_one_colleague_while_it_holds(case: str) -> None:
    given, expected = HANDED[case]
    assert seen(Book(Viewer("m", "account_manager", "E2"), warehouse_with(*given))) == expected


def test_the_owner_keeps_what_was_handed_over() -> None:
    assert seen(Book(Viewer("m", "account_manager", "E1"), warehouse_with(handed(1, "B")))) == ["B"]


def test_rows_are_written_in_the_employees_hand_else_by_name() -> None:
    assert Viewer("Ida", "analyst", "E7").author == "E7"
    assert Viewer("Ida", "analyst").author == "Ida" and Viewer("Ida", "analyst", "").author == "Ida"


RIGHTS = {
    "executive": ("save_view",), "account_manager": ("override", "write", "save_view"),
    "analyst": ("load", "settings", "override", "write", "save_view"), "admin": ("load", "settings", "override", "write", "save_view"),
}  # fmt: skip


@pytest.mark.parametrize("role", RIGHTS)
def test_each_role_has_its_rights_and_no_other(plain: Warehouse, role: Any) -> None:
    book = Book(Viewer("v", role), plain)
    for right in ("load", "settings", "override", "write", "save_view"):
        assert book.may(right) is (right in RIGHTS[role])  # type: ignore[arg-type]
        if right in RIGHTS[role]:
            book.check(right)  # type: ignore[arg-type]
        else:
            with pytest.raises(Forbidden):
                book.check(right)  # type: ignore[arg-type]
