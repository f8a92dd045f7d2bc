"""Quadrants of value and health (docs/method.md, Segments): assignment, edges and customers near them."""

from dataclasses import dataclass

import polars as pl
from scipy.stats import binom  # type: ignore[import-untyped]

from health import format as fmt
from health.foresight.backtest.band_rates import BANDS
from health.score.settings import Settings

SEGMENTS = ("protect", "rescue", "grow", "decide")
"""High value: protect the healthy, rescue the unhealthy; low value: grow the healthy, decide about the unhealthy."""


@dataclass(frozen=True)
class Edges:
    """Quadrant edges. Values in the frame's money a month, healths 0..100; None where no customer is assigned.

    `value_split`: median of the assigned, with a 95 % interval by order statistics (Thompson 1936); `health_noise`: median absolute change
    of health between two month ends, None without two. `near_value`, `near_health`, `near`: customers within that noise of one, the other
    or either edge; customers exactly on an edge count as high.
    """

    health_split: float
    placed: int
    value_split: float | None
    value_low: float | None
    value_high: float | None
    health_noise: float | None
    near_value: int
    near_health: int | None
    near: int

    @property
    def sentence(self) -> str:
        """The edges in words, and how many customers are too near one to be sure."""
        if self.value_split is None:
            return "No customer can be grouped: that needs a known band and a known margin."
        high = f"High value: margin of {fmt.price(self.value_split)} a month or more (the median of {self.placed:,} customers)"
        head = f"{high}. High health: {self.health_split:g} or more"
        share = f"{self.near:,} ({100 * self.near / self.placed:.0f} %)"
        noise_unknown = "" if self.health_noise is not None else " (usual monthly change of health not known yet)"
        return f"{head}. {share} are so close to a limit that a normal month could move them to another group{noise_unknown}."


def quadrants(frame: pl.DataFrame, settings: Settings, value: str = "margin") -> pl.DataFrame:
    """Add `segment`, null without one, to a frame (customer_id, health 0..100, band, and `value`: margin a month).

    Assigned are customers with a band (neither unknown, leaving nor gone) and a known value. At or above the median of this frame is high,
    at or above the midpoint of the settings' band edges is healthy.
    """
    high = pl.col(value) >= pl.col(value).filter(_is_assigned(value)).median()
    healthy = pl.col("health") >= health_split(settings)
    segment = (
        pl.when(~_is_assigned(value)).then(None)
        .when(high & healthy).then(pl.lit("protect"))
        .when(high).then(pl.lit("rescue"))
        .when(healthy).then(pl.lit("grow"))
        .otherwise(pl.lit("decide"))
    )  # fmt: skip
    return frame.with_columns(segment.cast(pl.String).alias("segment"))


def health_split(settings: Settings) -> float:
    """Midpoint of the at-risk and healthy thresholds."""
    return (settings.at_risk_below + settings.healthy_from) / 2


def _is_assigned(value: str) -> pl.Expr:
    """Whether a customer is assigned: band, health and value are known. Never null."""
    is_known = pl.col("health").is_not_null() & pl.col(value).is_not_null()
    return is_known & pl.col("band").is_in(BANDS).fill_null(False)


def edges(frame: pl.DataFrame, settings: Settings, value: str = "margin") -> Edges:
    """Edges that `quadrants` uses for the same frame; health noise is read from `trend` (a list, oldest first) where present."""
    placed_rows, split = frame.filter(_is_assigned(value)), health_split(settings)
    noise = _median_monthly_change(placed_rows)
    distance_to_split = (pl.col("health") - split).abs()
    near_health = pl.lit(False) if noise is None else distance_to_split <= noise
    if placed_rows.is_empty():
        return Edges(split, 0, None, None, None, None, 0, None, 0)
    low, high = _median_interval(placed_rows[value])
    near_value = pl.col(value).is_between(low, high)
    at_value, at_health, near_either = placed_rows.select(
        near_value.sum().alias("value"),
        (distance_to_split.is_not_null() & near_health).sum().alias("health"),
        (near_value | near_health).sum(),
    ).row(0)
    customers_near_health = None if noise is None else int(at_health)
    return Edges(
        split,
        placed_rows.height,
        _number(placed_rows[value].median()),
        low,
        high,
        noise,
        int(at_value),
        customers_near_health,
        int(near_either),
    )


def _median_monthly_change(assigned: pl.DataFrame) -> float | None:
    if "trend" not in assigned.columns:
        return None
    change = (pl.col("trend").list.get(-1, null_on_oob=True) - pl.col("trend").list.get(-2, null_on_oob=True)).abs()
    median = assigned.select(change.median()).item()
    return None if median is None else round(float(median), 2)


def _median_interval(values: pl.Series) -> tuple[float, float]:
    """Values at the ranks of the 2.5 % point of Binomial(n, 0.5), from below and above."""
    ordered, rank = values.sort(), max(1, int(binom.ppf(0.025, values.len(), 0.5)))
    return _number(ordered[rank - 1]), _number(ordered[values.len() - rank])


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)
