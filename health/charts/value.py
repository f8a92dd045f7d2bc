"""Charts of customer value: value against health, spread by group, change of the total, negotiation."""

import math
from collections.abc import Sequence

import altair as alt
import polars as pl

from health import currency
from health import format as fmt
from health.charts.theme import AXIS_HEIGHT, BAR_THICKNESS, PAIR_HEIGHT, ROW_HEIGHT, category_axis, column_colour, empty_chart, themed_chart

SCATTER_HEIGHT = 400
MOST_NAMED = 3
NAME_WIDE, NAME_HIGH = 25.0, 0.055  # points of health, share of the height
NARROW = 300  # width in pixels below which two corner labels would overlap
MOST_POINTS = 4_000
"""Most points of one chart; of more customers a sample is shown."""
_M, _K, _ONE = (f"format(datum.value / {by}, ',.3~r')" for by in ("1e6", "1e3", "1"))
_AMOUNT = f"(datum.value >= 1e6 ? {_M} + 'm' : datum.value >= 1e4 ? {_K} + 'k' : {_ONE})"
STEPS = [digit * 10.0**power for power in range(-1, 9) for digit in (1, 3)]
ROOM_RIGHT, ROOM_LEFT, LEAST_SPAN = 0.24, 0.08, 1.0


def _money_label() -> str:
    """Expression of an axis label: an amount in the book's currency, short."""
    return f"'{currency.sign()}' + {_AMOUNT}"


def one_in(customers: int) -> int:
    """Number of customers per point of `value_against_health`."""
    return max(1, -(-customers // MOST_POINTS))


def points_words(customers: int) -> str:
    """Text of what a point is: 'one point per customer'."""
    step = one_in(customers)
    return "one point per customer" if step == 1 else f"one point for every {step} customers"


def value_against_health(customers: pl.DataFrame, health_edge: float, value_edge: float, *, dark: bool = False) -> alt.LayerChart:
    """One point per customer: health across, margin a month up (log scale), divided into the four quadrants.

    Of many customers every n-th by id is drawn (`one_in`), plus the largest to rescue, which are labelled; the numbers in the corners are
    of all. `customers`: customer_id, name, health, margin, lifetime_value, quadrant (key), as `portfolio_value.customer_values`. Customers
    without a quadrant or with a margin not above 0 appear only in the list.
    """
    with_quadrant = customers.filter(pl.col("quadrant").is_not_null() & (pl.col("margin") > 0) & pl.col("health").is_not_null())
    if with_quadrant.is_empty():
        return empty_chart("No customer has both health and margin", dark, SCATTER_HEIGHT)
    with_quadrant = (
        with_quadrant.with_columns(
            pl.col("quadrant").replace_strict({q.key: q.mark.on(dark) for q in fmt.QUADRANTS}).alias("colour"),
            pl.col("quadrant").replace_strict({q.key: q.word for q in fmt.QUADRANTS}).alias("word"),
            pl.Series("worth", [fmt.short_money(v) for v in with_quadrant["lifetime_value"]], dtype=pl.String),
            pl.Series("a_month", [fmt.money(v) for v in with_quadrant["margin"]], dtype=pl.String),
        )
        .select("customer_id", "name", "health", "margin", "quadrant", "colour", "word", "worth", "a_month")
        .sort("customer_id")
    )
    lowest, highest = float(with_quadrant["margin"].min()), float(with_quadrant["margin"].max())  # type: ignore[arg-type]
    bottom, top = 0.7 * min(lowest, value_edge), 1.6 * max(highest, value_edge)
    named_customers = _named_customers(with_quadrant, NAME_HIGH * math.log10(top / bottom))
    step = one_in(with_quadrant.height)
    points_drawn = with_quadrant.filter(
        (pl.int_range(pl.len()) % step == 0) | pl.col("customer_id").is_in(named_customers["customer_id"].implode())
    )
    leftmost = max(0.0, float(with_quadrant["health"].min()) - 3)  # type: ignore[arg-type]
    x_scale = alt.Scale(domain=[leftmost, 100], nice=False, zero=False)
    y_scale = alt.Scale(type="log", domain=[bottom, top], nice=False)
    x = alt.X("health:Q", title="health, 0 to 100", scale=x_scale, axis=alt.Axis(tickCount=8))
    y = alt.Y("margin:Q", title="monthly margin, log scale", scale=y_scale, axis=alt.Axis(labelExpr=_money_label(), values=STEPS))
    tooltip = [
        alt.Tooltip("name:N", title=" "), alt.Tooltip("word:N", title="group"), alt.Tooltip("health:Q", format=".0f"),
        alt.Tooltip("a_month:N", title="monthly margin"), alt.Tooltip("worth:N", title="lifetime value"),
    ]  # fmt: skip
    points = [
        alt.Chart(points_drawn.filter(pl.col("quadrant") == q.key))
        .mark_point(shape=q.shape, filled=True, size=34, opacity=0.75)
        .encode(x=x, y=y, color=column_colour(), tooltip=tooltip)
        for q in fmt.QUADRANTS
        if q.key in set(points_drawn["quadrant"])
    ]
    muted = fmt.MUTED.on(dark)
    cuts = [
        alt.Chart(pl.DataFrame({"health": [health_edge]})).mark_rule(strokeDash=[3, 3], color=muted).encode(x=x),
        alt.Chart(pl.DataFrame({"margin": [value_edge]})).mark_rule(strokeDash=[3, 3], color=muted).encode(y=y),
    ]
    names = []
    for is_left in (True, False):  # a label left of a point near the axis would cover the axis
        side = named_customers.filter((pl.col("health") < leftmost + NAME_WIDE / 2) == is_left)
        labels = alt.Chart(side).transform_calculate(said=f"width < {NARROW} ? '' : datum.name")
        names += (
            [labels.mark_text(align="left" if is_left else "right", dx=7 if is_left else -7, limit=170).encode(x=x, y=y, text="said:N")]
            if side.height
            else []
        )
    counts_text = "; ".join(f"{q.word} {with_quadrant.filter(pl.col('quadrant') == q.key).height:,}" for q in fmt.QUADRANTS)
    layers = [*cuts, *points, *names, *_corners(with_quadrant, dark)]
    return themed_chart(
        layers, dark, f"Health against monthly margin, {points_words(with_quadrant.height)}. {counts_text}.", SCATTER_HEIGHT
    )


def _corners(customers: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """Label and number of customers of each quadrant, in its corner."""
    layers = []
    for q in fmt.QUADRANTS:
        left, top = q.key in ("rescue", "decide"), q.key in ("rescue", "protect")
        customer_count = customers.filter(pl.col("quadrant") == q.key).height
        words = pl.DataFrame({"words": [f"{q.word}, {fmt.plural(customer_count, 'customer')}"], "short": [f"{q.word} {customer_count:,}"]})
        text = alt.Chart(words).transform_calculate(said=f"width < {NARROW} ? datum.short : datum.words").mark_text(
            align="left" if left else "right", dx=8 if left else -8, dy=10 if top else -10, fontSize=13, fontWeight=600,
            color=fmt.TEXT.on(dark), stroke=None,
        )  # fmt: skip
        layers.append(text.encode(x=alt.value(0 if left else "width"), y=alt.value(0 if top else "height"), text="said:N"))
    return layers


def _named_customers(customers: pl.DataFrame, label_height: float) -> pl.DataFrame:
    """Largest customers to rescue whose labels do not overlap, ties by id. `label_height`: in powers of ten of the margin."""
    rescue = customers.filter(pl.col("quadrant") == "rescue").sort(["margin", "customer_id"], descending=[True, False])
    labelled: list[tuple[float, float, str]] = []
    for health, margin, customer_id in rescue.select("health", "margin", "customer_id").iter_rows():
        if all(
            abs(health - other_health) > NAME_WIDE or math.log10(other_margin / margin) > label_height
            for other_health, other_margin, _ in labelled
        ):
            labelled.append((health, margin, customer_id))
        if len(labelled) == MOST_NAMED:
            break
    return rescue.filter(pl.col("customer_id").is_in([customer_id for *_, customer_id in labelled]))


def value_spread(spread: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Lifetime value per customer by group: tick median, bar quartiles, line 10th to 90th percentile, log scale.

    `spread`: one row per group (group, customers, p10, p25, median, p75, p90), largest median first, as `portfolio_value.quantiles`.
    """
    rows = spread.filter(pl.col("p10") > 0)
    if rows.is_empty():
        return empty_chart("No group has a lifetime value", dark)
    lowest, highest = float(rows["p10"].min()), float(rows["p90"].max())  # type: ignore[arg-type]
    scale = alt.Scale(type="log", domain=[0.7 * lowest, 1.5 * highest], nice=False)
    axis = alt.Axis(labelExpr=_money_label(), values=STEPS, grid=True)
    y = alt.Y("group:N", sort=rows["group"].to_list(), axis=category_axis(dark))
    with_labels = rows.with_columns(pl.Series("said", [fmt.short_money(v) for v in rows["median"]], dtype=pl.String))
    base = alt.Chart(with_labels).encode(y=y)
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
    description = ", ".join(f"{label} {said}" for label, said in with_labels.select("group", "said").iter_rows())
    return themed_chart(layers, dark, f"Median lifetime value of a customer: {description}.", 52 * rows.height + AXIS_HEIGHT)


def value_change(parts: pl.DataFrame, before: float, after: float, labels: Sequence[str], *, dark: bool = False) -> alt.LayerChart:
    """The portfolio's value from one day to another, step by step; the axis is truncated, the steps add up.

    `parts`: one row per step in order (words, amount); `labels`: of the two ends.
    """
    if parts.is_empty():
        return empty_chart("The value did not change", dark)
    rows, level = [{"kind": "tick", "label": labels[0], "from": before, "to": before, "said": fmt.short_money(before)}], before
    for description, amount in parts.select("words", "amount").iter_rows():
        rows.append({"kind": "step", "label": description, "from": level, "to": level + amount, "said": fmt.money_change(amount)})
        level += amount
    rows.append({"kind": "tick", "label": labels[1], "from": after, "to": after, "said": fmt.short_money(after)})
    frame = pl.DataFrame(rows).with_row_index("place")
    minimum, maximum = float(min(frame["from"].min(), frame["to"].min())), float(max(frame["from"].max(), frame["to"].max()))  # type: ignore[type-var, arg-type]
    span = max(maximum - minimum, LEAST_SPAN)
    scale = alt.Scale(domain=[minimum - ROOM_LEFT * span, maximum + ROOM_RIGHT * span], zero=False, nice=False)
    loss_colour, gain_colour = fmt.band("at_risk").mark.on(dark), fmt.band("healthy").mark.on(dark)
    bars = frame.with_columns(
        pl.when(pl.col("to") >= pl.col("from")).then(pl.lit(gain_colour)).otherwise(pl.lit(loss_colour)).alias("colour"),
        pl.max_horizontal("from", "to").alias("right"),
    )
    axis = alt.Axis(
        title="value (axis cut)", labelExpr=_money_label(), tickCount=4, grid=True, labelOverlap=True, labelSeparation=8
    )  # fmt: skip
    x = alt.X("from:Q", scale=scale, axis=axis)
    y = alt.Y("label:N", sort=frame["label"].to_list(), axis=category_axis(dark))
    steps, ticks = bars.filter(pl.col("kind") == "step"), bars.filter(pl.col("kind") == "tick")
    layers = [
        alt.Chart(steps).mark_bar(height=BAR_THICKNESS, cornerRadius=1).encode(x=x, x2="to:Q", y=y, color=column_colour()),
        alt.Chart(ticks).mark_tick(orient="vertical", thickness=4, size=18, color=fmt.TEXT.on(dark)).encode(x=x, y=y),
        alt.Chart(bars).mark_text(align="left", dx=7, fontWeight=600).encode(x=alt.X("right:Q", scale=scale), y=y, text="said:N"),
    ]
    description = "; ".join(f"{label} {said}" for label, said in bars.select("label", "said").iter_rows())
    return themed_chart(
        layers, dark, f"Total value, step by step: {description}.", max(PAIR_HEIGHT, ROW_HEIGHT * bars.height + AXIS_HEIGHT)
    )


def negotiation_curve(curve: pl.DataFrame, discount: float, largest_paying: float | None, *, dark: bool = False) -> alt.LayerChart:
    """Expected value by discount, against no discount (dashed); a rule where it stops paying, a point at the chosen one.

    `curve`: one row per discount (discount, kept, without), as `insight.client.negotiation.curve`; `largest_paying`: largest discount
    that pays.
    """
    if curve.is_empty():
        return empty_chart("No discount can be given", dark)
    values = [*curve["kept"], *curve["without"]]
    span = max(max(values) - min(values), LEAST_SPAN)
    axis_cut = min(values) > 0.5 * max(values) or max(values) < 0
    bottom = min(values) - 0.1 * span if axis_cut or min(values) < 0 else 0.0
    scale = alt.Scale(domain=[bottom, max(values) + 0.15 * span], zero=False, nice=False)
    deepest = float(curve["discount"].max())  # type: ignore[arg-type]
    x = alt.X("discount:Q", title="discount", scale=alt.Scale(domain=[0, deepest or 1], nice=False), axis=alt.Axis(format="%", tickCount=5))
    title = f"value kept{', axis cut' if axis_cut else ''}"
    y = alt.Y("kept:Q", title=title, scale=scale, axis=alt.Axis(labelExpr=_money_label(), tickCount=4))
    tooltip = [alt.Tooltip("discount:Q", format=".1%"), alt.Tooltip("kept:Q", format=",.0f"), alt.Tooltip("without:Q", format=",.0f")]
    base = alt.Chart(curve).encode(x=x)
    chosen = curve.sort((pl.col("discount") - discount).abs(), "discount").head(1)
    layers = [
        base.mark_line(color=fmt.MUTED.on(dark), strokeDash=[4, 3]).encode(y=alt.Y("without:Q", scale=scale)),
        base.mark_line(color=fmt.ACCENT.on(dark)).encode(y=y, tooltip=tooltip),
        alt.Chart(chosen).mark_point(filled=True, size=80, opacity=1, color=fmt.ACCENT.on(dark)).encode(x=x, y=y, tooltip=tooltip),
    ]
    if largest_paying is not None and 0 < largest_paying < deepest:
        edge = pl.DataFrame({"discount": [largest_paying], "words": [f"pays up to {fmt.rate(largest_paying)}"]})
        layers.append(alt.Chart(edge).mark_rule(strokeDash=[2, 3], color=fmt.MUTED.on(dark)).encode(x=x))
        edge_label = alt.Chart(edge).encode(x=x, y=alt.value("height"), text="words:N")
        is_deep = largest_paying > 0.6 * deepest
        layers.append(edge_label.mark_text(align="right", dx=-5, dy=-8) if is_deep else edge_label.mark_text(align="left", dx=5, dy=-8))
    return themed_chart(layers, dark, f"Value kept by discount; pays up to {fmt.rate(largest_paying)}.", 210)
