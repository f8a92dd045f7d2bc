"""Beside the list: overdue contacts and the diary, complaints on the clock, handovers, renewals."""

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
from health.ui.links import open_client
from health.ui.tables import download, table

Told = Mapping[str, Any]
SHOWN = 8


def beside(book: Book, told: Told, as_of: date, employee: str) -> None:
    """Overdue contacts, complaints on the clock, renewals, handovers: each lists all of its kind, the most pressing first."""
    left, right = st.columns(2)
    with left:
        _overdue(told, partial(calendar_file, book, as_of, employee))
    with right:
        _clocks(told["clocks"], told["complaints_known"])
    _renewals(told["renewals"], told["windows"])
    _handovers(told["handovers"], told["contacts_known"])


@cache.cached
def calendar_file(book: Book, as_of: date, employee: str) -> bytes:
    """The diary as a calendar file, for the person whose week it is: the same bytes until the book changes."""
    return calendar.file(diary.diary_entries(book, as_of, employee if employee and book.viewer.whole_book else None), diary.TITLE)


def _open(rows: pl.DataFrame, chosen: int | None) -> None:
    if chosen is not None:
        open_client(str(rows["customer_id"][chosen]))


def _overdue(told: Told, saved: Callable[[], bytes]) -> None:
    over = told["due"].filter(pl.col("days_over") > 0)
    k, n = told["kept"]
    title = "No agreed contact is overdue" if told["contacts_known"] else "Who waits for a call is not known"
    if over.height:
        first = over.row(0, named=True)
        one = "contact is" if over.height == 1 else "contacts are"
        title = f"{fmt.count(over.height)} {one} overdue, the longest by {fmt.plural(first['days_over'], 'day')}"
    with card(title, "Days past the agreed interval, or past what is usual for the client"):
        if not told["contacts_known"]:
            return empty("No contacts are loaded", "Load interactions, or log a contact on a client's screen.", ":material/help:")
        if over.is_empty():
            empty("Nobody waits for a call", "Every client was spoken to within the agreed interval.", ":material/check_circle:")
        else:
            chart(
                charts.overdue, over.head(SHOWN).select("customer_id", pl.col("name").fill_null(pl.col("customer_id")), "days_over", "why")
            )
        if st.toggle("The whole diary", key="whole-diary", persist_state="session"):
            _diary(told)
        st.download_button("Calendar file", saved, "diary.ics", "text/calendar", icon=":material/event:",
                           on_click="ignore", help="For any calendar; taken in again, an entry replaces its older copy")  # fmt: skip
        note(f"Planned contacts kept in 180 days: {fmt.share_of(k, n)}." if n else "No planned contact fell due in 180 days.")


def _diary(told: Told) -> None:
    columns: Columns = {
        "name": 140, "due_on": 96,
        "days_over": NumberColumn("Over", width=56, help="Days past it; below 0: still ahead"), "why": 200,
        "planned_on": DateColumn("Planned", width=96, format="D MMM YYYY"),
    }  # fmt: skip
    chosen = table(told["due"], columns, key="diary-due", alt="When each client is due", choose=True, rows=6)
    _open(told["due"], chosen)
    download(told["due"], "diary.csv")


def _clocks(clocks: pl.DataFrame, known: bool) -> None:
    past = clocks.filter(pl.col("left_hours") < 0).height
    none = "No complaint is open" if known else "Which complaints are open is not known"
    title = none if clocks.is_empty() else f"{past} of {fmt.plural(clocks.height, 'open complaint')} past the limit"
    with card(title, "Time left of the answer, then of the solution"):
        if not known:
            return empty("No complaints are loaded", "Load complaints, or raise one on a client's screen.", ":material/help:")
        if clocks.is_empty():
            return empty("Nothing runs", "Every complaint on file is solved.", ":material/check_circle:")
        rows = clocks.with_columns(
            pl.Series("left", [complaint_sla.left(hours) for hours in clocks["left_hours"]], pl.String),
            (100 * pl.col("used").clip(0, 1)).alias("used"),
        )
        columns: Columns = {
            "name": 110, "theme": 74, "clock": TextColumn("Clock", width=64),
            "left": TextColumn("Left", width=116),
            "used": ProgressColumn("Used", width=84, format="%d %%", min_value=0, max_value=100),
        }  # fmt: skip
        _open(rows, table(rows, columns, key="clocks", alt="Open complaints and their clocks", choose=True, rows=8))


def _handovers(handovers: pl.DataFrame, known: bool) -> None:
    late, open_ = (handovers.filter(pl.col("state") == state).height for state in ("late", "open"))
    title = "Every handover was made"
    if not known or handovers.is_empty():
        title = "No first contract was signed in 90 days" if known else "Whether new customers were called is not known"
    elif late:
        title = f"{late} of {fmt.plural(handovers.height, 'handover')} past {'its' if late == 1 else 'their'} hour"
    elif open_:
        title = f"{open_} of {fmt.plural(handovers.height, 'handover')} still to be made"
    with card(title, "First operational contact after signing; 90 days"):
        if not known:
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
        _open(rows, table(rows, columns, key="handovers", alt="Handovers and their clocks", choose=True, rows=6))


def _renewals(due: pl.DataFrame, windows: pl.DataFrame) -> None:
    ahead = due.filter(pl.col("state") == "ahead")
    title = f"{fmt.plural(ahead.height, 'contract')} {'ends' if ahead.height == 1 else 'end'} within 90 days"
    within = ", ".join(f"{most} days: {n}" for most, n in windows.select("within", "customers").iter_rows())
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
        _open(rows, table(rows, columns, key="week-renewals", alt="Terms that end within 90 days", choose=True, rows=6))
