"""Rows of the warehouse by month: one small bar chart per table, on a common time axis."""

from collections.abc import Mapping
from datetime import timedelta

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import AXIS_HEIGHT, category_axis, column_colour, empty_chart, themed_chart

ROW, FILLED = 34, 0.8  # height of a table's strip, and the part of it that its largest month takes
BAR_DAYS = 22


def rows_by_month(picture: pl.DataFrame, usual: Mapping[str, int], *, dark: bool = False) -> alt.LayerChart:
    """Rows of each table and month, each table on its own scale; a gap is outlined, an unfinished month paler.

    `picture`: one row per table and month (table_name, month, rows, share 0..1, full, gap); `usual`: typical rows a month by table, written
    at the right. Both as `insight.data.gaps` makes them.
    """
    if picture.is_empty():
        return empty_chart("No table with dates has rows yet", dark, 120)
    names = picture["table_name"].unique(maintain_order=True).to_list()
    bars = _with_positions(picture, names, dark)
    height = ROW * len(names)
    scale = alt.Scale(domain=[0, len(names)], nice=False)
    labels = "[" + ", ".join(f"'{name.replace('_', ' ')}'" for name in reversed(names)) + "][floor(datum.value)]"
    axis = category_axis(dark, values=[place + 0.35 for place in range(len(names))], labelExpr=labels, labelOverlap=False)
    x = alt.X("month:T", title=None, scale=alt.Scale(nice=False), axis=alt.Axis(format="%b %y", tickCount=8, labelOverlap=True))
    y = alt.Y("low:Q", scale=scale, axis=axis)
    tooltip = [
        alt.Tooltip("table:N"),
        alt.Tooltip("month:T", format="%B %Y"),
        alt.Tooltip("rows:Q", format=","),
        alt.Tooltip("state:N", title="month"),
    ]
    base = alt.Chart(bars)
    layers = [
        base.transform_filter("datum.gap")
        .mark_rect(stroke=fmt.band("watch").text.on(dark), strokeWidth=1.5)
        .encode(x=x, x2="until:T", y=y, y2="roof:Q", color=column_colour("alarm"), tooltip=tooltip),
        base.mark_rect().encode(x=x, x2="until:T", y=y, y2="high:Q", color=column_colour(), tooltip=tooltip),
        alt.Chart(_usual_labels(bars, usual, names))
        .mark_text(align="left", dx=8, color=fmt.MUTED.on(dark), baseline="middle")
        .encode(x=x, y=alt.Y("middle:Q", scale=scale, axis=axis), text="label:N"),
    ]
    return themed_chart(layers, dark, _description(bars, usual), height + AXIS_HEIGHT // 2)


def _with_positions(picture: pl.DataFrame, names: list[str], dark: bool) -> pl.DataFrame:
    """Add the vertical position of each table, the first on top, with colours and tooltip texts."""
    row_bottom = pl.col("table_name").replace_strict(
        {name: float(place) for place, name in enumerate(reversed(names))}, return_dtype=pl.Float64
    )
    watch = fmt.band("watch")
    return picture.with_columns(
        row_bottom.alias("low"),
        (row_bottom + FILLED * pl.col("share")).alias("high"),
        (row_bottom + FILLED).alias("roof"),
        (pl.col("month") + timedelta(days=BAR_DAYS)).alias("until"),
        pl.col("table_name").str.replace_all("_", " ").alias("table"),
        pl.when("gap").then(pl.lit("gap")).when("full").then(pl.lit("over")).otherwise(pl.lit("not over yet")).alias("state"),
        pl.when("gap")
        .then(pl.lit(watch.text.on(dark)))
        .when("full")
        .then(pl.lit(fmt.NEUTRAL.on(dark)))
        .otherwise(pl.lit(fmt.RULE.on(dark)))
        .alias("colour"),
        pl.lit(watch.tint.on(dark)).alias("alarm"),
    )


def _usual_labels(bars: pl.DataFrame, usual: Mapping[str, int], names: list[str]) -> pl.DataFrame:
    """Labels such as '2,450 a month' after the newest month of each table."""
    return (
        bars.group_by("table_name", maintain_order=True)
        .agg(pl.col("until").max().alias("month"), (pl.col("low").first() + 0.35).alias("middle"))
        .with_columns(
            pl.Series("label", [f"{fmt.count(usual[name])} a month" if usual.get(name) else "" for name in names], dtype=pl.String)
        )
    )


def _description(bars: pl.DataFrame, usual: Mapping[str, int]) -> str:
    gaps = bars.filter("gap")
    months = ", ".join(f"{table} {month:%b %Y}" for table, month in gaps.select("table", "month").head(12).iter_rows())
    usual_text = ", ".join(f"{name.replace('_', ' ')} {fmt.count(rows)}" for name, rows in usual.items())
    return f"Rows by table and month; usual rows a month: {usual_text or 'not known yet'}; gaps: {months or 'none'}."
