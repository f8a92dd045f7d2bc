"""The book is the one door: nobody reads a foreign row, nobody writes without the right."""

from datetime import date
from typing import get_args

import polars as pl
import pytest

from health import portfolio
from health.access import RIGHTS, Book, Right, Role, Viewer
from health.errors import Forbidden, NotFound
from health.warehouse import Warehouse
from tests.books import small_book, warehouse_of

DAY = date(2024, 6, 10)


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return warehouse_of(small_book())


def manager(warehouse: Warehouse, employee: str | None = "E0") -> Book:
    return Book(Viewer("m", "account_manager", employee), warehouse)


def test_an_account_manager_sees_only_the_own_customers(warehouse: Warehouse) -> None:
    book = manager(warehouse)
    assert portfolio.build(book, DAY)["customer_id"].to_list() == ["A"]
    assert portfolio.history(book)["customer_id"].unique().to_list() == ["A"]


def test_an_account_manager_without_customers_sees_nothing(warehouse: Warehouse) -> None:
    for employee in (None, "", "E9"):
        assert portfolio.build(manager(warehouse, employee), DAY).is_empty()


def test_unknown_and_forbidden_customers_are_told_in_the_same_words(warehouse: Warehouse) -> None:
    told = []
    for customer in ("B", "Z"):
        with pytest.raises(NotFound) as refused:
            portfolio.client(manager(warehouse), customer, DAY)
        told.append(str(refused.value).replace(customer, "?"))
    assert told[0] == told[1]


def test_a_client_frame_holds_rows_of_that_client_alone(warehouse: Warehouse) -> None:
    for name, frame in portfolio.client(manager(warehouse), "A", DAY).items():
        if "customer_id" in frame.columns:
            assert set(frame["customer_id"]) <= {"A"}, name


def test_a_client_of_a_book_without_complaints_is_read_however_often(warehouse: Warehouse) -> None:
    """What is known of empty tables is kept from the first reading on."""
    read = [portfolio.client(manager(warehouse), "A", DAY)["complaint_clocks"] for _ in range(3)]
    assert all(frame.is_empty() for frame in read)


@pytest.mark.parametrize("role", ["executive", "analyst", "admin"])
def test_the_other_roles_see_the_whole_book(warehouse: Warehouse, role: Role) -> None:
    assert portfolio.build(Book(Viewer("v", role), warehouse), DAY).height == 2


@pytest.mark.parametrize("right", list(RIGHTS))
@pytest.mark.parametrize("role", get_args(Role))
def test_a_role_without_the_right_writes_nothing(role: Role, right: Right) -> None:
    book = Book(Viewer("v", role), Warehouse())
    before = book.version
    if book.may(right):
        with book.writing(right):
            pass
        assert book.version == before + 1
    else:
        with pytest.raises(Forbidden), book.writing(right):
            pass
        assert book.version == before


def test_medians_and_drivers_are_taken_over_the_viewers_own_book(warehouse: Warehouse) -> None:
    own = portfolio.build(manager(warehouse), DAY).filter(pl.col("customer_id") == "A")
    assert own.height == 1 and own["driver"][0] is not None
