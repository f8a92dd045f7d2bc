"""Edges of the bands out of observed churn: found on the earlier cut-offs, shown with what then happened at the later ones."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from health.foresight.backtest import band_rates
from health.foresight.backtest.panel import Panel
from health.foresight.stats.arrays import Ints
from health.foresight.stats.proportions import wilson
from health.score.settings import Settings

MOST_AT_RISK, LEAST_WATCH = 0.20, 0.10
TWICE, HALF = 2.0, 0.5
FEWEST = 50


@dataclass(frozen=True)
class Edges:
    """Whole points of health: at risk below the one, healthy from the other. `base`: loss rate where they were found; `judged`: churn
    by band at the later cut-offs, as of `observed.by_band`."""

    at_risk_below: int
    healthy_from: int
    base: float
    judged: pl.DataFrame

    def settings(self, present: Settings) -> Settings:
        """The present settings with these edges: a draft, nothing is saved."""
        return replace(present, at_risk_below=self.at_risk_below, healthy_from=self.healthy_from)


def proposed(panel: Panel) -> Edges | None:
    """At risk: the largest edge below which at most 20 % lie and twice the base rate leaves for sure. Healthy: the smallest from which
    on at most half of it does; raised until watch holds 10 %. At least 50 rows in each; None where outcomes support no such edges."""
    earlier, later = panel.halves()
    counts = _counts(earlier)
    everybody, lost = int(counts[0].sum()), int(counts[1].sum())
    if not lost:
        return None
    base = lost / everybody
    below, lost_below = (np.concatenate([[0], column.cumsum()]) for column in counts)
    at_risk = next((edge for edge in range(100, 0, -1) if _risky(int(below[edge]), int(lost_below[edge]), everybody, base)), None)
    safe = (edge for edge in range(1, 101) if _safe(everybody - int(below[edge]), lost - int(lost_below[edge]), base))
    least = next(safe, None)
    if at_risk is None or least is None:
        return None
    wide = (edge for edge in range(max(least, at_risk + 1), 101) if _wide(below, edge, at_risk, everybody, lost, lost_below, base))
    healthy = next(wide, None)
    if healthy is None:
        return None
    draft = replace(panel.settings, at_risk_below=at_risk, healthy_from=healthy)
    return Edges(at_risk, healthy, base, band_rates.by_band(later.under(draft)))


def _counts(panel: Panel) -> tuple[Ints, Ints]:
    """Rows and losses by whole points of health, 0 to 100."""
    point, lost = panel.rows["health"].to_numpy() // 100, panel.rows["lost"].to_numpy()
    return np.bincount(point, minlength=101), np.bincount(point[lost], minlength=101)


def _risky(n: int, k: int, everybody: int, base: float) -> bool:
    return n >= FEWEST and n <= MOST_AT_RISK * everybody and wilson(k, n)[0] >= TWICE * base


def _safe(n: int, k: int, base: float) -> bool:
    return n >= FEWEST and wilson(k, n)[1] <= HALF * base


def _wide(below: Ints, edge: int, at_risk: int, everybody: int, lost: int, lost_below: Ints, base: float) -> bool:
    """Whether watch, between the edges, holds enough, and the healthy are still safe."""
    watched = int(below[edge] - below[at_risk])
    safe = _safe(everybody - int(below[edge]), lost - int(lost_below[edge]), base)
    return safe and watched >= max(FEWEST, LEAST_WATCH * everybody)
