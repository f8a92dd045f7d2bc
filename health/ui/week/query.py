"""Whose week, how many hours, and what is read for it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import streamlit as st

from health.access import Book
from health.desk import diary, handover, plays, worklist
from health.desk.plays import progress
from health.desk.renewals import outcomes
from health.desk.worklist import value_at_stake
from health.insight.client import complaint_sla
from health.insight.client.rows import employees
from health.insight.value import renewals
from health.insight.value.renewal_outcomes import with_outcomes
from health.status import ACTIVE
from health.ui import cache, value_cache
from health.ui.columns import band_chip
from health.ui.labels import unique_labels

EVERYBODY = ""
USUAL_HOURS = 8.0
HEIGHT = 900


def whose(book: Book) -> str:
    """The employee whose week it is: an account manager's own, else the one chosen, or everybody's."""
    if not book.viewer.whole_book:
        return book.viewer.employee_id or EVERYBODY
    label = unique_labels({EVERYBODY: "Everybody"} | cache.employees(book))
    return str(
        st.selectbox("Whose week", list(label), format_func=label.__getitem__, key="whose", label_visibility="collapsed", width=210,
                     persist_state="session")
    )  # fmt: skip


def capacity(book: Book, employee: str) -> float:
    """Hours the week has for it; of everybody's week each has as many."""
    each = st.number_input("Hours a week", 0.0, 60.0, USUAL_HOURS, 1.0, key="hours", width=150, persist_state="session",
                           help="Hours this week for calls and visits, each: the list is cut where they end")  # fmt: skip
    return float(each) * (1 if employee or not book.viewer.whole_book else max(1, len(cache.employees(book))))


def told(book: Book, as_of: date, employee: str, hours: float) -> dict[str, Any]:
    """What the screen shows. The first time on a book the models behind the values are fitted, which takes some seconds."""
    with value_cache.waiting(book, as_of, HEIGHT):
        found = read(book, as_of, employee, hours)
        if as_of == cache.state(book).as_of and book.may("write") and _enrol(book, as_of):
            st.rerun()
        return found


def _enrol(book: Book, as_of: date) -> int:
    """Whoever opens the week and may write has new triggers written down before anybody is asked to do anything; once a version."""
    done = (book.version, book.viewer.author)
    if st.session_state.get("enrolled") == done:
        return 0
    now = cache.portfolio_at(book, as_of)
    written = plays.enrol(book, now, plays.lane(book, now, as_of), as_of, datetime.now())
    st.session_state["enrolled"] = (book.version, book.viewer.author)
    return written


@cache.cached
def read(book: Book, as_of: date, employee: str, hours: float) -> dict[str, Any]:
    """At one version of the book."""
    now, value, state = cache.portfolio_at(book, as_of), value_cache.values(book, as_of), cache.state(book)
    seen = value_cache.band_rates(book, as_of) if value_at_stake.lacks(now, value) else None
    offered = plays.suggested(book, as_of, plays.triggered(now, plays.lane(book, now, as_of), as_of))
    found = worklist.week(book, as_of, hours, now, value, seen, employee or None, offered)
    mine = now.filter(pl.col("owner") == employee) if employee and book.viewer.whole_book else now
    ids = mine["customer_id"]

    def own(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(pl.col("customer_id").is_in(ids.implode()))

    planned = own(diary.entries(book, as_of))
    names = mine.select("customer_id", "name")
    opened = complaint_sla.running(complaint_sla.still_open(book, state.settings, as_of), as_of)
    ending = with_outcomes(renewals.due(mine, value, as_of), outcomes(book, as_of))
    return {
        **_lists(found),
        "contacts_known": bool(mine["contact_present"].any()),
        "complaints_known": bool(mine["complaints_present"].any()),
        "customers": mine.filter(ACTIVE).height,
        "due": diary.due(mine, planned, as_of),
        "kept": diary.kept(planned),
        "clocks": own(opened).join(names, on="customer_id", how="left", maintain_order="left"),
        "handovers": own(handover.handovers(book, as_of)).join(names, on="customer_id", how="left", maintain_order="left"),
        "renewals": ending,
        "windows": renewals.windows(ending),
        **_plays(book, now, offered, as_of, own),
    }


def _lists(found: worklist.Week) -> dict[str, Any]:
    """The parts of the list as their tables show them, and the week without its frames: what is remembered is copied at every rerun."""
    inside = pl.col("in_week")
    ranked = {"week": found.ranked.filter(inside), "waits": found.ranked.filter(~inside), "below": found.below, "urgent": found.urgent}
    parts = {part: rows.with_columns(band_chip()) for part, rows in ranked.items()} | {"away": found.away}
    bare = {name: frame.clear() for name, frame in vars(found).items() if isinstance(frame, pl.DataFrame)}
    return {"week": worklist.Week(**(vars(found) | bare)), "parts": parts}


def _plays(
    book: Book, now: pl.DataFrame, offered: pl.DataFrame, as_of: date, own: Callable[[pl.DataFrame], pl.DataFrame]
) -> dict[str, Any]:
    """What is suggested and what runs, each with its customer's name."""
    named = now.select("customer_id", pl.col("name").fill_null(pl.col("customer_id")).alias("customer"))
    accepted = plays.cases(book, as_of).filter(pl.col("state") == progress.ACCEPTED).with_columns(pl.col("author").replace(employees(book)))
    running = accepted.sort("next_on", "customer_id", nulls_last=True)
    lists = {"suggested": offered, "running": running}
    return {key: own(frame).join(named, on="customer_id", how="left", maintain_order="left") for key, frame in lists.items()}
