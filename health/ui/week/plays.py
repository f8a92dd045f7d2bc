"""Plays: suggested ones, running ones with their next step, and their results against the control group."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn, TextColumn

from health import format as fmt
from health.access import Book
from health.desk import plays
from health.desk.plays import Case, progress
from health.insight.client.rows import employees
from health.ui import cache
from health.ui.cards import card, empty, note
from health.ui.columns import Columns, column
from health.ui.feedback import LONGEST, attempt, keep_message, show_message
from health.ui.links import open_client
from health.ui.tables import table, words_table
from health.ui.week.actions import READ_ONLY

WeekData = Mapping[str, Any]
MESSAGE_PLACE = "plays"


def plays_card(book: Book, week_data: WeekData, as_of: date) -> None:
    """Draw suggested and running plays, and the actions on the chosen case."""
    suggested, running = week_data["suggested"], week_data["running"]
    title = f"{fmt.plural(suggested.height, 'play')} suggested, {running.height} running"
    with card(
        title if suggested.height or running.height else "No plays suggested or running",
        "A play is a set of steps for one situation",
    ):
        show_message(MESSAGE_PLACE)
        part = st.segmented_control(
            "Plays", ["Suggested", "Running", "Results"], default="Suggested", required=True, key="plays",
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        if part == "Results":
            return _effects(book, as_of)
        if part == "Running":
            return _case_list(book, running, RUNNING, "running", _running_actions)
        _case_list(book, suggested, SUGGESTED, "suggested", _suggested_actions)
        note(
            "One customer in five is left out at random so that results can be compared; who they were is shown after the quarter. "
            "Urgent customers are never left out."
        )


SUGGESTED: Columns = {
    "customer": column("name", 140), "name": column("play", 150), "when": column("reason", 236),
    "hopes": TextColumn("Expected to improve", width=170), "owner": TextColumn("Owner role", width=120),
}  # fmt: skip
RUNNING: Columns = {
    "customer": column("name", 140), "name": column("play", 160),
    "next_words": TextColumn("Next step", width=240),
    "next_on": column("due_on", 90), "ticked": NumberColumn("Steps done", width=84),
    "author": 106,
}  # fmt: skip
Panel = Callable[[Book, Case, Mapping[str, Any]], None]


def _case_list(book: Book, rows: pl.DataFrame, columns: Columns, key: str, panel: Panel) -> None:
    if rows.is_empty():
        return empty("No plays here", "A play is suggested when its trigger applies, at most once a quarter.", ":material/check_circle:")
    chosen = table(rows, columns, key=f"plays-{key}-{book.version}", alt="Plays and their customers", rows=5, choose=True, wrap=True)
    if chosen is None:
        return
    row = rows.row(chosen, named=True)
    with st.container(border=True, gap="small"):
        st.markdown(f"**{fmt.plain(row['name'])}: {fmt.plain(row['customer'])}**")
        if not book.may("write"):
            return note(READ_ONLY)
        panel(book, Case(row["customer_id"], row["play"], row["quarter"]), row)


def _key_suffix(case: Case) -> str:
    """End of the widget keys: a button pressed for one case must not act on another that is now in its row."""
    return f"{case.customer_id}-{case.play}-{case.quarter}"


def _suggested_actions(book: Book, case: Case, row: Mapping[str, Any]) -> None:
    _steps(book, case)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"accept-{_key_suffix(case)}"
        _button("Accept", "play_arrow", key, lambda: progress.accept(book, case, datetime.now()), _message(row, "accepted, see Running"))
        _open_and_end_buttons(case, row, "Decline", "close", lambda why: progress.decline(book, case, why, datetime.now()), "declined")


def _running_actions(book: Book, case: Case, row: Mapping[str, Any]) -> None:
    steps = _steps(book, case)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = row["next_step"]
        if step:
            key = f"tick-{step}-{_key_suffix(case)}"
            said = _message(row, f"step {step} done")
            _button(f"Mark step {step} as done", "check", key, lambda: progress.tick(book, case, step, datetime.now()), said)
        last = steps.filter(pl.col("ticked_at").is_not_null())["step"].max()
        if isinstance(last, int):
            key, said = f"untick-{last}-{_key_suffix(case)}", _message(row, f"step {last} reopened")
            _button(f"Reopen step {last}", "undo", key, lambda: progress.untick(book, case, last, datetime.now()), said)
        key = f"done-{_key_suffix(case)}"
        _button("Complete", "task_alt", key, lambda: progress.complete(book, case, datetime.now()), _message(row, "completed"))
        _open_and_end_buttons(case, row, "Stop", "stop", lambda why: progress.stop(book, case, why, datetime.now()), "stopped")


def _message(row: Mapping[str, Any], what_happened: str) -> str:
    """'Nimbushof Logistik, Break the silence: step 1 done.'"""
    return f"{row['customer']}, {row['name']}: {what_happened}."


def _button(label: str, icon: str, key: str, action: Callable[[], int], message: str) -> None:
    if st.button(label, icon=f":material/{icon}:", key=f"play-{key}"):
        with attempt():
            action()
            keep_message(message, place=MESSAGE_PLACE)


def _open_and_end_buttons(
    case: Case, row: Mapping[str, Any], label: str, icon: str, end_case: Callable[[str], int], done_word: str
) -> None:  # fmt: skip
    """Draw what every case offers: the client's screen, and ending the case with a reason."""
    if st.button("Open client", icon=":material/apartment:", key=f"play-open-{_key_suffix(case)}"):
        open_client(case.customer_id)
    with st.popover(label, icon=f":material/{icon}:"), st.form(f"play-{label.lower()}-{_key_suffix(case)}", border=False):
        reason = st.text_input("Reason", max_chars=LONGEST, placeholder="In a few words")
        if st.form_submit_button(label):
            with attempt():
                end_case(reason)
                keep_message(_message(row, done_word), place=MESSAGE_PLACE)


def _steps(book: Book, case: Case) -> pl.DataFrame:
    steps, names = plays.case_steps(book, case), cache.read_cached(employees, book)
    due_words = [fmt.day(due_on) if due_on else "" for due_on in steps["due_on"]]
    done_words = [
        f"{names.get(employee_id, employee_id)}, {fmt.instant(ticked_at)}" if ticked_at else ""
        for employee_id, ticked_at in steps.select("ticked_by", "ticked_at").iter_rows()
    ]
    shown = steps.select(pl.col("step").cast(pl.String), "words", pl.Series("due", due_words), pl.Series("done", done_words))
    words_table(shown, {"step": "Step", "words": "What to do", "due": "Due", "done": "Done"}, "Steps of the play")
    return steps


def _effects(book: Book, as_of: date) -> None:
    """Draw the effect of each play in a sentence, or why it is not known yet."""
    effects = cache.read_cached(plays.effects, book, as_of)
    rows = [{"play": effect.play.name, "hopes": effect.play.goal, "told": effect.sentence} for effect in effects]
    words_table(
        pl.DataFrame(rows),
        {"play": "Play", "hopes": "Expected to improve", "told": "Compared with the control group"},
        "Results of each play",
    )
    note(
        "All customers who were offered the play count, whether it was used or not (intention to treat). Churn within 180 days; "
        "Newcombe interval."
    )
    _held_out(book, as_of)


def _held_out(book: Book, as_of: date) -> None:
    """Draw the control group of quarters that are over; earlier it could bias how the customers are treated."""
    rows = cache.read_cached(plays.past_control_group, book, as_of)
    if rows.is_empty():
        return
    with st.expander("Control groups of past quarters", icon=":material/casino:"):
        names = cache.portfolio_at(book, as_of).select("customer_id", "name")
        titles = {play.key: play.name for play in plays.PLAYS}
        shown = rows.join(names, on="customer_id", how="left", maintain_order="left").with_columns(pl.col("play").replace(titles))
        columns: Columns = {
            "quarter": TextColumn("Quarter", width=90), "play": 240, "name": 220,
            "triggered_on": DateColumn("Triggered on", width=120, format="D MMM YYYY"),
        }  # fmt: skip
        table(shown, columns, key="plays-held", alt="Customers in the control group of a play")
