"""Paired test of two settings on the same rows: is the difference significant?"""

from dataclasses import dataclass

import polars as pl

from health.foresight.backtest.baselines import MODELS, risk_scores
from health.foresight.backtest.bootstrap import percentile_interval, sample
from health.foresight.backtest.panel import KEY, Panel
from health.foresight.backtest.ranking import Ranking
from health.foresight.stats.arrays import none_if_nan

HEALTH_MODEL = MODELS[0]
Interval = tuple[float | None, float | None]


@dataclass(frozen=True)
class PairedTest:
    """Comparison on the rows both can score; pairs are (first, second).

    AUC with interval, share of the losses in the worst fifth, and the gain of the second with its interval from the same bootstrap draws.
    None where nobody churned or nobody stayed.
    """

    customers: int
    losses: int
    auc: tuple[float | None, float | None]
    auc_intervals: tuple[Interval, Interval]
    found_in_fifth: tuple[float | None, float | None]
    gain: float | None
    gain_low: float | None
    gain_high: float | None

    @property
    def inside_noise(self) -> bool:
        """Whether the difference is not significant."""
        return self.gain_low is None or self.gain_high is None or self.gain_low <= 0 <= self.gain_high

    @property
    def text(self) -> str:
        """The difference as the end of a sentence whose subject is plural, such as the draft weights."""
        if self.gain is None or self.gain_low is None or self.gain_high is None:
            return "cannot be compared: of these customers none churned, or none stayed."
        significance = "no reliable difference" if self.inside_noise else f"reliably {'better' if self.gain > 0 else 'worse'}"
        interval = f"95 % interval {100 * self.gain_low:+.1f} to {100 * self.gain_high:+.1f}"
        direction = "more" if self.gain >= 0 else "fewer"
        return f"rank {abs(100 * self.gain):.1f} {direction} pairs in 100 correctly ({interval}): {significance}."


def paired_test(first: Panel, second: Panel) -> PairedTest:
    """Test the second panel against the first on their common rows."""
    first_rows, second_rows = common_rows(first.rows, second.rows)
    resample = sample(first_rows)
    rankings = [Ranking(resample, risk_scores(rows, HEALTH_MODEL)) for rows in (first_rows, second_rows)]
    pooled = [ranking.tally(resample.all_once).pooled() for ranking in rankings]
    first_draws, second_draws = (ranking.tally_draws(resample.draws).pooled().auc for ranking in rankings)
    auc, found_shares = ([none_if_nan(getattr(p, name)) for p in pooled] for name in ("auc", "found_in_fifth"))
    gain = None if auc[0] is None or auc[1] is None else auc[1] - auc[0]
    intervals = (percentile_interval(first_draws), percentile_interval(second_draws))
    return PairedTest(
        first_rows.height,
        int(resample.lost.sum()),
        (auc[0], auc[1]),
        intervals,
        (found_shares[0], found_shares[1]),
        gain,
        *percentile_interval(second_draws - first_draws),
    )


def common_rows(first: pl.DataFrame, second: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the same customers and cut-offs, in the same order."""
    if first.select(KEY).equals(second.select(KEY)):
        return first, second
    return first.join(second, on=KEY, how="semi", maintain_order="left"), second.join(first, on=KEY, how="semi", maintain_order="left")
