"""Charts of the scoring method."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import empty_chart, themed_chart

CURVE_HEIGHT = 150


def component_curve(curve: pl.DataFrame, measure: str, *, dark: bool = False) -> alt.LayerChart:
    """Points 0..100 by the measure of a part; `measure` names the axis, with its unit.

    `curve`: one row per sampled value (measure, points), in any order.
    """
    if curve.is_empty():
        return empty_chart("No curve to draw", dark, CURVE_HEIGHT)
    x = alt.X("measure:Q", title=measure, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(tickCount=5))
    y = alt.Y("points:Q", title="points", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(values=[0, 50, 100]))
    tooltip = [alt.Tooltip("measure:Q", title=measure, format=",.2~f"), alt.Tooltip("points:Q", format=".1f")]
    line = alt.Chart(curve.sort("measure")).mark_line(color=fmt.ACCENT.on(dark), clip=True).encode(x=x, y=y, tooltip=tooltip)
    samples = curve.sort("measure").select("measure", "points")
    (first, first_points), (last, last_points) = samples.row(0), samples.row(-1)
    description = f"Points by {measure}: {first_points:.0f} at {first:g}, {last_points:.0f} at {last:g}."
    return themed_chart([line], dark, description, CURVE_HEIGHT)
