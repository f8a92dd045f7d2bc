"""Calendar entries of a book: planned contacts, due contacts, handover deadlines and last days for notice."""

from datetime import date, timedelta

import polars as pl

from health import portfolio
from health.access import Book
from health.desk import diary, handover
from health.report import calendar
from health.report.calendar import Entry
from health.status import ACTIVE

TITLE = "Customer health: diary"
NOTICE_DAYS = 90
"""How far ahead last days for notice are entered."""
PAST_DAYS = 30
"""How long past entries stay in a calendar, with their outcome."""


def diary_entries(book: Book, as_of: date, employee: str | None = None) -> list[Entry]:
    """Entries of the viewer's book as known on the day; of one account manager's customers if `employee` is given."""
    state = portfolio.state(book)
    if state.loaded_at is None:
        return []
    rows = portfolio.build(book, as_of)
    customers = rows.filter(pl.col("owner") == employee) if employee else rows
    names = dict(customers.select("customer_id", "name").iter_rows())
    recent = diary.read_diary(book, as_of).filter(pl.col("planned_on") >= as_of - timedelta(days=PAST_DAYS))
    planned, handovers = (_of_customers(frame, customers) for frame in (recent, handover.handovers(book, as_of)))
    due = diary.contacts_due(customers, planned).drop_nulls("due_on")
    notice_ahead = customers.filter(pl.col("days_to_notice").is_between(0, NOTICE_DAYS) & ACTIVE)
    last_change = (state.version, state.loaded_at)
    return [
        *calendar.planned_entries(planned, names),
        *calendar.due_entries(due, as_of, *last_change),
        *calendar.handover_deadlines(handovers, names, *last_change),
        *calendar.notice_days(notice_ahead, *last_change),
    ]


def _of_customers(frame: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    return frame.join(customers.select("customer_id"), on="customer_id", how="semi", maintain_order="left")
