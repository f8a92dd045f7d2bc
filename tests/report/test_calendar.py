"""The calendar file: read back by another parser and by a strict reader of RFC 5545 written here."""

import re
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from health.access import Book
from health.desk import diary, entries, handover
from health.desk.plays import progress
from health.desk.worklist import actions
from health.report import calendar, deadlines
from health.report import diary as paper
from health.report.deadlines import Export
from tests.books import analyst, rows
from tests.desk.office import CALL, NOW, loaded, manager, office

LOADED = datetime(2024, 6, 20, 15)
TODAY = NOW.date()
EXPORT = Export(TODAY, 12, LOADED, {"A": "Amberley"})
HOSTILE = "Evil; Co, \\n Ltd\r\nEND:VEVENT\r\nBEGIN:VALARM\x00 \u202egnp.exe 🦊 חברה شركة"
Event = dict[str, str]


def strict(raw: bytes) -> list[Event]:
    """The events of a calendar, texts unescaped; AssertionError for whatever RFC 5545 forbids (3.1 lines, 3.3.11 text, 3.6.1 event)."""
    assert raw.endswith(b"\r\n") and not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    for line in raw.split(b"\r\n"):
        line.decode()  # no letter is torn apart by folding
    text = raw.decode().replace("\r\n ", "")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    events: list[Event] = []
    depth: list[str] = []
    for line in text.split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            depth.append(value)
            events += [{}] if value == "VEVENT" else []
        elif name == "END":
            assert depth.pop() == value
        elif depth == ["VCALENDAR", "VEVENT"]:
            assert name not in events[-1], "each of these at most once"
            events[-1][name] = unescaped(value) if name in ("SUMMARY", "DESCRIPTION") else value
    assert not depth and all({"UID", "DTSTAMP"} < set(event) and any(n.startswith("DTSTART") for n in event) for event in events)
    assert len({event["UID"] for event in events}) == len(events)
    return events


def unescaped(value: str) -> str:
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", value), "a bare mark"
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def planned(key: str, on: date, **more: Any) -> dict[str, Any]:
    fields = ["channel", "employee_id", "met_on", "met_by", "cancelled_on"]
    return (
        {"diary_id": key, "customer_id": "A", "planned_on": on, "state": "open", "revision": 3, "changed_at": LOADED}
        | dict.fromkeys(fields)
        | more
    )


def export(*rows: dict[str, Any], name: str = "Amberley") -> list[Event]:
    kinds = {"cancelled_on": pl.Date, "met_on": pl.Date, "channel": pl.String}
    return strict(calendar.calendar_file(calendar.planned_entries(pl.DataFrame(rows, schema_overrides=kinds), {"A": name}), "Diary of Jo"))


def test_an_entry_keeps_its_uid_and_a_change_tells_which_copy_is_newer() -> None:
    before, after = (
        export(planned("D1", date(2024, 7, 1))),
        export(planned("D1", date(2024, 7, 9), revision=8, changed_at=NOW), planned("D2", NOW.date())),
    )
    moved = next(event for event in after if event["UID"] == before[0]["UID"])
    assert (before[0]["SEQUENCE"], moved["SEQUENCE"], moved["DTSTAMP"]) == ("3", "8", "20240620T150000Z")
    assert moved["DTSTART;VALUE=DATE"] == "20240709" and moved["DTEND;VALUE=DATE"] == "20240710"
    assert export(planned("D1", date(2024, 7, 1))) == before, "the same bytes, whenever it is exported"
    assert before[0]["UID"] == "adbfd74f-4454-5e0f-bca7-79ba35e113ff", "calendars in use know it by this"


def test_a_called_off_entry_is_there_as_cancelled() -> None:
    old = planned("D0", date(2020, 1, 1))
    assert calendar.planned_entries(pl.DataFrame([old]), {}, since=date(2024, 1, 1)) == []
    off = planned("D1", date(2024, 7, 1), state="cancelled", cancelled_on=date(2024, 6, 19), channel="visit")
    event, kept = export(off, planned("D2", date(2024, 7, 2), state="kept", met_on=date(2024, 6, 30)))
    assert (event["STATUS"], event["SUMMARY"], kept["STATUS"]) == ("CANCELLED", "Visit: Amberley", "CONFIRMED")
    assert event["DESCRIPTION"] == "Customer A. Cancelled on 19 Jun 2024." and kept["DESCRIPTION"].endswith("Kept on 30 Jun 2024.")


def test_hostile_words_stay_one_line_of_text() -> None:
    (event,) = export(planned("D;1\r\nX", date(2024, 7, 1)), name=HOSTILE)
    assert event["SUMMARY"] == "Contact: Evil; Co, \\n Ltd END:VEVENT BEGIN:VALARM gnp.exe 🦊 חברה شركة"
    (long,) = export(planned("D1", date(2024, 7, 1)), name="🦊" * 300)
    assert long["SUMMARY"] == f"Contact: {'🦊' * 199}…"


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=120), st.text(max_size=20))
def test_whatever_a_client_is_called_the_file_holds_one_event(name: str, key: str) -> None:
    (event,) = export(planned(key, date(2024, 7, 1)), name=name)
    assert event["SUMMARY"].startswith("Contact:")


def test_another_parser_reads_the_same() -> None:
    book = manager(office())
    written = entries.write(book, "diary", {"customer_id": "A", "planned_on": date(2024, 7, 5), "channel": "visit"}, NOW)
    told = calendar.planned_entries(diary.read_diary(book, NOW.date()), {"A": HOSTILE})
    text = calendar.subscription(told, "Diary; Jo, & co")
    read = vobject.readOne(text)
    event = read.vevent
    assert event.dtstart.value == date(2024, 7, 5) and event.sequence.value == str(written.load_id)
    assert event.summary.value == "Visit: Evil; Co, \\n Ltd END:VEVENT BEGIN:VALARM gnp.exe 🦊 חברה شركة"
    assert read.contents["name"][0].value == "Diary; Jo, & co" and read.contents["refresh-interval"][0].value == "PT1H"
    assert event.uid.value == strict(calendar.calendar_file(told, "other title"))[0]["UID"]


def test_due_contacts_are_on_their_day_and_all_overdue_ones_are_one_entry_of_today() -> None:
    late = {
        "customer_id": "A",
        "name": "A",
        "due_on": date(2024, 4, 1),
        "days_over": 80,
        "why": "agreed every 30 days, last 110 days ago",
        "planned": None,
        "planned_on": None,
    }
    later = {"B": (date(2024, 7, 1), -11), "D": (None, None), "E": (date(2025, 1, 1), -195)}
    others = [late | {"customer_id": i, "due_on": on, "days_over": over} for i, (on, over) in later.items()]
    rows = pl.DataFrame([late, *others, late | {"customer_id": "C", "planned": "D1", "planned_on": date(2024, 6, 25), "name": HOSTILE}])
    told = [*calendar.due_entries(rows, TODAY, 12, LOADED), *deadlines.overdue_contacts(rows, EXPORT)]
    found = strict(calendar.calendar_file(told, "Due"))
    assert [(e["DTSTART;VALUE=DATE"], e["SUMMARY"], e["STATUS"]) for e in found] == [
        ("20240620", "2 overdue contacts", "CONFIRMED"), ("20240701", "Due: contact A", "TENTATIVE"),
    ]  # fmt: skip
    heading, *lines = found[0]["DESCRIPTION"].split("\n")
    assert heading == "Longest overdue first:" and lines[0] == "A (A): due 1 Apr 2024, agreed every 30 days, last 110 days ago"
    assert lines[1].endswith("110 days ago; planned for 25 Jun 2024") and len(lines) == 2
    assert deadlines.overdue_contacts(rows.filter(pl.col("days_over") < 0), EXPORT) == []


@pytest.mark.parametrize("state", ["open", "kept"])
def test_an_open_handover_stands_at_its_hour(state: str) -> None:
    due = datetime(2024, 6, 21, 23, 59, 59)
    row = {"customer_id": "A", "contract_id": "K", "promise_id": None, "signed_on": NOW.date(), "due_at": due, "state": state}
    found = strict(calendar.calendar_file(calendar.handover_deadlines(pl.DataFrame([row]), {"A": "Amberley"}, 12, LOADED), "Handovers"))
    assert [e["DTSTART"] for e in found] == (["20240621T235959"] if state == "open" else [])
    assert set(handover.handovers(analyst(office()), NOW.date()).columns) >= set(row)


def test_a_promise_that_is_kept_or_past_needs_no_entry_and_an_open_one_has_its_hour() -> None:
    row = {
        "promise_id": "V1",
        "customer_id": "A",
        "kind": "callback",
        "promised_on": TODAY,
        "due_at": NOW,
        "delivered_at": None,
        "comment": "a",
    }
    others = [{"promise_id": "V2", "delivered_at": NOW}, {"promise_id": "V3", "due_at": datetime(2024, 6, 19)}, {"kind": "handover"}]
    promises = pl.DataFrame([row, *(row | other for other in others)], schema_overrides={"delivered_at": pl.Datetime("us")})
    (event,) = strict(calendar.calendar_file(deadlines.promises_due(promises, EXPORT), "Promises"))
    assert (event["DTSTART"], event["SUMMARY"]) == ("20240620T150000", "Promise due: Amberley")
    assert event["DESCRIPTION"] == "Customer A. Promised 20 Jun 2024: a."


def test_the_next_step_of_a_running_play_is_an_entry_and_never_in_the_past() -> None:
    case = {
        "customer_id": "A",
        "play": "silent",
        "quarter": "2024-Q2",
        "name": "Call",
        "state": progress.ACCEPTED,
        "steps": 3,
        "next_step": 2,
    }
    case |= {"next_words": "Call again", "next_on": date(2024, 6, 3)}
    cases = pl.DataFrame([case, case | {"play": "other", "state": progress.STOPPED}])
    (step,) = deadlines.play_steps(cases, EXPORT)
    assert (step.on, step.title, step.words) == (TODAY, "Call: Amberley", "Customer A. Step 2 of 3, due 3 Jun 2024: Call again.")


def test_an_entry_reminds_and_leads_to_the_customer_and_to_the_phone() -> None:
    book = manager(office())
    entries.correct(book, "contacts", "PA", {"phone": "+44 20 7946 0000", "is_primary": True}, 1, "new", NOW)
    told = paper.diary_entries(book, TODAY, address="https://health.example.org/")
    promise = next(event for event in read_by_vobject(told).vevent_list if event.summary.value.startswith("Promise due"))
    assert promise.description.value.split("\n")[1:] == ["Phone: Ida, +44 20 7946 0000", promise.url.value]
    assert promise.url.value == "https://health.example.org/client?customer=A"
    assert promise.valarm.trigger.value.total_seconds() == -3600 and promise.valarm.action.value == "DISPLAY"
    without = calendar.calendar_file(paper.diary_entries(book, TODAY), "Diary")
    assert b"URL" not in without and b"http" not in without, "the app does not know where it is served"


def read_by_vobject(told: list[calendar.Entry]) -> Any:
    return vobject.readOne(calendar.subscription(told, "Diary"))


class Imported:
    """A calendar that imports every export and forgets nothing by itself, as most do."""

    def __init__(self) -> None:
        self.entries: dict[str, Any] = {}

    def read(self, book: Book, day: date) -> set[str]:
        """Import the export of the day; the titles of what is on the calendar from that day on."""
        events = read_by_vobject(paper.diary_entries(book, day)).vevent_list
        assert len({event.uid.value for event in events}) == len(events), "each entry once"
        assert all(as_day(event) >= day for event in events), "nothing before the day"
        for event in events:
            known = self.entries.get(event.uid.value)
            assert known is None or int(event.sequence.value) >= int(known.sequence.value), "a copy that is taken for an older one"
            if known is not None and event.serialize() != known.serialize() and as_day(known) >= day:
                assert int(event.sequence.value) > int(known.sequence.value), "a change that a calendar would not see"
            self.entries[event.uid.value] = event
        ahead = {uid for uid, event in self.entries.items() if as_day(event) >= day and event.status.value != "CANCELLED"}
        assert ahead == {event.uid.value for event in events if event.status.value != "CANCELLED"}, "a stale entry"
        return {self.entries[uid].summary.value for uid in ahead}


def as_day(event: Any) -> date:
    start = event.dtstart.value
    return start.date() if isinstance(start, datetime) else start


def test_a_calendar_that_imports_for_a_year_never_holds_a_stale_entry() -> None:
    warehouse = office()
    book, own = analyst(warehouse), Imported()

    def at(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 12)

    start = own.read(book, TODAY)
    assert {"Promise due: A", "Promise due: B"} <= start
    plan = entries.write(book, "diary", {"customer_id": "A", "planned_on": date(2024, 7, 10), "channel": "visit"}, NOW)
    off = entries.write(book, "diary", {"customer_id": "B", "planned_on": date(2024, 7, 11)}, NOW)
    actions.snooze(book, "B", date(2024, 7, 15), "on holiday", TODAY, NOW)
    assert {"Visit: A", "Contact: B", "Back on the list: B"} <= own.read(book, TODAY)

    day = date(2024, 6, 24)
    moved = entries.correct(book, "diary", plan.key, {"planned_on": date(2024, 7, 12)}, plan.load_id or 0, "moved", at(day))
    entries.remove(book, "diary", off.key, off.load_id or 0, "by mistake", at(day))
    entries.correct(book, "promises", "VA", {"delivered_at": at(day)}, 1, "kept", at(day))
    actions.reopen(book, "B", at(day))
    held = own.read(book, day)
    assert "Visit: A" in held and "Promise due: B" in held and not {"Contact: B", "Back on the list: B", "Promise due: A"} & held

    day = date(2024, 7, 2)
    entries.correct(book, "diary", plan.key, {"cancelled_on": day}, moved.load_id or 0, "ill", at(day))
    entries.write(book, "interactions", CALL | {"occurred_at": at(day)}, at(day))
    assert "Visit: A" not in own.read(book, day)

    day = date(2025, 3, 1)
    entries.write(book, "diary", {"customer_id": "A", "planned_on": date(2025, 7, 1), "channel": "visit"}, at(day))
    entries.write(book, "promises", {"customer_id": "A", "kind": "other", "promised_on": day, "due_at": at(date(2025, 7, 2))}, at(day))
    called = CALL | {"interaction_id": "I9", "customer_id": "B", "occurred_at": at(date(2025, 2, 28))}
    loaded(book, {"interactions": rows("interactions", called)}, "february.csv")
    assert {"Visit: A", "Promise due: A", "1 overdue contact"} <= own.read(book, day)

    entries.write(book, "exits", {"customer_id": "A", "announced_on": day, "left_on": date(2025, 3, 31), "reason": "price"}, at(day))
    own.read(book, day)
    day = date(2025, 6, 20)
    entries.write(book, "interactions", CALL | {"customer_id": "B", "occurred_at": at(day)}, at(day))
    assert not [title for title in own.read(book, day) if title.endswith(": A") or title.endswith(" A")], "A has left"
