"""Shared look of all charts, light and dark: configuration, colours, and a chart that says it is empty."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from health import format as fmt
from health.format import Tone

PAIR_HEIGHT = 250
ROW_HEIGHT = 30
AXIS_HEIGHT = 48  # labels and title, which a fitted chart takes out of its height
BAR_THICKNESS = 14
LABEL_WIDE = 150  # limit of user-supplied labels next to a line, since a chart makes room for every text in it


def config(dark: bool) -> dict[str, Any]:
    """Vega-Lite `config` of one theme: quiet axes, text in the page's font, no legend and no frame."""
    text, muted, rule = fmt.TEXT.on(dark), fmt.MUTED.on(dark), fmt.RULE.on(dark)
    return {
        "background": "transparent",
        "font": fmt.FONT,
        "padding": 4,
        "view": {"stroke": None},
        "axis": {
            "domain": False,
            "domainColor": rule,
            "gridColor": fmt.GRID.on(dark),
            "labelColor": muted,
            "labelFontSize": 12,
            "labelFontWeight": 400,
            "labelPadding": 6,
            "ticks": False,
            "titleColor": muted,
            "titleFontSize": 12,
            "titleFontWeight": 400,
            "titlePadding": 8,
        },
        "axisX": {"domain": True, "grid": False},
        "axisY": {
            "grid": True,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleAngle": 0,
            "titleBaseline": "bottom",
            "titleX": 0,
            "titleY": -14,
        },
        "bar": {"cornerRadiusEnd": 3},
        "legend": {"disable": True},
        "line": {"strokeCap": "round", "strokeJoin": "round", "strokeWidth": 2},
        "text": {"color": text, "fontSize": 12},
    }


@alt.theme.register("health_light", enable=False)
def health_light() -> alt.theme.ThemeConfig:
    """Light theme, for notebooks and exports: `alt.theme.enable("health_light")`."""
    return {"config": config(False)}  # type: ignore[typeddict-item]


@alt.theme.register("health_dark", enable=False)
def health_dark() -> alt.theme.ThemeConfig:
    """Dark theme, for notebooks and exports."""
    return {"config": config(True)}  # type: ignore[typeddict-item]


def themed_chart(layers: Sequence[alt.Chart], dark: bool, description: str, height: int = PAIR_HEIGHT) -> alt.LayerChart:
    """Layered chart with its theme; set on the chart itself, since an enabled Altair theme would apply to every viewer."""
    chart: alt.LayerChart = alt.LayerChart(layer=list(layers), height=height, description=description).configure(**config(dark))
    return chart


def empty_chart(message: str, dark: bool, height: int = PAIR_HEIGHT) -> alt.LayerChart:
    """Chart without data: a message in its middle."""
    text = alt.Chart(pl.DataFrame({"words": [message]})).mark_text(color=fmt.MUTED.on(dark), fontSize=13).encode(text="words:N")
    return themed_chart([text], dark, message, height)


def category_axis(dark: bool, **changes: Any) -> alt.Axis:
    """Axis of category names, without lines, in the text colour."""
    return alt.Axis(title=None, grid=False, labelColor=fmt.TEXT.on(dark), labelFontSize=13, labelLimit=190, **changes)


def column_colour(field: str = "colour") -> alt.Color:
    """Colour from a column of hex colours. Every layer must use it: next to a real scale the chart stays blank."""
    return alt.Color(f"{field}:N", scale=None, legend=None)


def ramp_colour(tones: tuple[Tone, ...], position: float, dark: bool) -> str:
    """Colour at a position from 0 to 1 along a ramp of tones."""
    stops = [tone.on(dark) for tone in tones]
    scaled = min(max(position, 0.0), 1.0) * (len(stops) - 1)
    stop = min(int(scaled), len(stops) - 2)
    channels = (
        round((1 - scaled + stop) * int(stops[stop][i : i + 2], 16) + (scaled - stop) * int(stops[stop + 1][i : i + 2], 16))
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02X}" for channel in channels)
