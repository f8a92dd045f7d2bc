"""Bands over time, and MRR at risk by segment and driver."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts import version_marks
from health.charts.theme import AXIS_HEIGHT, PAIR_HEIGHT, category_axis, empty, finish, mixed, painted

STACK = ("leaving", "at_risk", "unknown", "watch", "healthy")  # from the ground up
LABEL_GAP = 0.075  # least distance of two labels, as a part of the height
MAX_SEGMENTS = 6
HEAT_ROWS = (36, 64)  # least and most height of a row: few rows fill the card, many make it longer


def bands_over_time(shares: pl.DataFrame, events: pl.DataFrame | None = None, *, dark: bool = False) -> alt.LayerChart:
    """Share of customers in each band, stacked, with the newest shares at the right.

    `shares`: one row per month end and band (as_of, band, customers, share 0..1); `events`: (on, label), the versions of the settings.
    """
    if shares["as_of"].n_unique() < 2:
        return empty("A trend needs two month ends", dark)
    stacked = _stacked(shares).with_columns(
        pl.col("band").replace_strict({b.key: b.area.on(dark) for b in fmt.BANDS}).alias("colour"),
        pl.col("band").replace_strict({b.key: b.word for b in fmt.BANDS}).alias("word"),
    )
    x = alt.X("as_of:T", title=None, scale=alt.Scale(nice=False), axis=alt.Axis(format="%b %y", tickCount=6, labelOverlap=True))
    whole = alt.Scale(domain=[0, 1])
    y = alt.Y("low:Q", title="share of customers", scale=whole, axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]))
    tooltip = [
        alt.Tooltip("as_of:T", title="month end", format="%-d %b %Y"),
        alt.Tooltip("word:N", title="band"),
        alt.Tooltip("share:Q", format=".0%"),
        alt.Tooltip("customers:Q", format=","),
    ]
    areas = (
        alt.Chart(stacked)
        .mark_area(stroke=fmt.GROUND.on(dark), strokeWidth=1)
        .encode(x=x, y=y, y2="high:Q", color=painted(), detail="band:N", tooltip=tooltip)
    )
    marked = pl.DataFrame() if events is None else version_marks.visible_marks(events, stacked["as_of"])
    written = _labels(stacked, dark)
    labels = (
        alt.Chart(written.with_columns(pl.max_horizontal("as_of", pl.lit(marked["as_of"].max()))) if marked.height else written)
        .mark_text(align="left", dx=8, fontWeight=600, baseline="middle")
        .encode(x=x, y=alt.Y("middle:Q", scale=whole), text="label:N", color=painted())
    )
    said = ", ".join(written.sort("middle", descending=True)["label"])
    told = f"; settings: {', '.join(marked['label'])}" if marked.height else ""
    layers = [areas, *version_marks.rules(marked, x, dark, version_marks.ABOVE), labels]
    return finish(layers, dark, f"Share of customers in each band by month end; newest: {said}{told}.", PAIR_HEIGHT)


def _stacked(shares: pl.DataFrame) -> pl.DataFrame:
    """Every band at every month end with the start and end of its layer; bands without customers are left out."""
    seen = [key for key in STACK if (shares.filter(pl.col("band") == key)["customers"] > 0).any()]
    grid = shares.select("as_of").unique().join(pl.DataFrame({"band": seen, "layer": range(len(seen))}), how="cross")
    return (
        grid.join(shares.select("as_of", "band", "customers", "share"), on=["as_of", "band"], how="left")
        .with_columns(pl.col("customers").fill_null(0), pl.col("share").fill_null(0.0))
        .sort("as_of", "layer")
        .with_columns(pl.col("share").cum_sum().over("as_of").alias("high"))
        .with_columns((pl.col("high") - pl.col("share")).alias("low"))
    )


def _labels(stacked: pl.DataFrame, dark: bool) -> pl.DataFrame:
    """'51 % Healthy' at the middle of each newest layer, moved apart where layers are thin."""
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
        return empty("No customer is known to be at risk", dark)
    cells = _cells(heat, dark)
    columns = _largest_first(cells, "segment")
    rows = _largest_first(cells, "driver")
    x = alt.X("segment:N", sort=columns, axis=alt.Axis(orient="top", title=None, domain=False, labelAngle=0, labelLimit=104))
    y = alt.Y("driver:N", sort=rows, axis=category_axis(dark))
    tooltip = [alt.Tooltip("segment:N"), alt.Tooltip("driver:N"), alt.Tooltip("customers:Q"), alt.Tooltip("said:N", title="MRR")]
    squares = alt.Chart(cells).mark_rect(cornerRadius=3, stroke=fmt.GROUND.on(dark), strokeWidth=3)
    figures = alt.Chart(cells).mark_text(fontSize=13, fontWeight=600)
    layers = [
        squares.encode(x=x, y=y, color=painted(), tooltip=tooltip),
        figures.encode(x=x, y=y, text="label:N", color=painted("ink")),
    ]
    most = cells.sort("mrr", descending=True).row(0, named=True)
    words = f"MRR of at-risk customers by segment and heaviest driver; most: {most['segment']}, {most['driver']}, {most['said']}."
    return finish(layers, dark, words, _row_height(len(rows)) * len(rows) + AXIS_HEIGHT // 2)


def _row_height(rows: int) -> int:
    least, most = HEAT_ROWS
    return min(most, max(least, (PAIR_HEIGHT - AXIS_HEIGHT) // rows))


def _cells(heat: pl.DataFrame, dark: bool) -> pl.DataFrame:
    """Every segment with every driver; small segments are combined."""
    segments = _largest_first(heat, "segment")
    small = segments[MAX_SEGMENTS - 1 :] if len(segments) > MAX_SEGMENTS else []
    summed = (
        heat.with_columns(pl.when(pl.col("segment").is_in(small)).then(pl.lit("Others")).otherwise("segment").alias("segment"))
        .group_by("segment", "driver")
        .agg(pl.col("customers").sum(), pl.col("mrr").sum())
    )
    every = summed.select("segment").unique().join(summed.select("driver").unique(), how="cross")
    cells = every.join(summed, on=["segment", "driver"], how="left").with_columns(
        pl.col("customers").fill_null(0), pl.col("mrr").fill_null(0.0)
    )
    most = cells["mrr"].max() or 1.0
    decimals = 0 if float(most) >= 10_000 else 1  # type: ignore[arg-type]
    colours = [mixed(fmt.HEAT, mrr / float(most), dark) for mrr in cells["mrr"]]  # type: ignore[arg-type]
    inks = [fmt.ink(colour) for colour in colours]
    least = 0.5 * 10**-decimals
    labels = [
        fmt.UNKNOWN if not n else f"{mrr / 1000:.{decimals}f}" if mrr / 1000 >= least else f"<{2 * least:g}"
        for mrr, n in cells.select("mrr", "customers").iter_rows()
    ]
    return cells.with_columns(
        pl.Series("colour", colours),
        pl.Series("ink", inks),
        pl.Series("label", labels),
        pl.Series("said", [fmt.money(mrr) for mrr in cells["mrr"]]),
    ).sort("driver", "segment")


def _largest_first(frame: pl.DataFrame, column: str) -> list[str]:
    return frame.group_by(column).agg(pl.col("mrr").sum()).sort(["mrr", column], descending=[True, False])[column].to_list()
