"""Horizontal bars with their values: the portfolio by category, reasons of refusal."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import BAR_THICKNESS, ROW_HEIGHT, category_axis, empty, finish, painted

MOST_ROWS = 10
ROOM = 1.75  # the domain in longest bars: a muted share stands at the right edge without meeting a label


def book_by(frame: pl.DataFrame, column: str, value: str = "mrr", *, dark: bool = False) -> alt.LayerChart:
    """MRR or customers by a column of the portfolio, largest first, with shares at the right.

    `frame`: one row per value of `column` (column, customers, mrr); `value`: 'mrr' or 'customers'.
    """
    speak = fmt.short_money if value == "mrr" else fmt.count
    rows = _largest(frame.select(pl.col(column).alias("name"), pl.col(value).cast(pl.Float64).alias("value")))
    whole = rows["value"].sum() if not rows.is_empty() else 0
    if not whole:
        return empty("Nothing to show yet", dark, 120)
    drawn = rows.with_columns(
        pl.Series("label", [speak(v) for v in rows["value"]]),
        pl.Series("share", [fmt.share(v / whole) for v in rows["value"]]),
        pl.Series("colour", [fmt.ACCENT.on(dark) if before < 0.5 else fmt.NEUTRAL.on(dark) for before in _running(rows, float(whole))]),
    )
    words = "MRR" if value == "mrr" else "Customers"
    return _bars(drawn, f"{words} by {column}: {_description(drawn)}.", dark)


def refused_by_reason(frame: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Refused rows by reason, the most frequent in red. `frame`: one row per reason (reason, rows)."""
    rows = _largest(frame.select(pl.col("reason").alias("name"), pl.col("rows").cast(pl.Float64).alias("value")))
    if rows.is_empty():
        return empty("No row was refused", dark, 120)
    colours = [fmt.band("at_risk").mark.on(dark)] + [fmt.NEUTRAL.on(dark)] * (rows.height - 1)
    drawn = rows.with_columns(
        pl.Series("label", [fmt.count(v) for v in rows["value"]]),
        pl.lit("").alias("share"),
        pl.Series("colour", colours),
    )
    return _bars(drawn, f"Refused rows by reason: {_description(drawn)}.", dark)


def _largest(rows: pl.DataFrame) -> pl.DataFrame:
    """Largest first; beyond `MOST_ROWS` the small ones are combined, so that the bars still add up."""
    rows = rows.drop_nulls("value").sort(["value", "name"], descending=[True, False])
    if rows.height <= MOST_ROWS:
        return rows
    rest = rows[MOST_ROWS - 1 :]
    others = pl.DataFrame({"name": [f"{rest.height} others"], "value": [rest["value"].sum()]}, schema=rows.schema)
    return pl.concat([rows[: MOST_ROWS - 1], others])


def _running(rows: pl.DataFrame, whole: float) -> list[float]:
    """Cumulative share before each bar; the bars of the first half are highlighted."""
    return ((rows["value"].cum_sum() - rows["value"]) / whole).to_list()


def _description(drawn: pl.DataFrame) -> str:
    return ", ".join(f"{name} {label}" for name, label in drawn.select("name", "label").iter_rows())


def _bars(drawn: pl.DataFrame, description: str, dark: bool) -> alt.LayerChart:
    longest = max(float(v) for v in drawn["value"])
    scale = alt.Scale(domain=[0, (ROOM if (drawn["share"] != "").any() else 1.3) * longest])
    x = alt.X("value:Q", title=None, scale=scale, axis=None)
    y = alt.Y("name:N", sort=drawn["name"].to_list(), axis=category_axis(dark))
    base = alt.Chart(drawn).encode(y=y)
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("label:N", title="value"), alt.Tooltip("share:N")]
    bars = base.mark_bar(height=BAR_THICKNESS).encode(x=x, color=painted(), tooltip=tooltip)
    values = base.mark_text(align="left", dx=6, fontWeight=600).encode(x=x, text="label:N")
    shares = base.mark_text(align="right", color=fmt.MUTED.on(dark)).encode(x=alt.value("width"), text="share:N")
    return finish([bars, values, shares], dark, description, ROW_HEIGHT * drawn.height)
