"""Weights learned from who left: never negative, proposed only, and adopted only where their like did better on later cut-offs.

Each later cut-off is judged with what could be learned before it; the weights proposed today are learned from all that is known today.
Where nothing tells who leaves, some weights beat the present ones by luck: none are adopted that do not beat chance themselves.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from health.foresight.backtest import cutoffs
from health.foresight.backtest.paired_test import Contest, contest
from health.foresight.backtest.panel import Panel
from health.foresight.backtest.verdict import CHANCE, FEWEST_LOSSES
from health.foresight.stats import logistic
from health.foresight.stats.arrays import Floats
from health.score.components import COMPONENTS
from health.score.settings import Settings

A_TENTH_OF_POINTS = 1000  # hundredths of a point to tens of points


@dataclass(frozen=True)
class Learned:
    """Whole weights that add up to 100 (None where too little is known to learn any); their AUC at the cut-offs they were judged on and
    what learning gained over the present weights, each with its interval."""

    weights: dict[str, int] | None
    auc: float | None
    auc_low: float | None
    auc_high: float | None
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
        return Learned(None, None, None, None, None, None, None, 0, False, why)
    later = panel.within([day for day, _ in judged])
    under = [panel.within([day]).under(_weighed(panel.settings, then)).rows for day, then in judged]
    tried = contest(later, replace(later, rows=pl.concat(under)))
    auc, (low, high) = tried.auc[1], tried.auc_within[1]
    better, told = (bound is not None and bound > limit for bound, limit in ((tried.gain_low, 0), (low, CHANCE)))
    gained = (tried.gain, tried.gain_low, tried.gain_high)
    return Learned(weights, auc, low, high, *gained, len(judged), better and told, _why(tried, better, told))


def _known_before(panel: Panel, day: date) -> dict[str, int] | None:
    return _weights(panel.within(cutoffs.matured(panel.cutoffs, day, panel.horizon_days)))


def _why(tried: Contest, better: bool, told: bool) -> str:
    ranked = f"at later cut-offs weights learned before rank {tried.words}"
    if not better or told:
        return f"{'Adopt them' if better else 'Keep the present weights'}: {ranked}"
    auc, within = tried.auc[1], tried.auc_within[1]
    right = " to ".join(f"{100 * (end or 0):.0f}" for end in within)
    luck = f"they hold the one who left for the sicker in {100 * (auc or 0):.0f} of 100 cases ({right}; tossing a coin gives 50)"
    return f"Keep the present weights: {ranked} But the learned ones are no better than chance themselves: {luck}, so the gain may be luck."


def _weighed(present: Settings, weights: dict[str, int]) -> Settings:
    return replace(present, weights=dict.fromkeys(present.weights, 0) | weights)


def _weights(panel: Panel) -> dict[str, int] | None:
    """Slopes of leaving per ten points of each component in force, none below 0, as shares of 100; None where there are too few losses,
    or where no component goes with leaving. What is unknown counts as the customer's health. Customers of a segment with weights of its
    own teach nothing: everybody's weights do not hold for them."""
    own = list(panel.settings.segment_weights)
    rows = panel.rows.filter(~pl.col("score_segment").is_in(own).fill_null(False)) if own else panel.rows
    lost = rows["lost"].to_numpy()
    if lost.sum() < FEWEST_LOSSES or lost.all():
        return None
    known = [c for c in COMPONENTS if panel.settings.weights.get(c.key)]
    points = rows.select(pl.col(c.column).fill_null(pl.col("health")) for c in known).to_numpy() / A_TENTH_OF_POINTS
    slopes = logistic.fit(-points, lost, least=0.0).slopes
    return dict(zip((c.key for c in known), whole(slopes / slopes.sum()), strict=True)) if slopes.sum() > 0 else None


def whole(shares: Floats) -> list[int]:
    """Shares of 1 as whole hundredths that add up to 100: rounded down, the missing ones to the largest remainders, the first on a tie."""
    floors = np.floor(100 * shares).astype(int)
    missing = 100 - floors.sum()
    for at in np.argsort(-(100 * shares - floors), kind="stable")[:missing]:
        floors[at] += 1
    return [int(n) for n in floors]
