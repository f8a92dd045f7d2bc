"""The calendar file: read back by another parser and by a strict reader of RFC 5545 written here."""

import re
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from health.desk import diary, entries, handover
from health.report import calendar
from tests.books import analyst
from tests.desk.office import NOW, manager, office

LOADED = datetime(2024, 6, 20, 15)
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


def test_due_contacts_stand_on_their_day_and_overdue_ones_on_today() -> None:
    day = NOW.date()
    late = {
        "customer_id": "A",
        "name": "A",
        "due_on": date(2024, 4, 1),
        "days_over": 80,
        "why": "agreed every 30 days, last 110 days ago",
        "planned": None,
    }
    later = {"B": (date(2024, 7, 1), -11), "D": (None, None), "E": (date(2025, 1, 1), -195)}
    others = [late | {"customer_id": i, "due_on": on, "days_over": over} for i, (on, over) in later.items()]
    rows = [late, *others, late | {"customer_id": "C", "planned": "D1"}]
    found = strict(calendar.calendar_file(calendar.due_entries(pl.DataFrame(rows), day, 12, LOADED), "Due"))
    assert [(e["DTSTART;VALUE=DATE"], e["SUMMARY"], e["STATUS"]) for e in found] == [
        ("20240620", "Overdue: contact A", "TENTATIVE"), ("20240701", "Due: contact A", "TENTATIVE"),
    ]  # fmt: skip
    assert found[0]["DESCRIPTION"] == "Customer A. Due 1 Apr 2024: agreed every 30 days, last 110 days ago."


@pytest.mark.parametrize("state", ["open", "kept"])
def test_an_open_handover_stands_at_its_hour(state: str) -> None:
    due = datetime(2024, 6, 21, 23, 59, 59)
    row = {"customer_id": "A", "contract_id": "K", "promise_id": None, "signed_on": NOW.date(), "due_at": due, "state": state}
    found = strict(calendar.calendar_file(calendar.handover_deadlines(pl.DataFrame([row]), {"A": "Amberley"}, 12, LOADED), "Handovers"))
    assert [e["DTSTART"] for e in found] == (["20240621T235959"] if state == "open" else [])
    assert set(handover.handovers(analyst(office()), NOW.date()).columns) >= set(row)
