"""What was done about a customer: who leaves the list, until when, what brings it back, and who may receive it."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from health import portfolio
from health.access import Book, Viewer
from health.desk import entries, worklist
from health.desk.worklist import Week, actions
from health.errors import Forbidden, InvalidInput, NotFound
from health.insight.client import rows as own
from health.tables import TABLES
from health.warehouse import Warehouse
from tests.books import analyst, rows
from tests.desk.office import NOW, loaded, manager, office

TODAY = NOW.date()


VALUE = {"p_leave_180d": pl.Float64, "lifetime_value": pl.Float64, "chance_from": pl.String, "margin": pl.Float64}
SEEN = pl.DataFrame(schema={"band": pl.String, "rate": pl.Float64})


def kept(path: Path, calm: bool) -> Path:
    """A file with A of E0 and B of E1, each with an open complaint that is long past its limit, or calm: with one solved long ago."""
    own = office(Warehouse(path))
    if calm:
        solved = [{"complaint_id": f"Q{i}", "customer_id": i, "opened_at": datetime(2024, 4, 1, 10), "severity": 3,
                   "first_response_at": datetime(2024, 4, 1, 11), "resolved_at": datetime(2024, 4, 2)} for i in "AB"]  # fmt: skip
        loaded(analyst(own), {"complaints": rows("complaints", *solved)}, "solved.csv")
    own.close()
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    folder = tmp_path_factory.mktemp("books")
    return {calm: kept(folder / f"{calm}.duckdb", calm) for calm in (True, False)}


@pytest.fixture
def warehouse(files: dict[bool, Path], tmp_path: Path) -> Iterator[Warehouse]:
    own = Warehouse(shutil.copy(files[False], tmp_path / "w.duckdb"))
    yield own
    own.close()


@pytest.fixture
def calm(files: dict[bool, Path], tmp_path: Path) -> Iterator[Warehouse]:
    own = Warehouse(shutil.copy(files[True], tmp_path / "w.duckdb"))
    yield own
    own.close()


BUILT: dict[tuple[str, date], pl.DataFrame] = {}
"""The whole book on a day, by what the rows say: acting changes none of them, and the list cuts it to the viewer's own."""


def week(book: Book, day: date = TODAY, employee_id: str | None = None) -> Week:
    with book.reading() as session:
        content = str(session.content_hash().rows())
    if (content, day) not in BUILT:
        BUILT[content, day] = portfolio.build(analyst(book._warehouse), day)
    now = BUILT[content, day]
    value = now.select("customer_id", *(pl.lit(None, kind).alias(name) for name, kind in VALUE.items()))
    return worklist.week(book, day, 8, now, value, SEEN, employee_id=employee_id)


def listed(book: Book, day: date = TODAY, employee_id: str | None = None) -> list[str]:
    found = week(book, day, employee_id)
    return [*found.urgent["customer_id"], *found.ranked["customer_id"]]


def keys(book: Book) -> list[str]:
    return list(week(book).urgent["keys"][0])


def test_done_leaves_the_list_until_the_agreed_interval_is_over(calm: Warehouse) -> None:
    mine = manager(calm)
    assert listed(mine) == ["A"]
    done = actions.mark_done(mine, "A", TODAY, NOW)
    back = TODAY + timedelta(days=45)
    assert "A" in done.words and "4 Aug 2024" in done.words
    assert listed(mine) == [] and listed(mine, back - timedelta(days=1)) == [] and listed(mine, back) == ["A"]
    gone = week(mine).away
    assert gone.select("customer_id", "kind", "until_on", "author_name").rows() == [("A", "done", back, "E0")]
    assert gone["words"].to_list() == ["Done by E0, back on 4 Aug"]


def test_a_snooze_has_a_reason_and_a_day_and_ends_on_it(calm: Warehouse) -> None:
    mine, until = manager(calm), TODAY + timedelta(days=7)
    for day, why, said in (
        (until, " ", "without a reason"),
        (TODAY, "waits", "future day"),
        (TODAY + timedelta(days=91), "waits", "at most 90 days"),
    ):
        with pytest.raises(InvalidInput, match=said):
            actions.snooze(mine, "A", day, why, TODAY, NOW)
    assert listed(mine) == ["A"]
    actions.snooze(mine, "A", until, "waits for the quote", TODAY, NOW)
    assert listed(mine) == [] and listed(mine, until) == ["A"]
    assert week(mine).away["words"].to_list() == ["Snoozed by E0 until 27 Jun: waits for the quote"]


def test_what_was_urgent_and_seen_rests_and_what_is_new_brings_the_customer_back(warehouse: Warehouse) -> None:
    mine = manager(warehouse)
    seen = keys(mine)
    assert week(mine).urgent["trigger"].to_list() == ["limit"]
    actions.mark_done(mine, "A", TODAY, NOW, seen)
    assert listed(mine) == []
    raised = {"customer_id": "A", "opened_at": datetime(2024, 6, 20, 9), "severity": 4, "theme": "outage"}
    entries.write(mine, "complaints", raised, NOW + timedelta(hours=1))
    back = week(mine).urgent
    assert back["trigger"].to_list() == ["critical"] and back["note"].to_list() == ["Back before 4 Aug: something urgent came up"]
    actions.mark_done(mine, "A", TODAY, NOW, keys(mine))
    assert listed(mine) == []


def test_a_complaint_that_is_reopened_is_new(warehouse: Warehouse) -> None:
    mine = manager(warehouse)
    actions.mark_done(mine, "A", TODAY, NOW, keys(mine))
    again = {"complaint_id": "QA", "customer_id": "A", "opened_at": datetime(2024, 4, 1, 10), "severity": 3,
             "resolved_at": datetime(2024, 5, 2), "reopened_at": datetime(2024, 6, 20, 8)}  # fmt: skip
    loaded(analyst(warehouse), {"complaints": rows("complaints", again)}, "again.csv")
    assert listed(mine) == ["A"]


def test_what_was_not_looked_at_is_not_done(warehouse: Warehouse) -> None:
    mine = manager(warehouse)
    actions.mark_done(mine, "A", TODAY, NOW)
    assert listed(mine) == ["A"], "its complaint was never seen"


def acted(warehouse: Warehouse, *columns: str) -> list[tuple[object, ...]]:
    with warehouse.reading() as session:
        return session.rows("actions").sort("action_id").select(columns).rows()


def test_a_customer_is_taken_up_again(calm: Warehouse) -> None:
    mine = manager(calm)
    with pytest.raises(InvalidInput, match="no action on A"):
        actions.reopen(mine, "A", NOW)
    actions.mark_done(mine, "A", TODAY, NOW)
    actions.reopen(mine, "A", NOW)
    assert listed(mine) == ["A"]
    with pytest.raises(InvalidInput, match="no action on A to undo"):
        actions.reopen(mine, "A", NOW)
    told = acted(calm, "action_id", "kind", "author", "made_at")
    assert told == [(1, "done", "E0", NOW), (2, "reopened", "E0", NOW)]


def test_a_handed_customer_is_open_to_the_colleague_until_it_is_done_or_taken_back(calm: Warehouse) -> None:
    mine, colleague = manager(calm), manager(calm, "E1")
    for over in (lambda: actions.mark_done(colleague, "A", TODAY, NOW), lambda: actions.reopen(mine, "A", NOW)):
        with pytest.raises(NotFound):
            own.customer_rows(colleague, "A", ())
        actions.hand_over(mine, "A", colleague, "on leave", NOW)
        assert listed(mine) == [] and sorted(listed(colleague)) == ["A", "B"]
        assert "E1" in week(mine).away["words"][0]
        actions.snooze(colleague, "A", TODAY + timedelta(days=2), "ring later", TODAY, NOW)
        over()
    with pytest.raises(NotFound, match="Customer A was not found among your customers"):
        own.customer_rows(colleague, "A", ())
    assert listed(colleague) == ["B"]


def test_a_customer_is_handed_only_to_somebody_who_may_write_it(calm: Warehouse) -> None:
    mine, colleague, house = manager(calm), manager(calm, "E1"), analyst(calm)
    with pytest.raises(InvalidInput, match="E9 is neither an employee nor the owner"):
        actions.hand_over(mine, "A", manager(calm, "E9"), "on leave", NOW)
    with pytest.raises(InvalidInput, match="read-only"):
        actions.hand_over(mine, "A", Book(Viewer("boss", "executive"), calm), "on leave", NOW)
    with pytest.raises(InvalidInput, match="already with you"):
        actions.hand_over(mine, "A", mine, "on leave", NOW)
    assert listed(mine) == ["A"] and listed(colleague) == ["B"]
    actions.hand_over(mine, "A", house, "on leave", NOW)
    assert listed(mine) == [] and week(mine).away["words"].to_list() == ["With test since 20 Jun: on leave"]
    assert listed(house, employee_id="test") == ["A"] and sorted(listed(house)) == ["A", "B"]
    assert week(house, employee_id="test").ranked["note"].to_list() == ["Handed over by E0 to test: on leave"]


def test_a_handover_under_a_former_owner_is_void(calm: Warehouse) -> None:
    house = analyst(calm)
    actions.hand_over(house, "B", manager(calm), "please call", NOW)
    assert sorted(listed(manager(calm))) == ["A", "B"]
    moved = {"customer_id": "B", "name": "B", "customer_since": date(2023, 1, 1), "tier": "B", "region": "north", "owner": "E2"}
    loaded(house, {"customers": rows("customers", moved)}, "moved.csv")
    assert listed(manager(calm, "E2")) == ["B"] and listed(manager(calm)) == ["A"] and listed(manager(calm, "E1")) == []
    with pytest.raises(NotFound):
        own.customer_rows(manager(calm), "B", ())


def test_people_are_called_by_their_names(calm: Warehouse) -> None:
    loaded(analyst(calm), {"employees": rows("employees", {"employee_id": "E0", "name": "Ida Lind"})}, "people.csv")
    actions.mark_done(manager(calm), "A", TODAY, NOW)
    assert week(manager(calm)).away.select("words", "author_name").rows() == [("Done by Ida Lind, back on 4 Aug", "Ida Lind")]


def test_nobody_acts_on_anothers_customer_or_without_the_right(calm: Warehouse) -> None:
    mine, boss = manager(calm), Book(Viewer("boss", "executive"), calm)
    for act in (
        lambda book, i: actions.mark_done(book, i, TODAY, NOW),
        lambda book, i: actions.snooze(book, i, TODAY + timedelta(days=3), "why", TODAY, NOW),
        lambda book, i: actions.hand_over(book, i, analyst(calm), "why", NOW),
        lambda book, i: actions.reopen(book, i, NOW),
    ):
        with pytest.raises(NotFound, match="Customer B was not found among your customers"):
            act(mine, "B")
        with pytest.raises(Forbidden):
            act(boss, "A")
    with calm.reading() as session:
        assert session.count("actions") == 0


def test_two_who_act_at_once_both_stay_on_file_and_the_later_holds(calm: Warehouse) -> None:
    actions.mark_done(manager(calm), "A", TODAY, NOW)
    actions.snooze(analyst(calm), "A", TODAY + timedelta(days=2), "ring later", TODAY, NOW)
    assert acted(calm, "action_id", "customer_id", "kind") == [(1, "A", "done"), (2, "A", "snoozed")]
    assert listed(manager(calm), TODAY + timedelta(days=2)) == ["A"]


def test_what_is_done_touches_no_row_of_the_book(calm: Warehouse) -> None:
    with calm.reading() as session:
        before = session.content_hash()
    actions.mark_done(manager(calm), "A", TODAY, NOW)
    with calm.reading() as session:
        assert before.equals(session.content_hash()) and "actions" not in TABLES
    assert pl.Series(listed(manager(calm))).is_empty()
