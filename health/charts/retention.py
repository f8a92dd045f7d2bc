"""Retention charts: survival curves, cohorts, forecasts, predicted and actual totals."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import AXIS_HEIGHT, LABEL_WIDE, PAIR_HEIGHT, category_axis, column_colour, empty_chart, ramp_colour, themed_chart

DASHES = ([1, 0], [6, 4], [2, 3], [8, 3, 2, 3], [1, 3], [10, 4])
INKS = (fmt.ACCENT, fmt.TEXT, fmt.MUTED, fmt.band("watch").text, fmt.band("healthy").text, fmt.band("at_risk").text)
LABEL_GAP = 0.085
TALL = PAIR_HEIGHT + 20


def survival_curves(curves: pl.DataFrame, unit: str = "month", *, dark: bool = False) -> alt.LayerChart:
    """Share still a customer by month, one line per group with its 95 % interval, labelled at its end.

    `curves`: one row per group and month (label, month, stays, low, high; band: optional key for its colour), from 1 at month 0.
    """
    if curves.is_empty():
        return empty_chart("Too few customers to draw a curve", dark)
    labels = curves["label"].unique(maintain_order=True).to_list()
    bands = dict(curves.select("label", "band").unique().iter_rows()) if "band" in curves.columns else {}
    inks = {label: (fmt.band(bands[label]).text if bands.get(label) else INKS[n % len(INKS)]).on(dark) for n, label in enumerate(labels)}
    last = float(curves["month"].max())  # type: ignore[arg-type]
    months = alt.Axis(values=_ticks(last), format="d")
    x = alt.X("month:Q", title=f"{unit}s", scale=alt.Scale(domain=[0, 1.42 * last], nice=False), axis=months)
    scale = alt.Scale(domain=[0, 1.02], nice=False)
    axis = alt.Axis(format="%", values=[0, 0.2, 0.4, 0.6, 0.8, 1], labelOverlap=False)
    y, low = (alt.Y(f"{name}:Q", title="still a customer", scale=scale, axis=axis) for name in ("stays", "low"))
    layers = []
    for n, label in enumerate(labels):
        line = curves.filter(pl.col("label") == label)
        base = alt.Chart(line).encode(x=x)
        tooltip = [alt.Tooltip("label:N", title=" "), alt.Tooltip("month:Q"), alt.Tooltip("stays:Q", format=".1%"),
                   alt.Tooltip("low:Q", format=".1%"), alt.Tooltip("high:Q", format=".1%")]  # fmt: skip
        layers.append(base.mark_area(color=inks[label], opacity=0.13, interpolate="step-after").encode(y=low, y2="high:Q"))
        layers.append(
            base.mark_line(color=inks[label], strokeDash=DASHES[n % len(DASHES)], interpolate="step-after").encode(y=y, tooltip=tooltip)
        )
    line_ends = _with_label_positions(curves.group_by("label", maintain_order=True).agg(pl.col("month").last(), pl.col("stays").last()))
    line_ends = line_ends.with_columns(
        pl.Series("said", [f"{fmt.share(share)} {label}" for label, share in line_ends.select("label", "stays").iter_rows()]),
        pl.Series("colour", [inks[label] for label in line_ends["label"]]),
        pl.lit(last).alias("end"),
    )
    end_labels = alt.Chart(line_ends).mark_text(align="left", dx=6, fontWeight=600, limit=LABEL_WIDE)
    label_y = alt.Y("at:Q", title="still a customer", scale=scale, axis=axis)
    layers.append(end_labels.encode(x=alt.X("end:Q"), y=label_y, text="said:N", color=column_colour()))
    description = ", ".join(f"{label} {fmt.share(share)}" for label, share in line_ends.select("label", "stays").iter_rows())
    return themed_chart(layers, dark, f"Share still a customer after {last:.0f} {unit}s: {description}.", TALL)


def _ticks(last: float) -> list[float]:
    """Values of the axis: years, quarters or single steps, depending on its length."""
    step = 12 if last > 18 else 3 if last > 6 else 1
    return [float(n) for n in range(0, int(last) + 1, step)]


def _with_label_positions(line_ends: pl.DataFrame) -> pl.DataFrame:
    """Move the labels at the ends of the lines apart where they would overlap; adds the column at."""
    positions: list[float] = []
    ordered = line_ends.sort("stays")
    for stays in ordered["stays"]:
        positions.append(max(float(stays), positions[-1] + LABEL_GAP) if positions else max(float(stays), 0.03))
    for n in range(len(positions) - 1, -1, -1):
        positions[n] = min(positions[n], 1.0 if n == len(positions) - 1 else positions[n + 1] - LABEL_GAP)
    return ordered.with_columns(pl.Series("at", positions, dtype=pl.Float64))


def cohorts(retention: pl.DataFrame, measure: str, unit: str = "quarter", *, dark: bool = False) -> alt.LayerChart:
    """Share kept by cohort (rows) and age (columns), darker where more is kept; future cells are blank.

    `retention`: one row per cohort and age (cohort, age, customers, share or null); `measure`: 'customers' or 'revenue'.
    """
    cells = retention.drop_nulls("share")
    if cells.is_empty():
        return empty_chart("No cohort is old enough", dark)
    lowest = min(0.5, float(cells["share"].min()))  # type: ignore[arg-type]
    colours = [ramp_colour(fmt.RETENTION_TONES, (share - lowest) / (1 - lowest) if lowest < 1 else 1.0, dark) for share in cells["share"]]
    squares = cells.with_columns(
        pl.Series("colour", colours),
        pl.Series("ink", [fmt.ink(colour) for colour in colours]),
        pl.Series("said", [f"{100 * share:.0f}" for share in cells["share"]]),
        pl.format("{} ({})", "cohort", "customers").alias("row"),
    )
    rows = squares["row"].unique(maintain_order=True).to_list()
    x = alt.X("age:O", axis=alt.Axis(orient="top", title=f"{unit}s since the start", labelAngle=0, domain=False))
    y = alt.Y("row:N", sort=rows, axis=category_axis(dark))
    tooltip = [
        alt.Tooltip("cohort:N"),
        alt.Tooltip("age:Q", title=f"{unit}s"),
        alt.Tooltip("customers:Q"),
        alt.Tooltip("share:Q", format=".1%"),
    ]
    layers = [
        alt.Chart(squares)
        .mark_rect(stroke=fmt.GROUND.on(dark), strokeWidth=2, cornerRadius=2)
        .encode(x=x, y=y, color=column_colour(), tooltip=tooltip),
        alt.Chart(squares).mark_text(fontSize=11, fontWeight=600).encode(x=x, y=y, text="said:N", color=column_colour("ink")),
    ]
    oldest = squares.sort("age").row(-1, named=True)
    oldest_text = f"after {fmt.plural(oldest['age'], unit)} {oldest['cohort']} kept {fmt.share(oldest['share'])}"
    description = f"Share of {measure} kept, per cent, by cohort and {unit}; {oldest_text}."
    return themed_chart(layers, dark, description, 26 * len(rows) + AXIS_HEIGHT)


def forecast(forecasts: pl.DataFrame, span: tuple[float, float] | None = None, *, dark: bool = False) -> alt.LayerChart:
    """Past forecasts with intervals and outcomes, and the present one, whose outcome is open.

    `forecasts`: one row per forecast (made_on, expected, low, high, came or null), shares of revenue, oldest first; `span`: smallest and
    largest value of the axis, so that charts side by side share it.
    """
    if forecasts.is_empty():
        return empty_chart("No forecast yet", dark)
    rows = forecasts.with_columns(pl.Series("label", [fmt.month(day) for day in forecasts["made_on"]]))
    values = [v for name in ("low", "high", "came", "expected") for v in rows[name].drop_nulls()]
    smallest, largest = span or (min(values), max(values))
    scale = alt.Scale(domain=[0.97 * smallest, 1.03 * largest], zero=False, nice=False)
    x = alt.X("label:N", title="date of the forecast", sort=rows["label"].to_list(), axis=alt.Axis(labelAngle=0))
    y = alt.Y("expected:Q", title="share of MRR kept after a year (axis cut)", scale=scale, axis=alt.Axis(format="%", tickCount=5))
    base = alt.Chart(rows).encode(x=x)
    tooltip = [
        alt.Tooltip("made_on:T", format="%-d %b %Y"),
        *(alt.Tooltip(f"{n}:Q", format=".1%") for n in ("expected", "low", "high", "came")),
    ]
    layers = [
        base.mark_rule(strokeWidth=3, color=fmt.SOFT_ACCENT.on(dark)).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        base.mark_tick(thickness=3, size=22, color=fmt.TEXT.on(dark)).encode(y=y, tooltip=tooltip),
        alt.Chart(rows.drop_nulls("came"))
        .mark_point(filled=True, size=80, opacity=1, color=fmt.ACCENT.on(dark))
        .encode(x=x, y=alt.Y("came:Q", scale=scale), tooltip=tooltip),
    ]
    description = "; ".join(
        f"{label}: {fmt.rate(expected)} predicted, {'open' if actual is None else fmt.rate(actual) + ' observed'}"
        for label, expected, actual in rows.select("label", "expected", "came").iter_rows()
    )
    return themed_chart(layers, dark, f"Forecasts of revenue kept. {description}.", TALL)


def predicted_and_actual(
    track: pl.DataFrame, fitted_until: float | None, unit: str, measure: str, actual_label: str = "made", *, dark: bool = False
) -> alt.LayerChart:  # fmt: skip
    """Two running totals, predicted (dashed) and actual (solid, in the accent), with the step up to which the model was fitted.

    `track`: one row per step (at, foreseen, made); `fitted_until`: that step, None if all is held out; `actual_label`: of the actual
    line.
    """
    if track.is_empty():
        return empty_chart("Nothing to compare yet", dark)
    totals = {name: float(track[name][-1]) for name in ("foreseen", "made")}
    inks = {"foreseen": (fmt.TEXT.on(dark), [6, 4]), "made": (fmt.ACCENT.on(dark), [1, 0])}
    last, maximum = float(track["at"][-1]), 1.08 * max(totals.values())
    scale = alt.Scale(domain=[0, maximum], nice=False)
    x = alt.X("at:Q", title=f"{unit}s", scale=alt.Scale(domain=[0, 1.25 * last], nice=False), axis=alt.Axis(tickCount=6))
    axis = alt.Axis(format=",.0f", tickCount=5)
    layers = []
    if fitted_until is not None:
        layers.append(alt.Chart(pl.DataFrame({"at": [fitted_until]})).mark_rule(strokeDash=[2, 3], color=fmt.MUTED.on(dark)).encode(x=x))
    for name, (ink, dash) in inks.items():
        y = alt.Y(f"{name}:Q", title=measure, scale=scale, axis=axis)
        tooltip = ["at:Q", alt.Tooltip(f"{name}:Q", format=",.0f")]
        layers.append(alt.Chart(track).mark_line(color=ink, strokeDash=dash).encode(x=x, y=y, tooltip=tooltip))
    totals_text = [f"{fmt.count(total)} {word}" for word, total in zip(("predicted", actual_label), totals.values(), strict=True)]
    line_ends = pl.DataFrame(
        {"label": totals_text, "stays": [total / maximum for total in totals.values()], "colour": [ink for ink, _ in inks.values()]}
    )
    end_labels = alt.Chart(_with_label_positions(line_ends).with_columns((pl.col("at") * maximum).alias("level"), pl.lit(last).alias("at")))
    labels = end_labels.mark_text(align="left", dx=6, fontWeight=600).encode(
        x=alt.X("at:Q"), y=alt.Y("level:Q", scale=scale), text="label:N", color=column_colour()
    )
    return themed_chart([*layers, labels], dark, f"{measure.capitalize()}, running total: {', '.join(totals_text)}.", TALL)
