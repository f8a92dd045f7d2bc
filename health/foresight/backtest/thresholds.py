"""Band thresholds from observed churn: found on the earlier cut-offs, checked on the later ones."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from health.foresight.backtest import band_rates
from health.foresight.backtest.panel import Panel
from health.foresight.stats.arrays import Ints
from health.foresight.stats.proportions import wilson
from health.score.settings import Settings

MOST_AT_RISK, LEAST_WATCH = 0.20, 0.10
AT_RISK_RATE_RATIO, HEALTHY_RATE_RATIO = 2.0, 0.5
MIN_ROWS = 50


@dataclass(frozen=True)
class BandThresholds:
    """Whole points of health: at risk below the first, healthy from the second.

    `base`: loss rate where they were found; `judged`: churn by band at the later cut-offs (`band_rates.by_band`).
    """

    at_risk_below: int
    healthy_from: int
    base: float
    judged: pl.DataFrame

    def settings(self, present: Settings) -> Settings:
        """The present settings with these thresholds, as a draft; nothing is saved."""
        return replace(present, at_risk_below=self.at_risk_below, healthy_from=self.healthy_from)


def propose_thresholds(panel: Panel) -> BandThresholds | None:
    """Propose thresholds from outcomes; None where outcomes support none.

    At risk: the highest threshold with at most 20 % of the rows below it and a loss rate whose lower Wilson bound is at least twice the
    base rate. Healthy: the lowest with an upper bound of at most half of it, raised until watch has 10 % of the rows. At least 50 rows in
    each.
    """
    earlier, later = panel.halves()
    counts = _counts(earlier)
    customers, lost = int(counts[0].sum()), int(counts[1].sum())
    if not lost:
        return None
    base = lost / customers
    below, lost_below = (np.concatenate([[0], column.cumsum()]) for column in counts)
    at_risk_below = next(
        (edge for edge in range(100, 0, -1) if _is_at_risk(int(below[edge]), int(lost_below[edge]), customers, base)), None
    )
    healthy_edges = (edge for edge in range(1, 101) if _is_healthy(customers - int(below[edge]), lost - int(lost_below[edge]), base))
    healthy_least = next(healthy_edges, None)
    if at_risk_below is None or healthy_least is None:
        return None
    edges = (
        edge
        for edge in range(max(healthy_least, at_risk_below + 1), 101)
        if _leaves_enough_watch(below, edge, at_risk_below, customers, lost, lost_below, base)
    )
    healthy_from = next(edges, None)
    if healthy_from is None:
        return None
    draft = replace(panel.settings, at_risk_below=at_risk_below, healthy_from=healthy_from)
    return BandThresholds(at_risk_below, healthy_from, base, band_rates.by_band(later.rescore(draft)))


def _counts(panel: Panel) -> tuple[Ints, Ints]:
    """Rows and losses by whole points of health, 0 to 100."""
    point, lost = panel.rows["health"].to_numpy() // 100, panel.rows["lost"].to_numpy()
    return np.bincount(point, minlength=101), np.bincount(point[lost], minlength=101)


def _is_at_risk(n: int, k: int, customers: int, base: float) -> bool:
    return n >= MIN_ROWS and n <= MOST_AT_RISK * customers and wilson(k, n)[0] >= AT_RISK_RATE_RATIO * base


def _is_healthy(n: int, k: int, base: float) -> bool:
    return n >= MIN_ROWS and wilson(k, n)[1] <= HEALTHY_RATE_RATIO * base


def _leaves_enough_watch(below: Ints, edge: int, at_risk: int, customers: int, lost: int, lost_below: Ints, base: float) -> bool:
    """Whether watch, between the thresholds, has enough rows and the healthy rate still holds."""
    watch_rows = int(below[edge] - below[at_risk])
    rate_holds = _is_healthy(customers - int(below[edge]), lost - int(lost_below[edge]), base)
    return rate_holds and watch_rows >= max(MIN_ROWS, LEAST_WATCH * customers)
