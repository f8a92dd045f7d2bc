"""Weights learned from who left: never negative, proposed only, and adopted only where their like did better on later cut-offs.

Each later cut-off is judged with what could be learned before it; the weights proposed today are learned from all that is known today.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from health.foresight import cutoffs, logistic
from health.foresight.contest import Contest, contest
from health.foresight.panel import Panel
from health.foresight.sample import Floats
from health.foresight.verdict import FEWEST_LOSSES
from health.score.components import COMPONENTS
from health.score.settings import Settings

A_TENTH_OF_POINTS = 1000  # hundredths of a point to tens of points


@dataclass(frozen=True)
class Learned:
    """Whole weights that add up to 100 (None where too little is known to learn any); what learning gained over the present weights in
    AUC, with its interval, at the cut-offs it was judged on."""

    weights: dict[str, int] | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    judged_on: int
    adopt: bool
    why: str

    def as_json(self) -> dict[str, Any]:
        """Its fields by name."""
        return vars(self).copy()

    def settings(self, present: Settings) -> Settings:
        """The present settings with these weights: a draft, nothing is saved."""
        return _weighed(present, self.weights) if self.weights else present


def learned(panel: Panel) -> Learned:
    """Learned from the whole panel, judged on those of its cut-offs before which there was enough to learn from."""
    parts = [(day, _known_before(panel, day)) for day in panel.cutoffs]
    judged = [(day, weights) for day, weights in parts if weights is not None]
    weights = _weights(panel)
    if weights is None or not judged:
        why = f"No weights can be learned yet: it takes {FEWEST_LOSSES} losses to learn from, and later cut-offs to judge by."
        return Learned(None, None, None, None, 0, False, why)
    later = panel.within([day for day, _ in judged])
    under = [panel.within([day]).under(_weighed(panel.settings, then)).rows for day, then in judged]
    tried = contest(later, replace(later, rows=pl.concat(under)))
    better = tried.gain_low is not None and tried.gain_low > 0
    return Learned(weights, tried.gain, tried.gain_low, tried.gain_high, len(judged), better, _why(tried, better))


def _known_before(panel: Panel, day: date) -> dict[str, int] | None:
    return _weights(panel.within(cutoffs.matured(panel.cutoffs, day, panel.horizon_days)))


def _why(tried: Contest, better: bool) -> str:
    return f"{'Adopt them' if better else 'Keep the present weights'}: at later cut-offs weights learned before rank {tried.words}"


def _weighed(present: Settings, weights: dict[str, int]) -> Settings:
    return replace(present, weights=dict.fromkeys(present.weights, 0) | weights)


def _weights(panel: Panel) -> dict[str, int] | None:
    """Slopes of leaving per ten points of each component in force, none below 0, as shares of 100; None where there are too few losses,
    or where no component goes with leaving. What is unknown counts as the customer's health."""
    if panel.losses < FEWEST_LOSSES or panel.losses == panel.rows.height:
        return None
    known = [c for c in COMPONENTS if panel.settings.weights.get(c.key)]
    points = panel.rows.select(pl.col(c.column).fill_null(pl.col("health")) for c in known).to_numpy() / A_TENTH_OF_POINTS
    slopes = logistic.fit(-points, panel.rows["lost"].to_numpy(), least=0.0).slopes
    return dict(zip((c.key for c in known), whole(slopes / slopes.sum()), strict=True)) if slopes.sum() > 0 else None


def whole(shares: Floats) -> list[int]:
    """Shares of 1 as whole hundredths that add up to 100: rounded down, the missing ones to the largest remainders, the first on a tie."""
    floors = np.floor(100 * shares).astype(int)
    missing = 100 - floors.sum()
    for at in np.argsort(-(100 * shares - floors), kind="stable")[:missing]:
        floors[at] += 1
    return [int(n) for n in floors]
