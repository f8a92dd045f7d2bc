"""Parts of the Method screen."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from health import format as fmt
from health.ui.cards import note
from health.ui.tables import words_table


def empty_portfolio() -> pl.DataFrame:
    """Portfolio of an empty book: no customers."""
    return pl.DataFrame()


def components_table(components: pl.DataFrame) -> None:
    """Draw the components with weight, table they need, and share of customers they are known for."""
    labels = {"component": "Component", "weight": "Weight", "needs": "Table", "known": "Known for"}
    shown = components.with_columns(
        pl.Series("known", [fmt.share(share) for share in components["known"]], pl.String),
        pl.when("used").then(pl.col("weight").cast(pl.String)).otherwise(pl.lit("off")).alias("weight"),
    )
    words_table(shown, labels, "Components of the score with weight, table and share of customers known")


def part_text(part_row: Mapping[str, Any]) -> None:
    """Draw one part of a component: share, formula, worst, best and unknown case."""
    st.markdown(f"**{fmt.plain(part_row['part'])}** :gray[{part_row['share']} %]")
    lines = {"0 points": part_row["worst"], "100 points": part_row["best"], "unknown": part_row["unknown_when"]}
    note(str(part_row["formula"]))
    note("; ".join(f"{label}: {words}" for label, words in lines.items()))


def limits_tables(cadences: pl.DataFrame, limits: pl.DataFrame) -> None:
    """Draw agreed days between contacts by tier, and agreed hours by severity."""
    words_table(cadences, {"tier": "Tier", "days": "Days between contacts"}, "Agreed days between contacts by tier")
    words_table(
        limits,
        {"severity": "Severity", "answer_hours": "Answer, h", "solution_hours": "Solution, h"},
        "Agreed hours to answer and to solve by severity",
    )


def bullet_list(items: Sequence[str]) -> None:
    """Draw sentences as a bullet list."""
    st.markdown("\n".join(f"- {fmt.plain(item)}" for item in items))
