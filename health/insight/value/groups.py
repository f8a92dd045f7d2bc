"""Titles and tables of the value and health groups: rescue, churn, movement, clusters."""

import math

import polars as pl

from health import format as fmt
from health.foresight.segments.clusters import Stability
from health.foresight.segments.quadrants import SEGMENTS

NOT_PLACED = "○ No group"
GROUP_LABELS = {q.key: q.label for q in fmt.QUADRANTS} | {"unknown": NOT_PLACED, "new": "New", "left": "Churned"}
"""Label of every group a customer can be in, come from or go to."""


def rescue_title(summary: pl.DataFrame) -> str:
    """Title of the scatter. `summary`: `segments.summary`."""
    row = summary.filter(pl.col("segment") == "rescue").row(0, named=True)
    total_value = float(summary["lifetime_value"].fill_null(0).sum())
    if not row["customers"]:
        return "No high-value customer has low health"
    head = f"{fmt.plural(row['customers'], 'customer')} to rescue"
    if not fmt.known(row["lifetime_value"]) or total_value <= 0:
        return f"{head}: {fmt.short_money(row['mrr'])} MRR"
    share = fmt.share(row["lifetime_value"] / total_value)
    return f"{head}: {fmt.short_money(row['lifetime_value'])} lifetime value, {share} of the total"


def list_summary(rows: pl.DataFrame) -> str:
    """Summarize rows of `customer_values`: number, MRR, customers without a group by reason, assumed margins."""
    total_mrr = float(rows["mrr"].sum()) if rows["mrr"].count() else None
    assumed = int((rows["margin_assumed"] & rows["margin"].is_not_null()).sum())
    parts = [
        f"{fmt.plural(rows.height, 'customer')}, {fmt.short_money(total_mrr)} MRR",
        _not_assigned(rows.filter(pl.col("quadrant").is_null())),
        f"margin of {assumed:,} estimated from the margin rate" if assumed else "",
    ]
    return f"{'; '.join(filter(None, parts))}."


def _not_assigned(rows: pl.DataFrame) -> str:
    leaving, paused, active = (rows.filter(pl.col("status") == status).height for status in ("leaving", "paused", "active"))
    lost = rows.height - leaving - paused - active
    kinds = (
        (leaving, "leaving"), (paused, "paused"), (active, "without a known band or margin"), (lost, "inactive but may buy again"),
    )  # fmt: skip
    parts = [f"{n:,} {words}" for n, words in kinds if n]
    return f"without a group: {', '.join(parts)}" if parts else ""


def churn_title(summary: pl.DataFrame) -> str:
    """Title of the sizes: the group with the highest churn, if its interval is above the next one's."""
    ranked = summary.filter(pl.col("segment").is_in(SEGMENTS)).drop_nulls("churn").sort(["churn", "segment"], descending=[True, False])
    if ranked.height < 2:
        return "Churn by group is not known yet"
    first, second = ranked.row(0, named=True), ranked.row(1, named=True)
    word = fmt.quadrant(first["segment"]).word
    if first["low"] > second["high"]:
        return f"{word} churns most: {fmt.rate(first['churn'])} within 90 days"
    return f"{word} and {fmt.quadrant(second['segment']).word.lower()} churn most, at similar rates"


def movement_title(moves: pl.DataFrame) -> str:
    """Title of the movement: customers who went from protect to rescue, and back."""
    grouped = _grouped_on_both(moves)
    if grouped.is_empty():
        return "No customer had a group on both days"
    worsened, recovered = (_count_moves(grouped, *pair) for pair in (("protect", "rescue"), ("rescue", "protect")))
    if not worsened and not recovered:
        return "No moves between Protect and Rescue"
    return f"{worsened:,} moved from Protect to Rescue, {recovered:,} back"


def movement_summary(moves: pl.DataFrame) -> str:
    """Share of customers who changed group, among those in a group on both days."""
    grouped = _grouped_on_both(moves)
    changed = grouped.filter(pl.col("from") != pl.col("to"))["customers"].sum()
    return f"{fmt.share_of(int(changed), int(grouped['customers'].sum()))}, changed group." if grouped.height else ""


def _grouped_on_both(moves: pl.DataFrame) -> pl.DataFrame:
    return moves.filter(pl.col("from").is_in(SEGMENTS) & pl.col("to").is_in(SEGMENTS))


def _count_moves(moves: pl.DataFrame, start: str, end: str) -> int:
    return int(moves.filter((pl.col("from") == start) & (pl.col("to") == end))["customers"].sum())


def movement_table(moves: pl.DataFrame) -> pl.DataFrame:
    """Movement as a table: one row per group before, one column per group after ('not placed' only if used)."""
    unplaced = ["unknown"] if (moves["to"] == "unknown").any() else []
    columns = [*SEGMENTS, *unplaced, "left"]
    wide = moves.pivot("to", index="from", values="customers")
    complete = wide.with_columns(pl.lit(None, pl.Int64).alias(name) for name in columns if name not in wide.columns)
    return complete.select(
        pl.col("from").replace_strict(GROUP_LABELS).alias("From"),
        *(pl.col(name).fill_null(0).alias(GROUP_LABELS[name]) for name in columns),
    )


def cluster_sizes(frame: pl.DataFrame, means: pl.DataFrame) -> pl.DataFrame:
    """One row per cluster: cluster, customers now, and means at the fit: health, margin (month), trend, tenure (months)."""
    sizes = frame.group_by("cluster").agg(pl.len().cast(pl.Int64).alias("customers"))
    return means.join(sizes, on="cluster", how="left", maintain_order="left").select(
        "cluster", pl.col("customers").fill_null(0), "health",
        (pl.col("log_value").sign() * (pl.col("log_value").abs().exp() - 1)).alias("margin"), "trend",
        (pl.col("log_tenure").exp() - 1).alias("tenure"),
    )  # fmt: skip


def stability_text(stability: Stability) -> str:
    """Compare the stability of the clusters with that of the quadrants."""
    parts = [
        _comparison_text("Agreement from month to month", stability.months, stability.months_quadrants, lambda x: f"{x:.2f}"),
        _comparison_text("Share of the variance of churn", stability.churn_share, stability.churn_share_quadrants, fmt.rate),
        ""
        if stability.silhouette is None
        else f"Silhouette {stability.silhouette:.2f}: near 0 means no natural groups, near 1 clearly separate groups.",
    ]
    return " ".join(filter(None, parts))


def _comparison_text(label: str, clusters: float | None, quadrants: float | None, format_value: object) -> str:
    if clusters is None or quadrants is None or math.isnan(clusters) or math.isnan(quadrants):
        return ""
    assert callable(format_value)
    return f"{label}: clusters {format_value(clusters)}, the four groups above {format_value(quadrants)}."
