"""Charts of the scoring method."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import empty, finish

CURVE_HEIGHT = 150


def component_curve(curve: pl.DataFrame, measure: str, *, dark: bool = False) -> alt.LayerChart:
    """Points 0..100 by the measure of a part; `measure` names the axis, with its unit.

    `curve`: one row per sampled value (measure, points), in any order.
    """
    if curve.is_empty():
        return empty("No curve to draw", dark, CURVE_HEIGHT)
    x = alt.X("measure:Q", title=measure, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(tickCount=5))
    y = alt.Y("points:Q", title="points", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(values=[0, 50, 100]))
    tooltip = [alt.Tooltip("measure:Q", title=measure, format=",.2~f"), alt.Tooltip("points:Q", format=".1f")]
    line = alt.Chart(curve.sort("measure")).mark_line(color=fmt.ACCENT.on(dark), clip=True).encode(x=x, y=y, tooltip=tooltip)
    ends = curve.sort("measure").select("measure", "points").row(0), curve.sort("measure").select("measure", "points").row(-1)
    words = f"Points by {measure}: {ends[0][1]:.0f} at {ends[0][0]:g}, {ends[1][1]:.0f} at {ends[1][0]:g}."
    return finish([line], dark, words, CURVE_HEIGHT)
