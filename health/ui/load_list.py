"""List of past loads, newest first, with undo and download of refused rows."""

from datetime import datetime

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn

from health import format as fmt
from health.access import Book
from health.insight.data.loads import file_loads
from health.intake import load
from health.ui.cards import card, empty
from health.ui.columns import WHOLE, Columns
from health.ui.feedback import attempt, keep_message
from health.ui.tables import table

COUNTS = {
    "read": "Read",
    "accepted": "Accepted",
    "added": "New",
    "changed": "Changed",
    "unchanged": "Unchanged",
    "refused": "Refused",
    "skipped": "Skipped",
}
"""Labels of the row counts of a load, in their order."""


def past_loads(book: Book) -> None:
    """Draw the past loads; the chosen one can be undone, or its refused rows downloaded."""
    loads = file_loads(load.loads(book))
    with card("Last loads", "Choose a load to undo it. Undo restores the data from before; undo later loads that depend on it first."):
        if loads.is_empty():
            return empty("Nothing loaded yet", "Your loads will be listed here, with row counts and undo.")
        loads_with_state = loads.with_columns(
            state=pl.when(pl.col("undone_at").is_null()).then(pl.lit("Active")).otherwise(pl.lit("Undone"))
        )
        columns: Columns = {
            "load_id": 56,
            "loaded_at": 150,
            "file": 260,
            "who": 110,
            "accepted": NumberColumn(COUNTS["accepted"], width=90, format=WHOLE),
            "refused": NumberColumn(COUNTS["refused"], width=80, format=WHOLE),
            "state": 110,
        }
        chosen_row = table(loads_with_state, columns, key="loads", alt="Loads with their counts and state", choose=True)
        if chosen_row is not None:
            _actions(book, loads_with_state.row(chosen_row, named=True))
    return None


def _actions(book: Book, chosen: dict[str, object]) -> None:
    load_id, file = int(str(chosen["load_id"])), str(chosen["file"])
    with st.container(horizontal=True):
        if chosen["undone_at"] is None and st.button(f"Undo load {load_id}", icon=":material/undo:"):
            ask_to_undo(book, load_id, file)
        if chosen["refused"]:
            refused_rows(load.refused(book, load_id), file)


def refused_rows(rows: pl.DataFrame, file: str) -> None:
    """Draw the download of refused rows as a file that can be corrected and loaded again."""
    st.download_button(
        "Download refused rows",
        rows.write_csv(include_bom=True).encode(),
        f"refused-{file.removesuffix('.csv')}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        help="The refused rows as in the file, with line number and reasons in front. A line that could not be split is in the first cell. "
        "Correct the cells and load this file; the columns in front are ignored.",
    )


@st.dialog("Undo this load?", icon=":material/undo:")
def ask_to_undo(book: Book, load_id: int, file: str) -> None:
    """Ask for confirmation, then undo the load."""
    if reason := load.undo_obstacle(book, load_id):
        st.warning(fmt.plain(f"Load {load_id} ({file}) cannot be undone yet: {reason}"), icon=":material/lock:")
        st.stop()
    st.text(
        f"Load {load_id} ({file}): its rows are removed, the rows it replaced come back, and scores are recalculated. Later loads stay."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel"):
            st.rerun()
        if st.button("Undo load", type="primary", key="primary-undo"):
            with attempt():
                load.undo(book, load_id, datetime.now())
                keep_message(f"Load {load_id} undone.")
