"""Parts of the method screen."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from health import format as fmt
from health.ui.cards import note
from health.ui.tables import words_table


def no_portfolio() -> pl.DataFrame:
    """The portfolio of an empty book: no customers."""
    return pl.DataFrame()


def components_table(frame: pl.DataFrame) -> None:
    """Weight, need and present coverage of each component."""
    labels = {"component": "Component", "weight": "Weight", "needs": "Table", "known": "Known for"}
    shares = frame.with_columns(
        pl.Series("known", [fmt.share(share) for share in frame["known"]], pl.String),
        pl.when("used").then(pl.col("weight").cast(pl.String)).otherwise(pl.lit("off")).alias("weight"),
    )
    words_table(shares, labels, "Components of the score with weight, table and share of customers known")


def part(told: Mapping[str, Any]) -> None:
    """One part of a component: its share, formula, worst, best and unknown case."""
    st.markdown(f"**{fmt.plain(told['part'])}** :gray[{told['share']} %]")
    lines = {"0 points": told["worst"], "100 points": told["best"], "unknown": told["unknown_when"]}
    note(str(told["formula"]))
    note("; ".join(f"{label}: {words}" for label, words in lines.items()))


def limits_tables(cadences: pl.DataFrame, limits: pl.DataFrame) -> None:
    """Agreed days between contacts; agreed hours by severity."""
    words_table(cadences, {"tier": "Tier", "days": "Days between contacts"}, "Agreed days between contacts by tier")
    words_table(
        limits,
        {"severity": "Severity", "answer_hours": "Answer, h", "solution_hours": "Solution, h"},
        "Agreed hours to answer and to solve by severity",
    )


def sentences(lines: Sequence[str]) -> None:
    """A list of sentences."""
    st.markdown("\n".join(f"- {fmt.plain(line)}" for line in lines))
