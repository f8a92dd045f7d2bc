"""Parts of the upload screen: what a file would change, what was refused, what was loaded before."""

import polars as pl
import streamlit as st
from streamlit.column_config import DatetimeColumn, NumberColumn, TextColumn

from health import charts
from health import format as say
from health.access import Book
from health.insight import findings, refusals
from health.intake import load
from health.tables import TABLES
from health.ui import staging
from health.ui.cards import card, chart, empty, note, number, strip
from health.ui.listing import WHOLE, table, words_table

COUNTS = {"read": "Read", "added": "New", "changed": "Changed", "unchanged": "Unchanged", "refused": "Refused", "skipped": "Skipped"}
HELP = {
    "read": "Rows that the file yields",
    "added": "Rows with a new key",
    "changed": "Rows that replace a stored one",
    "unchanged": "Rows that are stored already, word for word",
    "refused": "Rows that break a rule; they are kept with their reasons",
    "skipped": "Rows that the mapping leaves out; not counted as read",
}


def steps(made: load.Preview | None) -> None:
    """Where the file stands."""
    with st.container(horizontal=True):
        st.badge("1 Read", icon=":material/check:", color="green")
        st.badge("2 Mapped", icon=":material/check:" if made else ":material/error:", color="green" if made else "red")
        st.badge("3 Review", icon=":material/visibility:" if made else ":material/circle:", color="blue" if made else "gray")
        st.badge("4 Commit", icon=":material/circle:", color="gray")


def counts(made: load.Preview) -> None:
    """The counts of the file as a strip, an equation and one row a table."""
    frame = pl.DataFrame(made.counts)
    total = {name: int(frame[name].sum()) for name in COUNTS}
    facts = {name: say.share(total[name] / total["read"]) for name in ("added", "changed", "unchanged", "refused") if total["read"]}
    facts |= {"read": say.plural(frame.height, "table"), "skipped": "by the mapping" if total["skipped"] else "none"}
    strip([number(label, say.count(total[name]), facts.get(name, ""), HELP[name]) for name, label in COUNTS.items()])
    parts = " + ".join(f"{say.count(total[name])} {COUNTS[name].lower()}" for name in ("added", "changed", "unchanged", "refused"))
    note(f"{say.count(total['read'])} read = {parts}. The check runs before anything is written.", small=False)
    for sentence in made.batch.notices:
        st.warning(say.plain(sentence), icon=":material/info:")
    if made.batch.assumption:
        st.info(say.plain(made.batch.assumption), icon=":material/event:")
    if frame.height > 1:
        with card(f"{frame.height} tables are fed by this file", "Rows by table"):
            columns = {"table": "Table"} | {name: NumberColumn(label, format=WHOLE) for name, label in COUNTS.items()}
            table(frame, columns, key="by-table", alt="Counts by table", rows=16)


def refused(frame: pl.DataFrame, file: str) -> None:
    """Refused rows with every reason and their raw text; the file of them to mend."""
    if frame.is_empty():
        with card("No row is refused", "Every row can be loaded"):
            st.markdown(":material/check_circle: **All rows passed every check**")
        return
    reasons = refusals.by_reason(frame)
    with card(findings.refused(reasons), "Mend them in the file, then check again; the others can be committed"):
        columns = {
            "table_name": TextColumn("Table", width=84),
            "line": NumberColumn("Line", width=52, format=WHOLE),
            "reasons": TextColumn("Reason", width=500),
            "cells": TextColumn("As it stands in the file", width=350),
        }
        table(refusals.readable(frame), columns, key="refused", alt="Refused rows with line, reasons and cells")
        download(load.mendable(frame), file)
    if reasons["rows"].max() != 1:  # bars of one row each would say nothing
        with card("Why are rows refused?", "Refused rows by first reason"):
            chart(charts.refused_by_reason, reasons)


def download(mendable: pl.DataFrame, file: str) -> None:
    """The refused rows as a file that can be mended and loaded again."""
    st.download_button(
        "Download refused rows",
        mendable.write_csv().encode(),
        f"refused-{file}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def tables(rows: dict[str, int]) -> None:
    """What can be loaded, and what there is."""
    frame = pl.DataFrame(
        [
            {
                "table": t.name,
                "grain": t.grain,
                "rows": say.count(rows[t.name]),
                "required": ", ".join(c.name for c in t.columns if c.required),
                "score_use": t.score_use,
            }
            for t in TABLES.values()
        ]
    )
    columns = {
        "table": "Table",
        "rows": "In the book",
        "grain": "One row is",
        "score_use": "For the score",
        "required": "Needs the columns",
    }
    with card("What can be loaded", "Customers first, then contracts; each further table adds to the score"):
        words_table(frame, columns, "Tables that can be loaded, with their rows in the book")


def past_loads(book: Book) -> None:
    """Loads so far; the chosen one can be undone or its refused rows taken."""
    frame = load.loads(book)
    with card("Last loads", "Undo restores the book as it stood before the load; later loads stay. Choose a row."):
        if frame.is_empty():
            return empty("Nothing was loaded yet", "The first load will stand here, with its counts and an undo.")
        shown = frame.with_columns(state=pl.when(pl.col("undone_at").is_null()).then(pl.lit("Committed")).otherwise(pl.lit("Undone")))
        columns = {
            "load_id": NumberColumn("Load", width=56),
            "loaded_at": DatetimeColumn("When", width=150, format="D MMM YYYY, HH:mm"),
            "file": TextColumn("File", width=260),
            "actor": TextColumn("Who", width=110),
            "accepted": NumberColumn("Accepted", width=90, format=WHOLE),
            "refused": NumberColumn("Refused", width=80, format=WHOLE),
            "state": TextColumn("State", width=110),
        }
        row = table(shown, columns, key="loads", alt="Loads with their counts and state", choose=True)
        if row is not None:
            _actions(book, shown.row(row, named=True))
    return None


def _actions(book: Book, chosen: dict[str, object]) -> None:
    load_id, file = int(str(chosen["load_id"])), str(chosen["file"])
    with st.container(horizontal=True):
        if chosen["undone_at"] is None and st.button(f"Undo load {load_id}", icon=":material/undo:"):
            staging.ask_to_undo(book, load_id, file)
        if chosen["refused"]:
            download(load.refused(book, load_id), file)
