"""One customer: points by component, health over time, prices against the market."""

from typing import Any

import altair as alt
import polars as pl

from health import currency
from health import format as fmt
from health.charts import version_marks
from health.charts.theme import (
    AXIS_HEIGHT,
    BAR_THICKNESS,
    LABEL_WIDE,
    PAIR_HEIGHT,
    ROW_HEIGHT,
    category_axis,
    column_colour,
    empty_chart,
    themed_chart,
)
from health.score.settings import Settings

MAX_TICKS = 6
LINE_ROOM = 10.0  # points of health shown below and above the line


def points_of_weight(points: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Points earned of each component's weight, as a bar over an empty track; an unknown one is an outlined track.

    `points`: one row per component (label, weight, points 0..100 or null, earned = weight x points / 100, band of its points), as
    `insight.client.points.points_of` makes it.
    """
    if points.is_empty():
        return empty_chart("No component has a weight", dark)
    bands = [fmt.band(key) for key in points["band"]]
    earned_text = [
        "unknown, not counted" if earned is None else f"{band.sign} {fmt.health(earned)} of {weight}"
        for band, earned, weight in zip(bands, points["earned"], points["weight"], strict=True)
    ]
    bars = points.with_columns(
        pl.Series("said", earned_text),
        pl.Series("colour", [band.mark.on(dark) for band in bands]),
        pl.Series("ink", [band.text.on(dark) for band in bands]),
    )
    known, unknown = bars.filter(pl.col("earned").is_not_null()), bars.filter(pl.col("earned").is_null())
    room = 1.9 if unknown.height else 1.55  # for the text after the longest bar
    scale = alt.Scale(domain=[0, room * float(max(points["weight"]))])
    weight, earned = (alt.X(f"{column}:Q", title=None, axis=None, scale=scale) for column in ("weight", "earned"))
    y = alt.Y("label:N", sort=points["label"].to_list(), axis=category_axis(dark))
    tooltip = [alt.Tooltip("label:N", title=" "), alt.Tooltip("said:N", title="earned"), alt.Tooltip("points:Q", format=".2f")]
    track: dict[str, Any] = {"stroke": fmt.RULE.on(dark), "fill": fmt.TRACK.on(dark)}
    outline: dict[str, Any] = {"stroke": fmt.band("unknown").mark.on(dark), "strokeDash": [3, 3], "fill": "transparent"}
    layers = [
        alt.Chart(known).mark_bar(height=BAR_THICKNESS, **track).encode(x=weight, y=y, tooltip=tooltip),
        alt.Chart(unknown).mark_bar(height=BAR_THICKNESS, **outline).encode(x=weight, y=y, tooltip=tooltip),
        alt.Chart(known).mark_bar(height=BAR_THICKNESS).encode(x=earned, y=y, color=column_colour(), tooltip=tooltip),
        alt.Chart(bars).mark_text(align="left", dx=8, fontWeight=600).encode(x=weight, y=y, text="said:N", color=column_colour("ink")),
    ]
    description = "; ".join(f"{label}: {text}" for label, text in bars.select("label", "said").iter_rows())
    return themed_chart(layers, dark, f"Points earned of each weight. {description}.", ROW_HEIGHT * bars.height)


def health_line(
    line: pl.DataFrame,
    settings: Settings,
    events: pl.DataFrame | None = None,
    overrides: pl.DataFrame | None = None,
    *,
    dark: bool = False,
) -> alt.LayerChart:
    """Health at month ends over the zones of the bands, with the last value; a gap where it is unknown.

    `line`: one row per month end (as_of, health or null); `events`: (on, label), such as versions of the settings; `overrides`: manual ones
    (from_on, until_on, health, label). Both optional.
    """
    known = line.drop_nulls("health").sort("as_of")
    if known.is_empty():
        return empty_chart("No month end with a known band", dark)
    edges = (float(settings.at_risk_below), float(settings.healthy_from))
    values = known["health"].to_list()
    override_values = [] if overrides is None else overrides["health"].to_list()
    bottom = max(0.0, 5 * ((min(*values, *override_values, edges[0]) - LINE_ROOM) // 5))
    top = min(100.0, 5 * -((-max(*values, *override_values, edges[1]) - LINE_ROOM) // 5))
    scale = alt.Scale(domain=[bottom, top], zero=False, nice=False)
    y = alt.Y("health:Q", title="health, 0 to 100", scale=scale, axis=alt.Axis(values=[bottom, *edges, top], format="d"))
    x = alt.X(
        "as_of:T",
        title=None,
        scale=alt.Scale(nice=False),
        axis=alt.Axis(format="%b %Y", values=_tick_days(line["as_of"]), labelOverlap=True, labelSeparation=12),
    )
    months = line.sort("as_of").with_columns(
        pl.col("health").floor().alias("shown"),
        (pl.col("health").shift(1).is_null() & pl.col("health").shift(-1).is_null() & pl.col("health").is_not_null()).alias("alone"),
    )
    isolated = months.filter("alone")  # a month end between two gaps draws no line
    ink = fmt.TEXT.on(dark)
    tooltip = [alt.Tooltip("as_of:T", title="month end", format="%-d %b %Y"), alt.Tooltip("shown:Q", title="health", format="d")]
    last = known.tail(1).with_columns(pl.Series("said", [fmt.health(values[-1])]))
    trace = alt.Chart(months).encode(x=x, y=y)
    newest = alt.Chart(last).encode(x=x, y=y)
    layers = [
        *_zones(known, (bottom, *edges, top), scale, dark),
        *([] if events is None else version_marks.rules(version_marks.visible_marks(events, months["as_of"]), x, dark)),
        trace.mark_line(color=ink).encode(tooltip=tooltip),
        *([alt.Chart(isolated).mark_circle(color=ink, size=24, opacity=1).encode(x=x, y=y)] if isolated.height else []),
        newest.mark_circle(color=ink, size=60, opacity=1),
        newest.mark_text(align="left", dx=9, fontSize=13, fontWeight=600).encode(text="said:N"),
        *([] if overrides is None else _override_layers(overrides, months["as_of"], x, y, dark)),
    ]
    description = f"Health at {fmt.plural(known.height, 'month end')}; {fmt.health(values[-1])} at {fmt.day(known['as_of'][-1])}."
    return themed_chart(layers, dark, description, PAIR_HEIGHT)


def _tick_days(month_ends: pl.Series) -> list[alt.DateTime]:
    """Month ends to label: at most MAX_TICKS, evenly spaced back from the newest, so that no month is named twice."""
    days = month_ends.sort().to_list()
    step = -(-len(days) // MAX_TICKS)
    return [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in reversed(days[::-1][::step])]


def _zones(known: pl.DataFrame, cuts: tuple[float, ...], scale: alt.Scale, dark: bool) -> list[alt.Chart]:
    """Bands as background zones, lowest first, labelled at the left where the line leaves space."""
    early_values = known["health"].head(max(2, known.height // 4)).to_list()
    zones = pl.DataFrame(
        [
            {
                "from": low,
                "to": high,
                "word": band.label,
                "colour": band.tint.on(dark),
                "ink": band.text.on(dark),
                "at": _label_height(early_values, low, high),
            }
            for band, low, high in zip(map(fmt.band, ("at_risk", "watch", "healthy")), cuts, cuts[1:], strict=False)
        ]
    )
    low = alt.Y("from:Q", scale=scale)
    areas = alt.Chart(zones).mark_rect(cornerRadius=0).encode(y=low, y2="to:Q", color=column_colour())
    names = alt.Chart(zones).mark_text(align="left", baseline="middle", dx=8, fontWeight=600)
    return [areas, names.encode(x=alt.value(0), y=alt.Y("at:Q", scale=scale), text="word:N", color=column_colour("ink"))]


def _label_height(early_values: list[float], low: float, high: float) -> float:
    """Height of a zone's label, near its bottom or top, whichever is farther from the line's first values."""
    bottom, top = low + 0.2 * (high - low), high - 0.2 * (high - low)
    return max((bottom, top), key=lambda height: min(abs(height - value) for value in early_values))


def _override_layers(overrides: pl.DataFrame, days: pl.Series, x: alt.X, y: alt.Y, dark: bool) -> list[alt.Chart]:
    """Layers of overrides: a hollow diamond at the start, a dashed line while in force, and the author."""
    first, last = days.min(), days.max()
    visible = overrides.filter(
        (pl.col("until_on") >= first) & (pl.col("from_on") <= pl.lit(last) + pl.duration(days=version_marks.BEYOND_DAYS))
    )
    if visible.is_empty():
        return []
    spans = visible.with_columns(pl.min_horizontal("until_on", pl.max_horizontal("from_on", pl.lit(last))).alias("until_on")).rename(
        {"from_on": "as_of"}
    )
    colour = fmt.MUTED.on(dark)
    base = alt.Chart(spans).encode(x=x, y=y, tooltip=[alt.Tooltip("label:N", title=" ")])
    return [
        base.mark_rule(strokeDash=[4, 3], strokeWidth=2, color=colour).encode(x2="until_on:T"),
        base.mark_point(shape="diamond", size=80, filled=False, strokeWidth=2, color=colour, opacity=1),
        base.mark_text(align="right", dx=-9, color=colour, limit=LABEL_WIDE).encode(text="label:N"),
    ]


def price_against_market(prices: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Our unit price (dot) and the market's (upright bar) for each contract line, with the gap; per unit and month.

    `prices`: one row per line (product, quantity, unit_price, market or null), as `portfolio.client(...)["prices"]`.
    """
    if prices.is_empty():
        return empty_chart("No contract line in force", dark, 120)
    price_columns = (pl.col("unit_price").cast(pl.Float64), pl.col("market").cast(pl.Float64))
    lines = prices.with_columns(*price_columns).with_columns(
        (pl.col("unit_price") / pl.col("market") - 1).alias("gap"),
        pl.max_horizontal("unit_price", "market").alias("right"),
        pl.format("{}, {}", "product", pl.col("quantity").cast(pl.Int64)).alias("line"),
    )
    occurrence = pl.col("line").cum_count().over("line")
    lines = lines.with_columns(
        pl.when(occurrence > 1).then(pl.format("{} ({})", "line", occurrence)).otherwise("line").alias("line"),
        pl.Series("said", ["no market price" if gap is None else f"{fmt.signed(100 * gap)}{fmt.SPACE}%" for gap in lines["gap"]]),
        pl.Series("colour", [fmt.band("at_risk" if (gap or 0) > 0 else "unknown").mark.on(dark) for gap in lines["gap"]]),
        pl.Series("ours", [fmt.price(p) for p in lines["unit_price"]]),
        pl.Series("theirs", [fmt.price(p) for p in lines["market"]]),
    )
    scale = alt.Scale(domain=[0, 1.3 * float(max(lines["right"]))], nice=False)
    axis = alt.Axis(title=f"{currency.unit()} per unit and month", grid=True, domain=False, tickCount=6)
    ours, market, right = (alt.X(f"{c}:Q", scale=scale, axis=axis) for c in ("unit_price", "market", "right"))
    y = alt.Y("line:N", sort=lines["line"].to_list(), axis=category_axis(dark))
    tooltip = [
        alt.Tooltip("line:N", title=" "),
        alt.Tooltip("ours:N", title="our price"),
        alt.Tooltip("theirs:N", title="market"),
        alt.Tooltip("said:N", title="gap"),
    ]
    benchmarked = alt.Chart(lines.drop_nulls("market")).encode(y=y)
    base = alt.Chart(lines).encode(y=y)
    layers = [
        benchmarked.mark_rule(strokeWidth=2).encode(x=market, x2="unit_price:Q", color=column_colour()),
        benchmarked.mark_tick(thickness=3, height=16, color=fmt.TEXT.on(dark)).encode(x=market, tooltip=tooltip),
        base.mark_circle(size=90, opacity=1, color=fmt.ACCENT.on(dark)).encode(x=ours, tooltip=tooltip),
        base.mark_text(align="left", dx=10, fontWeight=600).encode(x=right, text="said:N"),
    ]
    texts = lines.select("line", "ours", "theirs", "said").iter_rows()
    description = "; ".join(f"{line}: {ours}, market {theirs}, {said}" for line, ours, theirs, said in texts)
    return themed_chart(layers, dark, f"Our price against the market. {description}.", ROW_HEIGHT * lines.height + AXIS_HEIGHT)
