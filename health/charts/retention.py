"""Retention charts: survival curves, cohorts, forecasts, predicted and actual purchases."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import AXIS_HEIGHT, LABEL_WIDE, PAIR_HEIGHT, category_axis, empty, finish, mixed, painted

DASHES = ([1, 0], [6, 4], [2, 3], [8, 3, 2, 3], [1, 3], [10, 4])
INKS = (fmt.ACCENT, fmt.TEXT, fmt.MUTED, fmt.band("watch").text, fmt.band("healthy").text, fmt.band("at_risk").text)
LABEL_GAP = 0.085
TALL = PAIR_HEIGHT + 20


def survival_curves(curves: pl.DataFrame, unit: str = "month", *, dark: bool = False) -> alt.LayerChart:
    """Share still a customer by month, one line per group with its 95 % interval, labelled at its end.

    `curves`: one row per group and month (label, month, stays, low, high; band: optional key for its colour), from 1 at month 0.
    """
    if curves.is_empty():
        return empty("Too few customers to draw a curve", dark)
    labels = curves["label"].unique(maintain_order=True).to_list()
    bands = dict(curves.select("label", "band").unique().iter_rows()) if "band" in curves.columns else {}
    inks = {label: (fmt.band(bands[label]).text if bands.get(label) else INKS[n % len(INKS)]).on(dark) for n, label in enumerate(labels)}
    last = float(curves["month"].max())  # type: ignore[arg-type]
    months = alt.Axis(values=_ticks(last), format="d")
    x = alt.X("month:Q", title=f"{unit}s", scale=alt.Scale(domain=[0, 1.34 * last], nice=False), axis=months)
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
    ends = _apart(curves.group_by("label", maintain_order=True).agg(pl.col("month").last(), pl.col("stays").last()))
    ends = ends.with_columns(
        pl.Series("said", [f"{fmt.share(s)} {label}" for label, s in ends.select("label", "stays").iter_rows()]),
        pl.Series("colour", [inks[label] for label in ends["label"]]),
        pl.lit(last).alias("end"),
    )
    named = alt.Chart(ends).mark_text(align="left", dx=6, fontWeight=600, limit=LABEL_WIDE)
    at = alt.Y("at:Q", title="still a customer", scale=scale, axis=axis)
    layers.append(named.encode(x=alt.X("end:Q"), y=at, text="said:N", color=painted()))
    words = ", ".join(f"{label} {fmt.share(s)}" for label, s in ends.select("label", "stays").iter_rows())
    return finish(layers, dark, f"Share still a customer after {last:.0f} {unit}s: {words}.", TALL)


def _ticks(last: float) -> list[float]:
    step = 12 if last > 18 else 3 if last > 6 else 1
    return [float(n) for n in range(0, int(last) + 1, step)]


def _apart(ends: pl.DataFrame) -> pl.DataFrame:
    """Labels at the ends of the lines, moved apart where they would overlap."""
    placed: list[float] = []
    ordered = ends.sort("stays")
    for stays in ordered["stays"]:
        placed.append(max(float(stays), placed[-1] + LABEL_GAP) if placed else max(float(stays), 0.03))
    for n in range(len(placed) - 1, -1, -1):
        placed[n] = min(placed[n], 1.0 if n == len(placed) - 1 else placed[n + 1] - LABEL_GAP)
    return ordered.with_columns(pl.Series("at", placed, dtype=pl.Float64))


def cohorts(kept: pl.DataFrame, what: str, unit: str = "quarter", *, dark: bool = False) -> alt.LayerChart:
    """Share kept by cohort (rows) and age (columns), darker where more is kept; future cells are blank.

    `kept`: one row per cohort and age (cohort, age, customers, share or null); `what`: 'customers' or 'revenue'.
    """
    cells = kept.drop_nulls("share")
    if cells.is_empty():
        return empty("No cohort is old enough", dark)
    least = min(0.5, float(cells["share"].min()))  # type: ignore[arg-type]
    colours = [mixed(fmt.RETENTION_TONES, (share - least) / (1 - least) if least < 1 else 1.0, dark) for share in cells["share"]]
    drawn = cells.with_columns(
        pl.Series("colour", colours),
        pl.Series("ink", [fmt.ink(colour) for colour in colours]),
        pl.Series("said", [f"{100 * share:.0f}" for share in cells["share"]]),
        pl.format("{} ({})", "cohort", "customers").alias("row"),
    )
    rows = drawn["row"].unique(maintain_order=True).to_list()
    x = alt.X("age:O", axis=alt.Axis(orient="top", title=f"{unit}s since the start", labelAngle=0, domain=False))
    y = alt.Y("row:N", sort=rows, axis=category_axis(dark))
    tooltip = [
        alt.Tooltip("cohort:N"),
        alt.Tooltip("age:Q", title=f"{unit}s"),
        alt.Tooltip("customers:Q"),
        alt.Tooltip("share:Q", format=".1%"),
    ]
    layers = [
        alt.Chart(drawn)
        .mark_rect(stroke=fmt.GROUND.on(dark), strokeWidth=2, cornerRadius=2)
        .encode(x=x, y=y, color=painted(), tooltip=tooltip),
        alt.Chart(drawn).mark_text(fontSize=11, fontWeight=600).encode(x=x, y=y, text="said:N", color=painted("ink")),
    ]
    oldest = drawn.sort("age").row(-1, named=True)
    told = f"after {fmt.plural(oldest['age'], unit)} {oldest['cohort']} kept {fmt.share(oldest['share'])}"
    words = f"Share of {what} kept, per cent, by cohort and {unit}; {told}."
    return finish(layers, dark, words, 26 * len(rows) + AXIS_HEIGHT)


def forecast(made: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Past forecasts with intervals and outcomes, and the present one, whose outcome is open.

    `made`: one row per forecast (made_on, expected, low, high, came or null), shares of revenue, oldest first.
    """
    if made.is_empty():
        return empty("No forecast can be made yet", dark)
    drawn = made.with_columns(pl.Series("label", [fmt.month(day) for day in made["made_on"]]))
    values = [v for name in ("low", "high", "came", "expected") for v in drawn[name].drop_nulls()]
    scale = alt.Scale(domain=[0.97 * min(values), 1.03 * max(values)], zero=False, nice=False)
    x = alt.X("label:N", title="forecast made", sort=drawn["label"].to_list(), axis=alt.Axis(labelAngle=0))
    y = alt.Y("expected:Q", title="share of revenue kept a year later, axis cut", scale=scale, axis=alt.Axis(format="%", tickCount=5))
    base = alt.Chart(drawn).encode(x=x)
    tooltip = [
        alt.Tooltip("made_on:T", format="%-d %b %Y"),
        *(alt.Tooltip(f"{n}:Q", format=".1%") for n in ("expected", "low", "high", "came")),
    ]
    layers = [
        base.mark_rule(strokeWidth=3, color=fmt.SOFT_ACCENT.on(dark)).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        base.mark_tick(thickness=3, size=22, color=fmt.ACCENT.on(dark)).encode(y=y, tooltip=tooltip),
        alt.Chart(drawn.drop_nulls("came"))
        .mark_point(filled=True, size=80, opacity=1, color=fmt.TEXT.on(dark))
        .encode(x=x, y=alt.Y("came:Q", scale=scale), tooltip=tooltip),
    ]
    words = "; ".join(
        f"{label}: {fmt.rate(foreseen)} foreseen, {'open' if came is None else fmt.rate(came) + ' came'}"
        for label, foreseen, came in drawn.select("label", "expected", "came").iter_rows()
    )
    return finish(layers, dark, f"Forecasts of revenue kept. {words}.", TALL)


def predicted_and_actual(
    track: pl.DataFrame, cut: float | None, unit: str, what: str, made: str = "made", *, dark: bool = False
) -> alt.LayerChart:  # fmt: skip
    """Two running totals, predicted (dashed) and actual (solid), with the step up to which the model was fitted.

    `track`: one row per step (at, foreseen, made); `cut`: that step, None where all is held out; `made`: label of the actual line.
    """
    if track.is_empty():
        return empty("Nothing to compare yet", dark)
    totals = {name: float(track[name][-1]) for name in ("foreseen", "made")}
    inks = {"foreseen": (fmt.ACCENT.on(dark), [6, 4]), "made": (fmt.TEXT.on(dark), [1, 0])}
    last, most = float(track["at"][-1]), 1.08 * max(totals.values())
    scale = alt.Scale(domain=[0, most], nice=False)
    x = alt.X("at:Q", title=f"{unit}s", scale=alt.Scale(domain=[0, 1.25 * last], nice=False), axis=alt.Axis(tickCount=6))
    axis = alt.Axis(format=",.0f", tickCount=5)
    layers = []
    if cut is not None:
        layers.append(alt.Chart(pl.DataFrame({"at": [cut]})).mark_rule(strokeDash=[2, 3], color=fmt.MUTED.on(dark)).encode(x=x))
    for name, (ink, dash) in inks.items():
        y = alt.Y(f"{name}:Q", title=what, scale=scale, axis=axis)
        tooltip = ["at:Q", alt.Tooltip(f"{name}:Q", format=",.0f")]
        layers.append(alt.Chart(track).mark_line(color=ink, strokeDash=dash).encode(x=x, y=y, tooltip=tooltip))
    said = [f"{fmt.count(total)} {word}" for word, total in zip(("foreseen", made), totals.values(), strict=True)]
    ends = pl.DataFrame({"label": said, "stays": [total / most for total in totals.values()], "colour": [ink for ink, _ in inks.values()]})
    named = alt.Chart(_apart(ends).with_columns((pl.col("at") * most).alias("level"), pl.lit(last).alias("at")))
    words = named.mark_text(align="left", dx=6, fontWeight=600).encode(
        x=alt.X("at:Q"), y=alt.Y("level:Q", scale=scale), text="label:N", color=painted()
    )
    return finish([*layers, words], dark, f"{what.capitalize()}, running total: {', '.join(said)}.", TALL)
