"""Two versions of the settings on the same rows: is the difference more than noise?"""

from dataclasses import dataclass

import polars as pl

from health.foresight.backtest.baselines import MODELS, risk
from health.foresight.backtest.bootstrap import interval, sample
from health.foresight.backtest.panel import KEY, Panel
from health.foresight.backtest.ranking import Ranking
from health.foresight.stats.arrays import none_if_nan

HEALTH_MODEL = MODELS[0]
Interval = tuple[float | None, float | None]


@dataclass(frozen=True)
class Contest:
    """The rows both can score; AUC (with its interval) and the share of the losses among the worst fifth under each, and the gain of the
    second with its interval: the same customers are drawn for both. None where nobody left or nobody stayed."""

    customers: int
    losses: int
    auc: tuple[float | None, float | None]
    auc_within: tuple[Interval, Interval]
    found_in_fifth: tuple[float | None, float | None]
    gain: float | None
    gain_low: float | None
    gain_high: float | None

    @property
    def inside_noise(self) -> bool:
        """Whether the two cannot be told apart."""
        return self.gain_low is None or self.gain_high is None or self.gain_low <= 0 <= self.gain_high

    @property
    def words(self) -> str:
        """The difference as the end of a sentence: `ranks` ..."""
        if self.gain is None or self.gain_low is None or self.gain_high is None:
            return "nothing, since of these customers none was lost, or none stayed."
        told = "inside the noise" if self.inside_noise else f"{'better' if self.gain > 0 else 'worse'}, outside the noise"
        span = f"({100 * self.gain_low:+.1f} to {100 * self.gain_high:+.1f})"
        return f"{100 * self.gain:+.1f} {span} of 100 pairs of a lost and a kept customer in the right order: {told}."


def contest(one: Panel, other: Panel) -> Contest:
    """The second panel against the first, on the rows both hold."""
    mine, theirs = common(one.rows, other.rows)
    drawn = sample(mine)
    rankings = [Ranking(drawn, risk(rows, HEALTH_MODEL)) for rows in (mine, theirs)]
    points = [ranking.tally(drawn.whole).pooled() for ranking in rankings]
    before, after = (ranking.tallies(drawn.draws).pooled().auc for ranking in rankings)
    auc, found = ([none_if_nan(getattr(p, name)) for p in points] for name in ("auc", "found_in_fifth"))
    gain = None if auc[0] is None or auc[1] is None else auc[1] - auc[0]
    within = (interval(before), interval(after))
    return Contest(mine.height, int(drawn.lost.sum()), (auc[0], auc[1]), within, (found[0], found[1]), gain, *interval(after - before))


def common(one: pl.DataFrame, other: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of the same customer and cut-off, in the same order."""
    if one.select(KEY).equals(other.select(KEY)):
        return one, other
    return one.join(other, on=KEY, how="semi", maintain_order="left"), other.join(one, on=KEY, how="semi", maintain_order="left")
