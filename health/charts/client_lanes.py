"""One customer's agreed actions of a year, in lanes: kept, late, broken or open, by shape and colour."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import AXIS_HEIGHT, category_axis, column_colour, empty_chart, themed_chart

LANE_HEIGHT = 34
SHORT_DAYS = 200
"""Up to this span the axis names days, since months would repeat."""
_SHAPES = {"kept": ("circle", "healthy"), "late": ("triangle-up", "watch"), "broken": ("diamond", "at_risk"), "open": ("square", None)}


def agreed_in_time(lanes: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """A mark per agreed action on its due day: circle kept, triangle late, diamond broken, square open.

    `lanes`: one row per action (lane, on, kept, words), as `insight.client.promises.lanes` makes it.
    """
    if lanes.is_empty():
        return empty_chart("No commitments on file", dark, 120)
    colours = {key: (fmt.band(band).mark if band else fmt.ACCENT).on(dark) for key, (_, band) in _SHAPES.items()}
    actions = lanes.with_columns(
        pl.col("kept").replace_strict(colours).alias("colour"),
        pl.col("kept").replace_strict({key: shape for key, (shape, _) in _SHAPES.items()}).alias("shape"),
        pl.Series("day", [fmt.day(day) for day in lanes["on"]]),
    )
    names = lanes["lane"].unique(maintain_order=True).to_list()
    y = alt.Y("lane:N", sort=names, axis=category_axis(dark))
    days = (lanes["on"].max() - lanes["on"].min()).days  # type: ignore[operator, union-attr]
    x = alt.X(
        "on:T",
        title=None,
        scale=alt.Scale(nice=False, padding=12),
        axis=alt.Axis(format="%b %Y" if days > SHORT_DAYS else "%-d %b", tickCount=6, labelOverlap=True, grid=False),
    )
    shape = alt.Shape("shape:N", legend=None, scale=None)
    tooltip = [alt.Tooltip("lane:N", title=" "), alt.Tooltip("words:N", title="what"), alt.Tooltip("day:N", title="day")]
    rail_ends = pl.DataFrame({"lane": names, "from": [lanes["on"].min()] * len(names), "to": [lanes["on"].max()] * len(names)})
    rail = (
        alt.Chart(rail_ends)
        .mark_rule(color=fmt.GRID.on(dark))
        .encode(x=alt.X("from:T", scale=alt.Scale(nice=False, padding=12)), x2="to:T", y=y)
    )
    marks = (
        alt.Chart(actions).mark_point(filled=True, size=80, opacity=1).encode(x=x, y=y, shape=shape, color=column_colour(), tooltip=tooltip)
    )
    counts = lanes.group_by("lane", "kept", maintain_order=True).len()
    description = "; ".join(f"{lane}: {n} {kept}" for lane, kept, n in counts.iter_rows())
    return themed_chart([rail, marks], dark, f"Commitments and their state. {description}.", LANE_HEIGHT * len(names) + AXIS_HEIGHT)
