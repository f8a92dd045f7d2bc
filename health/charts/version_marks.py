"""Dotted vertical rules for events over a chart of month ends, such as a new version of the settings."""

import altair as alt
import polars as pl

from health import format as fmt

MOST_EVENTS = 6
BEYOND_DAYS = 45  # marks up to so many days after the last month end are shown
INSIDE, ABOVE = (10, 28), (-6, -20)
"""Distance of the labels below the top of the plot, alternating: inside it, or above it where the background is coloured."""


def visible_marks(events: pl.DataFrame, days: pl.Series) -> pl.DataFrame:
    """Last events within the month ends, with label position: alternating heights, right-aligned in the later half.

    `events`: one row per event (on, label); `days`: the month ends. Columns: as_of, label, upper, late.
    """
    first, last = days.min(), days.max()
    middle = pl.lit(first) + (pl.lit(last) - pl.lit(first)) / 2
    latest = pl.lit(last) + pl.duration(days=BEYOND_DAYS)
    visible = events.filter((pl.col("on") >= first) & (pl.col("on") <= latest)).sort("on").tail(MOST_EVENTS)
    return visible.with_row_index("place").select(
        pl.col("on").alias("as_of"), "label", (pl.col("place") % 2 == 0).alias("upper"), (pl.col("on") > middle).alias("late")
    )


def rules(marks: pl.DataFrame, x: alt.X, dark: bool, heights: tuple[int, int] = INSIDE) -> list[alt.Chart]:
    """Layers of a dotted rule and label per mark (`visible_marks`); none without marks, since an empty layer has no extent."""
    if marks.is_empty():
        return []
    lines = alt.Chart(marks).mark_rule(strokeDash=[2, 3], color=(fmt.MUTED if heights == INSIDE else fmt.TEXT).on(dark)).encode(x=x)
    labels = [
        alt.Chart(group)
        .mark_text(align="right" if late else "left", dx=-4 if late else 4, dy=heights[0 if upper else 1])
        .encode(x=x, y=alt.value(0), text="label:N")
        for (late, upper), group in marks.group_by("late", "upper", maintain_order=True)
    ]
    return [lines, *labels]
