"""Customer value charts: value against health, spread by segment, change of the total, negotiation."""

import math
from collections.abc import Sequence

import altair as alt
import polars as pl

from health import format as fmt
from health.charts.theme import AXIS_HEIGHT, BAR_THICKNESS, PAIR_HEIGHT, ROW_HEIGHT, category_axis, empty, finish, painted

SCATTER_HEIGHT = 400
MOST_NAMED = 3
NAME_WIDE, NAME_HIGH = 25.0, 0.055  # points of health, share of the height
NARROW = 300  # pixels, below which two corners would meet
MOST_POINTS = 4_000
"""Most points of one chart; of more customers a sample is drawn."""
_M, _K, _ONE = (f"format(datum.value / {by}, ',.3~r')" for by in ("1e6", "1e3", "1"))
MONEY_LABEL = f"'{fmt.CURRENCY}' + (datum.value >= 1e6 ? {_M} + 'm' : datum.value >= 1e4 ? {_K} + 'k' : {_ONE})"
STEPS = [digit * 10.0**power for power in range(-1, 9) for digit in (1, 3)]
ROOM_RIGHT, ROOM_LEFT, LEAST_SPAN = 0.24, 0.08, 1.0


def one_in(customers: int) -> int:
    """Number of customers per point of `value_against_health`."""
    return max(1, -(-customers // MOST_POINTS))


def points_words(customers: int) -> str:
    """Text of what a point is: 'one point a customer'."""
    step = one_in(customers)
    return "one point a customer" if step == 1 else f"a point for one in {step} customers"


def value_against_health(placed: pl.DataFrame, health_edge: float, value_edge: float, *, dark: bool = False) -> alt.LayerChart:
    """One point per customer: health across, margin a month up (log scale), divided into the four quadrants.

    Of many customers every n-th by id is drawn (`one_in`), plus the largest to rescue, which are labelled; the numbers in the corners are
    of all. `placed`: customer_id, name, health, margin, lifetime_value, quadrant (key), as `portfolio_value.customer_values`. Customers
    without a quadrant or with a margin not above 0 appear only in the list.
    """
    drawn = placed.filter(pl.col("quadrant").is_not_null() & (pl.col("margin") > 0) & pl.col("health").is_not_null())
    if drawn.is_empty():
        return empty("No customer has both a health and a margin", dark, SCATTER_HEIGHT)
    drawn = (
        drawn.with_columns(
            pl.col("quadrant").replace_strict({q.key: q.mark.on(dark) for q in fmt.QUADRANTS}).alias("colour"),
            pl.col("quadrant").replace_strict({q.key: q.word for q in fmt.QUADRANTS}).alias("word"),
            pl.Series("worth", [fmt.short_money(v) for v in drawn["lifetime_value"]], dtype=pl.String),
            pl.Series("a_month", [fmt.money(v) for v in drawn["margin"]], dtype=pl.String),
        )
        .select("customer_id", "name", "health", "margin", "quadrant", "colour", "word", "worth", "a_month")
        .sort("customer_id")
    )
    least, most = float(drawn["margin"].min()), float(drawn["margin"].max())  # type: ignore[arg-type]
    bottom, top = 0.7 * min(least, value_edge), 1.6 * max(most, value_edge)
    named = _named(drawn, NAME_HIGH * math.log10(top / bottom))
    step = one_in(drawn.height)
    shown = drawn.filter((pl.int_range(pl.len()) % step == 0) | pl.col("customer_id").is_in(named["customer_id"].implode()))
    across = alt.Scale(domain=[max(0.0, float(drawn["health"].min()) - 3), 100], nice=False, zero=False)  # type: ignore[arg-type]
    up = alt.Scale(type="log", domain=[bottom, top], nice=False)
    x = alt.X("health:Q", title="health, 0 to 100", scale=across, axis=alt.Axis(tickCount=8))
    y = alt.Y("margin:Q", title="margin a month, log scale", scale=up, axis=alt.Axis(labelExpr=MONEY_LABEL, values=STEPS))
    tooltip = [
        alt.Tooltip("name:N", title=" "), alt.Tooltip("word:N", title="group"), alt.Tooltip("health:Q", format=".0f"),
        alt.Tooltip("a_month:N", title="margin a month"), alt.Tooltip("worth:N", title="lifetime value"),
    ]  # fmt: skip
    points = [
        alt.Chart(shown.filter(pl.col("quadrant") == q.key))
        .mark_point(shape=q.shape, filled=True, size=34, opacity=0.75)
        .encode(x=x, y=y, color=painted(), tooltip=tooltip)
        for q in fmt.QUADRANTS
        if q.key in set(shown["quadrant"])
    ]
    muted = fmt.MUTED.on(dark)
    cuts = [
        alt.Chart(pl.DataFrame({"health": [health_edge]})).mark_rule(strokeDash=[3, 3], color=muted).encode(x=x),
        alt.Chart(pl.DataFrame({"margin": [value_edge]})).mark_rule(strokeDash=[3, 3], color=muted).encode(y=y),
    ]
    said_wide = alt.Chart(named).transform_calculate(said=f"width < {NARROW} ? '' : datum.name")
    names = said_wide.mark_text(align="right", dx=-7, limit=170).encode(x=x, y=y, text="said:N")
    said = "; ".join(f"{q.word} {drawn.filter(pl.col('quadrant') == q.key).height:,}" for q in fmt.QUADRANTS)
    layers = [*cuts, *points, names, *_corners(drawn, dark)]
    return finish(layers, dark, f"Health against margin a month, {points_words(drawn.height)}. {said}.", SCATTER_HEIGHT)


def _corners(drawn: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """Label and number of each quadrant in its corner."""
    layers = []
    for q in fmt.QUADRANTS:
        left, top = q.key in ("rescue", "decide"), q.key in ("rescue", "protect")
        customers = drawn.filter(pl.col("quadrant") == q.key).height
        words = pl.DataFrame({"words": [f"{q.word}, {fmt.plural(customers, 'customer')}"], "short": [f"{q.word} {customers:,}"]})
        text = alt.Chart(words).transform_calculate(said=f"width < {NARROW} ? datum.short : datum.words").mark_text(
            align="left" if left else "right", dx=8 if left else -8, dy=10 if top else -10, fontSize=13, fontWeight=600,
            color=fmt.TEXT.on(dark), stroke=None,
        )  # fmt: skip
        layers.append(text.encode(x=alt.value(0 if left else "width"), y=alt.value(0 if top else "height"), text="said:N"))
    return layers


def _named(drawn: pl.DataFrame, high: float) -> pl.DataFrame:
    """Largest customers to rescue whose labels do not overlap, ties by id; `high`: label height in powers of ten of margin."""
    rescue = drawn.filter(pl.col("quadrant") == "rescue").sort(["margin", "customer_id"], descending=[True, False])
    kept: list[tuple[float, float, str]] = []
    for health, margin, customer in rescue.select("health", "margin", "customer_id").iter_rows():
        if all(abs(health - at) > NAME_WIDE or math.log10(over / margin) > high for at, over, _ in kept):
            kept.append((health, margin, customer))
        if len(kept) == MOST_NAMED:
            break
    return rescue.filter(pl.col("customer_id").is_in([customer for *_, customer in kept]))


def value_spread(spread: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Lifetime value per customer by group: tick median, bar quartiles, line 10th to 90th percentile, log scale.

    `spread`: one row per group (group, customers, p10, p25, median, p75, p90), largest median first, as `portfolio_value.quantiles`.
    """
    rows = spread.filter(pl.col("p10") > 0)
    if rows.is_empty():
        return empty("No group has a lifetime value", dark)
    least, most = float(rows["p10"].min()), float(rows["p90"].max())  # type: ignore[arg-type]
    scale = alt.Scale(type="log", domain=[0.7 * least, 1.5 * most], nice=False)
    axis = alt.Axis(labelExpr=MONEY_LABEL, values=STEPS, grid=True)
    y = alt.Y("group:N", sort=rows["group"].to_list(), axis=category_axis(dark))
    drawn = rows.with_columns(pl.Series("said", [fmt.short_money(v) for v in rows["median"]], dtype=pl.String))
    base = alt.Chart(drawn).encode(y=y)
    tooltip = [
        "group:N",
        alt.Tooltip("customers:Q", format=","),
        *(alt.Tooltip(f"{p}:Q", format=",.0f") for p in ("p10", "p25", "median", "p75", "p90")),
    ]
    soft = fmt.SOFT_ACCENT.on(dark)
    low, middle, high = (alt.X(f"{p}:Q", title=None, scale=scale, axis=axis) for p in ("p10", "p25", "median"))
    layers = [
        base.mark_rule(color=soft, strokeWidth=2).encode(x=low, x2="p90:Q"),
        base.mark_bar(height=18, cornerRadius=3, color=soft).encode(x=middle, x2="p75:Q", tooltip=tooltip),
        base.mark_tick(thickness=3, size=24, color=fmt.TEXT.on(dark)).encode(x=high),
        base.mark_text(dy=-19, fontWeight=600).encode(x=high, text="said:N"),
    ]
    words = ", ".join(f"{label} {said}" for label, said in drawn.select("group", "said").iter_rows())
    return finish(layers, dark, f"Median lifetime value of a customer: {words}.", 52 * rows.height + AXIS_HEIGHT)


def value_change(parts: pl.DataFrame, before: float, after: float, labels: Sequence[str], *, dark: bool = False) -> alt.LayerChart:
    """The portfolio's value from one day to another, step by step; the axis is truncated, the steps add up.

    `parts`: one row per step in order (words, amount); `labels`: of the two ends.
    """
    if parts.is_empty():
        return empty("Nothing moved the value", dark)
    rows, level = [{"kind": "tick", "label": labels[0], "from": before, "to": before, "said": fmt.short_money(before)}], before
    for words, amount in parts.select("words", "amount").iter_rows():
        rows.append({"kind": "step", "label": words, "from": level, "to": level + amount, "said": fmt.money_change(amount)})
        level += amount
    rows.append({"kind": "tick", "label": labels[1], "from": after, "to": after, "said": fmt.short_money(after)})
    frame = pl.DataFrame(rows).with_row_index("place")
    least, most = float(min(frame["from"].min(), frame["to"].min())), float(max(frame["from"].max(), frame["to"].max()))  # type: ignore[type-var, arg-type]
    span = max(most - least, LEAST_SPAN)
    scale = alt.Scale(domain=[least - ROOM_LEFT * span, most + ROOM_RIGHT * span], zero=False, nice=False)
    bad, good = fmt.band("at_risk").mark.on(dark), fmt.band("healthy").mark.on(dark)
    drawn = frame.with_columns(
        pl.when(pl.col("to") >= pl.col("from")).then(pl.lit(good)).otherwise(pl.lit(bad)).alias("colour"),
        pl.max_horizontal("from", "to").alias("right"),
    )
    x = alt.X("from:Q", scale=scale, axis=alt.Axis(title="value, axis cut", labelExpr=MONEY_LABEL, tickCount=4, grid=True))
    y = alt.Y("label:N", sort=frame["label"].to_list(), axis=category_axis(dark))
    steps, ticks = drawn.filter(pl.col("kind") == "step"), drawn.filter(pl.col("kind") == "tick")
    layers = [
        alt.Chart(steps).mark_bar(height=BAR_THICKNESS, cornerRadius=1).encode(x=x, x2="to:Q", y=y, color=painted()),
        alt.Chart(ticks).mark_tick(orient="vertical", thickness=4, size=18, color=fmt.TEXT.on(dark)).encode(x=x, y=y),
        alt.Chart(drawn).mark_text(align="left", dx=7, fontWeight=600).encode(x=alt.X("right:Q", scale=scale), y=y, text="said:N"),
    ]
    words = "; ".join(f"{label} {said}" for label, said in drawn.select("label", "said").iter_rows())
    return finish(layers, dark, f"The book's value, step by step: {words}.", max(PAIR_HEIGHT, ROW_HEIGHT * drawn.height + AXIS_HEIGHT))


def negotiation_curve(curve: pl.DataFrame, given: float, most: float | None, *, dark: bool = False) -> alt.LayerChart:
    """Expected value by discount, against no discount (dashed); a rule where it stops paying, a point at the chosen one.

    `curve`: one row per discount (discount, kept, without), as `insight.client.negotiation.curve`; `most`: the largest that pays.
    """
    if curve.is_empty():
        return empty("No discount can be given", dark)
    values = [*curve["kept"], *curve["without"]]
    span = max(max(values) - min(values), LEAST_SPAN)
    cut = min(values) > 0.5 * max(values) or max(values) < 0
    bottom = min(values) - 0.1 * span if cut or min(values) < 0 else 0.0
    scale = alt.Scale(domain=[bottom, max(values) + 0.15 * span], zero=False, nice=False)
    deepest = float(curve["discount"].max())  # type: ignore[arg-type]
    x = alt.X("discount:Q", title="discount", scale=alt.Scale(domain=[0, deepest or 1], nice=False), axis=alt.Axis(format="%", tickCount=5))
    title = f"value kept{', axis cut' if cut else ''}"
    y = alt.Y("kept:Q", title=title, scale=scale, axis=alt.Axis(labelExpr=MONEY_LABEL, tickCount=4))
    tooltip = [alt.Tooltip("discount:Q", format=".1%"), alt.Tooltip("kept:Q", format=",.0f"), alt.Tooltip("without:Q", format=",.0f")]
    base = alt.Chart(curve).encode(x=x)
    chosen = curve.sort((pl.col("discount") - given).abs(), "discount").head(1)
    layers = [
        base.mark_line(color=fmt.MUTED.on(dark), strokeDash=[4, 3]).encode(y=alt.Y("without:Q", scale=scale)),
        base.mark_line(color=fmt.ACCENT.on(dark)).encode(y=y, tooltip=tooltip),
        alt.Chart(chosen).mark_point(filled=True, size=80, opacity=1, color=fmt.ACCENT.on(dark)).encode(x=x, y=y, tooltip=tooltip),
    ]
    if most is not None and 0 < most < deepest:
        edge = pl.DataFrame({"discount": [most], "words": [f"pays up to {fmt.rate(most)}"]})
        layers.append(alt.Chart(edge).mark_rule(strokeDash=[2, 3], color=fmt.MUTED.on(dark)).encode(x=x))
        words = alt.Chart(edge).encode(x=x, y=alt.value("height"), text="words:N")
        deep = most > 0.6 * deepest
        layers.append(words.mark_text(align="right", dx=-5, dy=-8) if deep else words.mark_text(align="left", dx=5, dy=-8))
    return finish(layers, dark, f"Value kept by discount; pays up to {fmt.rate(most)}.", 210)
