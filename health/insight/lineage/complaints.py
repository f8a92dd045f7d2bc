"""Source rows of the complaint parts and of the critical-complaint cap (docs/method.md, section 2)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from health.insight.lineage.sources import SourceRows, concat_rows, format_number, source_rows

YEAR = 365


def complaints(clocks: pl.DataFrame, facts: Mapping[str, Any]) -> list[SourceRows]:
    """Burden, deadlines met and, where they cap the band, critical complaints overdue.

    `clocks`: `facts.complaints` of the day of `facts`.
    """
    by_day = clocks.sort("opened_at", "complaint_id").with_columns(
        (pl.col("answer_broken").cast(pl.Int64) + pl.col("solution_broken").cast(pl.Int64)).alias("broken")
    )
    weighted = by_day.filter((pl.col("burden") > 0) | pl.col("repeats") | pl.col("solved_at").is_null())
    state_text = pl.when(pl.col("solved_at").is_null()).then(pl.lit("open")).otherwise(pl.lit("solved"))
    repeat_text = pl.when("repeats").then(pl.lit("repeated within 180 days"))
    description = pl.concat_str(
        "theme", pl.format("severity {}", "severity"), state_text, pl.format("{} deadlines missed", "broken"), repeat_text,
        separator=", ", ignore_nulls=True,
    )  # fmt: skip
    burden = source_rows(weighted, "complaints", "opened_at", description, pl.col("burden") / 100 + pl.col("repeats").cast(pl.Int64))
    deadlines = concat_rows(*(_deadline_rows(by_day, name, facts["complaints_seen_to"]) for name in ("answer", "solution")))
    figures = [
        SourceRows(
            "Burden",
            f"Weight of each complaint, including repeats: {format_number(facts['burden'] / 100 + facts['repeats_365'])} in total",
            burden,
        ),
        SourceRows(
            "Deadlines met",
            f"1 for each deadline met in a year: {facts['kept_365']} of {facts['kept_365'] + facts['broken_365']}",
            deadlines,
        ),
    ]
    overdue = by_day.filter((pl.col("severity") == 4) & pl.col("solved_at").is_null() & pl.col("solution_broken"))
    if overdue.height:
        figures.append(
            SourceRows(
                "Critical and overdue",
                "Each caps the band at watch",
                source_rows(overdue, "complaints", "opened_at", description, pl.lit(1)),
            )
        )
    return figures


def _deadline_rows(complaints_by_day: pl.DataFrame, name: str, day: date) -> pl.DataFrame:
    """Deadlines of one kind that were met or missed within the year."""
    is_decided = pl.col(f"{name}_kept") | pl.col(f"{name}_broken")
    decided_in_year = complaints_by_day.filter(is_decided & (pl.col(f"{name}_day") > day - timedelta(days=YEAR)))
    state_text = pl.when(f"{name}_kept").then(pl.lit("kept")).otherwise(pl.lit("broken"))
    description = pl.format("{}, severity {}: {} {}", "theme", "severity", pl.lit(name), state_text)
    return source_rows(decided_in_year, "complaints", f"{name}_day", description, pl.col(f"{name}_kept").cast(pl.Int64))
