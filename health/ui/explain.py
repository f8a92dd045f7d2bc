"""Parts of the method screen."""

from collections.abc import Sequence

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn, ProgressColumn, TextColumn

from health import format as say
from health.ui.listing import table


def no_portfolio() -> pl.DataFrame:
    """The portfolio of an empty book: no customers."""
    return pl.DataFrame()


def components_table(frame: pl.DataFrame) -> None:
    """Weight, need and present coverage of each component."""
    columns = {
        "component": TextColumn("Component", width=160), "weight": NumberColumn("Weight", width=64, format="%d"), "needs": TextColumn("Table", width=110),
        "known": ProgressColumn("Known", width=120, format="percent", min_value=0, max_value=1, help="Share of customers for whom it is known today"),
        "why": TextColumn("Why it counts", width=540),
    }  # fmt: skip
    table(frame, columns, key="components", alt="Components of the score with weight, table and share of customers known")


def parts_of(frame: pl.DataFrame, key: str) -> None:
    """Formula, worst, best and the unknown case of a component's parts."""
    columns = {
        "part": TextColumn("Part", width=104), "share": NumberColumn("Share", width=60, format="%d %%"), "formula": TextColumn("Formula", width=400),
        "worst": TextColumn("0 points", width=150), "best": TextColumn("100 points", width=150), "unknown_when": TextColumn("Unknown when", width=150),
    }  # fmt: skip
    table(frame, columns, key=f"parts-{key}", alt="Parts of this component with formula, worst, best and when they are unknown")


def limits_tables(cadences: pl.DataFrame, limits: pl.DataFrame) -> None:
    """Agreed days between contacts; agreed hours by severity."""
    table(cadences, {"tier": "Tier", "days": NumberColumn("Days between contacts", format="%d")}, key="cadences", alt="Agreed days between contacts by tier")
    hours = {"severity": "Severity", "answer_hours": NumberColumn("Answer, h", format="%d"), "solution_hours": NumberColumn("Solution, h", format="%d")}
    table(limits, hours, key="limits", alt="Agreed hours to answer and to solve by severity")


def sentences(lines: Sequence[str]) -> None:
    """A list of sentences."""
    st.markdown("\n".join(f"- {say.plain(line)}" for line in lines))
