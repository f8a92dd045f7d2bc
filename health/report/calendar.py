"""Entries as iCalendar (RFC 5545): an entry has the same UID in every export, whatever the clock.

SEQUENCE never falls from one version of the book to the next, so a calendar knows which copy is newer. An entry that is no longer due is
cancelled, so that calendars which imported it remove it. Days are whole days; times have no zone, as in the book, and are in the reader's
time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

import polars as pl
from icalendar import Alarm, Calendar, Event, vDuration, vText

from health import format as fmt
from health.report.safe_text import one_line

PRODUCT = "-//Customer health//Diary//EN"
REFRESH = timedelta(hours=1)
MORNING, HOUR_BEFORE, WEEK_BEFORE = timedelta(hours=9), timedelta(hours=-1), timedelta(days=-7)
MAX_NAME = 200
"""Most characters of a customer's name in a title."""

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]


@dataclass(frozen=True)
class Entry:
    """One event. `key`: unique and stable across exports; `on`: a day, or a date and time.

    `customer_id`: whom it is about, empty for more than one; `lines`: further lines of the description; `link`: address of the customer's
    page; `alarm`: from its start to the reminder, None for no reminder.
    """

    key: str
    on: date | datetime
    title: str
    words: str
    status: Status
    revision: int
    changed_at: datetime
    customer_id: str = ""
    lines: tuple[str, ...] = ()
    link: str = ""
    alarm: timedelta | None = None


def planned_entries(entries: pl.DataFrame, names: Mapping[str, str], since: date = date.min) -> list[Entry]:
    """Diary entries (`desk.diary.entries`) planned for `since` or later; `names`: by customer id.

    Cancelled entries are included as such, so that calendars which imported them before remove them.
    """
    return [
        Entry(
            key=f"diary:{row['diary_id']}",
            on=row["planned_on"],
            title=f"{(row['channel'] or 'contact').capitalize()}: {customer_name(names, row['customer_id'])}",
            words=f"Customer {row['customer_id']}. {_state(row)}",
            status="CANCELLED" if row["state"] == "cancelled" else "CONFIRMED",
            revision=row["revision"],
            changed_at=row["changed_at"],
            customer_id=row["customer_id"],
            alarm=MORNING if row["state"] == "open" else None,
        )
        for row in entries.filter(pl.col("planned_on") >= since).iter_rows(named=True)
    ]


def due_entries(contacts: pl.DataFrame, as_of: date, version: int, loaded_at: datetime, days: int = 90) -> list[Entry]:
    """Contacts due from `as_of` to `as_of` + `days` without a plan (`desk.diary.contacts_due`), one per client.

    `version` and `loaded_at`: of the book, since any load may move the day.
    """
    soon = pl.col("due_on") <= as_of + timedelta(days=days)
    due_contacts = contacts.filter(pl.col("planned").is_null(), soon, pl.col("days_over") <= 0)
    return [
        Entry(
            key=f"due:{row['customer_id']}",
            on=max(row["due_on"], as_of),
            title=f"Due: contact {short_name(row['name'] or row['customer_id'])}",
            words=f"Customer {row['customer_id']}. Due {fmt.day(row['due_on'])}: {row['why']}.",
            status="TENTATIVE",
            revision=version,
            changed_at=loaded_at,
            customer_id=row["customer_id"],
            alarm=MORNING,
        )
        for row in due_contacts.iter_rows(named=True)
    ]


def handover_deadlines(handovers: pl.DataFrame, names: Mapping[str, str], version: int, loaded_at: datetime) -> list[Entry]:
    """Deadline of each open handover (`desk.handover.handovers`)."""
    return [
        Entry(
            key=f"handover:{row['customer_id']}:{row['contract_id'] or row['promise_id']}",
            on=row["due_at"],
            title=f"Handover due: {customer_name(names, row['customer_id'])}",
            words=f"Customer {row['customer_id']}. Signed {fmt.day(row['signed_on'])}; first contact by {fmt.instant(row['due_at'])}.",
            status="CONFIRMED",
            revision=version,
            changed_at=loaded_at,
            customer_id=row["customer_id"],
            alarm=HOUR_BEFORE,
        )
        for row in handovers.filter(state="open").iter_rows(named=True)
    ]


def notice_days(customers: pl.DataFrame, version: int, loaded_at: datetime) -> list[Entry]:
    """Last day for notice of each customer (rows of `portfolio.build` with one ahead); tentative if the notice period is assumed."""
    return [
        Entry(
            key=f"notice:{row['customer_id']}",
            on=row["notice_by"],
            title=f"Last day for notice: {short_name(row['name'] or row['customer_id'])}",
            words=f"Customer {row['customer_id']}. Agreed end {fmt.day(row['renewal_on'])}."
            + (" No notice period is on file; 30 days are assumed." if row["notice_assumed"] else ""),
            status="TENTATIVE" if row["notice_assumed"] else "CONFIRMED",
            revision=version,
            changed_at=loaded_at,
            customer_id=row["customer_id"],
            alarm=WEEK_BEFORE,
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
    event.add("description", "\n".join(map(one_line, (entry.words, *entry.lines))))
    if entry.link:
        event.add("url", entry.link)
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT")
    if entry.alarm is not None and entry.status != "CANCELLED":
        event.add_component(_reminder(entry.alarm, one_line(entry.title)))
    return event


def _reminder(trigger: timedelta, words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", trigger)
    alarm.add("description", words)
    return alarm


def _state(row: Mapping[str, Any]) -> str:
    words_by_state = {
        "kept": f"Kept on {fmt.day(row['met_on'])}.",
        "broken": "Not kept.",
        "cancelled": f"Cancelled on {fmt.day(row['cancelled_on'])}.",
        "open": "Planned.",
    }
    return words_by_state[row["state"]]


def customer_name(names: Mapping[str, str], customer_id: str) -> str:
    """Name of a customer for a title, or the id; `names`: by customer id."""
    return short_name(names.get(customer_id) or customer_id)


def short_name(name: str) -> str:
    """A name on one line, cut to MAX_NAME characters."""
    line = one_line(name)
    return line if len(line) <= MAX_NAME else f"{line[: MAX_NAME - 1]}…"
