"""Weights learned from who left: never negative, proposed only, and adopted only where they did better on cut-offs they never saw."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from health.foresight import logistic
from health.foresight.contest import Contest, contest
from health.foresight.panel import Panel
from health.foresight.sample import Floats
from health.foresight.verdict import FEWEST_LOSSES
from health.score.components import COMPONENTS
from health.score.settings import Settings

A_TENTH_OF_POINTS = 1000  # hundredths of a point to tens of points


@dataclass(frozen=True)
class Learned:
    """Whole weights that add up to 100 (None where too little is known to learn any), and how they did against the present ones."""

    weights: dict[str, int] | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    adopt: bool
    why: str

    def as_json(self) -> dict[str, Any]:
        """Its fields by name."""
        return vars(self).copy()

    def settings(self, present: Settings) -> Settings:
        """The present settings with these weights: a draft, nothing is saved."""
        return _weighed(present, self.weights) if self.weights else present


def _weighed(present: Settings, weights: dict[str, int]) -> Settings:
    return replace(present, weights=dict.fromkeys(present.weights, 0) | weights)


def learned(panel: Panel) -> Learned:
    """Learned on the earlier cut-offs, judged on the later ones."""
    earlier, later = panel.halves()
    if min(earlier.losses, later.losses) < FEWEST_LOSSES:
        return Learned(None, None, None, None, False, f"It takes {FEWEST_LOSSES} losses to learn from and as many to judge by.")
    weights = _weights(earlier)
    if weights is None:
        return Learned(None, None, None, None, False, "No component of the score goes with leaving.")
    tried = contest(later, later.under(_weighed(panel.settings, weights)))
    better = tried.gain_low is not None and tried.gain_low > 0
    return Learned(weights, tried.gain, tried.gain_low, tried.gain_high, better, _why(tried, better))


def _why(tried: Contest, better: bool) -> str:
    return f"{'Adopt them' if better else 'Keep the present weights'}: on later cut-offs the learned ones rank {tried.words}"


def _weights(panel: Panel) -> dict[str, int] | None:
    """Slopes of leaving per ten points of each component in force, none below 0, as shares of 100; None where all are 0."""
    keys = [c.key for c in COMPONENTS if panel.settings.weights.get(c.key)]
    columns = {c.key: c.column for c in COMPONENTS}
    points = panel.rows.select(pl.col(columns[key]).fill_null(pl.col("health")) for key in keys).to_numpy() / A_TENTH_OF_POINTS
    slopes = logistic.fit(-points, panel.rows["lost"].to_numpy(), least=0.0).slopes
    return dict(zip(keys, whole(slopes / slopes.sum()), strict=True)) if slopes.sum() > 0 else None


def whole(shares: Floats) -> list[int]:
    """Shares of 1 as whole hundredths that add up to 100: rounded down, the missing ones to the largest remainders, the first on a tie."""
    floors = np.floor(100 * shares).astype(int)
    missing = 100 - floors.sum()
    for at in np.argsort(-(100 * shares - floors), kind="stable")[:missing]:
        floors[at] += 1
    return [int(n) for n in floors]
