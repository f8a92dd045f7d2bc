"""Views below the lists: overdue contacts and the diary, response times of complaints, renewals, handovers."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn, ProgressColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.insight.client import complaint_sla
from health.insight.notice import notice_column
from health.insight.value import renewals
from health.insight.value.renewal_forecasts import record_texts
from health.report import calendar, diary
from health.ui import cache
from health.ui.cards import card, chart, empty, note
from health.ui.columns import Columns, band_chip
from health.ui.links import customer_table
from health.ui.tables import download

WeekData = Mapping[str, Any]
MAX_BARS = 8
DIFFERENCE_HELP = "MRR expected by the account manager minus MRR expected by the churn model; the largest difference is first"


def contacts_view(book: Book, week_data: WeekData, as_of: date, employee: str) -> None:
    """Draw overdue contacts and the diary."""
    _overdue(week_data, as_of, partial(calendar_file, book, as_of, employee))


def complaints_view(week_data: WeekData) -> None:
    """Draw open complaints with the time left."""
    _clocks(week_data["clocks"], week_data["complaints_known"])


def renewals_view(book: Book, week_data: WeekData) -> None:
    """Draw contracts whose last day for notice is within 90 days."""
    _renewals(week_data["renewals"], week_data["windows"], record_texts(week_data["forecast_record"], cache.employees(book)))


def handovers_view(week_data: WeekData) -> None:
    """Draw handovers of new customers."""
    _handovers(week_data["handovers"], week_data["contacts_known"])


@cache.cached
def calendar_file(book: Book, as_of: date, employee: str) -> bytes:
    """Diary as a calendar file for the employee whose week it is; same bytes until the book changes."""
    return calendar.calendar_file(diary.diary_entries(book, as_of, employee if employee and book.viewer.whole_book else None), diary.TITLE)


def _overdue(week_data: WeekData, as_of: date, make_file: Callable[[], bytes]) -> None:
    """Draw overdue contacts as a chart, with the whole diary and its calendar file."""
    overdue = week_data["due"].filter(pl.col("days_over") > 0)
    kept, due = week_data["kept"]
    title = "No contact is overdue" if week_data["contacts_known"] else "Overdue contacts: no data"
    if overdue.height:
        first = overdue.row(0, named=True)
        verb = "contact is" if overdue.height == 1 else "contacts are"
        title = f"{fmt.count(overdue.height)} {verb} overdue, the longest by {fmt.plural(first['days_over'], 'day')}"
    with card(title, "Days past the agreed interval, or past the customer's usual interval if that is shorter"):
        if not week_data["contacts_known"]:
            return empty("No contacts are loaded", "Load interactions, or log a contact on the client page.", ":material/help:")
        if overdue.is_empty():
            empty("No contact is overdue", "Every customer was contacted within the agreed interval.", ":material/check_circle:")
        else:
            chart(
                charts.overdue,
                overdue.head(MAX_BARS).select("customer_id", pl.col("name").fill_null(pl.col("customer_id")), "days_over", "why"),
            )
        if st.toggle("Show the full diary", key="whole-diary", persist_state="session"):
            _diary(week_data, as_of)
        st.download_button("Calendar file", make_file, "diary.ics", "text/calendar", icon=":material/event:",
                           on_click="ignore", help="For any calendar app; importing it again updates the entries")  # fmt: skip
        note(f"Planned contacts kept in 180 days: {fmt.share_of(kept, due)}." if due else "No planned contact was due in 180 days.")


def _diary(week_data: WeekData, as_of: date) -> None:
    columns: Columns = {
        "name": 200, "due_on": 96,
        "days_over": NumberColumn("Days overdue", width=96, format="%,d", help="Negative: days until it is due"), "why": 340,
        "planned_on": DateColumn("Planned", width=96, format="D MMM YYYY"),
    }  # fmt: skip
    customer_table(week_data["due"], columns, key="diary-due", alt="When the next contact with each customer is due", rows=6)
    download(week_data["due"], f"diary-{as_of}.csv")


def _clocks(clocks: pl.DataFrame, loaded: bool) -> None:
    """Draw open complaints with the time left; a chosen row opens the client."""
    overdue = clocks.filter("overdue").height
    empty_title = "No open complaints" if loaded else "Open complaints: no data"
    title = empty_title if clocks.is_empty() else f"{overdue:,} of {fmt.plural(clocks.height, 'open complaint')} overdue"
    with card(title, "Time left to reply, then time left to resolve; without complaints of lost customers"):
        if not loaded:
            return empty("No complaints are loaded", "Load complaints, or record one on the client page.", ":material/help:")
        if clocks.is_empty():
            return empty("No open complaints", "Every complaint of a present customer is resolved.", ":material/check_circle:")
        rows = clocks.with_columns(
            complaint_sla.theme_text(),
            pl.col("clock").replace({"answer": "reply"}),
            (100 * pl.col("used").clip(0, 1)).alias("used"),
        )
        columns: Columns = {
            "name": 220, "theme": 160, "severity": 80,
            "clock": TextColumn("Next deadline", width=110), "left": TextColumn("Time left", width=150),
            "used": ProgressColumn("Time used", width=110, format="%d %%", min_value=0, max_value=100),
        }  # fmt: skip
        customer_table(rows, columns, key="clocks", alt="Open complaints with the time left", rows=8)


def _handovers(handovers: pl.DataFrame, loaded: bool) -> None:
    """Draw handovers of new customers with their deadlines; a chosen row opens the client."""
    late, open_ = (handovers.filter(pl.col("state") == state).height for state in ("late", "open"))
    title = "All handovers are done"
    if not loaded or handovers.is_empty():
        title = "No new customers in 90 days" if loaded else "Handovers: no data"
    elif late:
        title = f"{late} of {fmt.plural(handovers.height, 'handover')} overdue"
    elif open_:
        title = f"{open_} of {fmt.plural(handovers.height, 'handover')} still open"
    with card(title, "First call to a new customer, due by the end of the day after signing; last 90 days"):
        if not loaded:
            return empty("No contacts are loaded", "Load interactions, or log a contact on the client page.", ":material/help:")
        if handovers.is_empty():
            return empty("No new customers", "A new customer is due a call by the end of the day after signing.")
        signs = {"kept": "● Done", "late": "◆ Overdue", "open": "▲ Open"}
        rows = handovers.with_columns(pl.col("state").replace_strict(signs), pl.format("{} of {}", "done", "of").alias("steps"))
        columns: Columns = {
            "name": 220, "signed_on": DateColumn("Signed", width=96, format="D MMM YYYY"),
            "state": TextColumn("First call", width=100), "hours_left": NumberColumn("Hours left", width=90, format="%,d"),
            "steps": TextColumn("Steps", width=70, help="Introduction, expectations agreed, next contact planned"),
        }  # fmt: skip
        customer_table(rows, columns, key="handovers", alt="Handovers with their deadlines", rows=6)


def _renewals(due: pl.DataFrame, windows: pl.DataFrame, records: list[str]) -> None:
    """Draw terms with a last day for notice within 90 days, and apart those past it; a chosen row opens the client."""
    upcoming, past_notice = due.filter(pl.col("state") == renewals.AHEAD), due.filter(pl.col("state").is_in(renewals.APART))
    title = f"{fmt.plural(upcoming.height, 'contract')} up for renewal within 90 days"
    within = ", ".join(f"{days} days: {customers}" for days, customers in windows.select("within", "customers").iter_rows())
    with card(title, f"By their last day for notice, within {within}; plus contracts that expired without a decision"):
        if due.is_empty():
            return empty("No renewals within 90 days", "Rolling contracts have no end date.", ":material/check_circle:")
        differences = pl.Series("difference", [fmt.money_change(difference) for difference in due["difference"]], pl.String)
        rows = due.with_columns(band_chip(), notice_column(), renewals.open_points(), differences)
        columns: Columns = {
            "name": 150, "band": 92,
            "notice": 126, "mrr": 68, "p_leave": 100, "forecast": 84,
            "difference": TextColumn("Difference", width=88, alignment="right", help=DIFFERENCE_HELP),
            "open": 124,
        }  # fmt: skip
        by_notice = rows.filter(~pl.col("state").is_in(renewals.APART))
        customer_table(by_notice, columns, key="week-renewals", alt="Contracts by their last day for notice", rows=6, wrap=True)
        for record in records:
            note(record)
        if past_notice.height:
            note(f"{fmt.plural(past_notice.height, 'contract')} past the last day for notice, with the end still ahead:")
            too_late = rows.filter(pl.col("state").is_in(renewals.APART))
            with_end = {"renewal_on" if name == "notice" else name: value for name, value in columns.items()}
            with_end["renewal_on"] = DateColumn("Ends or renews", width=126, format="D MMM YYYY")
            customer_table(too_late, with_end, key="week-past-notice", alt="Contracts past their last day for notice", rows=4, wrap=True)
