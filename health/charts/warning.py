"""Chart of warning time: losses warned of 60 days ahead, by the length of the list."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import PAIR_HEIGHT, column_colour, empty_chart, themed_chart

DASHES: tuple[list[int], ...] = ([], [], [6, 3], [2, 3], [5, 4], [1, 3])
LABELLED_SHARE = 0.2  # length of the list whose figures are written beside the names
LEGEND_LEFT, LEGEND_TOP, LEGEND_STEP = 0.055, 1.21, 0.085  # names stand above the lines, in units of the axes
TOP = 1.25
TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1]
INTERVAL_OPACITY = 0.12
TALL = PAIR_HEIGHT + 90


def warning_curve(curves: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Share of churned customers warned of by lists of growing length; lines are named in the free corner, some have an interval.

    `curves`: one row per line and length (label, share, warned, low, high; null without an interval), most important line first, as
    `insight.evidence.warning.curve`.
    """
    if curves.is_empty():
        return empty_chart("No customer churned in the test period", dark)
    labels = curves["label"].unique(maintain_order=True).to_list()
    inks = [fmt.ACCENT, fmt.TEXT, fmt.band("watch").text, fmt.MUTED]
    shares = alt.Scale(domain=[0.05, 0.5], nice=False, zero=False)
    x = alt.X("share:Q", title="list: share of customers, highest risk first", scale=shares, axis=alt.Axis(format="%", tickCount=5))
    full = alt.Scale(domain=[0, TOP], nice=False)
    y = alt.Y("warned:Q", title="share of churned customers warned", scale=full, axis=alt.Axis(format="%", values=TICKS))
    layers: list[alt.Chart] = []
    legend: list[dict[str, object]] = []
    tooltip = ["label:N", alt.Tooltip("share:Q", title="list", format=".0%"), alt.Tooltip("warned:Q", format=".0%")]
    for position, label in enumerate(labels):
        line = curves.filter(pl.col("label") == label)
        ink = inks[min(position, len(inks) - 1)].on(dark)
        dashes = DASHES[min(position, len(DASHES) - 1)]
        if (bounds := line.drop_nulls(["low", "high"])).height:
            interval = alt.Chart(bounds).mark_area(opacity=INTERVAL_OPACITY, color=ink)
            layers.append(interval.encode(x=x, y=alt.Y("low:Q", scale=full), y2="high:Q"))
        layers.append(alt.Chart(line).mark_line(color=ink, strokeDash=dashes).encode(x=x, y=y, tooltip=tooltip))
        name = f"{label}, {fmt.share(_warned_at(line))}"
        legend.append({"share": LEGEND_LEFT, "warned": LEGEND_TOP - LEGEND_STEP * position, "label": name, "colour": ink})
    names = alt.Chart(pl.DataFrame(legend)).mark_text(align="left", fontWeight=600)
    layers.append(names.encode(x=x, y=y, text="label:N", color=column_colour()))
    description = ", ".join(str(row["label"]) for row in legend)
    spoken = f"Churned customers warned 60 days ahead by a list of {fmt.share(LABELLED_SHARE)} of all customers: {description}."
    return themed_chart(layers, dark, spoken, TALL)


def _warned_at(line: pl.DataFrame) -> float:
    """Share warned of by the list whose figures are written out."""
    return float(line.sort((pl.col("share") - LABELLED_SHARE).abs())["warned"][0])
