"""What is remembered of a book is handed again to the same viewer of the same version alone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from health.access import Book, Viewer
from health.ui import cache
from health.warehouse import Warehouse

JO = Viewer("Jo", "account_manager", "E0")
OTHERS = {
    "name": replace(JO, name="Ann"),
    "role": replace(JO, role="executive"),
    "employee": replace(JO, employee_id="E1"),
    "no employee": replace(JO, employee_id=None),
}
ASKED: list[Viewer] = []


def question(book: Book, number: int) -> int:
    """The number, and a note that it was worked out."""
    ASKED.append(book.viewer)
    return number


SHARED = cache.shared(9)(question)
GATES = {"cached": cache.cached(question), "ask": lambda book, number: cache.read_cached(question, book, number), "shared": SHARED}


@pytest.fixture
def warehouse(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    monkeypatch.setenv("HEALTH_WAREHOUSE", request.node.name)  # no other test's answers
    ASKED.clear()
    warehouse = Warehouse()
    yield warehouse
    warehouse.close()


@pytest.mark.parametrize("gate", GATES)
def test_the_same_viewer_is_answered_from_memory_and_another_question_is_not(gate: str, warehouse: Warehouse) -> None:
    for number in (1, 1, 2):
        assert GATES[gate](Book(replace(JO), warehouse), number) == number
    assert len(ASKED) == 2


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("gate", GATES)
def test_no_viewer_is_answered_with_what_another_asked(gate: str, other: str, warehouse: Warehouse) -> None:
    for viewer in (JO, OTHERS[other]):
        GATES[gate](Book(viewer, warehouse), 1)
    assert [JO, OTHERS[other]] == ASKED


@pytest.mark.parametrize("gate", GATES)
def test_nothing_is_answered_from_before_a_write(gate: str, warehouse: Warehouse) -> None:
    book = Book(Viewer("Ana", "analyst"), warehouse)
    GATES[gate](book, 1)
    before = book.cache_key
    with book.writing("load"):
        pass
    assert book.cache_key != before
    GATES[gate](book, 1)
    assert len(ASKED) == 2
