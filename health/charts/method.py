"""Pictures of the method itself."""

import altair as alt
import polars as pl


def component_curve(curve: pl.DataFrame, measure: str, *, dark: bool = False) -> alt.LayerChart:
    """Points 0..100 against the measure a part of the score reads; `measure` names the axis, with its unit.

    `curve`: one row a sampled value (measure, points), in any order.
    """
    return alt.layer(alt.Chart(curve).mark_line())
