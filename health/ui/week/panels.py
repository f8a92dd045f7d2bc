"""Side panels: overdue contacts and the diary, response times of complaints, renewals, handovers."""

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
from health.report import calendar, diary
from health.ui import cache
from health.ui.cards import card, chart, empty, note
from health.ui.columns import Columns, band_chip, column
from health.ui.links import customer_table
from health.ui.tables import download

WeekData = Mapping[str, Any]
MAX_BARS = 8


def panels(book: Book, week_data: WeekData, as_of: date, employee: str) -> None:
    """Draw overdue contacts, complaints, renewals and handovers, each with the most urgent first."""
    left, right = st.columns(2)
    with left:
        _overdue(week_data, partial(calendar_file, book, as_of, employee))
    with right:
        _clocks(week_data["clocks"], week_data["complaints_known"])
    _renewals(week_data["renewals"], week_data["windows"])
    _handovers(week_data["handovers"], week_data["contacts_known"])


@cache.cached
def calendar_file(book: Book, as_of: date, employee: str) -> bytes:
    """Diary as a calendar file for the employee whose week it is; same bytes until the book changes."""
    return calendar.calendar_file(diary.diary_entries(book, as_of, employee if employee and book.viewer.whole_book else None), diary.TITLE)


def _overdue(week_data: WeekData, make_file: Callable[[], bytes]) -> None:
    """Draw overdue contacts as a chart, with the whole diary and its calendar file."""
    overdue = week_data["due"].filter(pl.col("days_over") > 0)
    kept, due = week_data["kept"]
    title = "No agreed contact is overdue" if week_data["contacts_known"] else "Who waits for a call is not known"
    if overdue.height:
        first = overdue.row(0, named=True)
        verb = "contact is" if overdue.height == 1 else "contacts are"
        title = f"{fmt.count(overdue.height)} {verb} overdue, the longest by {fmt.plural(first['days_over'], 'day')}"
    with card(title, "Days past the agreed interval, or past what is usual for the client"):
        if not week_data["contacts_known"]:
            return empty("No contacts are loaded", "Load interactions, or log a contact on a client's screen.", ":material/help:")
        if overdue.is_empty():
            empty("Nobody waits for a call", "Every client was spoken to within the agreed interval.", ":material/check_circle:")
        else:
            chart(
                charts.overdue,
                overdue.head(MAX_BARS).select("customer_id", pl.col("name").fill_null(pl.col("customer_id")), "days_over", "why"),
            )
        if st.toggle("The whole diary", key="whole-diary", persist_state="session"):
            _diary(week_data)
        st.download_button("Calendar file", make_file, "diary.ics", "text/calendar", icon=":material/event:",
                           on_click="ignore", help="For any calendar; taken in again, an entry replaces its older copy")  # fmt: skip
        note(f"Planned contacts kept in 180 days: {fmt.share_of(kept, due)}." if due else "No planned contact fell due in 180 days.")


def _diary(week_data: WeekData) -> None:
    columns: Columns = {
        "name": 140, "due_on": 96,
        "days_over": NumberColumn("Over", width=56, help="Days past it; below 0: still ahead"), "why": 200,
        "planned_on": DateColumn("Planned", width=96, format="D MMM YYYY"),
    }  # fmt: skip
    customer_table(week_data["due"], columns, key="diary-due", alt="When each client is due", rows=6)
    download(week_data["due"], "diary.csv")


def _clocks(clocks: pl.DataFrame, loaded: bool) -> None:
    """Draw open complaints with the time left; a chosen row opens the client."""
    overdue = clocks.filter(pl.col("left_hours") < 0).height
    empty_title = "No complaint is open" if loaded else "Which complaints are open is not known"
    title = empty_title if clocks.is_empty() else f"{overdue} of {fmt.plural(clocks.height, 'open complaint')} past the limit"
    with card(title, "Time left of the answer, then of the solution"):
        if not loaded:
            return empty("No complaints are loaded", "Load complaints, or raise one on a client's screen.", ":material/help:")
        if clocks.is_empty():
            return empty("Nothing runs", "Every complaint on file is solved.", ":material/check_circle:")
        rows = clocks.with_columns(
            pl.Series("left", [complaint_sla.time_left_text(hours) for hours in clocks["left_hours"]], pl.String),
            (100 * pl.col("used").clip(0, 1)).alias("used"),
        )
        columns: Columns = {
            "name": 110, "theme": 74, "clock": TextColumn("Clock", width=64),
            "left": TextColumn("Left", width=116),
            "used": ProgressColumn("Used", width=84, format="%d %%", min_value=0, max_value=100),
        }  # fmt: skip
        customer_table(rows, columns, key="clocks", alt="Open complaints and their clocks", rows=8)


def _handovers(handovers: pl.DataFrame, loaded: bool) -> None:
    """Draw handovers of new customers with their deadlines; a chosen row opens the client."""
    late, open_ = (handovers.filter(pl.col("state") == state).height for state in ("late", "open"))
    title = "Every handover was made"
    if not loaded or handovers.is_empty():
        title = "No first contract was signed in 90 days" if loaded else "Whether new customers were called is not known"
    elif late:
        title = f"{late} of {fmt.plural(handovers.height, 'handover')} past {'its' if late == 1 else 'their'} hour"
    elif open_:
        title = f"{open_} of {fmt.plural(handovers.height, 'handover')} still to be made"
    with card(title, "First operational contact after signing; 90 days"):
        if not loaded:
            return empty("No contacts are loaded", "Load interactions, or log a contact on a client's screen.", ":material/help:")
        if handovers.is_empty():
            return empty("Nobody is new", "A first contract starts a clock to the end of the next day.")
        signs = {"kept": "● Kept", "late": "◆ Late", "open": "▲ Open"}
        rows = handovers.with_columns(pl.col("state").replace_strict(signs), pl.format("{} of {}", "done", "of").alias("steps"))
        columns: Columns = {
            "name": 220, "signed_on": DateColumn("Signed", width=96, format="D MMM YYYY"),
            "state": TextColumn("First call", width=74), "hours_left": NumberColumn("Hours left", width=80, format="%d"),
            "steps": TextColumn("Steps", width=70, help="Introduced, expectations set, first date in the diary"),
        }  # fmt: skip
        customer_table(rows, columns, key="handovers", alt="Handovers and their clocks", rows=6)


def _renewals(due: pl.DataFrame, windows: pl.DataFrame) -> None:
    """Draw terms that end within 90 days; a chosen row opens the client."""
    upcoming = due.filter(pl.col("state") == "ahead")
    title = f"{fmt.plural(upcoming.height, 'contract')} {'ends' if upcoming.height == 1 else 'end'} within 90 days"
    within = ", ".join(f"{days} days: {customers}" for days, customers in windows.select("within", "customers").iter_rows())
    with card(title, f"Within {within}; and those whose term ran out without a word"):
        if due.is_empty():
            return empty("No term ends within 90 days", "Rolling contracts have no agreed end.", ":material/check_circle:")
        rows = due.with_columns(band_chip())
        columns: Columns = {
            "name": 160, "band": 104,
            "renewal_on": column("ends_on", 96),
            "days": 50, "mrr": 70,
            "p_leave_90d": 112, "open": 170,
            "recorded": column("outcome", 200, help="Recorded on the client's screen, under Money"),
        }  # fmt: skip
        customer_table(rows, columns, key="week-renewals", alt="Terms that end within 90 days", rows=6)
