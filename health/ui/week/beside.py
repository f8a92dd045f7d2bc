"""Beside the list: overdue contacts and the diary, complaints on the clock, handovers, renewals."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn, ProgressColumn, TextColumn

from health import charts
from health import format as say
from health.access import Book
from health.insight import on_the_clock
from health.ui.cards import card, chart, empty, note
from health.ui.links import open_client
from health.ui.listing import MONEY, Columns, chips, download, table
from health.ui.week.calendar import calendar_file

Told = Mapping[str, Any]
SHOWN = 8


def beside(book: Book, told: Told, as_of: date, employee: str) -> None:
    """Four cards, two a row; each lists all of its kind, the most pressing first."""
    left, right = st.columns(2)
    with left:
        _overdue(told, calendar_file(book, as_of, employee))
    with right:
        _clocks(told["clocks"])
    left, right = st.columns(2)
    with left:
        _handovers(told["handovers"])
    with right:
        _renewals(told["renewals"])


def _open(rows: pl.DataFrame, chosen: int | None) -> None:
    if chosen is not None:
        open_client(str(rows["customer_id"][chosen]))


def _overdue(told: Told, calendar: bytes) -> None:
    over = told["due"].filter(pl.col("days_over") > 0)
    k, n = told["kept"]
    title = "No agreed contact is overdue"
    if over.height:
        first = over.row(0, named=True)
        one = "contact is" if over.height == 1 else "contacts are"
        title = f"{say.count(over.height)} {one} overdue, the longest by {say.plural(first['days_over'], 'day')}"
    with card(title, "Days past the agreed interval, or past what is usual for the client"):
        if over.is_empty():
            empty("Nobody waits for a call", "Every client was spoken to within the agreed interval.", ":material/check_circle:")
        else:
            chart(
                charts.overdue, over.head(SHOWN).select("customer_id", pl.col("name").fill_null(pl.col("customer_id")), "days_over", "why")
            )
        with st.expander("The whole diary", icon=":material/event:"):
            _diary(told, calendar)
        note(f"Planned contacts kept in 180 days: {say.share_of(k, n)}." if n else "No planned contact fell due in 180 days.")


def _diary(told: Told, calendar: bytes) -> None:
    columns: Columns = {
        "name": TextColumn("Customer", width=140), "due_on": DateColumn("Due", width=96, format="D MMM YYYY"),
        "days_over": NumberColumn("Over", width=56, help="Days past it; below 0: still ahead"), "why": TextColumn("Why", width=200),
        "planned_on": DateColumn("Planned", width=96, format="D MMM YYYY"),
    }  # fmt: skip
    chosen = table(told["due"], columns, key="diary-due", alt="When each client is due", choose=True, rows=6)
    _open(told["due"], chosen)
    with st.container(horizontal=True):
        st.download_button("Calendar file", calendar, "diary.ics", "text/calendar", icon=":material/event:",
                           on_click="ignore", help="For any calendar; taken in again, an entry replaces its older copy")  # fmt: skip
        download(told["due"], "diary.csv")


def _clocks(clocks: pl.DataFrame) -> None:
    past = clocks.filter(pl.col("left_hours") < 0).height
    title = "No complaint is open" if clocks.is_empty() else f"{past} of {say.plural(clocks.height, 'open complaint')} past the limit"
    with card(title, "Time left of the answer, then of the solution"):
        if clocks.is_empty():
            return empty("Nothing runs", "Every complaint is solved, or none is on file.", ":material/check_circle:")
        rows = clocks.with_columns(
            pl.Series("left", [on_the_clock.left(hours) for hours in clocks["left_hours"]], pl.String),
            (100 * pl.col("used").clip(0, 1)).alias("used"),
        )
        columns: Columns = {
            "name": TextColumn("Customer", width=110), "theme": TextColumn("Theme", width=74), "clock": TextColumn("Clock", width=64),
            "left": TextColumn("Left", width=116),
            "used": ProgressColumn("Used", width=84, format="%d %%", min_value=0, max_value=100),
        }  # fmt: skip
        _open(rows, table(rows, columns, key="clocks", alt="Open complaints and their clocks", choose=True, rows=8))


def _handovers(handovers: pl.DataFrame) -> None:
    late = handovers.filter(pl.col("state") == "late").height
    title = (
        f"{late} of {say.plural(handovers.height, 'handover')} past {'its' if late == 1 else 'their'} hour"
        if late
        else "Every handover was made in time"
    )
    with card(title if handovers.height else "No contract was signed in 90 days", "First operational contact after signing; 90 days"):
        if handovers.is_empty():
            return empty("Nobody is new", "A first contract starts a clock to the end of the next day.")
        signs = {"kept": "● Kept", "late": "◆ Late", "open": "▲ Open"}
        rows = handovers.with_columns(pl.col("state").replace_strict(signs), pl.format("{} of {}", "done", "of").alias("steps"))
        columns: Columns = {
            "name": TextColumn("Customer", width=120), "signed_on": DateColumn("Signed", width=96, format="D MMM YYYY"),
            "state": TextColumn("First call", width=74), "hours_left": NumberColumn("Hours left", width=80, format="%d"),
            "steps": TextColumn("Steps", width=70, help="Introduced, expectations set, first date in the diary"),
        }  # fmt: skip
        _open(rows, table(rows, columns, key="handovers", alt="Handovers and their clocks", choose=True, rows=6))


def _renewals(due: pl.DataFrame) -> None:
    ahead = due.filter(pl.col("state") == "ahead")
    with card(
        f"{say.plural(ahead.height, 'contract')} {'ends' if ahead.height == 1 else 'end'} within 90 days",
        "The nearest first; with what is open",
    ):
        if due.is_empty():
            return empty("No term ends within 90 days", "Rolling contracts have no agreed end.", ":material/check_circle:")
        rows = due.with_columns(pl.concat_list(pl.col("band").replace_strict({b.key: b.label for b in say.BANDS}, default=None)))
        columns: Columns = {
            "name": TextColumn("Customer", width=110), "band": chips("Band", 92), "days": NumberColumn("Days", width=50),
            "mrr": NumberColumn("MRR", width=66, format=MONEY),
            "p_leave_90d": NumberColumn("Leaves", width=62, format="percent", help="In 90 days"),
            "open": TextColumn("Open", width=64),
        }  # fmt: skip
        _open(rows, table(rows, columns, key="week-renewals", alt="Terms that end within 90 days", choose=True, rows=6))
