"""Saved views belong to their author, replace one another by name, and stay on file when removed."""

from datetime import datetime

import polars as pl
import pytest

from health.access import Book, Viewer
from health.desk import saved_views
from health.errors import InvalidInput, NotFound
from health.warehouse import Warehouse
from tests.books import analyst
from tests.desk.office import manager

NOW = datetime(2026, 11, 2, 9)
RISKY = {"band": ["at_risk"], "only": ["complaints"]}


@pytest.fixture
def book() -> Book:
    return analyst(Warehouse())


def kept(book: Book) -> dict[str, tuple[object, bool]]:
    return {view.name: (view.filters, view.is_default) for view in saved_views.saved_views(book)}


def test_a_saved_view_is_read_as_it_was_saved_without_empty_filters(book: Book) -> None:
    saved_views.save(book, "  At   risk ", RISKY | {"tier": []}, False, NOW)
    assert kept(book) == {"At risk": (RISKY, False)}


def test_an_executive_saves_a_view_too(book: Book) -> None:
    executive = Book(Viewer("Eva", "executive"), Warehouse())
    saved_views.save(executive, "Mine", RISKY, True, NOW)
    assert kept(executive) == {"Mine": (RISKY, True)}


def test_the_same_name_replaces_the_view_whatever_its_case(book: Book) -> None:
    saved_views.save(book, "Risk", RISKY, True, NOW)
    saved_views.save(book, "RISK", {"tier": ["A"]}, False, NOW)
    assert kept(book) == {"RISK": ({"tier": ["A"]}, False)}


def test_one_view_at_most_is_the_default(book: Book) -> None:
    for name in ("One", "Two"):
        saved_views.save(book, name, RISKY, True, NOW)
    assert kept(book) == {"One": (RISKY, False), "Two": (RISKY, True)}


def test_views_of_others_are_neither_seen_nor_removed() -> None:
    warehouse = Warehouse()
    mine, other = manager(warehouse, "E0"), manager(warehouse, "E1")
    saved_views.save(mine, "Mine", RISKY, True, NOW)
    saved_views.save(other, "Mine", {}, True, NOW)
    assert kept(mine) == {"Mine": (RISKY, True)} and kept(other) == {"Mine": ({}, True)}
    (view,) = saved_views.saved_views(mine)
    for view_id in (view.view_id, 99):
        with pytest.raises(NotFound, match="may have been deleted"):
            saved_views.remove(other, view_id, NOW)
    assert kept(mine)


def test_a_removed_view_is_gone_from_the_list_and_stays_on_file(book: Book) -> None:
    saved_views.save(book, "Mine", RISKY, False, NOW)
    (view,) = saved_views.saved_views(book)
    saved_views.remove(book, view.view_id, NOW)
    assert kept(book) == {}
    with book.reading() as session:
        assert session.rows("saved_views").select("name", "removed_at").rows() == [("Mine", NOW)]
    with pytest.raises(NotFound):
        saved_views.remove(book, view.view_id, NOW)


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\0b"])
def test_a_name_that_cannot_be_shown_is_refused_and_nothing_is_written(book: Book, name: str) -> None:
    before = book.version
    with pytest.raises(InvalidInput, match="1 to 60 characters"):
        saved_views.save(book, name, RISKY, False, NOW)
    assert book.version == before


def test_an_author_has_fifty_views_at_most(book: Book) -> None:
    for number in range(saved_views.MOST):
        saved_views.save(book, f"View {number}", {}, False, NOW)
    with pytest.raises(InvalidInput, match="delete one first"):
        saved_views.save(book, "One more", {}, False, NOW)
    saved_views.save(book, "View 7", RISKY, False, NOW)
    with book.reading() as session:
        assert (
            session.rows("saved_views")["view_id"].is_unique().all()
            and session.rows("saved_views").filter(pl.col("removed_at").is_null()).height == 50
        )
