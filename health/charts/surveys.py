"""Chart of survey results by quarter."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import empty_chart, themed_chart

HEIGHT = 170
MARGIN = 0.12  # free space above and below the intervals, as a part of their span; the values are written above them


def survey_trend(results: pl.DataFrame, label: str, unit: str, *, dark: bool = False) -> alt.LayerChart:
    """A result by quarter with its 95 % interval and its value; quarters without answers stay empty.

    `results`: one row per quarter, oldest first (quarter such as '2026 Q3', value, low, high, answers; words and interval: as text), as
    `insight.survey_results.trend`.
    """
    answered = results.drop_nulls("value")
    if answered.is_empty():
        return empty_chart(f"No {label} answers in two years", dark, HEIGHT)
    rows = results.with_columns(pl.col("quarter").str.replace(r"^\d\d(\d\d) (Q\d)$", "$2 $1").alias("short"))
    lowest, highest = float(answered["low"].min()), float(answered["high"].max())  # type: ignore[arg-type]
    margin = MARGIN * max(highest - lowest, 1.0)
    scale = alt.Scale(domain=[lowest - margin, highest + 2 * margin], zero=False, nice=False)
    x = alt.X("short:N", title=None, sort=rows["short"].to_list(), axis=alt.Axis(labelAngle=0, labelOverlap=True))
    y = alt.Y("value:Q", title=unit, scale=scale, axis=alt.Axis(tickCount=4))
    low, high = (alt.Y(f"{name}:Q", title=unit, scale=scale, axis=alt.Axis(tickCount=4)) for name in ("low", "high"))
    tooltip = [
        alt.Tooltip("quarter:N"), alt.Tooltip("words:N", title=label), alt.Tooltip("interval:N", title="95 % interval"),
        alt.Tooltip("answers:Q", format=","),
    ]  # fmt: skip
    base = alt.Chart(rows).encode(x=x)
    layers = [
        base.mark_rule(strokeWidth=3, color=fmt.SOFT_ACCENT.on(dark)).encode(y=low, y2="high:Q"),
        base.mark_line(color=fmt.ACCENT.on(dark)).encode(y=y),
        base.mark_point(filled=True, size=60, opacity=1, color=fmt.ACCENT.on(dark)).encode(y=y, tooltip=tooltip),
        base.transform_filter("isValid(datum.value)")
        .mark_text(dy=-10, fontWeight=600, color=fmt.TEXT.on(dark))
        .encode(y=high, text="words:N"),
    ]
    values = ", ".join(f"{quarter} {words}" for quarter, words in answered.select("quarter", "words").iter_rows())
    return themed_chart(layers, dark, f"{label} by quarter, {unit}: {values}.", HEIGHT)
