"""Charts of the backtest: model comparison, gains, calibration, churn by band."""

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import PAIR_HEIGHT, ROW_HEIGHT, category_axis, column_colour, empty_chart, themed_chart

LEAST_AUC, ROOM = 0.4, 1.25  # the axis ends beyond 1 to leave room for text
CALLED_SHARE = 0.2  # share of customers at which the curves are labelled
TALL = PAIR_HEIGHT + 20  # height of charts that stand in pairs
WIDE = 44  # height of a row of stacked bars
DASHES: tuple[list[int], ...] = ([], [6, 3], [2, 3], [5, 4], [1, 3])
LEGEND_TOP = 0.42  # height at which the list of curve names starts, in the empty corner
LEGEND_STEP = 0.085


def model_comparison(models: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """AUC of each model with its 95 % interval, best on top; the rule at 0.5 is random.

    `models`: one row per model (label, auc, low, high, own: whether it is the score), as `insight.evidence.report.models`; null is unknown.
    """
    tested = models.drop_nulls(["auc", "low", "high"]).sort(["auc", "label"], descending=[True, False])
    if tested.is_empty():
        return empty_chart("No model could be tested", dark)
    interval_text = [f"{auc:.2f}  ({low:.2f} to {high:.2f})" for auc, low, high in tested.select("auc", "low", "high").iter_rows()]
    rows = tested.with_columns(
        pl.Series("said", interval_text),
        pl.when("own").then(pl.lit(fmt.ACCENT.on(dark))).otherwise(pl.lit(fmt.band("unknown").mark.on(dark))).alias("colour"),
    )
    scale = alt.Scale(domain=[min(LEAST_AUC, float(tested["low"].min())), ROOM], zero=False, nice=False)  # type: ignore[arg-type]
    ticks = alt.Axis(values=[0.4, 0.6, 0.8, 1.0], format=".1f")
    x = alt.X("low:Q", title="AUC; 0.5 is random", scale=scale, axis=ticks)
    y = alt.Y("label:N", sort=tested["label"].to_list(), axis=category_axis(dark))
    coin = alt.Chart(pl.DataFrame({"low": [0.5]})).mark_rule(strokeDash=[2, 2], color=fmt.MUTED.on(dark)).encode(x=x)
    base = alt.Chart(rows).encode(y=y)
    layers = [
        coin,
        base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q", color=column_colour()),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            x=alt.X("auc:Q", scale=scale), color=column_colour(), tooltip=["label:N", "said:N"]
        ),
        base.mark_text(align="left", dx=8, fontWeight=600).encode(x=alt.X("high:Q", scale=scale), text="said:N"),
    ]
    description = ", ".join(f"{label} {text}" for label, text in rows.select("label", "said").iter_rows())
    return themed_chart(layers, dark, f"AUC with interval by model: {description}; 0.5 is random.", TALL)


def gains_curve(curves: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Share of the losses reached by the share of customers called, riskiest first; lines are labelled in the free corner.

    `curves`: one row per model and step (label, share, found), most important model first, as `insight.evidence.report.gains`.
    """
    if curves.is_empty() or curves["found"].null_count():
        return empty_chart("No customer churned in the test period", dark)
    labels = curves["label"].unique(maintain_order=True).to_list()
    inks = [fmt.ACCENT, fmt.TEXT, fmt.band("watch").text, fmt.MUTED, fmt.MUTED]
    full_scale = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format="%", values=[0, 0.2, 0.4, 0.6, 0.8, 1])
    x = alt.X("share:Q", title="share of customers called, lowest score first", scale=full_scale, axis=axis)
    y = alt.Y("found:Q", title="share of churned customers reached", scale=full_scale, axis=axis)
    called_rule = alt.Chart(pl.DataFrame({"share": [CALLED_SHARE]})).mark_rule(strokeDash=[2, 3], color=fmt.MUTED.on(dark)).encode(x=x)
    layers, legend = [called_rule], []
    for position, label in enumerate(labels):
        line = curves.filter(pl.col("label") == label)
        ink = inks[min(position, len(inks) - 1)].on(dark)
        dashes = DASHES[min(position, len(DASHES) - 1)]
        tooltip = ["label:N", alt.Tooltip("share:Q", format=".0%"), alt.Tooltip("found:Q", format=".0%")]
        layers.append(alt.Chart(line).mark_line(color=ink, strokeDash=dashes).encode(x=x, y=y, tooltip=tooltip))
        legend.append(
            {
                "share": 0.99,
                "found": LEGEND_TOP - LEGEND_STEP * position,
                "label": f"{label}, {fmt.share(_share_reached(line))}",
                "colour": ink,
            }
        )
    corner = (
        alt.Chart(pl.DataFrame(legend)).mark_text(align="right", fontWeight=600).encode(x=x, y=y, text="label:N", color=column_colour())
    )
    description = ", ".join(str(row["label"]) for row in legend)
    return themed_chart(
        [*layers, corner],
        dark,
        f"Share of churned customers among the lowest-scoring {fmt.share(CALLED_SHARE)}: {description}.",
        PAIR_HEIGHT + 20,
    )


def _share_reached(curve: pl.DataFrame) -> float:
    """Share of the losses reached at CALLED on one curve."""
    return float(curve.sort((pl.col("share") - CALLED_SHARE).abs())["found"][0])


def calibration(tenths: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Observed churn against predicted probability, one point per decile with its 95 % interval; the diagonal is perfect calibration.

    `tenths`: one row per decile (expected, rate, low, high, customers, lost), as `calibration.calibration_by_decile`.
    """
    if tenths.is_empty():
        return empty_chart("Needs two test dates", dark)
    maximum = 1.06 * max(float(tenths[column].max()) for column in ("expected", "high"))  # type: ignore[arg-type]
    scale = alt.Scale(domain=[0, maximum], nice=False)
    x = alt.X("expected:Q", title="predicted churn", scale=scale, axis=alt.Axis(format="%", tickCount=5))
    y = alt.Y("rate:Q", title="observed churn", scale=scale, axis=alt.Axis(format="%", tickCount=5))
    diagonal = alt.Chart(pl.DataFrame({"expected": [0.0, maximum], "rate": [0.0, maximum]}))
    base = alt.Chart(tenths)
    tooltip = [
        alt.Tooltip("expected:Q", title="predicted churn", format=".1%"),
        alt.Tooltip("rate:Q", title="observed churn", format=".1%"),
        alt.Tooltip("lost:Q", title="churned"),
        alt.Tooltip("customers:Q", format=","),
    ]
    layers = [
        diagonal.mark_line(strokeDash=[4, 3], color=fmt.MUTED.on(dark)).encode(x=x, y=y),
        base.mark_rule(strokeWidth=2, color=fmt.SOFT_ACCENT.on(dark)).encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        base.mark_point(filled=True, size=70, opacity=1, color=fmt.ACCENT.on(dark)).encode(x=x, y=y, tooltip=tooltip),
    ]
    description = ", ".join(
        f"{fmt.rate(expected)} predicted, {fmt.rate(rate)} observed" for expected, rate in tenths.select("expected", "rate").iter_rows()
    )
    return themed_chart(layers, dark, f"Predicted and observed churn by decile: {description}.", TALL)


def churn_by_band(bands: pl.DataFrame, days: int, *, dark: bool = False) -> alt.LayerChart:
    """Churn of each band within the horizon, with its 95 % interval and n. `bands`: `band_rates.by_band`."""
    if bands.is_empty():
        return empty_chart("No customer has a band", dark)
    keys = [b.key for b in fmt.BANDS if b.key in set(bands["band"])]
    bands_present = [fmt.band(key) for key in bands["band"]]
    rows = bands.with_columns(
        pl.Series("label", [b.label for b in bands_present]),
        pl.Series("colour", [b.mark.on(dark) for b in bands_present]),
        pl.Series("said", [fmt.share_of(k, n) for k, n in bands.select("lost", "customers").iter_rows()]),
    )
    scale = alt.Scale(domain=[0, min(1.75, 1.9 * float(bands["high"].max()))], nice=False)  # type: ignore[arg-type]
    x = alt.X("low:Q", title=f"churned within {days} days", scale=scale, axis=alt.Axis(format="%", tickCount=5))
    y = alt.Y("label:N", sort=[fmt.band(key).label for key in keys], axis=category_axis(dark, labelPadding=14))
    base = alt.Chart(rows).encode(y=y)
    layers: list[alt.Chart] = [base.mark_rule(strokeWidth=3).encode(x=x, x2="high:Q", color=column_colour())]
    for b in bands_present:
        band_rows = alt.Chart(rows.filter(pl.col("band") == b.key)).mark_point(shape=b.shape, filled=True, size=130, opacity=1)
        layers.append(band_rows.encode(y=y, x=alt.X("rate:Q", scale=scale), color=column_colour(), tooltip=["label:N", "said:N"]))
    layers.append(base.mark_text(align="left", dx=8, fontWeight=600).encode(x=alt.X("high:Q", scale=scale), text="said:N"))
    description = "; ".join(f"{label}: {share_text}" for label, share_text in rows.select("label", "said").iter_rows())
    return themed_chart(layers, dark, f"Churn within {days} days by band. {description}.", TALL)


def lost_by_band(counts: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Bands of the losses some days before their decision: stacked bars of customers, grey without a known band.

    `counts`: one row per number of days and band (days, band, lost), as `insight.evidence.report.bands_before`.
    """
    if counts.is_empty() or not counts["lost"].sum():
        return empty_chart("No churned customers on file", dark)
    order = ["at_risk", "watch", "unknown", "healthy"]
    total = float(counts.group_by("days").agg(pl.col("lost").sum())["lost"].max())  # type: ignore[arg-type]
    segments = (
        counts.with_columns(pl.col("band").replace_strict({key: n for n, key in enumerate(order)}).alias("layer"))
        .sort("days", "layer")
        .with_columns(pl.col("lost").cum_sum().over("days").alias("until"))
        .with_columns((pl.col("until") - pl.col("lost")).alias("from"), (pl.col("until") - pl.col("lost") / 2).alias("middle"))
        .with_columns(
            pl.format("{} days", "days").alias("label"),
            pl.col("band").replace_strict({b.key: b.area.on(dark) for b in fmt.BANDS}).alias("colour"),
            pl.col("band").replace_strict({b.key: b.word for b in fmt.BANDS}).alias("word"),
            pl.col("band").replace_strict({b.key: b.text.on(dark) for b in fmt.BANDS}).alias("ink"),
            pl.when(pl.col("lost") >= 0.045 * total).then(pl.col("lost").cast(pl.String)).otherwise(pl.lit("")).alias("said"),
        )
    )
    segments = segments.with_columns(pl.Series("on", [fmt.ink(colour) for colour in segments["colour"]], dtype=pl.String))
    rows = [f"{days} days" for days in sorted(set(counts["days"]))]
    scale = alt.Scale(domain=[0, total], nice=False)
    x = alt.X("from:Q", title=None, axis=None, scale=scale)
    y = alt.Y("label:N", sort=rows, axis=category_axis(dark))
    base = alt.Chart(segments)
    tooltip = [alt.Tooltip("label:N", title="before the decision"), alt.Tooltip("word:N", title="band"), alt.Tooltip("lost:Q")]
    bars = base.mark_bar(height=26, cornerRadiusEnd=0, stroke=fmt.GROUND.on(dark), strokeWidth=2)
    figures = base.mark_text(fontWeight=600, baseline="middle").encode(
        x=alt.X("middle:Q", scale=scale), y=y, text="said:N", color=column_colour("on")
    )
    below = alt.Chart(segments.filter((pl.col("label") == rows[-1]) & (pl.col("lost") >= 0.07 * total)))
    band_names = below.mark_text(fontWeight=600, dy=26).encode(
        x=alt.X("middle:Q", scale=scale), y=y, text="word:N", color=column_colour("ink")
    )
    layers = [bars.encode(x=x, x2="until:Q", y=y, color=column_colour(), tooltip=tooltip), figures, band_names]
    description = "; ".join(
        f"{label}: " + ", ".join(f"{word.lower()} {n}" for word, n in part.select("word", "lost").iter_rows())
        for (label,), part in segments.group_by("label", maintain_order=True)
    )
    return themed_chart(layers, dark, f"Band of churned customers before they decided. {description}.", WIDE * len(rows) + ROW_HEIGHT)
