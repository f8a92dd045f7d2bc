"""Chart of My week: overdue contacts."""

import json

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import BAR_THICKNESS, ROW_HEIGHT, category_axis, column_colour, empty_chart, themed_chart

LATE_DAYS = 14
ROOM = 1.5


def overdue(contacts: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Days overdue by contact, most first; two weeks and more in the colour of risk.

    `contacts`: one row per customer (name, days_over).
    """
    if contacts.is_empty():
        return empty_chart("No contact is overdue", dark, 120)
    red, grey = fmt.band("at_risk").mark.on(dark), fmt.NEUTRAL.on(dark)
    bars = (
        contacts.select("name", pl.col("days_over").cast(pl.Float64).alias("days"))
        .with_row_index("place")
        .with_columns(
            pl.Series("said", [fmt.plural(days, "day") for days in contacts["days_over"]]),
            pl.Series("colour", [red if days >= LATE_DAYS else grey for days in contacts["days_over"]]),
        )
    )
    scale = alt.Scale(domain=[0, ROOM * float(contacts["days_over"].max())])  # type: ignore[arg-type]
    x = alt.X("days:Q", title=None, axis=None, scale=scale)
    names = json.dumps(bars["name"].to_list())  # by position, since two customers may have the same name
    y = alt.Y("place:O", axis=category_axis(dark, labelExpr=f"{names}[datum.value]"))
    base = alt.Chart(bars).encode(x=x, y=y)
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("said:N", title="overdue")]
    layers = [
        base.mark_bar(height=BAR_THICKNESS).encode(color=column_colour(), tooltip=tooltip),
        base.mark_text(align="left", dx=6, fontWeight=600).encode(text="said:N"),
    ]
    description = ", ".join(f"{name} {said}" for name, said in bars.select("name", "said").iter_rows())
    return themed_chart(layers, dark, f"Days overdue: {description}.", ROW_HEIGHT * bars.height)
