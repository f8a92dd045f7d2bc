"""Diary, due contacts and last days for notice as iCalendar (RFC 5545): an entry has the same UID in every export, whatever the clock.

SEQUENCE and DTSTAMP are those of the last change on file, so a calendar knows which copy is newer. Days are whole days; times have no zone,
as in the book, and are in the reader's time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

import polars as pl
from icalendar import Calendar, Event, vDuration, vText

from health import format as fmt
from health.report.safe_text import one_line

PRODUCT = "-//Customer health//Diary//EN"
REFRESH = timedelta(hours=1)
MAX_NAME = 200
"""Most characters of a customer's name in a title."""

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]


@dataclass(frozen=True)
class Entry:
    """One event. `key`: unique and stable across exports; `on`: a day, or a date and time."""

    key: str
    on: date | datetime
    title: str
    words: str
    status: Status
    revision: int
    changed_at: datetime


def planned_entries(entries: pl.DataFrame, names: Mapping[str, str], since: date = date.min) -> list[Entry]:
    """Diary entries (`desk.diary.entries`) planned for `since` or later; `names`: by customer id.

    Cancelled entries are included as such, so that calendars which imported them before remove them.
    """
    return [
        Entry(
            key=f"diary:{row['diary_id']}",
            on=row["planned_on"],
            title=f"{(row['channel'] or 'contact').capitalize()}: {_name(names, row['customer_id'])}",
            words=f"Customer {row['customer_id']}. {_state(row)}",
            status="CANCELLED" if row["state"] == "cancelled" else "CONFIRMED",
            revision=row["revision"],
            changed_at=row["changed_at"],
        )
        for row in entries.filter(pl.col("planned_on") >= since).iter_rows(named=True)
    ]


def due_entries(contacts: pl.DataFrame, as_of: date, version: int, loaded_at: datetime, days: int = 90) -> list[Entry]:
    """Contacts due by `as_of` + `days` without a plan (`desk.diary.due`), one per client; overdue ones on `as_of`.

    `version` and `loaded_at`: of the book, since any load may move the day.
    """
    due_contacts = contacts.filter(pl.col("planned").is_null(), pl.col("due_on") <= as_of + timedelta(days=days))
    return [
        Entry(
            key=f"due:{row['customer_id']}",
            on=max(row["due_on"], as_of),
            title=f"{'Overdue' if row['days_over'] > 0 else 'Due'}: contact {_short_name(row['name'] or row['customer_id'])}",
            words=f"Customer {row['customer_id']}. Due {fmt.day(row['due_on'])}: {row['why']}.",
            status="TENTATIVE",
            revision=version,
            changed_at=loaded_at,
        )
        for row in due_contacts.iter_rows(named=True)
    ]


def handover_deadlines(handovers: pl.DataFrame, names: Mapping[str, str], version: int, loaded_at: datetime) -> list[Entry]:
    """Deadline of each open handover (`desk.handover.handovers`)."""
    return [
        Entry(
            key=f"handover:{row['customer_id']}:{row['contract_id'] or row['promise_id']}",
            on=row["due_at"],
            title=f"Handover due: {_name(names, row['customer_id'])}",
            words=f"Customer {row['customer_id']}. Signed {fmt.day(row['signed_on'])}; first contact by {fmt.instant(row['due_at'])}.",
            status="CONFIRMED",
            revision=version,
            changed_at=loaded_at,
        )
        for row in handovers.filter(state="open").iter_rows(named=True)
    ]


def notice_days(customers: pl.DataFrame, version: int, loaded_at: datetime) -> list[Entry]:
    """Last day for notice of each customer (rows of `portfolio.build` with one ahead); tentative if the notice period is assumed."""
    return [
        Entry(
            key=f"notice:{row['customer_id']}:{row['renewal_on']}",
            on=row["notice_by"],
            title=f"Last day for notice: {_short_name(row['name'] or row['customer_id'])}",
            words=f"Customer {row['customer_id']}. Agreed end {fmt.day(row['renewal_on'])}."
            + (" No notice period is on file; 30 days are assumed." if row["notice_assumed"] else ""),
            status="TENTATIVE" if row["notice_assumed"] else "CONFIRMED",
            revision=version,
            changed_at=loaded_at,
        )
        for row in customers.sort("notice_by", "customer_id").iter_rows(named=True)
    ]


def calendar_file(entries: Sequence[Entry], title: str) -> bytes:
    """An .ics file, lines folded at 75 octets; same bytes for same entries."""
    return bytes(_calendar(entries, title).to_ical(sorted=False))


def subscription(entries: Sequence[Entry], title: str) -> str:
    """Calendar text as in `calendar_file`, with its refresh interval, for a subscription."""
    calendar = _calendar(entries, title)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    return bytes(calendar.to_ical(sorted=False)).decode()


def _calendar(entries: Sequence[Entry], title: str) -> Calendar:
    calendar = Calendar()
    properties = {
        "prodid": PRODUCT,
        "version": "2.0",
        "calscale": "GREGORIAN",
        "method": "PUBLISH",
        "name": one_line(title),
        "x-wr-calname": one_line(title),
    }
    for name, value in properties.items():
        calendar.add(name, vText(value))  # otherwise names beyond RFC 5545 would be written unescaped
    for entry in sorted(entries, key=lambda e: (f"{e.on:%Y-%m-%d}", e.key)):
        calendar.add_component(_event(entry))
    return calendar


def _event(entry: Entry) -> Event:
    timed = isinstance(entry.on, datetime)
    event = Event()
    event.add("uid", str(uuid5(NAMESPACE_URL, f"customer-health:{entry.key}")))
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    event.add("sequence", entry.revision)
    event.add("dtstart", entry.on)
    if not timed:
        event.add("dtend", entry.on + timedelta(days=1))  # a deadline has no duration
    event.add("summary", one_line(entry.title))
    event.add("description", one_line(entry.words))
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT")
    return event


def _state(row: Mapping[str, Any]) -> str:
    words_by_state = {
        "kept": f"Kept on {fmt.day(row['met_on'])}.",
        "broken": "Not kept.",
        "cancelled": f"Cancelled on {fmt.day(row['cancelled_on'])}.",
        "open": "Planned.",
    }
    return words_by_state[row["state"]]


def _name(names: Mapping[str, str], customer_id: str) -> str:
    return _short_name(names.get(customer_id) or customer_id)


def _short_name(name: str) -> str:
    line = one_line(name)
    return line if len(line) <= MAX_NAME else f"{line[: MAX_NAME - 1]}…"
