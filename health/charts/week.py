"""The account manager's week: overdue contacts."""

import json

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import BAR_THICKNESS, ROW_HEIGHT, category_axis, empty, finish, painted

LATE_DAYS = 14
ROOM = 1.5


def overdue(contacts: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Days overdue by contact, most first; two weeks and more in the colour of risk.

    `contacts`: one row per customer (name, days_over).
    """
    if contacts.is_empty():
        return empty("No contact is overdue", dark, 120)
    red, grey = fmt.band("at_risk").mark.on(dark), fmt.NEUTRAL.on(dark)
    drawn = (
        contacts.select("name", pl.col("days_over").cast(pl.Float64).alias("days"))
        .with_row_index("place")
        .with_columns(
            pl.Series("said", [fmt.plural(days, "day") for days in contacts["days_over"]]),
            pl.Series("colour", [red if days >= LATE_DAYS else grey for days in contacts["days_over"]]),
        )
    )
    scale = alt.Scale(domain=[0, ROOM * float(contacts["days_over"].max())])  # type: ignore[arg-type]
    x = alt.X("days:Q", title=None, axis=None, scale=scale)
    names = json.dumps(drawn["name"].to_list())  # by place: two may have one name
    y = alt.Y("place:O", axis=category_axis(dark, labelExpr=f"{names}[datum.value]"))
    base = alt.Chart(drawn).encode(x=x, y=y)
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("said:N", title="over")]
    layers = [
        base.mark_bar(height=BAR_THICKNESS).encode(color=painted(), tooltip=tooltip),
        base.mark_text(align="left", dx=6, fontWeight=600).encode(text="said:N"),
    ]
    words = ", ".join(f"{name} {said}" for name, said in drawn.select("name", "said").iter_rows())
    return finish(layers, dark, f"Days past the agreed contact: {words}.", ROW_HEIGHT * drawn.height)
