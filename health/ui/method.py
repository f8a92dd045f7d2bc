"""Parts of the Method screen."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from health import charts
from health import format as fmt
from health.insight import method
from health.score.components import COMPONENTS
from health.score.settings import Settings
from health.ui.cards import chart, note
from health.ui.tables import words_table


def empty_portfolio() -> pl.DataFrame:
    """Portfolio of an empty book: no customers."""
    return pl.DataFrame()


def components_table(components: pl.DataFrame) -> None:
    """Draw the components with weight, table they need, and share of customers they are known for."""
    labels = {"component": "Component", "weight": "Weight", "needs": "Data", "known": "Known for", "why": "Why it matters"}
    shown = components.with_columns(
        pl.Series("known", [fmt.share(share) for share in components["known"]], pl.String),
        pl.when("used").then(pl.col("weight").cast(pl.String)).otherwise(pl.lit("off")).alias("weight"),
        pl.col("needs").str.replace_all("_", " "),
    )
    words_table(shown, labels, "Components of the score with weight, table and share of customers known")


def component_details(settings: Settings) -> None:
    """Draw every component folded: why it counts, the formula and curve of each part, and an example."""
    note("Open a component to see its formulas. A curve shows the points, 0 to 100, for each value of its measure.", small=False)
    for component in COMPONENTS:
        weight = settings.weights[component.key]
        used = f"{weight} of 100 points" if settings.weighs(component.key) else "without weight"
        with st.expander(f"**{fmt.plain(component.label)}**, {used}"):
            note(component.why)
            part_rows = method.parts(component, settings.weights).iter_rows(named=True)
            with st.grid(3, min_column_width=240):
                for part, part_row in zip(component.parts, part_rows, strict=True):
                    with st.container():
                        part_text(part_row)
                        if part.axis:
                            chart(charts.component_curve, method.curve(part), part.axis.unit)
            note(f"Example: {component.example}")


def part_text(part_row: Mapping[str, Any]) -> None:
    """Draw one part of a component: share, formula, worst, best and unknown case."""
    st.markdown(f"**{fmt.plain(part_row['part'])}** :gray[{part_row['share']} % of the component]")
    lines = {"0 points": part_row["worst"], "100 points": part_row["best"], "Unknown if": part_row["unknown_when"]}
    note(str(part_row["formula"]))
    note("; ".join(f"{label}: {words}" for label, words in lines.items()))


def limits_tables(cadences: pl.DataFrame, limits: pl.DataFrame) -> None:
    """Draw agreed days between contacts by tier, and agreed hours by severity."""
    words_table(cadences, {"tier": "Customer tier", "days": "Days between contacts"}, "Agreed days between contacts by tier")
    words_table(
        limits,
        {"severity": "Severity", "answer_hours": "First response, hours", "solution_hours": "Resolution, hours"},
        "Agreed hours to first response and to resolution by severity",
    )


def bullet_list(items: Sequence[str]) -> None:
    """Draw sentences as a bullet list."""
    st.markdown("\n".join(f"- {fmt.plain(item)}" for item in items))
