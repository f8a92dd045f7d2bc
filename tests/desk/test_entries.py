"""An entry at the desk is a row like any other, with an author and a trail; nobody writes another's client, nobody's row is lost."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from health.access import Book, Viewer
from health.desk import entries
from health.desk.entries import KINDS, EntryResult, notes
from health.errors import Forbidden, InvalidInput, NotFound
from health.insight.client import rows as own
from health.insight.data import loads as insight
from health.intake import layout, ledger, load
from health.score import history
from health.tables import TABLES
from health.warehouse import Warehouse
from tests.books import analyst, rows
from tests.desk.office import CALL, NOW, content, loaded, manager, office

LATER = NOW + timedelta(minutes=5)
NEW: dict[str, dict[str, Any]] = {
    "interactions": CALL,
    "complaints": {"customer_id": "A", "opened_at": NOW, "severity": 4, "theme": "outage"},
    "promises": {"customer_id": "A", "kind": "callback", "promised_on": NOW.date(), "due_at": NOW + timedelta(days=1)},
    "surveys": {"customer_id": "A", "kind": "nps", "answered_on": NOW.date(), "score": 8, "scale_min": 0, "scale_max": 10},
    "exits": {"customer_id": "A", "announced_on": NOW.date(), "reason": "price"},
    "referrals": {"customer_id": "A", "made_on": NOW.date()},
    "diary": {"customer_id": "A", "planned_on": NOW.date() + timedelta(days=9)},
    "opportunities": {"customer_id": "A", "kind": "renewal", "opened_on": NOW.date(), "monthly_value": "120.50"},
    "contacts": {"customer_id": "A", "name": "Bo", "phone": "1", "is_primary": True},
}


def plain_row(table: str) -> dict[str, Any]:
    """A row of a table that is not written out above: its required columns as in its template, its days today."""
    asked = [c for c in TABLES[table].columns if c.required and c.name not in TABLES[table].key]
    days = {"date": NOW.date(), "timestamp": NOW}
    return {c.name: days.get(c.type, c.example) for c in asked} | {"customer_id": "A"}


NEW |= {table: plain_row(table) for table in KINDS if table not in NEW}


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    own = office()
    yield own
    own.close()


@pytest.fixture
def unscored(monkeypatch: pytest.MonkeyPatch, warehouse: Warehouse) -> Warehouse:
    """The same for tests of rows and words alone: nobody is scored anew for an entry, which takes most of the time of one."""
    monkeypatch.setattr(history, "refresh", lambda *_: None)
    return warehouse


@pytest.fixture(scope="module")
def untouched() -> Iterator[Warehouse]:
    """For tests that write nothing."""
    own = office()
    yield own
    own.close()


def stored(warehouse: Warehouse, table: str) -> dict[str, dict[str, Any]]:
    with warehouse.reading() as session:
        return {entries.key_of(table, row): row for row in session.rows(table).iter_rows(named=True)}


def refused(book: Book, table: str, **values: Any) -> str:
    with pytest.raises(InvalidInput) as told:
        entries.write(book, table, CALL | values if table == "interactions" else values, NOW)
    return str(told.value)


BEFORE, TODAY = NOW - timedelta(days=1), NOW.date()
GUARDED: dict[str, tuple[str, dict[str, Any], str]] = {
    "an answer above its scale": ("surveys", {"kind": "csat", "score": 6, "scale_min": 1, "scale_max": 5}, "score is above scale_max"),
    "an answer below its scale": ("surveys", {"kind": "ces", "score": 0, "scale_min": 1, "scale_max": 7}, "score is below scale_min"),
    "an NPS of 11": ("surveys", {"score": 11, "scale_min": None, "scale_max": None}, "not from 0 to 10"),
    "a complaint about nothing": ("complaints", {"theme": " "}, "theme, product and comment are all blank: say in one of them"),
    "an answer before the complaint": ("complaints", {"first_response_at": BEFORE}, "first_response_at is before opened_at"),
    "a solution before the complaint": ("complaints", {"resolved_at": BEFORE}, "resolved_at is before opened_at: enter when"),
    "a reopening before the complaint": ("complaints", {"reopened_at": BEFORE}, "reopened_at is before opened_at"),
    "a promise kept before it was made": ("promises", {"delivered_at": BEFORE}, "delivered_at is before promised_on"),
    "a promise due before it was made": ("promises", {"due_at": BEFORE}, "due_at is before promised_on"),
    "a renewal closed before it was opened": ("opportunities", {"closed_on": BEFORE.date()}, "closed_on is before opened_on"),
    "a referral won before it was made": ("referrals", {"won_on": BEFORE.date()}, "won_on is before made_on"),
    "a plan cancelled before it was made": ("diary", {"cancelled_on": BEFORE.date()}, "cancelled_on is before created_on"),
    "a person gone before known": ("contacts", {"active_from": TODAY, "active_to": BEFORE.date()}, "active_to is before active_from"),
}


@pytest.mark.parametrize("case", GUARDED)
def test_what_cannot_be_is_refused_with_the_column_to_correct(untouched: Warehouse, case: str) -> None:
    table, values, words = GUARDED[case]
    told = refused(manager(untouched), table, **(NEW[table] | values))
    assert words in told and told.endswith("Correct this and save again.") and "name of" not in told


def test_a_row_of_a_file_is_held_to_the_rules_of_entries_only_where_it_is_touched(unscored: Warehouse) -> None:
    """The office's complaints have no theme, product or note, and one of them was solved before it was raised."""
    book, odd = manager(unscored), {"complaint_id": "QX", "customer_id": "A", "opened_at": NOW, "resolved_at": BEFORE}
    loaded(analyst(unscored), {"complaints": rows("complaints", odd)}, "merged.csv")
    seen = stored(unscored, "complaints")["QX"]["load_id"]
    seen = entries.correct(book, "complaints", "QX", {"severity": 4}, seen, "x", NOW).load_id or 0
    with pytest.raises(InvalidInput, match="resolved_at is before opened_at"):
        entries.correct(book, "complaints", "QX", {"resolved_at": BEFORE - timedelta(days=1)}, seen, "x", NOW)
    entries.correct(book, "complaints", "QX", {"resolved_at": NOW}, seen, "x", NOW)


def test_a_file_may_not_hold_a_promise_kept_before_it_was_made(unscored: Warehouse) -> None:
    row = NEW["promises"] | {"promise_id": "VX", "customer_id": "A", "delivered_at": BEFORE}
    deal = NEW["opportunities"] | {"opportunity_id": "OX", "closed_on": BEFORE.date()}
    batch = layout.batch_from_frames(
        {"promises": rows("promises", row), "opportunities": rows("opportunities", deal)}, "crm.csv", "crm.csv"
    )
    refusals = load.prepare(analyst(unscored), batch).refused["reasons"]
    assert sorted(refusals) == ["closed_on is before opened_on", "delivered_at is before promised_on"]


def test_every_kind_is_a_row_of_its_table_that_agrees_with_a_rebuild_and_goes_without_a_trace(warehouse: Warehouse) -> None:
    book, before = manager(warehouse), content(warehouse)
    done = {table: entries.write(book, table, values, NOW) for table, values in NEW.items()}
    assert set(NEW) == set(KINDS) and load.findings(analyst(warehouse)) == []
    for table, written in done.items():
        row = stored(warehouse, table)[written.key]
        assert (row["customer_id"], row["load_id"], row["recorded_at"]) == ("A", written.load_id, NOW)
        assert table == "exits" or written.key == f"desk-{written.load_id}"
    with warehouse.reading() as session:
        made = session.rows("loads").filter(load_id=done["diary"].load_id).row(0, named=True)
    assert (made["origin"], made["actor"], made["loaded_at"]) == ("desk", "E0", NOW)
    assert stored(warehouse, "diary")[done["diary"].key]["employee_id"] == "E0"
    for table, written in done.items():
        entries.remove(book, table, written.key, written.load_id or 0, "a test", LATER)
    assert content(warehouse) == before and load.findings(analyst(warehouse)) == []


def test_a_written_complaint_shows_in_the_points_of_its_client_at_once(warehouse: Warehouse) -> None:
    def points(customer: str) -> list[Any]:
        with warehouse.reading() as session:
            return session.rows("history").filter(customer_id=customer, as_of=date(2024, 5, 31))["complaints_points"].to_list()

    before = points("A"), points("B")
    done = entries.write(manager(warehouse), "complaints", NEW["complaints"] | {"opened_at": datetime(2024, 5, 30, 9)}, NOW)
    assert points("A") < before[0] and points("B") == before[1]
    entries.remove(manager(warehouse), "complaints", done.key, done.load_id or 0, "never happened", LATER)
    assert (points("A"), points("B")) == before


def test_a_refused_row_is_told_every_reason_and_leaves_nothing(untouched: Warehouse) -> None:
    before = content(untouched)
    told = refused(
        manager(untouched), "interactions", occurred_at="soon", channel="pigeon", direction=None, wait_seconds=-1, contact_id="PB"
    )
    for reason in ("occurred_at 'soon' is not a time", "channel 'pigeon'", "direction is missing", "wait_seconds '-1'", "contact_id 'PB'"):
        assert reason in told
    assert content(untouched) == before and stored(untouched, "interactions").keys() == {f"I{i}{m}" for i in "AB" for m in range(1, 7)}
    assert "is after the day of loading" in refused(manager(untouched), "interactions", occurred_at=NOW + timedelta(days=9))
    assert "no mood" in refused(manager(untouched), "interactions", mood="good")
    assert "is generated" in refused(manager(untouched), "interactions", interaction_id="I1A")


def test_other_tables_are_loaded_and_never_written(untouched: Warehouse) -> None:
    for table in set(TABLES) - set(KINDS):
        assert "only be loaded" in refused(analyst(untouched), table, customer_id="A", owner="E1")


def test_unknown_and_foreign_clients_and_rows_are_told_in_the_same_words(warehouse: Warehouse) -> None:
    book, before = manager(warehouse), content(warehouse)
    told: list[str] = []
    for other, key in (("B", "QB"), ("Z", "QZ")):
        tries = [
            lambda o=other: entries.write(book, "interactions", CALL | {"customer_id": o}, NOW),
            lambda k=key: entries.correct(book, "complaints", k, {"theme": "x"}, 1, "why", NOW),
            lambda k=key: entries.remove(book, "complaints", k, 1, "why", NOW),
            lambda o=other: entries.remove(book, "exits", f"{o}, 2024-06-01", 1, "why", NOW),
            lambda o=other: entries.trail(book, o), lambda o=other: notes.add(book, o, "x", NOW),
        ]  # fmt: skip
        for n, attempt in enumerate(tries):
            with pytest.raises(NotFound) as problem:
                attempt()
            told.append(f"{n} {problem.value}".replace(key, "?").replace(other, "?"))
    assert told[: len(told) // 2] == told[len(told) // 2 :] and content(warehouse) == before
    words = [entries.write(book, "referrals", NEW["referrals"] | {"referred_id": i}, NOW).words for i in ("B", "Z")]
    assert not any("referred_id" in said for said in words)


def test_who_looks_at_the_whole_book_without_the_right_writes_nothing(untouched: Warehouse) -> None:
    with pytest.raises(Forbidden):
        entries.write(Book(Viewer("x", "executive"), untouched), "interactions", CALL, NOW)


def test_a_row_stays_with_its_client(untouched: Warehouse) -> None:
    with pytest.raises(InvalidInput, match="customer_id of a complaint cannot be changed"):
        entries.correct(analyst(untouched), "complaints", "QA", {"customer_id": "B"}, 1, "moved", NOW)
    with pytest.raises(InvalidInput, match="complaint_id of a complaint cannot be changed"):
        entries.correct(analyst(untouched), "complaints", "QA", {"complaint_id": "QB"}, 1, "moved", NOW)


def test_a_correction_keeps_what_stood_and_its_removal_puts_it_back(warehouse: Warehouse) -> None:
    book, before = manager(warehouse), content(warehouse)
    done = entries.correct(book, "complaints", "QA", {"first_response_at": NOW, "theme": "outage"}, 1, "answered by phone", NOW)
    row = stored(warehouse, "complaints")["QA"]
    assert (row["first_response_at"], row["severity"], row["load_id"]) == (NOW, 3, 2)
    with warehouse.reading() as session:
        assert session.rows("complaints_replaced").select("complaint_id", "load_id", "replaced_by").rows() == [("QA", 1, 2)]
    back = entries.remove(book, "complaints", "QA", done.load_id or 0, "the wrong client", LATER)
    assert back == EntryResult(1, "QA", "Complaint QA of customer A is back as loaded by load 1.") and content(warehouse) == before
    with pytest.raises(InvalidInput, match=r"came from the file crm\.csv .load 1."):
        entries.remove(book, "complaints", "QA", 1, "x", LATER)


def test_a_later_file_replaces_an_entry_and_its_undo_brings_it_back(warehouse: Warehouse) -> None:
    book = manager(warehouse)
    done = entries.write(book, "interactions", CALL, NOW)
    again = rows("interactions", CALL | {"interaction_id": done.key, "comment": "from the CRM"})
    number = loaded(analyst(warehouse), {"interactions": again}, "sync.csv")
    assert stored(warehouse, "interactions")[done.key]["comment"] == "from the CRM"
    with pytest.raises(InvalidInput, match=r"sync changed this contact on 2024-06-20 at 15:00 by loading sync\.csv"):
        entries.correct(book, "interactions", done.key, {"comment": "mine"}, done.load_id or 0, "x", LATER)
    assert entries.trail(book, "A")["what"].to_list() == ["replaced", "written"]
    load.undo(analyst(warehouse), number or 0, LATER)
    assert stored(warehouse, "interactions")[done.key]["comment"] is None and load.findings(analyst(warehouse)) == []


def test_an_entry_goes_although_a_later_file_left_rows_of_its_table_as_they_were(warehouse: Warehouse) -> None:
    book = manager(warehouse)
    done = entries.write(book, "diary", NEW["diary"], NOW)
    same = {"diary_id": "D9", "customer_id": "A", "planned_on": NOW.date()}
    for n in (1, 2):
        loaded(analyst(warehouse), {"diary": rows("diary", same, same | {"diary_id": f"D1{n}"})}, f"diary{n}.csv")
    entries.remove(book, "diary", done.key, done.load_id or 0, "called off", LATER)
    assert done.key not in stored(warehouse, "diary") and load.findings(analyst(warehouse)) == []


@pytest.mark.usefixtures("unscored")
def test_who_saw_an_older_row_does_not_change_the_newer_one(warehouse: Warehouse) -> None:
    first, second = manager(warehouse), analyst(warehouse)
    done = entries.write(first, "interactions", CALL, NOW)
    entries.correct(second, "interactions", done.key, {"comment": "theirs"}, done.load_id or 0, "x", LATER)
    for attempt in (
        lambda: entries.correct(first, "interactions", done.key, {"comment": "mine"}, done.load_id or 0, "y", LATER),
        lambda: entries.remove(first, "interactions", done.key, done.load_id or 0, "y", LATER),
    ):
        with pytest.raises(InvalidInput, match="test changed this contact on 2024-06-20 at 15:05, after you opened"):
            attempt()
    entries.remove(second, "interactions", done.key, 3, "z", LATER)
    with pytest.raises(InvalidInput, match="test removed this contact"):
        entries.correct(first, "interactions", done.key, {"comment": "mine"}, 3, "y", LATER)


def test_nothing_said_is_nothing_written(untouched: Warehouse) -> None:
    book = manager(untouched)
    with pytest.raises(InvalidInput, match="Nothing has changed in this complaint"):
        entries.correct(book, "complaints", "QA", {"severity": 3}, 1, "x", NOW)
    with pytest.raises(InvalidInput, match="needs a reason"):
        entries.correct(book, "complaints", "QA", {"severity": 4}, 1, " ", NOW)
    with pytest.raises(InvalidInput, match="has no customer"):
        entries.write(book, "diary", {"planned_on": NOW.date()}, NOW)


@pytest.mark.usefixtures("unscored")
def test_the_same_may_be_said_twice_and_said_again(warehouse: Warehouse) -> None:
    book = manager(warehouse)
    keys = [entries.write(book, "interactions", CALL, NOW).key for _ in range(2)]
    assert keys == ["desk-2", "desk-3"]
    seen = 1
    for severity in (4, 3):
        seen = entries.correct(book, "complaints", "QA", {"severity": severity}, seen, "x", NOW).load_id or 0
    assert stored(warehouse, "complaints")["QA"]["severity"] == 3
    assert entries.remove(book, "complaints", "QA", seen, "all of it", LATER).load_id == 1


@pytest.mark.usefixtures("unscored")
def test_an_exit_is_on_file_once_and_its_id_is_its_day(warehouse: Warehouse) -> None:
    book = manager(warehouse)
    done = entries.write(book, "exits", NEW["exits"], NOW)
    assert done.key == "A, 2024-06-20"
    assert "Customer A already has this" in refused(book, "exits", **NEW["exits"])
    told = entries.correct(book, "exits", done.key, {"interviewed_on": NOW.date(), "reason": "service"}, done.load_id or 0, "asked", LATER)
    assert stored(warehouse, "exits")[told.key]["reason"] == "service"


@pytest.mark.usefixtures("unscored")
def test_the_trail_tells_every_act_with_what_stood_before_and_after(warehouse: Warehouse) -> None:
    book = manager(warehouse)
    done = entries.write(book, "interactions", CALL, NOW)
    newer = entries.correct(book, "interactions", done.key, {"comment": "“hi”, he said"}, done.load_id or 0, "forgot", LATER)
    entries.remove(book, "interactions", done.key, newer.load_id or 0, "a dream", LATER + timedelta(minutes=1))
    other = entries.write(book, "diary", NEW["diary"], LATER + timedelta(minutes=2))
    load.undo(analyst(warehouse), other.load_id or 0, LATER + timedelta(minutes=3))
    told = entries.trail(book, "A")
    assert told["what"].to_list() == ["undone", "written", "removed", "corrected", "written"]
    assert told["who"].to_list() == [None, "E0", "E0", "E0", "E0"]
    corrected = told.row(3, named=True)
    assert (json.loads(corrected["before"]), json.loads(corrected["after"])) == ({"comment": None}, {"comment": "“hi”, he said"})
    assert json.loads(told["before"][2])["channel"] == "call" and told["why"][2] == "a dream"
    assert entries.trail(manager(warehouse, "E1"), "B").is_empty()


@pytest.mark.usefixtures("unscored")
def test_an_id_that_a_file_brought_is_not_given_again(warehouse: Warehouse) -> None:
    loaded(analyst(warehouse), {"interactions": rows("interactions", CALL | {"interaction_id": "desk-3"})}, "export.csv")
    assert entries.write(manager(warehouse), "interactions", CALL, NOW).key == "desk-4"


def test_notes_stay_on_file_with_who_removed_them(warehouse: Warehouse) -> None:
    book = manager(warehouse)
    first, second = (notes.add(book, "A", words, NOW) for words in (" likes tea ", "x" * notes.LONGEST))
    notes.remove(book, first, LATER)
    told = own.read_ledgers(book, "A")["notes"]
    assert told.filter(told["removed_at"].is_null())["note_id"].to_list() == [second]
    kept = told.row(1, named=True)
    assert (kept["words"], kept["author"], kept["removed_by"], kept["removed_at"]) == ("likes tea", "E0", "E0", LATER)
    for words in ("", " ", "a\0b", "x" * (notes.LONGEST + 1)):
        with pytest.raises(InvalidInput):
            notes.add(book, "A", words, NOW)
    with pytest.raises(InvalidInput, match="E0 already removed note 1"):
        notes.remove(book, first, LATER)
    for number in (second, 99):
        with pytest.raises(NotFound, match=f"No note {number} was found"):
            notes.remove(manager(warehouse, "E1"), number, LATER)


@pytest.mark.usefixtures("unscored")
def test_a_day_at_the_desk_is_one_line_in_the_list_of_loads_and_open_row_by_row(warehouse: Warehouse) -> None:
    first = entries.write(manager(warehouse), "diary", NEW["diary"], NOW)
    entries.write(manager(warehouse), "opportunities", NEW["opportunities"], LATER)
    loaded(analyst(warehouse), {"employees": rows("employees", {"employee_id": "E0", "name": "Jo"})}, "people.csv")
    entries.write(analyst(warehouse), "diary", NEW["diary"], LATER)
    entries.remove(manager(warehouse), "diary", first.key, first.load_id or 0, "x", LATER)
    every = load.loads(analyst(warehouse))
    shown = insight.group_by_day(every)
    assert shown["load_id"].to_list() == [None, 4, None, 1]
    assert shown["file"].to_list() == ["1 entry entered by test", "people.csv", "2 entries entered by Jo, 1 undone", "crm.csv"]
    assert shown["tables"][2] == "diary, opportunities" and shown["accepted"].sum() == every["accepted"].sum()
    own = insight.desk_entries(every, NOW.date(), "E0")
    told = ledger.entries(analyst(warehouse), own["load_id"].to_list())
    assert told.select("load_id", "key", "customer_id").rows() == [(3, "desk-3", "A"), (2, "desk-2", "A")]
    assert insight.loads_in_force(every)["load_id"].to_list() == [4, 1] and insight.finding(every).endswith("3 rows entered by hand")
