"""Review of an upload: progress, row counts, refused rows, warnings, changed values, and effect on bands."""

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from health import charts
from health import format as fmt
from health.insight import titles
from health.insight.upload import effect as effect_insight
from health.insight.upload import rejections
from health.intake import load
from health.intake.effect import Effect
from health.tables import TABLES
from health.ui import load_list
from health.ui.cards import card, chart, note, number, strip
from health.ui.columns import SIGNED, WHOLE, Columns, chips, column
from health.ui.tables import MAX_ROWS, table, truncation_note, words_table

HELP = {
    "read": "Rows read from the file",
    "added": "New rows",
    "changed": "Rows that replace a stored row",
    "unchanged": "Rows that are already stored, identical",
    "refused": "Rows that break a rule. They are not loaded; you can download them with the reasons.",
    "skipped": "Rows that the mapping leaves out; they do not count as read",
}
COUNTS = {name: load_list.COUNTS[name] for name in HELP}
STEPS = ("Read", "Map", "Review", "Load")


def progress_steps(reached: int, failed: bool = False) -> None:
    """Draw the steps: those before `reached` (from 0) are done, that one is current or failed."""
    with st.container(horizontal=True):
        for step, label in enumerate(STEPS):
            icon, colour = ("circle", "gray") if step > reached else ("check", "green")
            if step == reached:
                icon, colour = ("error", "red") if failed else ("visibility", "blue")
            st.badge(f"{step + 1} {label}", icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]


def row_counts(file_preview: load.Preview) -> None:
    """Draw the row counts as numbers, as an equation and by table."""
    table_counts = pl.DataFrame(file_preview.counts)
    total = {name: int(table_counts[name].sum()) for name in COUNTS}
    facts = {name: fmt.share(total[name] / total["read"]) for name in ("added", "changed", "unchanged", "refused") if total["read"]}
    facts |= {"read": fmt.plural(table_counts.height, "table"), "skipped": "by the mapping" if total["skipped"] else "none"}
    strip([number(label, fmt.count(total[name]), facts.get(name, ""), HELP[name]) for name, label in COUNTS.items()])
    parts = " + ".join(f"{fmt.count(total[name])} {COUNTS[name].lower()}" for name in ("added", "changed", "unchanged", "refused"))
    touched = "" if file_preview.touched is None else f" {fmt.plural(len(file_preview.touched), 'customer')} affected."
    note(f"{fmt.count(total['read'])} read = {parts}. Nothing is saved until you press Load.{touched}", small=False)
    for sentence in file_preview.notices:
        st.info(fmt.plain(sentence), icon=":material/info:")
    if file_preview.batch.assumption:
        st.info(fmt.plain(file_preview.batch.assumption), icon=":material/event:")
    if table_counts.height > 1:
        with card(f"{table_counts.height} tables are filled by this file", "Rows by table"):
            columns: Columns = {"table": "Table"} | {name: NumberColumn(label, format=WHOLE) for name, label in COUNTS.items()}
            table(table_counts, columns, key="by-table", alt="Counts by table", rows=16)


def refused_card(frame: pl.DataFrame, file: str) -> None:
    """Draw refused rows with every reason and their raw text, with the file to correct them."""
    if frame.is_empty():
        with card("No rows refused", "Every row can be loaded"):
            st.markdown(":material/check_circle: **All rows passed every check**")
        return
    reasons = rejections.by_reason(frame)
    with card(titles.refused_rows(reasons), "Correct them in the file and upload it again. The other rows can be loaded now."):
        columns: Columns = {
            "table_name": 84,
            "line": 52,
            "reasons": column("reason", 420),
            "cells": 310,
        }
        table(rejections.refused_table(frame, MAX_ROWS), columns, key="refused", alt="Refused rows with line, reasons and cells", wrap=True)
        truncation_note(frame.height)
        load_list.refused_rows(load.correction_rows(frame), file)
    if reasons["rows"].max() != 1:  # bars of one row each would say nothing
        with card("Why are rows refused?", "Refused rows by first reason"):
            chart(charts.refused_by_reason, reasons)


def warnings_card(frame: pl.DataFrame) -> None:
    """Draw rows that are loaded with a warning."""
    if frame.is_empty():
        return
    title = f"{fmt.plural(frame.height, 'row')} accepted with warnings"
    with card(title, "These rows will be loaded. Check whether the source is right."):
        columns: Columns = {
            "table_name": 84,
            "line": 64,
            "words": column("warning", 720),
        }
        table(frame, columns, key="warned", alt="Rows that are loaded with a warning", rows=6, wrap=True)


def changes_card(frame: pl.DataFrame) -> None:
    """Draw values that would replace stored ones."""
    if frame.is_empty():
        return
    commonest_field = frame["field"].value_counts(sort=True)["field"].head(1).item()
    with card(f"{fmt.plural(frame.height, 'value')} would change, most often {commonest_field}", "Stored value and value in the file"):
        columns: Columns = {
            "table_name": 100,
            "line": 64,
            "key": TextColumn("Row", width=180),
            "field": TextColumn("Field", width=150),
            "before": TextColumn("Stored", width=190),
            "after": TextColumn("In the file", width=190),
        }
        table(frame, columns, key="changed", alt="Changed values, stored and new", rows=6, wrap=True)


def effect_card(score_effect: Effect) -> None:
    """Draw the customers whose band would change, and why."""
    crossings = effect_insight.effect_table(score_effect)
    with card(effect_insight.title(score_effect), effect_insight.comparison_text(score_effect)):
        if crossings.is_empty():
            st.markdown(":material/check_circle: **No customer changes band**")
            return
        columns: Columns = {
            "customer": column("name", 190),
            "before": chips("Today"),
            "after": chips("With this file"),
            "health_before": NumberColumn("Now", width=56, format="%d"),
            "health_after": NumberColumn("After", width=56, format="%d"),
            "points": 64,
            "time_alone": NumberColumn("From time", width=74, format=SIGNED, help="Points gained or lost only because time passes"),
            "moved_by": 200,
        }
        table(crossings, columns, key="effect", alt="Customers whose band changes, before and after, and why", rows=8, wrap=True)


def tables_card(rows: dict[str, int]) -> None:
    """Draw the tables that can be loaded, and their rows in the book."""
    frame = pl.DataFrame(
        [
            {
                "table": table.name,
                "grain": table.grain,
                "rows": fmt.count(rows[table.name]),
                "required": ", ".join(c.name for c in table.columns if c.required),
                "score_use": table.score_use,
            }
            for table in TABLES.values()
        ]
    )
    columns = {
        "table": "Table",
        "rows": "Rows loaded",
        "grain": "One row per",
        "score_use": "Used in the score for",
        "required": "Required columns",
    }
    with card("What can be loaded", "Start with customers, then contracts. Every further table improves the score."):
        words_table(frame, columns, "Tables that can be loaded, with the rows loaded so far")
