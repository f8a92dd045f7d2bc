"""Source rows of the complaint parts and of the critical-complaint cap (docs/method.md, section 2)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from health.insight.client import complaint_sla
from health.insight.lineage.sources import Behind, listed, number, together
from health.score.settings import Settings

HALF_YEAR, YEAR = 180, 365
FADES = ((60, 20), (120, 16), (180, 14), (270, 14), (365, 10), (540, 14), (730, 12))
"""Days after which a burden fades, and by how many hundredths of the whole."""


def complaints(own: Mapping[str, pl.DataFrame], c: Mapping[str, Any], day: date, settings: Settings) -> list[Behind]:
    """Burden, clocks and, where it caps the band, what is critical and late on `day`; `c`: the facts of that day."""
    raised = _raised(own["complaints"], day, settings)
    felt = raised.filter((pl.col("burden") > 0) | pl.col("repeat") | pl.col("solved").is_null())
    state = pl.when(pl.col("solved").is_null()).then(pl.lit("open")).otherwise(pl.lit("solved"))
    again = pl.when("repeat").then(pl.lit("again within 180 days"))
    what = pl.concat_str(
        "theme", pl.format("severity {}", "severity"), state, pl.format("{} limits broken", "broken"), again,
        separator=", ", ignore_nulls=True,
    )  # fmt: skip
    burden = listed(felt, "complaints", "opened_at", what, pl.col("burden") / 100 + pl.col("repeat").cast(pl.Int64))
    limits = together(*(_limits(raised, name, day) for name in ("answer", "solution")))
    found = [
        Behind("Burden", f"What each complaint weighs, repeats included: {number(c['burden'] / 100 + c['repeats_365'])} in all", burden),
        Behind("Clocks kept", f"1 a limit kept in a year: {c['kept_365']} of {c['kept_365'] + c['broken_365']}", limits),
    ]
    late = raised.filter((pl.col("severity") == 4) & pl.col("solved").is_null() & pl.col("solution_broken"))
    if late.height:
        found.append(Behind("Critical and late", "Each caps the band at watch", listed(late, "complaints", "opened_at", what, pl.lit(1))))
    return found


def _raised(rows: pl.DataFrame, day: date, settings: Settings) -> pl.DataFrame:
    """The complaints up to `day` as known then, with the state of both limits, the burden in hundredths, and whether it is a repeat."""
    known = complaint_sla.known(rows.sort("opened_at", "complaint_id"), settings, day)
    theme, opened = pl.col("theme"), pl.col("opened_at").dt.date()
    since_same = (opened - opened.shift(1).over(theme)).dt.total_days()
    repeat = (theme != complaint_sla.UNSORTED) & (since_same <= HALF_YEAR) & (opened > day - timedelta(days=YEAR))
    return known.with_columns(
        repeat.fill_null(False).alias("repeat"),
        (pl.col("answer_broken").cast(pl.Int64) + pl.col("solution_broken").cast(pl.Int64)).alias("broken"),
        _day("answer", "answered"),
        _day("solution", "solved"),
    ).with_columns(_burden(day))


def _day(name: str, done: str) -> pl.Expr:
    """The day on which a limit was kept, else on which it runs out."""
    return pl.when(f"{name}_kept").then(done).otherwise(f"{name}_due").dt.date().alias(f"{name}_day")


def _burden(day: date) -> pl.Expr:
    """Whole until solved or half a year old, then fading by steps."""
    whole = 50 * pl.lit(2).pow(pl.col("severity") - 1).cast(pl.Int64) * (2 + pl.col("broken"))
    fades_from = pl.min_horizontal(pl.col("solved").dt.date(), pl.col("opened_at").dt.date() + pl.duration(days=HALF_YEAR))
    age = (pl.lit(day) - fades_from).dt.total_days()
    faded = pl.sum_horizontal(pl.when(age >= after).then(lost).otherwise(0) for after, lost in FADES)
    return (whole * (100 - faded) // 100).alias("burden")


def _limits(raised: pl.DataFrame, name: str, day: date) -> pl.DataFrame:
    """The limits of one kind that were kept or ran out within the year."""
    run_out = pl.col(f"{name}_kept") | pl.col(f"{name}_broken")
    counted = raised.filter(run_out & (pl.col(f"{name}_day") > day - timedelta(days=YEAR)))
    state = pl.when(f"{name}_kept").then(pl.lit("kept")).otherwise(pl.lit("broken"))
    what = pl.format("{}, severity {}: {} {}", "theme", "severity", pl.lit(name), state)
    return listed(counted, "complaints", f"{name}_day", what, pl.col(f"{name}_kept").cast(pl.Int64))
