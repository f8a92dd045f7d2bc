"""Calendar entries of a book: contacts planned, due and overdue, handovers, promises, last days for notice, snoozes, steps of plays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import quote

import polars as pl

from health import portfolio
from health.access import Book
from health.desk import diary, handover, plays
from health.desk.worklist import actions
from health.report import calendar, deadlines
from health.report.calendar import Entry
from health.report.deadlines import Export
from health.status import ACTIVE, LOST, MERGED, one_of

TITLE = "Customer health: diary"
DUE_DAYS = 366
"""Due contacts are entered up to this many days ahead. One that is postponed within them moves and is not cancelled."""
GONE_DAYS = 366
"""Entries of a lost or merged customer stay in the file as cancelled for this many days."""
PLAY_DAYS = 90
"""The entry of a play that no longer runs stays in the file as cancelled for this many days after the play was accepted."""
JUST_OVERDUE_DAYS = 31
"""The own entry of an overdue contact stays in the file as cancelled for this many days; the list of overdue contacts holds it instead."""


def diary_entries(book: Book, as_of: date, employee: str | None = None, address: str = "") -> list[Entry]:
    """Entries of the viewer's book as known on the day; of one account manager's customers if `employee` is given.

    None lies before the day. `address`: of the app, for links to the customers; without it there are none.
    """
    state = portfolio.state(book)
    if state.loaded_at is None:
        return []
    rows = portfolio.build(book, as_of)
    customers = rows.filter(pl.col("owner") == employee) if employee else rows
    if customers.is_empty():
        return []
    names, whose = dict(customers.select("customer_id", "name").iter_rows()), employee or book.viewer.employee_id or ""
    export = Export(as_of, state.version, state.loaded_at, names, whose)
    tables = _read_tables(book, as_of, customers)
    live = [*_contacts(customers, tables, export), *_deadlines(customers, tables, export)]
    entries = [*live, *deadlines.fallen_away(_earlier_keys(customers, tables, export), live, export)]
    return _with_details(entries, _phones(tables["contacts"], as_of), address)


def _read_tables(book: Book, as_of: date, customers: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Rows of these customers: diary, handovers, cases of plays, promises, contacts, contracts, actions and the trail."""
    tables = {"diary": diary.read_diary(book, as_of), "handovers": handover.handovers(book, as_of), "plays": plays.play_cases(book, as_of)}
    with book.reading() as session:
        tables["in_force"] = book.own(session, actions.latest_actions(session))
        tables |= {name: book.own(session, session.rows(name)) for name in ("promises", "contacts", "contracts", "actions", "entries")}
    ids = customers.select("customer_id")
    return {name: frame.join(ids, on="customer_id", how="semi", maintain_order="left") for name, frame in tables.items()}


def _contacts(customers: pl.DataFrame, tables: Mapping[str, pl.DataFrame], export: Export) -> Iterator[Entry]:
    """Contacts planned and due; those planned with customers who are gone are cancelled."""
    gone = customers.filter(LOST | MERGED)["customer_id"]
    due = diary.contacts_due(customers, tables["diary"]).drop_nulls("due_on")
    for entry in calendar.planned_entries(tables["diary"], export.names, export.as_of):
        status = "CANCELLED" if entry.customer_id in gone else entry.status
        yield replace(entry, status=status, revision=export.version, changed_at=export.loaded_at)
    yield from calendar.due_entries(due, export.as_of, export.version, export.loaded_at, DUE_DAYS)
    yield from deadlines.overdue_contacts(due, export)


def _deadlines(customers: pl.DataFrame, tables: Mapping[str, pl.DataFrame], export: Export) -> Iterator[Entry]:
    """What has to be done by a day; nothing for customers who are gone."""
    here = customers.filter(~(LOST | MERGED))
    handovers, promises, in_force, cases = (
        tables[name].join(here.select("customer_id"), on="customer_id", how="semi", maintain_order="left")
        for name in ("handovers", "promises", "in_force", "plays")
    )
    notice_ahead = here.filter((pl.col("days_to_notice") >= 0) & ACTIVE)
    stamp = (export.version, export.loaded_at)
    ahead = handovers.filter(pl.col("due_at").dt.date() >= export.as_of)
    yield from calendar.handover_deadlines(ahead, export.names, *stamp)
    yield from calendar.notice_days(notice_ahead, *stamp)
    yield from deadlines.promises_due(promises, export)
    yield from deadlines.snoozes_ending(in_force.filter(pl.col("kind") == actions.SNOOZED), export)
    yield from deadlines.play_steps(cases, export)


def _earlier_keys(customers: pl.DataFrame, tables: Mapping[str, pl.DataFrame], export: Export) -> Iterator[str]:
    """Keys that an earlier export may have had: of customers who left the active ones, and of rows that were ahead or removed."""
    since = export.as_of - timedelta(days=PLAY_DAYS)
    yield export.overdue_key
    yield from _keys_of_customers(customers, tables, export)
    for row in tables["handovers"].filter(pl.col("due_at").dt.date() >= export.as_of).iter_rows(named=True):
        yield f"handover:{row['customer_id']}:{row['contract_id'] or row['promise_id']}"
    for promise_id in tables["promises"].filter(pl.col("due_at").dt.date() >= export.as_of, pl.col("kind") != "handover")["promise_id"]:
        yield f"promise:{promise_id}"
    for customer_id in tables["actions"].filter(pl.col("kind") == actions.SNOOZED, pl.col("until_on") >= export.as_of)["customer_id"]:
        yield f"snooze:{customer_id}"
    for row in tables["plays"].filter(pl.col("accepted_at").dt.date() >= since).iter_rows(named=True):
        yield deadlines.play_key(row)
    yield from _removed_keys(tables["entries"], [*tables["diary"]["diary_id"], *tables["promises"]["promise_id"]])


def _keys_of_customers(customers: pl.DataFrame, tables: Mapping[str, pl.DataFrame], export: Export) -> Iterator[str]:
    """Keys of due contacts and last days for notice: of customers no longer active, with a plan, just overdue, or with an end ahead."""
    since = export.as_of - timedelta(days=GONE_DAYS)
    was_active = ~ACTIVE & ~one_of("prospect", "trial") & (pl.col("lost_on") >= since).fill_null(True)
    for customer_id in customers.filter(was_active)["customer_id"]:
        yield from (f"due:{customer_id}", f"notice:{customer_id}")
    just_overdue = diary.contacts_due(customers, tables["diary"]).filter(pl.col("days_over").is_between(1, JUST_OVERDUE_DAYS))
    for customer_id in [*tables["diary"].filter(state="open")["customer_id"], *just_overdue["customer_id"]]:
        yield f"due:{customer_id}"
    for customer_id in tables["contracts"].filter(pl.col("end_on") >= export.as_of)["customer_id"]:
        yield f"notice:{customer_id}"


def _removed_keys(trail: pl.DataFrame, ids_on_file: Sequence[str]) -> Iterator[str]:
    """Keys of planned contacts and promises that were entered by hand and are no longer on file."""
    prefixes = {"diary": "diary", "promises": "promise"}
    removed = trail.filter(pl.col("table_name").is_in(list(prefixes)) & ~pl.col("key").is_in(ids_on_file))
    for table, key in removed.select("table_name", "key").unique(maintain_order=True).iter_rows():
        yield f"{prefixes[table]}:{key}"


def _phones(people: pl.DataFrame, as_of: date) -> dict[str, str]:
    """Name and phone number of the main contact person of each customer: the primary one, else a decision maker, who has a number."""
    current = people.filter((pl.col("active_to") > as_of).fill_null(True), (pl.col("active_from") <= as_of).fill_null(True))
    is_main = (pl.col("is_primary").fill_null(False), (pl.col("role") == "decision_maker").fill_null(False))
    first = current.drop_nulls("phone").sort("customer_id", *is_main, "contact_id", descending=[False, True, True, False])
    first = first.unique("customer_id", keep="first", maintain_order=True)
    return dict(first.select("customer_id", pl.format("Phone: {}, {}", "name", "phone")).iter_rows())


def _with_details(entries: list[Entry], phones: Mapping[str, str], address: str) -> list[Entry]:
    """Add the phone number and the link of the customer to entries about one customer that are not cancelled."""

    def detailed(entry: Entry) -> Entry:
        if not entry.customer_id or entry.status == "CANCELLED":
            return entry
        link = f"{address.rstrip('/')}/client?customer={quote(entry.customer_id, safe='')}" if address else ""
        details = [line for line in (phones.get(entry.customer_id), link) if line]
        return replace(entry, lines=(*entry.lines, *details), link=link)

    return [detailed(entry) for entry in entries]
