"""Plays: what is suggested, what runs with its next step, and what came of each against those it was withheld from."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn, TextColumn

from health import format as say
from health.access import Book
from health.desk import plays
from health.desk.plays import Case, moves
from health.errors import HealthError
from health.ui import reads
from health.ui.cards import card, empty, note
from health.ui.links import open_client
from health.ui.listing import Columns, table, words_table

Told = Mapping[str, Any]
LONGEST = 300


def plays_card(book: Book, told: Told, as_of: date) -> None:
    """Both lists, and what can be done with the chosen case."""
    suggested, running = told["suggested"], told["running"]
    title = f"{say.plural(suggested.height, 'play')} suggested, {running.height} running"
    with card(
        title if suggested.height or running.height else "No play is suggested",
        "A named action for a trigger, with steps; a share is held out",
    ):
        part = st.segmented_control(
            "Plays", ["Suggested", "Running", "What came of them"], default="Suggested", required=True, key="plays",
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        if part == "What came of them":
            return _effects(book, as_of)
        if part == "Running":
            return _listed(book, running, RUNNING, "running", _run)
        _listed(book, suggested, SUGGESTED, "suggested", _decide)
        note(
            "One customer in five is held out of a play for a quarter, drawn by chance, never from the urgent lane; who, is told after it."
        )


SUGGESTED: Columns = {
    "customer": TextColumn("Customer", width=170), "name": TextColumn("Play", width=220), "when": TextColumn("Because", width=320),
    "hopes": TextColumn("Hopes to move", width=210), "owner": TextColumn("Whose", width=110),
}  # fmt: skip
RUNNING: Columns = {
    "customer": TextColumn("Customer", width=170), "name": TextColumn("Play", width=200),
    "next_words": TextColumn("Next step", width=330),
    "next_on": DateColumn("Due", width=100, format="D MMM YYYY"), "ticked": NumberColumn("Steps done", width=90),
    "author": TextColumn("By", width=120),
}  # fmt: skip
Panel = Callable[[Book, Case, Mapping[str, Any]], None]


def _listed(book: Book, rows: pl.DataFrame, columns: Columns, key: str, panel: Panel) -> None:
    if rows.is_empty():
        return empty("Nothing here", "A play is suggested when its trigger holds, once a quarter.", ":material/check_circle:")
    chosen = table(rows, columns, key=f"plays-{key}", alt="Plays and their customers", rows=6, choose=True)
    if chosen is None:
        return
    row = rows.row(chosen, named=True)
    with st.container(border=True, gap="small"):
        st.markdown(f"**{say.plain(row['name'])}: {say.plain(row['customer'])}**")
        if not book.may("write"):
            return note("You look on: an account manager or analyst acts here.")
        panel(book, Case(row["customer_id"], row["play"], row["quarter"]), row)


def _place(case: Case) -> str:
    """The end of every key: a button pressed for one case must not act on the one that has its row by now."""
    return f"{case.customer_id}-{case.play}-{case.quarter}"


def _decide(book: Book, case: Case, row: Mapping[str, Any]) -> None:
    _steps(book, case)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button("Accept", icon=":material/play_arrow:", key=f"play-accept-{_place(case)}"):
            _do(lambda: moves.accept(book, case, datetime.now()))
        if st.button("Open the client", icon=":material/apartment:", key=f"play-open-{_place(case)}"):
            open_client(case.customer_id)
        with st.popover("Decline", icon=":material/close:"), st.form(f"play-decline-{_place(case)}", border=False):
            why = st.text_input("Why", max_chars=LONGEST, placeholder="In a few words")
            if st.form_submit_button("Decline"):
                _do(lambda: moves.decline(book, case, why, datetime.now()))


def _run(book: Book, case: Case, row: Mapping[str, Any]) -> None:
    steps = _steps(book, case)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = row["next_step"]
        if step and st.button(f"Tick step {step}", icon=":material/check:", key=f"play-tick-{step}-{_place(case)}"):
            _do(lambda: moves.tick(book, case, step, datetime.now()))
        last = steps.filter(pl.col("ticked_at").is_not_null())["step"].max()
        if isinstance(last, int) and st.button(f"Take step {last} back", icon=":material/undo:", key=f"play-untick-{last}-{_place(case)}"):
            _do(lambda: moves.untick(book, case, last, datetime.now()))
        if st.button("Done", icon=":material/task_alt:", key=f"play-done-{_place(case)}"):
            _do(lambda: moves.done(book, case, datetime.now()))
        if st.button("Open the client", icon=":material/apartment:", key=f"play-open-{_place(case)}"):
            open_client(case.customer_id)
        with st.popover("Stop", icon=":material/stop:"), st.form(f"play-stop-{_place(case)}", border=False):
            why = st.text_input("Why", max_chars=LONGEST, placeholder="In a few words")
            if st.form_submit_button("Stop"):
                _do(lambda: moves.stop(book, case, why, datetime.now()))


def _steps(book: Book, case: Case) -> pl.DataFrame:
    steps = plays.steps(book, case)
    day = [say.day(due) if due else "" for due in steps["due_on"]]
    done = [f"{who}, {say.instant(when)}" if when else "" for who, when in steps.select("ticked_by", "ticked_at").iter_rows()]
    shown = steps.select(pl.col("step").cast(pl.String), "words", pl.Series("due", day), pl.Series("done", done))
    words_table(shown, {"step": "Step", "words": "What", "due": "Due", "done": "Done"}, "Steps of the play")
    return steps


def _effects(book: Book, as_of: date) -> None:
    """Each play in a sentence: what it could be told, or why nothing yet."""
    found = reads.ask(plays.effects, book, as_of)
    rows = [{"play": one.play.name, "hopes": one.play.hopes, "told": one.sentence} for one in found]
    words_table(pl.DataFrame(rows), {"play": "Play", "hopes": "Hopes to move", "told": "Against its hold-out"}, "What came of each play")
    note("By intention: all who were offered the play count, taken up or not. Losses within 180 days; Newcombe's interval.")
    _held_out(book, as_of)


def _held_out(book: Book, as_of: date) -> None:
    """Of quarters that are over: before, whoever knows it would treat them differently."""
    rows = reads.ask(plays.held_out, book, as_of)
    if rows.is_empty():
        return
    with st.expander("Who was held out, in quarters that are over", icon=":material/casino:"):
        names = reads.portfolio_at(book, as_of).select("customer_id", "name")
        titles = {one.key: one.name for one in plays.PLAYS}
        shown = rows.join(names, on="customer_id", how="left", maintain_order="left").with_columns(pl.col("play").replace(titles))
        columns: Columns = {
            "quarter": TextColumn("Quarter", width=90), "play": TextColumn("Play", width=240), "name": TextColumn("Customer", width=220),
            "triggered_on": DateColumn("Triggered on", width=120, format="D MMM YYYY"),
        }  # fmt: skip
        table(shown, columns, key="plays-held", alt="Customers who were held out of a play")


def _do(move: Callable[[], int]) -> None:
    try:
        move()
    except HealthError as problem:
        st.error(say.plain(str(problem)), icon=":material/error:")
        return
    st.rerun()
