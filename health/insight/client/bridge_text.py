"""Bridges in words: why one customer's health changed, and the largest changes with their main reason."""

import polars as pl

from health import format as fmt
from health.score.bridge import Bridges
from health.score.components import COMPONENTS

MAX_REASONS = 3
MIN_TENTHS = 5
"""Reasons under half a point are left out of the sentence."""


def lane_text(lane: str, component: str | None, tenths: int) -> str:
    """Describe a lane of a component: ('ageing', 'contact', -90) -> 'no recent contact'."""
    if lane == "override":
        return "override"
    if lane == "settings":
        return "changed settings"
    declared = next((c for c in COMPONENTS if c.key == component), None)
    label = declared.lower_label if declared else str(component)
    if lane == "coverage":
        return f"data coverage of {label}"
    is_ageing, is_gain = lane == "ageing", tenths >= 0
    if declared and (changes := declared.changes):
        by_age, by_rows = (changes.aged_up, changes.new_up) if is_gain else (changes.aged_down, changes.new_down)
        return by_age if is_ageing else by_rows
    return f"{label} {'aged' if is_ageing else 'improved' if is_gain else 'got worse'}"


def reasons(lanes: pl.DataFrame) -> pl.DataFrame:
    """One row per customer and reason in words: customer_id, reason, tenths, lane, component (of its largest part).

    New and late rows of a component are one reason, and so are all effects of the settings. Largest first, ties by name. `lanes`:
    `Bridges.lanes`.
    """
    texts = [lane_text(*row) for row in lanes.select("lane", "component", "tenths").iter_rows()]
    magnitude = pl.col("tenths").abs()
    return (
        lanes.with_columns(pl.Series("reason", texts, pl.String))
        .sort([pl.col("customer_id"), magnitude, pl.col("lane"), pl.col("component")], descending=[False, True, False, False])
        .group_by("customer_id", "reason", maintain_order=True)
        .agg(pl.col("tenths").sum(), pl.col("lane").first(), pl.col("component").first())
        .sort([pl.col("customer_id"), magnitude, pl.col("reason")], descending=[False, True, False])
    )


def sentence(bridges: Bridges, customer_id: str) -> str:
    """Describe the change in one sentence, or say why there is no bridge.

    'Health fell 7 points since 31 Aug 2026: no recent contact (-9), complaints solved (+2)'. Names the day of frozen
    points; points frozen before t0 neither rose nor fell.
    """
    since_day, total = fmt.day(bridges.t0), bridges.totals.filter(pl.col("customer_id") == customer_id)
    if total.is_empty():
        exclusion_reasons = bridges.left_out.filter(pl.col("customer_id") == customer_id)["why"]
        return f"No comparison with {since_day}: {exclusion_reasons[0] if exclusion_reasons.len() else 'customer not found'}"
    frozen_on = total["frozen_on"][0]
    if frozen_on and frozen_on < bridges.t0 and total["tenths"][0]:
        return f"Health is frozen as of {fmt.day(frozen_on)}, so it neither rose nor fell since {since_day}"
    main_reasons = reasons(bridges.of(customer_id)).filter(pl.col("tenths").abs() >= MIN_TENTHS).head(MAX_REASONS)
    reason_text = ", ".join(
        f"{reason} ({fmt.signed(_points(tenths))})" for reason, tenths in main_reasons.select("reason", "tenths").iter_rows()
    )
    frozen_text = f", frozen as of {fmt.day(frozen_on)}" if frozen_on else ""
    head = f"{_change_text(total['tenths'][0])} since {since_day}{frozen_text}"
    return f"{head}: {reason_text}" if reason_text else head


def _points(tenths: int) -> int:
    """Whole points; halves are rounded away from 0."""
    return (abs(tenths) + 5) // 10 * (1 if tenths > 0 else -1)


def _change_text(tenths: int) -> str:
    points = abs(_points(tenths))
    if not points:
        return "Health hardly changed" if tenths else "Health unchanged"
    return f"Health {'rose' if tenths > 0 else 'fell'} {fmt.plural(points, 'point')}"


def movers(bridges: Bridges) -> pl.DataFrame:
    """One row per customer whose health changed, largest change first, ties by id.

    customer_id, before and after (health 0 to 100), change (points), reason (the main one in that direction), by (its points), lane,
    component.
    """
    changed = bridges.totals.filter(pl.col("tenths") != 0)
    customer_reasons = reasons(bridges.lanes).join(
        changed.select("customer_id", pl.col("tenths").alias("whole")), on="customer_id", how="inner"
    )
    main_reasons = (
        customer_reasons.filter(pl.col("tenths").sign() == pl.col("whole").sign())
        .sort([pl.col("customer_id"), pl.col("tenths").abs(), pl.col("reason")], descending=[False, True, False])
        .unique("customer_id", keep="first", maintain_order=True)
    )
    return (
        changed.join(main_reasons.rename({"tenths": "part"}), on="customer_id", how="left")
        .select(
            "customer_id", (pl.col("before") / 100).alias("before"), (pl.col("after") / 100).alias("after"),
            (pl.col("tenths") / 10).alias("change"), "reason", (pl.col("part") / 10).alias("by"), "lane", "component",
        )
        .sort([pl.col("change").abs(), pl.col("customer_id")], descending=[True, False])
    )  # fmt: skip
