"""Component weights learned from churn: never negative, only proposed, adopted only if better on later cut-offs.

At each later cut-off the weights learned before it are tested; the proposed weights use everything known today. Weights can beat the
present ones by luck where nothing predicts churn, so they must also beat chance (AUC above 0.55, docs/method.md, Evidence).
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from health.foresight.backtest import cutoffs
from health.foresight.backtest.paired_test import PairedTest, paired_test
from health.foresight.backtest.panel import Panel
from health.foresight.backtest.verdict import CHANCE, MIN_LOSSES
from health.foresight.stats import logistic
from health.foresight.stats.arrays import Floats
from health.score.components import COMPONENTS
from health.score.settings import Settings

HUNDREDTHS_PER_TEN_POINTS = 1000  # hundredths of a point to tens of points


@dataclass(frozen=True)
class LearnedWeights:
    """Learned weights as percentages that sum to 100 (None with too few losses), and their test.

    `auc` with interval at the tested cut-offs, `gain` over the present weights with interval.
    """

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
        """All fields by name."""
        return vars(self).copy()

    def settings(self, present: Settings) -> Settings:
        """The present settings with these weights, as a draft; nothing is saved."""
        return _with_weights(present, self.weights) if self.weights else present


def learn_weights(panel: Panel) -> LearnedWeights:
    """Learn weights from the whole panel and test them at the cut-offs with enough losses before them."""
    by_cutoff = [(day, _weights_known_before(panel, day)) for day in panel.cutoffs]
    tested = [(day, weights) for day, weights in by_cutoff if weights is not None]
    weights = _fit_weights(panel)
    if weights is None or not tested:
        reason = f"Weights cannot be learned yet: that needs {MIN_LOSSES} losses to learn from, and later test dates to check them on."
        return LearnedWeights(None, None, None, None, None, None, None, 0, False, reason)
    later = panel.at_cutoffs([day for day, _ in tested])
    rescored = [panel.at_cutoffs([day]).rescore(_with_weights(panel.settings, weights_then)).rows for day, weights_then in tested]
    test = paired_test(later, replace(later, rows=pl.concat(rescored)))
    auc, (low, high) = test.auc[1], test.auc_intervals[1]
    beats_present, beats_chance = (bound is not None and bound > limit for bound, limit in ((test.gain_low, 0), (low, CHANCE)))
    gain = (test.gain, test.gain_low, test.gain_high)
    return LearnedWeights(
        weights, auc, low, high, *gain, len(tested), beats_present and beats_chance, _recommendation(test, beats_present, beats_chance)
    )


def _weights_known_before(panel: Panel, day: date) -> dict[str, int] | None:
    return _fit_weights(panel.at_cutoffs(cutoffs.matured_cutoffs(panel.cutoffs, day, panel.horizon_days)))


def _recommendation(test: PairedTest, beats_present: bool, beats_chance: bool) -> str:
    ranking_text = f"when tested on later dates, the learned weights {test.text}"
    if not beats_present or beats_chance:
        return f"{'Use the learned weights' if beats_present else 'Keep the current weights'}: {ranking_text}"
    auc, auc_interval = test.auc[1], test.auc_intervals[1]
    interval = " to ".join(f"{100 * (end or 0):.0f}" for end in auc_interval)
    pairs = f"in {100 * (auc or 0):.0f} of 100 pairs the churned customer had the lower score"
    chance_text = f"{pairs} (95 % interval {interval}; random guessing gives 50)"
    no_better = f"But the learned weights are no better than chance: {chance_text}. The gain may be luck."
    return f"Keep the current weights: {ranking_text} {no_better}"


def _with_weights(present: Settings, weights: dict[str, int]) -> Settings:
    return replace(present, weights=dict.fromkeys(present.weights, 0) | weights)


def _fit_weights(panel: Panel) -> dict[str, int] | None:
    """Weights as percentages, proportional to the non-negative slopes of a churn regression on points; None without any.

    Unknown points count as the customer's health. Customers of segments with their own weights are left out.
    """
    own_segments = list(panel.settings.segment_weights)
    rows = panel.rows.filter(~pl.col("score_segment").is_in(own_segments).fill_null(False)) if own_segments else panel.rows
    lost = rows["lost"].to_numpy()
    if lost.sum() < MIN_LOSSES or lost.all():
        return None
    components = [c for c in COMPONENTS if panel.settings.weights.get(c.key)]
    points = rows.select(pl.col(c.column).fill_null(pl.col("health")) for c in components).to_numpy() / HUNDREDTHS_PER_TEN_POINTS
    slopes = logistic.fit(-points, lost, lowest_slope=0.0).slopes
    return dict(zip((c.key for c in components), whole_percentages(slopes / slopes.sum()), strict=True)) if slopes.sum() > 0 else None


def whole_percentages(shares: Floats) -> list[int]:
    """Shares of 1 as whole percentages that sum to 100, by largest remainder (first wins ties)."""
    floors = np.floor(100 * shares).astype(int)
    missing = 100 - floors.sum()
    for place in np.argsort(-(100 * shares - floors), kind="stable")[:missing]:
        floors[place] += 1
    return [int(n) for n in floors]
