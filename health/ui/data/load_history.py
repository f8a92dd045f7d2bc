"""Load history and warnings: each load with its counts by table, refused rows and undo."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from health import format as fmt
from health.access import Book
from health.insight.data import loads as loads_insight
from health.insight.search import filter_by_text
from health.intake import ledger
from health.ui import load_list
from health.ui.cache import read_cached
from health.ui.cards import empty, note
from health.ui.columns import WHOLE, Columns, column
from health.ui.screens import SCREENS
from health.ui.tables import MAX_ROWS, download, search, table
from health.ui.viewer import may_load
from health.warehouse import profile
from health.warehouse.lineage import DESK

COUNTS = {name: label for name, label in load_list.COUNTS.items() if name != "skipped"}
WIDTHS = {"added": 70, "changed": 70, "unchanged": 84, "refused": 66}


def loads_table(book: Book, loads: pl.DataFrame, counts: pl.DataFrame) -> None:
    """Draw the loads, newest first; the chosen one shows its rows, tables and undo."""
    if loads.is_empty():
        return empty("Nothing loaded yet", "Your loads will be listed here.")
    words = search("File, person or table", "sought-load")
    found = filter_by_text(loads_insight.group_by_day(loads), words, ["file", "who", "actor", "tables", "load_id"]).with_columns(
        loads_insight.tables_text(),
        pl.col("file_hash").str.slice(0, 12),
        pl.when(pl.col("undone_at").is_null()).then(pl.lit("Active")).otherwise(pl.lit("Undone")).alias("state"),
    )
    columns: Columns = {
        "load_id": 50,
        "loaded_at": 134,
        "file": 174,
        "who": 70,
        "tables": TextColumn("Tables", width=104),
        **{name: NumberColumn(COUNTS[name], width=width, format=WHOLE) for name, width in WIDTHS.items()},
        "state": 64,
        "file_hash": TextColumn("Hash", width=106),
    }
    row = table(found, columns, key="history", alt="Loads with their counts and state", choose=True, rows=6, wrap=True)
    if row is None:
        return note("Choose a load to see its tables and refused rows or to undo it, or a day to see what was entered by hand.")
    chosen = found.row(row, named=True)
    return _desk(book, chosen, loads, counts) if chosen["origin"] == DESK else _load_details(book, chosen, counts)


def _desk(book: Book, desk_day: Mapping[str, Any], loads: pl.DataFrame, counts: pl.DataFrame) -> None:
    """Draw the manual entries of one person and day; a chosen one is shown like any load."""
    day_entries = loads_insight.desk_entries(loads, desk_day["loaded_at"].date(), desk_day["actor"])
    entry_rows = read_cached(ledger.entries, book, day_entries["load_id"].to_list())
    entries = day_entries.select("load_id", "undone_at").join(entry_rows, on="load_id", how="left", maintain_order="left")
    entry_state = pl.when(pl.col("undone_at").is_null()).then(pl.lit("Active")).otherwise(pl.lit("Undone"))
    columns: Columns = {
        "load_id": 60,
        "made_at": column("loaded_at", 142),
        "what": 90,
        "table_name": 110,
        "key": TextColumn("Key", width=150),
        "customer_id": column("name", 110),
        "state": 90,
    }
    rows = entries.with_columns(entry_state.alias("state"))
    row = table(
        rows, columns, key=f"desk-{desk_day['loaded_at']:%Y%m%d}-{desk_day['actor']}", alt="Entries made by hand on one day", choose=True
    )
    if row is not None:
        _load_details(book, day_entries.row(row, named=True), counts)


def _load_details(book: Book, load: Mapping[str, Any], counts: pl.DataFrame) -> None:
    """Draw the counts, refused rows and undo of one load."""
    load_id = int(load["load_id"])
    st.markdown(f"**Load {load_id}, {fmt.plain(load['file'])}** :gray[{fmt.plain(_load_words(load))}]")
    load_counts = counts.filter(pl.col("load_id") == load_id)
    columns: Columns = {"table_name": 130} | {name: NumberColumn(label, width=92, format=WHOLE) for name, label in COUNTS.items()}
    table(load_counts, columns, key=f"counts-{load_id}", alt="Rows of the load by table", rows=16)
    _refused_table(book, load)
    with st.container(horizontal=True):
        if may_load() and load["undone_at"] is None and st.button(f"Undo load {load_id}", icon=":material/undo:"):
            load_list.ask_to_undo(book, load_id, str(load["file"]))
        if may_load() and st.button("Go to Upload", icon=SCREENS["upload"].icon, key="to-upload"):
            st.switch_page(SCREENS["upload"].script, query_params={})


def _load_words(load: Mapping[str, Any]) -> str:
    undone = f"; undone {fmt.instant(load['undone_at'])}" if load["undone_at"] else ""
    skipped = f"; {fmt.plural(load['skipped'], 'row')} left out by the mapping" if load["skipped"] else ""
    complete = f"; complete through {fmt.day(load['complete_through'])}" if load["complete_through"] else ""
    return f"{fmt.instant(load['loaded_at'])}, {load['who']}{complete}{skipped}{undone}"


def _refused_table(book: Book, load: Mapping[str, Any]) -> None:
    if not load["refused"]:
        return note("No rows were refused.")
    rows = read_cached(ledger.refused, book, int(load["load_id"]))
    cells = loads_insight.refused_cells(rows)
    columns: Columns = {
        "line": 60,
        "table": column("table_name", 110),
        "reasons": column("reason", 400),
        "cells": 300,
    }
    table(cells, columns, key=f"refused-{load['load_id']}", alt="Refused rows of the load", wrap=True)
    load_list.refused_rows(rows, str(load["file"]))
    return None


def warnings_table(book: Book, kinds: pl.DataFrame) -> None:
    """Draw the kinds of warnings with their rows; the chosen kind shows the lines."""
    if kinds.is_empty():
        return note("A warning marks a row that was loaded although it looks unusual, such as an event before the customer's first day.")
    columns: Columns = {
        "table_name": 130,
        "kind": column("warning", 460),
        "rows": 90,
        "loads": NumberColumn("Loads", width=80, format=WHOLE),
        "newest_load": NumberColumn("Newest load", width=110),
    }
    row = table(kinds, columns, key="warned", alt="Kinds of warnings", choose=True, wrap=True)
    if row is None:
        return note("Choose a warning to see its rows.")
    kind = kinds.row(row, named=True)
    lines = read_cached(warning_rows, book, kind["table_name"], kind["kind"])
    columns = {
        "load_id": 60,
        "file": 220,
        "line": 80,
        "words": column("warning", 500),
    }
    if kind["rows"] > lines.height:
        note(f"The newest {fmt.count(lines.height)} of {fmt.count(kind['rows'])} rows.")
    table(lines, columns, key=f"warned-{row}", alt="Rows with that warning", wrap=True)
    all_rows = partial(warning_rows, book, kind["table_name"], kind["kind"], kind["rows"])
    download(all_rows, "warnings.csv", f"Download {fmt.plural(kind['rows'], 'row')}")
    return None


def warning_rows(book: Book, table_name: str, kind: str, max_rows: int = MAX_ROWS) -> pl.DataFrame:
    """Rows of one table and kind of warning (load_id, file, line, words), newest load first."""
    with book.reading() as session:
        return profile.warned_of_kind(session, table_name, kind, max_rows)
