"""Promises and diary: what was agreed and what became of it, complaints with their clocks, the handover's checklist."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, DatetimeColumn, NumberColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.desk import diary, handover
from health.insight.client import complaint_sla, lifecycle, promises
from health.insight.client import rows as own
from health.ui import cache, entry
from health.ui.cards import card, chart, note
from health.ui.client.context import Client, written
from health.ui.client.header import customer_row
from health.ui.client.tables import SOURCE
from health.ui.columns import Columns, column

_TABLES = ("promises", "interactions", "invoices")
_STATES = {"kept": "● Kept", "broken": "◆ Broken", "cancelled": "○ Cancelled", "open": "■ Open"}


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """What the view shows. NotFound for an id outside the book."""
    row, settings = customer_row(cache.portfolio_at(book, as_of), customer_id), cache.state(book).settings
    rows, planned = own.rows(book, customer_id, _TABLES), own.planned(book, customer_id, as_of)
    last = lifecycle.last_day(row, as_of)
    complaints = complaint_sla.of_customer(book, customer_id, settings, last)
    made = promises.promised(rows["promises"], rows["interactions"], last)
    names = cache.ask(own.employees, book)
    entries = planned.sort("planned_on", "diary_id", descending=[True, False]).with_columns(
        pl.col("state").replace_strict(_STATES, return_dtype=pl.String).alias("became"), pl.col("employee_id").replace(names).alias("who")
    )
    steps = handover.checklist(book, as_of).filter(pl.col("customer_id") == customer_id)
    return {
        "promises": made,
        "lanes": promises.lanes(planned, complaints, made, rows["invoices"], last),
        "clocks": complaint_sla.clocks(complaints, last),
        "diary": entries,
        "kept": diary.kept(planned),
        "steps": steps,
        "last": last,
    }


def show(shown: Client) -> None:
    """Draws it."""
    told = read(shown.book, shown.id, shown.as_of)
    with card(
        promises.lanes_finding(told["lanes"], told["last"]), "Circle as agreed · triangle late · diamond broken · square open; a year"
    ):
        chart(charts.agreed_in_time, told["lanes"])
    if told["steps"].is_empty():
        _diary(shown, told["diary"], told["kept"])
    else:
        left, right = st.columns(2)
        with left:
            _diary(shown, told["diary"], told["kept"])
        with right:
            _handover(told["steps"])
    _promises(shown, told["promises"])
    _complaints(shown, told["clocks"])


def _complaints(shown: Client, clocks: pl.DataFrame) -> None:
    with card(_complaints_head(clocks), "Hours to the answer and to the solution against the limits"):
        entry.new(shown.desk, "complaint")
        columns: Columns = {
            "opened_at": DatetimeColumn("Raised", width=134, format="D MMM YYYY, HH:mm"),
            "theme": 96,
            "severity": NumberColumn("Severity", width=66, help="1 low to 4 critical"),
            "answer": 130,
            "solution": TextColumn("Solution", width=168),
            "comment": 198,
            **SOURCE,
        }
        none = "No complaints on file", "Either none was raised or the complaints table is not loaded; the parts of the score say which."
        written(shown, "complaints", clocks, columns, "Complaints with the time to answer and to solve against the limits", none)


def _complaints_head(clocks: pl.DataFrame) -> str:
    running = clocks.filter(pl.col("solved_at").is_null())
    if clocks.is_empty():
        return "No complaint is on file"
    late = running.filter("solution_broken").height
    return f"{fmt.plural(running.height, 'complaint')} open of {clocks.height}{f', {late} past the limit' if late else ''}"


def _promises(shown: Client, made: pl.DataFrame) -> None:
    with card(promises.finding(made), "What was promised, by when, and what shows that it was kept"):
        entry.new(shown.desk, "promise")
        columns: Columns = {
            "due_at": DatetimeColumn("Promised for", width=100, format="D MMM YYYY"),
            "comment": column("what", 190),
            "kind": 76,
            "state": column("became", 160),
            "evidence": TextColumn("Evidence", width=250),
            **SOURCE,
        }
        none = "No promise is on file", "What is promised to a customer is kept or broken only where it is written down."
        written(shown, "promises", made, columns, "Promises with their state and evidence", none)


def _diary(shown: Client, entries: pl.DataFrame, kept: tuple[int, int]) -> None:
    done, due = kept
    head = f"Diary: {done} of {due} planned contacts kept in 180 days" if due else "Diary: nothing fell due in 180 days"
    with card(head, f"Agreed rhythm: a contact every {shown.row['cadence_days']} days" if shown.there else "Planned contacts"):
        entry.new(shown.desk, "diary")
        columns: Columns = {
            "planned_on": DateColumn("Planned for", width=96, format="D MMM YYYY"),
            "channel": TextColumn("How", width=64),
            "who": 104,
            "became": 90,
            "met_on": DateColumn("Met on", width=92, format="D MMM YYYY", help="The contact that kept it"),
        }
        none = "Nothing is planned", "A contact in the diary is one that is not forgotten."
        written(shown, "diary", entries, columns, "Planned contacts and what became of them", none)


def _handover(steps: pl.DataFrame) -> None:
    """The checklist of the newest handover."""
    newest = steps.filter(pl.col("signed_on") == steps["signed_on"].max()).unique("step", keep="first", maintain_order=True)
    done = newest.filter(pl.col("done").fill_null(False)).height
    with card(f"Handover: {done} of {newest.height} done since {fmt.day(newest['signed_on'][0])}", "What a good start holds"):
        for row in newest.iter_rows(named=True):
            sign = "○ Not known" if row["done"] is None else "● Done" if row["done"] else "■ To do"
            shown = f", {row['evidence_table']} {row['evidence_id']}, {fmt.day(row['done_on'])}" if row["done"] else ""
            note(f"{sign}: {row['words']}{shown}", small=False)
