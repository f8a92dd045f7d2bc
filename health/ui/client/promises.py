"""Promises view: promises and planned contacts with their outcome, complaints with response times, the handover checklist."""

from datetime import date
from typing import Any

import polars as pl
from streamlit.column_config import DateColumn, DatetimeColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.desk import diary, handover
from health.insight.client import complaint_sla, invoices, lifecycle, promises
from health.insight.client import rows as customer_rows
from health.ui import cache
from health.ui.cards import card, chart, note
from health.ui.client.context import Client, EntryList, entry_card
from health.ui.client.header import customer_row
from health.ui.client.tables import SOURCE
from health.ui.columns import column

_TABLES = ("promises", "interactions", "invoices")
_STATES = {"kept": "● Kept", "broken": "◆ Broken", "cancelled": "○ Cancelled", "open": "■ Open"}

_COMPLAINTS = EntryList(
    "complaints", "complaint", "Time to reply and to resolve, compared with the deadlines",
    {
        "opened_at": DatetimeColumn("Raised", width=96, format="D MMM YYYY"),
        "theme": 104,
        "severity": 70,
        "answer": TextColumn("Reply", width=108),
        "solution": TextColumn("Solution", width=118),
        "comment": 138,
        **SOURCE,
    },
    "Complaints with the time to reply and to resolve, compared with the deadlines",
    ("No complaints on file", "Either there were none, or complaints are not loaded; the view Why says which."),
    wrap=True,
)  # fmt: skip
_PROMISES = EntryList(
    "promises", "promise", "What was promised, by when, and the evidence that it was kept",
    {
        "due_at": DatetimeColumn("Due", width=96, format="D MMM YYYY"),
        "comment": TextColumn("Promise", width=160),
        "kind": 76,
        "state": column("state", 120),
        "evidence": TextColumn("Evidence", width=170),
        **SOURCE,
    },
    "Promises with their state and evidence",
    ("No promises on file", "Record promises to see whether they are kept."),
    wrap=True,
)  # fmt: skip
_DIARY = EntryList(
    "diary", "diary", "Planned contacts",
    {
        "planned_on": DateColumn("Planned for", width=110, format="D MMM YYYY"),
        "channel": TextColumn("Channel", width=110),
        "who": 180,
        "became": column("state", 140),
        "met_on": DateColumn("Took place on", width=120, format="D MMM YYYY", help="The contact that fulfilled the plan"),
    },
    "Planned contacts with their state",
    ("No planned contacts", "Plan the next contact to be reminded of it."),
)  # fmt: skip


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """Read what the view shows. Raises NotFound for an id outside the book."""
    row, settings = customer_row(cache.portfolio_at(book, as_of), customer_id), cache.state(book).settings
    rows, planned_contacts = (
        customer_rows.customer_rows(book, customer_id, _TABLES),
        customer_rows.planned_contacts(book, customer_id, as_of),
    )
    last_day = lifecycle.last_day(row, as_of)
    complaints = complaint_sla.customer_complaints(book, customer_id, settings, last_day)
    promise_rows = promises.promise_table(rows["promises"], rows["interactions"], lifecycle.seen_to(row, "promises", as_of))
    names = cache.read_cached(customer_rows.employees, book)
    invoice_rows = invoices.with_states(rows["invoices"], lifecycle.seen_to(row, "invoices", as_of))
    diary_rows = planned_contacts.sort("planned_on", "diary_id", descending=[True, False]).with_columns(
        pl.col("state").replace_strict(_STATES, return_dtype=pl.String).alias("became"), pl.col("employee_id").replace(names).alias("who")
    )
    steps = handover.checklist(book, as_of).filter(pl.col("customer_id") == customer_id)
    return {
        "promises": promise_rows,
        "lanes": promises.lanes(planned_contacts, complaints, promise_rows, invoice_rows, last_day),
        "clocks": complaint_sla.with_deadline_texts(complaints, settings.service_hours),
        "diary": diary_rows,
        "kept": diary.count_kept(planned_contacts),
        "steps": steps,
        "last": last_day,
    }


def show(client: Client) -> None:
    """Draw the view."""
    data = read(client.book, client.id, client.as_of)
    with card(
        promises.lanes_finding(data["lanes"], data["last"]),
        "Circle: on time · triangle: late · diamond: broken · square: open; last 12 months",
    ):
        chart(charts.agreed_in_time, data["lanes"])
    if not data["steps"].is_empty():
        _handover(data["steps"])
    _diary(client, data["diary"], data["kept"])
    entry_card(client, _PROMISES, data["promises"], promises.finding(data["promises"]))
    entry_card(client, _COMPLAINTS, data["clocks"], _complaints_title(data["clocks"]))


def _complaints_title(clocks: pl.DataFrame) -> str:
    open_complaints = clocks.filter(pl.col("solved_at").is_null())
    if clocks.is_empty():
        return "No complaints on file"
    overdue = open_complaints.filter("solution_broken").height
    return f"{open_complaints.height} of {fmt.plural(clocks.height, 'complaint')} open{f', {overdue} overdue' if overdue else ''}"


def _diary(client: Client, diary_rows: pl.DataFrame, kept_and_due: tuple[int, int]) -> None:
    kept_count, due_count = kept_and_due
    title = f"{kept_count} of {due_count} planned contacts kept in 180 days" if due_count else "No planned contact was due in 180 days"
    about = f"Agreed: one contact every {client.row['cadence_days']} days" if client.is_customer else ""
    entry_card(client, _DIARY, diary_rows, title, about)


def _handover(steps: pl.DataFrame) -> None:
    """Draw the checklist of the newest handover."""
    newest = steps.filter(pl.col("signed_on") == steps["signed_on"].max()).unique("step", keep="first", maintain_order=True)
    done_count = newest.filter(pl.col("done").fill_null(False)).height
    with card(
        f"Handover: {done_count} of {newest.height} done since {fmt.day(newest['signed_on'][0])}",
        "Checklist for the start of a new customer",
    ):
        for row in newest.iter_rows(named=True):
            sign = "○ No data" if row["done"] is None else "● Done" if row["done"] else "■ To do"
            evidence = f", {row['evidence_table']} {row['evidence_id']}, {fmt.day(row['done_on'])}" if row["done"] else ""
            note(f"{sign}: {row['words']}{evidence}", small=False)
