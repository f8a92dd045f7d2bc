"""Waterfall of one customer's health between two days: ticks for start and end, a labelled bar for every step."""

import json
from datetime import date
from typing import Any

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import AXIS_HEIGHT, BAR_THICKNESS, column_colour, empty_chart, themed_chart

STEP_HEIGHT = 26
ROOM_RIGHT, ROOM_LEFT, LEAST_SPAN = 0.28, 0.06, 4.0


def bridge(
    steps: pl.DataFrame, before: int, after: int, t0: date, t1: date, lanes: dict[str, str], *, dark: bool = False
) -> alt.LayerChart:
    """From health on t0 to health on t1, in tenths of a point; the axis is truncated, the steps add up.

    `steps`: one row per lane and component, in order (lane, words, tenths), as `insight.client.bridge` makes it; the lane 'override'
    follows the calculated health. `lanes`: labels of the lanes.
    """
    if steps.is_empty():
        return empty_chart("Health did not change", dark, 120)
    calculated_steps, override_steps = steps.filter(pl.col("lane") != "override"), steps.filter(pl.col("lane") == "override")
    rows, level = [_tick(fmt.day(t0), before)], before
    for lane in calculated_steps["lane"].unique(maintain_order=True):
        lane_steps = calculated_steps.filter(pl.col("lane") == lane)
        if lane in lanes:
            rows.append(_lane_title(f"{lanes[lane]} ({_tenths(int(lane_steps['tenths'].sum()), signed=True)})", level))
        for words, tenths in lane_steps.select("words", "tenths").iter_rows():
            rows.append(_step(lane, words, level, level + tenths))
            level += tenths
    if level != after:
        return empty_chart("The steps do not add up to the health shown", dark)
    rows.append(_tick(f"{fmt.day(t1)}, calculated" if override_steps.height else fmt.day(t1), after))
    for words, tenths in override_steps.select("words", "tenths").iter_rows():
        rows += [_step("override", words, level, level + tenths), _tick("With override", level + tenths)]
    return _waterfall(pl.DataFrame(rows, infer_schema_length=None).with_row_index("place"), dark)


def _tick(label: str, level: int) -> dict[str, Any]:
    """Row of a day: the level as a tick."""
    return {"kind": "tick", "lane": "", "label": label, "from": level / 10, "to": level / 10, "said": _tenths(level)}


def _lane_title(label: str, level: int) -> dict[str, Any]:
    """Row with the name of a lane."""
    return {"kind": "head", "lane": "", "label": label, "from": level / 10, "to": level / 10, "said": ""}


def _step(lane: str, words: str, low: int, high: int) -> dict[str, Any]:
    """Row of one step from a level to the next, in tenths of a point."""
    label = f"{words[:1].upper()}{words[1:]}"
    return {"kind": "step", "lane": lane, "label": label, "from": low / 10, "to": high / 10, "said": _tenths(high - low, signed=True)}


def _tenths(tenths: int, signed: bool = False) -> str:
    """Tenths of a point as points with one decimal."""
    return f"{tenths / 10:+.1f}" if signed and tenths else f"{tenths / 10:.1f}"


def _colour(lane: str, gain: bool, dark: bool) -> str:
    """Colour of a step: customer and company events in band colours, ageing as watch, product changes in grey."""
    if lane in ("settings", "override", "coverage", "others"):
        return fmt.band("unknown").mark.on(dark)
    return fmt.band("healthy" if gain else "watch" if lane == "ageing" else "at_risk").mark.on(dark)


def _waterfall(rows: pl.DataFrame, dark: bool) -> alt.LayerChart:
    """Chart of the rows: ticks for days, bars for steps, connecting rules and values."""
    levels = pl.concat([rows["from"], rows["to"]])
    minimum, maximum = float(levels.min()), float(levels.max())  # type: ignore[arg-type]
    span = max(maximum - minimum, LEAST_SPAN)
    scale = alt.Scale(domain=[minimum - ROOM_LEFT * span, maximum + ROOM_RIGHT * span], zero=False, nice=False)
    bars = rows.with_columns(
        pl.Series("colour", [_colour(lane, to >= start, dark) for lane, start, to in rows.select("lane", "from", "to").iter_rows()]),
        pl.max_horizontal("from", "to").alias("right"),
        (pl.col("place") + 1).alias("next"),
    )
    axis = alt.Axis(title="points of health, axis cut", grid=True, domain=False, tickCount=4)
    x = alt.X("from:Q", scale=scale, axis=axis)
    y = alt.Y("place:O", axis=_label_axis(rows, dark))
    steps, ticks = bars.filter(pl.col("kind") == "step"), bars.filter(pl.col("kind") == "tick")
    connected = bars.head(bars.height - 1)
    tooltip = [alt.Tooltip("label:N", title=" "), alt.Tooltip("said:N", title="points")]
    values = bars.filter(pl.col("said") != "")
    layers = [
        alt.Chart(connected).mark_rule(color=fmt.RULE.on(dark)).encode(x=alt.X("to:Q", scale=scale, axis=axis), y=y, y2="next:O"),
        alt.Chart(steps).mark_bar(height=BAR_THICKNESS, cornerRadius=1).encode(x=x, x2="to:Q", y=y, color=column_colour(), tooltip=tooltip),
        alt.Chart(ticks).mark_tick(orient="vertical", thickness=4, size=18, color=fmt.TEXT.on(dark)).encode(x=x, y=y, tooltip=tooltip),
        alt.Chart(values).mark_text(align="left", dx=7, fontWeight=600).encode(x=alt.X("right:Q", scale=scale), y=y, text="said:N"),
    ]
    description = "; ".join(f"{label} {points}" for label, points in values.select("label", "said").iter_rows())
    return themed_chart(layers, dark, f"Bridge of health, step by step: {description}.", STEP_HEIGHT * rows.height + AXIS_HEIGHT)


def _label_axis(rows: pl.DataFrame, dark: bool) -> alt.Axis:
    """Axis with row labels by position, since two steps may share their words; lane names are muted."""
    heads = [place for place, kind in rows.select("place", "kind").iter_rows() if kind == "head"]
    is_head = f"indexof({json.dumps(heads)}, datum.value) >= 0"
    muted, text = fmt.MUTED.on(dark), fmt.TEXT.on(dark)
    return alt.Axis(
        title=None,
        grid=False,
        labelFontSize=13,
        labelLimit=200,
        labelExpr=f"{json.dumps(rows['label'].to_list())}[datum.value]",
        labelColor={"condition": {"test": is_head, "value": muted}, "value": text},
    )
