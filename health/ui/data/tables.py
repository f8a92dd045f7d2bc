"""Parts of the Data screen: rows by month, freshness, coverage, blanks and missing market prices."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, DatetimeColumn, NumberColumn, ProgressColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.errors import Forbidden
from health.insight.data import coverage, freshness, gaps
from health.portfolio import State
from health.tables import TABLES
from health.ui.cards import chart, empty, note
from health.ui.columns import WHEN, WHOLE, Columns, column
from health.ui.screens import SCREENS
from health.ui.tables import table
from health.ui.viewer import may_load
from health.warehouse import profile

MAX_GAPS = 6
PERCENT = "%d %%"


def read_tables(book: Book, as_of: date) -> dict[str, pl.DataFrame]:
    """Read the frames of the screen in one session: table profiles, loads, warnings, faults of contact details on the day.

    They cover all customers. Raises Forbidden for a viewer who sees only some.
    """
    if not book.viewer.whole_book:
        raise Forbidden("This screen covers all customers; your role sees its own customers only.")
    with book.reading() as session:
        return {
            "months": profile.rows_per_month(session),
            "newest": profile.newest_days(session),
            "blanks": profile.count_blanks(session, {name: list(columns) for name, columns in freshness.BLANKS.items()}),
            "unpriced": profile.unpriced_lines(session, as_of),
            "last_loads": session.frame("queries/last_loads"),
            "loads": session.frame("queries/loads"),
            "load_counts": session.frame("queries/load_counts"),
            "warned": profile.warned_kinds(session),
            "faults": book.own(session, session.frame("queries/contact_faults", as_of=as_of)),
        }


def facts(state: State, day_fact: str) -> list[str]:
    """Facts under the title: day and number of customers."""
    return [day_fact, fmt.plural(state.rows["customers"], "customer")]


def months(page: Mapping[str, Any], state: State) -> None:
    """Draw the chart, the gaps in words, and the tables that the chart cannot show."""
    chart(charts.rows_by_month, page["picture"], gaps.usual_rows(page["picture"]))
    found_gaps: Sequence[gaps.Gap] = page["gaps"]
    if len(found_gaps) > 1:
        st.markdown("\n".join(f"- {fmt.plain(gap.words)}" for gap in found_gaps[:MAX_GAPS]))
    if len(found_gaps) > MAX_GAPS:
        note(f"{len(found_gaps) - MAX_GAPS} smaller gaps are not listed but are marked in the chart.")
    charted = set(page["picture"]["table_name"])
    undated = [f"{name.replace('_', ' ')} ({fmt.count(rows)})" for name, rows in state.rows.items() if rows and name not in charted]
    empty_tables = [name.replace("_", " ") for name, rows in state.rows.items() if not rows]
    sentences = [f"Without dates: {', '.join(undated)}."] if undated else []
    sentences += [f"Empty: {', '.join(empty_tables)}."] if empty_tables else []
    note(" ".join([*sentences, gaps.RULE]))


def freshness_table(tables: pl.DataFrame) -> None:
    """Draw each table with its newest day and last load."""
    columns: Columns = {
        "table": column("table_name", 112),
        "rows": 84,
        "newest": DateColumn("Newest day", width=104, format="D MMM YYYY"),
        "complete_through": DateColumn("Complete through", width=124, format="D MMM YYYY", help="As declared by its loads"),
        "behind": NumberColumn("Days behind", width=92, format=WHOLE, help="Days before the newest day of all data"),
        "load_id": 56,
        "file": TextColumn("Last file", width=180),
        "loaded_at": DatetimeColumn("Loaded", width=150, format=WHEN),
        "who": 116,
    }
    table(tables, columns, key="freshness", alt="Tables with their newest day and last load", rows=len(TABLES))


def coverage_table(parts: pl.DataFrame) -> None:
    """Draw each part of the score with the share of customers it is known for, and why it is unknown for others."""
    if parts["known"].null_count():
        return empty("No active customers", "A customer is active with a current contract line or a recent invoice. Load contracts.")
    shown = parts.with_columns(pl.col("component_known", "known") * 100)
    columns: Columns = {
        "component": 140,
        "component_known": ProgressColumn(
            "Known for",
            width=112,
            help="A component is known when at least one of its parts is",
            format=PERCENT,
            min_value=0,
            max_value=100,
        ),
        "part": 104,
        "weight": column("weight", 66, help="Health points that depend on this part"),
        "known": ProgressColumn(
            "Part known for",
            width=118,
            help="If it is unknown, the other parts of the component count more",
            format=PERCENT,
            min_value=0,
            max_value=100,
        ),
        "unknown": NumberColumn("Unknown", width=80, format=WHOLE, help="Active customers"),
        "why": 250,
    }
    table(shown, columns, key="coverage", alt="Parts of the score with coverage and reason", rows=shown.height, wrap=True)
    tables_to_load = coverage.tables_to_load(parts)
    if tables_to_load and may_load():
        with st.container(horizontal=True):
            for name in tables_to_load:
                _to_upload(f"Load {name}", f"load-{name}")
    return None


def _to_upload(label: str, key: str) -> None:
    if st.button(label, icon=SCREENS["upload"].icon, key=key):
        st.switch_page(SCREENS["upload"].script, query_params={})


def blanks_table(costs: pl.DataFrame) -> None:
    """Draw columns with blanks and what a blank means for the score."""
    if costs.is_empty():
        return empty("No blanks", "Every column used by the score is filled in.", ":material/check_circle:")
    shown = costs.with_columns(pl.Series("blank", [fmt.share(share) for share in costs["share"]], pl.String))
    columns: Columns = {
        "column": TextColumn("Column", width=190),
        "blank": TextColumn("Blank", width=64),
        "cost": TextColumn("Effect of a blank", width=440),
    }
    table(shown, columns, key="blanks", alt="Columns with blanks and their meaning")
    return None


def unpriced_table(frame: pl.DataFrame, loaded: bool) -> None:
    """Draw products and regions whose lines have no market price to compare with."""
    if not loaded:
        return empty("No market prices are loaded", "Prices cannot be compared with the market without them.")
    if frame.is_empty():
        return empty("Nothing missing", "Every current product and region has a market price.", ":material/check_circle:")
    columns: Columns = {
        "product": 106,
        "region": 80,
        "lines": NumberColumn("Lines", width=54, format=WHOLE),
        "customers": 80,
        "mrr": 62,
    }
    table(frame, columns, key="unpriced", alt="Products and regions without a market price")
    return None
