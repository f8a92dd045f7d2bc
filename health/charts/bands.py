"""Share of customers by band over time; revenue at risk by segment and driver."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts import version_marks
from health.charts.theme import AXIS_HEIGHT, PAIR_HEIGHT, category_axis, column_colour, empty_chart, ramp_colour, themed_chart

STACK = ("leaving", "at_risk", "unknown", "watch", "healthy")  # from bottom to top
LABEL_GAP = 0.075  # smallest distance of two labels, as a share of the height
MAX_SEGMENTS = 6
HEAT_ROWS = (36, 64)  # smallest and largest height of a row: few rows fill the card, many make it longer


def bands_over_time(shares: pl.DataFrame, events: pl.DataFrame | None = None, *, dark: bool = False) -> alt.LayerChart:
    """Share of customers in each band, stacked, with the newest shares at the right.

    `shares`: one row per month end and band (as_of, band, customers, share 0..1); `events`: (on, label), the versions of the settings.
    """
    if shares["as_of"].n_unique() < 2:
        return empty_chart("A trend needs two month ends", dark)
    stacked = _stacked(shares).with_columns(
        pl.col("band").replace_strict({b.key: b.area.on(dark) for b in fmt.BANDS}).alias("colour"),
        pl.col("band").replace_strict({b.key: b.word for b in fmt.BANDS}).alias("word"),
    )
    x = alt.X("as_of:T", title=None, scale=alt.Scale(nice=False), axis=alt.Axis(format="%b %y", tickCount=6, labelOverlap=True))
    full_scale = alt.Scale(domain=[0, 1])
    y = alt.Y("low:Q", title="share of customers", scale=full_scale, axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]))
    tooltip = [
        alt.Tooltip("as_of:T", title="month end", format="%-d %b %Y"),
        alt.Tooltip("word:N", title="band"),
        alt.Tooltip("share:Q", format=".0%"),
        alt.Tooltip("customers:Q", format=","),
    ]
    areas = (
        alt.Chart(stacked)
        .mark_area(stroke=fmt.GROUND.on(dark), strokeWidth=1)
        .encode(x=x, y=y, y2="high:Q", color=column_colour(), detail="band:N", tooltip=tooltip)
    )
    marks = pl.DataFrame() if events is None else version_marks.visible_marks(events, stacked["as_of"])
    label_rows = _labels(stacked, dark)
    labels = (
        alt.Chart(label_rows.with_columns(pl.max_horizontal("as_of", pl.lit(marks["as_of"].max()))) if marks.height else label_rows)
        .mark_text(align="left", dx=8, fontWeight=600, baseline="middle")
        .encode(x=x, y=alt.Y("middle:Q", scale=full_scale), text="label:N", color=column_colour())
    )
    shares_text = ", ".join(label_rows.sort("middle", descending=True)["label"])
    events_text = f"; settings: {', '.join(marks['label'])}" if marks.height else ""
    layers = [areas, *version_marks.rules(marks, x, dark, version_marks.ABOVE), labels]
    return themed_chart(layers, dark, f"Share of customers in each band by month end; newest: {shares_text}{events_text}.", PAIR_HEIGHT)


def _stacked(shares: pl.DataFrame) -> pl.DataFrame:
    """Stack positions (low, high) of every band at every month end; bands without customers are left out."""
    bands_present = [key for key in STACK if (shares.filter(pl.col("band") == key)["customers"] > 0).any()]
    grid = shares.select("as_of").unique().join(pl.DataFrame({"band": bands_present, "layer": range(len(bands_present))}), how="cross")
    return (
        grid.join(shares.select("as_of", "band", "customers", "share"), on=["as_of", "band"], how="left")
        .with_columns(pl.col("customers").fill_null(0), pl.col("share").fill_null(0.0))
        .sort("as_of", "layer")
        .with_columns(pl.col("share").cum_sum().over("as_of").alias("high"))
        .with_columns((pl.col("high") - pl.col("share")).alias("low"))
    )


def _labels(stacked: pl.DataFrame, dark: bool) -> pl.DataFrame:
    """Labels such as '51 % Healthy' at the middle of each newest layer, moved apart where layers are thin."""
    newest = stacked.filter((pl.col("as_of") == pl.col("as_of").max()) & (pl.col("customers") > 0)).sort("layer")
    middles: list[float] = []
    for middle in ((newest["low"] + newest["high"]) / 2).to_list():
        middles.append(max(middle, middles[-1] + LABEL_GAP if middles else 0.02))
    for i in range(len(middles) - 1, -1, -1):
        ceiling = 0.98 if i == len(middles) - 1 else middles[i + 1] - LABEL_GAP
        middles[i] = min(middles[i], ceiling)
    bands = [fmt.band(key) for key in newest["band"]]
    return newest.select("as_of").with_columns(
        pl.Series("middle", middles, dtype=pl.Float64),
        pl.Series("label", [f"{fmt.share(s)} {b.word}" for s, b in zip(newest["share"], bands, strict=True)], dtype=pl.Utf8),
        pl.Series("colour", [b.text.on(dark) for b in bands], dtype=pl.Utf8),
    )


def risk_heat(heat: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """MRR of at-risk customers, in thousands, by segment (columns) and main driver (rows), both sorted by MRR.

    `heat`: one row per segment and driver (segment, driver, mrr).
    """
    if heat.is_empty():
        return empty_chart("No customer is known to be at risk", dark)
    cells = _cells(heat, dark)
    columns = _largest_first(cells, "segment")
    rows = _largest_first(cells, "driver")
    x = alt.X("segment:N", sort=columns, axis=alt.Axis(orient="top", title=None, domain=False, labelAngle=0, labelLimit=104))
    y = alt.Y("driver:N", sort=rows, axis=category_axis(dark))
    tooltip = [alt.Tooltip("segment:N"), alt.Tooltip("driver:N"), alt.Tooltip("customers:Q"), alt.Tooltip("said:N", title="MRR")]
    squares = alt.Chart(cells).mark_rect(cornerRadius=3, stroke=fmt.GROUND.on(dark), strokeWidth=3)
    figures = alt.Chart(cells).mark_text(fontSize=13, fontWeight=600)
    layers = [
        squares.encode(x=x, y=y, color=column_colour(), tooltip=tooltip),
        figures.encode(x=x, y=y, text="label:N", color=column_colour("ink")),
    ]
    largest = cells.sort("mrr", descending=True).row(0, named=True)
    description = f"MRR of at-risk customers by segment and main cause; most: {largest['segment']}, {largest['driver']}, {largest['said']}."
    return themed_chart(layers, dark, description, _row_height(len(rows)) * len(rows) + AXIS_HEIGHT // 2)


def _row_height(rows: int) -> int:
    smallest, largest = HEAT_ROWS
    return min(largest, max(smallest, (PAIR_HEIGHT - AXIS_HEIGHT) // rows))


def _cells(heat: pl.DataFrame, dark: bool) -> pl.DataFrame:
    """Every combination of segment and driver; small segments are combined into 'Others'."""
    segments = _largest_first(heat, "segment")
    small_segments = segments[MAX_SEGMENTS - 1 :] if len(segments) > MAX_SEGMENTS else []
    summed = (
        heat.with_columns(pl.when(pl.col("segment").is_in(small_segments)).then(pl.lit("Others")).otherwise("segment").alias("segment"))
        .group_by("segment", "driver")
        .agg(pl.col("customers").sum(), pl.col("mrr").sum())
    )
    all_cells = summed.select("segment").unique().join(summed.select("driver").unique(), how="cross")
    cells = all_cells.join(summed, on=["segment", "driver"], how="left").with_columns(
        pl.col("customers").fill_null(0), pl.col("mrr").fill_null(0.0)
    )
    maximum = cells["mrr"].max() or 1.0
    decimals = 0 if float(maximum) >= 10_000 else 1  # type: ignore[arg-type]
    colours = [ramp_colour(fmt.HEAT, mrr / float(maximum), dark) for mrr in cells["mrr"]]  # type: ignore[arg-type]
    inks = [fmt.ink(colour) for colour in colours]
    smallest_label = 0.5 * 10**-decimals
    labels = [
        fmt.UNKNOWN if not n else f"{mrr / 1000:.{decimals}f}" if mrr / 1000 >= smallest_label else f"<{2 * smallest_label:g}"
        for mrr, n in cells.select("mrr", "customers").iter_rows()
    ]
    return cells.with_columns(
        pl.Series("colour", colours),
        pl.Series("ink", inks),
        pl.Series("label", labels),
        pl.Series("said", [fmt.money(mrr) for mrr in cells["mrr"]]),
    ).sort("driver", "segment")


def _largest_first(frame: pl.DataFrame, column: str) -> list[str]:
    """Values of a column by their revenue, largest first."""
    return frame.group_by(column).agg(pl.col("mrr").sum()).sort(["mrr", column], descending=[True, False])[column].to_list()
