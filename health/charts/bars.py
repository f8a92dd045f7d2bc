"""Horizontal bars with their values: the portfolio by category, rejected rows by reason."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import BAR_THICKNESS, ROW_HEIGHT, category_axis, column_colour, empty_chart, themed_chart

MOST_ROWS = 10
ROOM = 1.75  # axis length in lengths of the longest bar, so that the shares at the right edge do not overlap the labels


def book_by(frame: pl.DataFrame, column: str, value: str = "mrr", aside: str = "", *, dark: bool = False) -> alt.LayerChart:
    """MRR or customers by a column of the portfolio, largest first, with shares at the right.

    `frame`: one row per value of `column` (column, customers, mrr); `value`: 'mrr' or 'customers'; `aside`: a value drawn last and grey.
    """
    format_value = fmt.short_money if value == "mrr" else fmt.count
    rows = _largest(frame.select(pl.col(column).alias("name"), pl.col(value).cast(pl.Float64).alias("value")))
    rows = pl.concat([rows.filter(pl.col("name") != aside), rows.filter(pl.col("name") == aside)])
    total = rows["value"].sum() if not rows.is_empty() else 0
    if not total:
        return empty_chart("Nothing to show yet", dark, 120)
    bars = rows.with_columns(
        pl.Series("label", [format_value(v) for v in rows["value"]]),
        pl.Series("share", [fmt.share(v / total) for v in rows["value"]]),
        pl.Series(
            "colour",
            [
                fmt.ACCENT.on(dark) if share_before < 0.5 and name != aside else fmt.NEUTRAL.on(dark)
                for name, share_before in zip(rows["name"], _share_before(rows, float(total)), strict=True)
            ],
        ),
    )
    measure = "MRR" if value == "mrr" else "Customers"
    return _bars(bars, f"{measure} by {column}: {_description(bars)}.", dark)


def refused_by_reason(frame: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Rejected rows by reason, the most frequent in red. `frame`: one row per reason (reason, rows)."""
    rows = _largest(frame.select(pl.col("reason").alias("name"), pl.col("rows").cast(pl.Float64).alias("value")))
    if rows.is_empty():
        return empty_chart("No rows were refused", dark, 120)
    colours = [fmt.band("at_risk").mark.on(dark)] + [fmt.NEUTRAL.on(dark)] * (rows.height - 1)
    bars = rows.with_columns(
        pl.Series("label", [fmt.count(v) for v in rows["value"]]),
        pl.lit("").alias("share"),
        pl.Series("colour", colours),
    )
    return _bars(bars, f"Refused rows by reason: {_description(bars)}.", dark)


def _largest(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort largest first and combine the rows beyond MOST_ROWS, so that the bars still add up."""
    rows = rows.drop_nulls("value").sort(["value", "name"], descending=[True, False])
    if rows.height <= MOST_ROWS:
        return rows
    rest = rows[MOST_ROWS - 1 :]
    others = pl.DataFrame({"name": [f"{rest.height} others"], "value": [rest["value"].sum()]}, schema=rows.schema)
    return pl.concat([rows[: MOST_ROWS - 1], others])


def _share_before(rows: pl.DataFrame, total: float) -> list[float]:
    """Cumulative share before each bar; the bars of the first half are highlighted."""
    return ((rows["value"].cum_sum() - rows["value"]) / total).to_list()


def _description(rows: pl.DataFrame) -> str:
    return ", ".join(f"{name} {label}" for name, label in rows.select("name", "label").iter_rows())


def _bars(rows: pl.DataFrame, description: str, dark: bool) -> alt.LayerChart:
    longest = max(float(v) for v in rows["value"])
    scale = alt.Scale(domain=[0, (ROOM if (rows["share"] != "").any() else 1.3) * longest])
    x = alt.X("value:Q", title=None, scale=scale, axis=None)
    y = alt.Y("name:N", sort=rows["name"].to_list(), axis=category_axis(dark))
    base = alt.Chart(rows).encode(y=y)
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("label:N", title="value"), alt.Tooltip("share:N")]
    bars = base.mark_bar(height=BAR_THICKNESS).encode(x=x, color=column_colour(), tooltip=tooltip)
    values = base.mark_text(align="left", dx=6, fontWeight=600).encode(x=x, text="label:N")
    shares = base.mark_text(align="right", color=fmt.MUTED.on(dark)).encode(x=alt.value("width"), text="share:N")
    return themed_chart([bars, values, shares], dark, description, ROW_HEIGHT * rows.height)
