"""Data coverage: for how many customers each part of the score is known, and why it is unknown for others."""

from collections.abc import Mapping

import polars as pl

from health import format as fmt
from health.insight.titles import first_that_fits
from health.score.components import COMPONENTS, Component
from health.score.compose import row_weight
from health.score.settings import Settings
from health.status import ACTIVE

NO_LINE, NO_PRICE, OLD_PRICE = (
    "no contract line in force",
    "no market price for most of the revenue",
    "the market price is over a year old",
)
PARTS = {
    "component": pl.String,
    "component_known": pl.Float64,
    "part": pl.String,
    "weight": pl.Float64,
    "needs": pl.String,
    "known": pl.Float64,
    "unknown": pl.Int64,
    "why": pl.String,
}


def parts(now: pl.DataFrame, settings: Settings, rows: Mapping[str, int]) -> pl.DataFrame:
    """One row per part of the weighted components, in the declared order.

    component, component_known (share of active customers, 0 to 1), part, weight (points of health; the mean over active customers where
    segments have their own weights), needs (table), known (share for the part), unknown (customers), why.

    `rows`: row counts by table; an empty table is the reason for all its parts.
    """
    active = now.filter(ACTIVE)
    part_rows = [
        {
            "component": component.label,
            "part": part.label,
            "weight": _mean_weight(active, component, settings) * part.share / 100,
            "needs": component.needs.replace("_", " "),
            "component_known": 1 - active[component.column].null_count() / active.height if active.height else None,
            "unknown": (unknown := active.filter(part.points.is_null())).height,
            "known": 1 - unknown.height / active.height if active.height else None,
            "why": _unknown_reason(component, part.unknown_when, unknown, rows) if unknown.height else "",
        }
        for component in COMPONENTS
        if settings.weighs(component.key)
        for part in component.parts
    ]
    return pl.DataFrame(part_rows, schema=PARTS)


def _mean_weight(active: pl.DataFrame, component: Component, settings: Settings) -> float:
    """Weight of a component, averaged over active customers where segments have their own weights."""
    if active.is_empty() or not settings.segment_weights:
        return settings.weights[component.key]
    return float(active.select(row_weight(component.key, settings).mean()).item())


def _unknown_reason(component: Component, unknown_when: str, unknown: pl.DataFrame, rows: Mapping[str, int]) -> str:
    """Say why the part is unknown for these customers."""
    if not rows[component.needs]:
        return f"no {component.needs.replace('_', ' ')} are loaded"
    if component.key != "price":
        return unknown_when
    return "; ".join(f"{fmt.count(n)}: {words}" for words, n in price_reasons(unknown).items())


def price_reasons(unknown: pl.DataFrame) -> dict[str, int]:
    """Count customers by the reason their price cannot be compared, most frequent first; each is counted once."""
    reason = (
        pl.when(pl.col("billed_cents").fill_null(0) == 0)
        .then(pl.lit(NO_LINE))
        .when((2 * pl.col("benchmarked_cents") < pl.col("billed_cents")) | (pl.col("market_cents").fill_null(0) == 0))
        .then(pl.lit(NO_PRICE))
        .otherwise(pl.lit(OLD_PRICE))
    )
    counts = unknown.select(reason.alias("why"))["why"].value_counts().sort(["count", "why"], descending=[True, False])
    return dict(counts.iter_rows())


def tables_to_load(part_rows: pl.DataFrame) -> list[str]:
    """Tables that would make a component known for more customers, in the declared order."""
    return part_rows.filter(pl.col("component_known") < 1)["needs"].unique(maintain_order=True).to_list()


def finding(part_rows: pl.DataFrame, active: int) -> str:
    """Title: the component with the largest unknown weight. `part_rows`: `parts`; `active`: number of active customers."""
    components = part_rows.group_by("component", maintain_order=True).agg(pl.col("component_known").first(), pl.col("weight").sum())
    gaps = components.filter(pl.col("component_known") < 1).with_columns((pl.col("weight") * (1 - pl.col("component_known"))).alias("lost"))
    unknown_components = gaps.filter(pl.col("component_known") == 0).height
    if not active:
        return "No active customers, so nothing is scored"
    if gaps.is_empty():
        return "Every component is known for every active customer"
    if unknown_components > 1:
        return f"{unknown_components} of {components.height} components are unknown for every active customer"
    worst = gaps.sort(["lost", "component"], descending=[True, False]).row(0, named=True)
    return f"{worst['component']}: unknown for {fmt.share_of(round(active * (1 - worst['component_known'])), active)} customers"


def count_complete(now: pl.DataFrame) -> tuple[int, int, int]:
    """Active customers with every component known, with a firm band, and in all."""
    active = now.filter(ACTIVE)
    banded = active.filter(pl.col("band") != "unknown")
    return active.filter(pl.col("coverage") == 100).height, banded.filter(pl.col("firm")).height, active.height


def unpriced_finding(frame: pl.DataFrame, rows: Mapping[str, int]) -> str:
    """Title of the lines without a market price.

    `frame`: one row per product and region: product, region, lines, customers, mrr; `rows`: row counts by table.
    """
    if frame.is_empty():
        return "Every active contract line has a market price" if rows["contracts"] else "No contracts are loaded"
    mrr = fmt.short_money(float(frame["mrr"].sum()))
    return first_that_fits(
        f"{fmt.plural(int(frame['lines'].sum()), 'contract line')}, {mrr} MRR: no market price",
        "Which contract lines have no market price?",
    )
