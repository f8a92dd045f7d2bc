"""How well an order of the customers foretells who leaves: ranked once, then counted for any weights of the customers.

A pair is two customers at the same cut-off, one lost, one kept; never two days.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from health.foresight.backtest.bootstrap import Sample
from health.foresight.stats.arrays import Floats, Ints

TENTH, FIFTH = 10, 5
Weights = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Tally:
    """Counts by cut-off (last axis), which add up over cut-offs: pairs put in the right order (twice; ties once), pairs, precision
    summed over losses, losses, customers, and of the worst tenth and fifth the losses and all customers."""

    right: Floats
    pairs: Floats
    precision: Floats
    losses: Floats
    customers: Floats
    found: Floats
    tenth: Floats
    found_fifth: Floats

    def pooled(self) -> "Tally":
        """Over all cut-offs."""
        return Tally(**{name: values.sum(axis=-1) for name, values in vars(self).items()})

    @property
    def auc(self) -> Floats:
        """The share of pairs in which the lost one was ranked the riskier; a tie counts half."""
        return ratio(self.right, 2 * self.pairs)

    @property
    def average_precision(self) -> Floats:
        """Precision at each loss, averaged."""
        return ratio(self.precision, self.losses)

    @property
    def lift(self) -> Floats:
        """Loss rate of the worst tenth over that of all."""
        return ratio(self.found * self.customers, self.tenth * self.losses)

    @property
    def found_in_fifth(self) -> Floats:
        """Share of the losses among the worst fifth."""
        return ratio(self.found_fifth, self.losses)


class Ranking:
    """The rows in the order of their risk within each cut-off; equal risks by customer."""

    def __init__(self, sample: Sample, risk: Floats) -> None:
        order = np.lexsort((sample.customer, -risk, sample.cut))
        cut, sorted_risk, lost = sample.cut[order], risk[order], sample.lost[order]
        begins = np.ones(len(order), dtype=bool)
        begins[1:] = (cut[1:] != cut[:-1]) | (sorted_risk[1:] != sorted_risk[:-1])
        starts = np.flatnonzero(begins)
        ends = np.append(starts[1:], len(order))
        group = begins.cumsum() - 1
        self.cuts = sample.cuts
        self.order = order
        self.lost = lost
        self.customer = sample.customer[order]
        self.kept = (~lost).astype(np.uint8)
        self.at = np.flatnonzero(lost)
        self.from_, self.until = starts[group[self.at]], ends[group[self.at]]
        self.cut = cut[self.at]
        self.bounds = np.searchsorted(cut, np.arange(sample.cuts + 1))
        before = np.concatenate([[0], lost.cumsum()])
        self.lost_until, self.lost_before, self.lost_bounds = before[self.until], before[self.at], before[self.bounds]

    def tally(self, weights: Weights) -> Tally:
        """The counts with each customer as many times as its weight says."""
        times = weights[self.customer]
        kept = _running(times * self.kept)
        mine = times[self.at].astype(np.int64)
        lost = _running(mine)
        kept_first, lost_first = kept[self.bounds[:-1]], lost[self.lost_bounds[:-1]]
        kept_all, lost_all = np.diff(kept[self.bounds]), np.diff(lost[self.lost_bounds])
        here = self.cut
        safer = 2 * kept_all[here] - (kept[self.from_] + kept[self.until] - 2 * kept_first[here])
        lost_to = lost[self.lost_until] - lost_first[here]
        all_to = lost_to + kept[self.until] - kept_first[here]
        ahead = kept[self.at] - kept_first[here] + lost[self.lost_before] - lost_first[here]
        everybody = kept_all + lost_all
        tenth, fifth = (-(-everybody // parts) for parts in (TENTH, FIFTH))
        return Tally(
            right=self._by_cut(mine * safer),
            pairs=(kept_all * lost_all).astype(float),
            precision=self._by_cut(mine * lost_to / np.maximum(all_to, 1)),
            losses=lost_all.astype(float),
            customers=everybody.astype(float),
            found=self._by_cut(np.clip(tenth[here] - ahead, 0, mine)),
            tenth=tenth.astype(float),
            found_fifth=self._by_cut(np.clip(fifth[here] - ahead, 0, mine)),
        )

    def tallies(self, draws: npt.NDArray[np.uint8]) -> Tally:
        """The same for many draws: draw x cut-off."""
        each = [vars(self.tally(weights)) for weights in draws]
        return Tally(**{name: np.stack([one[name] for one in each]) for name in each[0]})

    def gains(self, steps: int = 20) -> list[tuple[float, float]]:
        """(share of the customers, worst first in each cut-off; share of the losses found among them)."""
        place = np.arange(len(self.order)) - self.bounds[:-1].repeat(np.diff(self.bounds))
        size = np.diff(self.bounds)[self.cut]
        found = [(place[self.at] * steps < size * step).mean() if len(self.at) else np.nan for step in range(steps + 1)]
        return [(step / steps, float(share)) for step, share in enumerate(found)]

    def _by_cut(self, values: npt.NDArray[np.number]) -> Floats:
        return np.bincount(self.cut, weights=values, minlength=self.cuts).astype(float)


def _running(values: npt.NDArray[np.integer]) -> Ints:
    """Sums of the values before each position, and of all."""
    sums = np.zeros(len(values) + 1, dtype=np.int64)
    values.cumsum(out=sums[1:], dtype=np.int64)
    return sums


def ratio(part: Floats, whole: Floats) -> Floats:
    """Not a number where there is nothing to divide by."""
    found: Floats = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)
    return found
