"""Ranking quality of a risk score: ranked once, then counted for any customer weights.

A pair is one lost and one kept customer at the same cut-off, never of two days.
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
    """Counts per cut-off (last axis), additive over cut-offs.

    `concordance`: correctly ordered pairs counted twice, ties once; `precision` summed over losses; losses and customers of all rows, and
    of the riskiest tenth and fifth.
    """

    concordance: Floats
    pairs: Floats
    precision: Floats
    losses: Floats
    customers: Floats
    tenth_losses: Floats
    tenth_customers: Floats
    fifth_losses: Floats

    def pooled(self) -> "Tally":
        """Sums over all cut-offs."""
        return Tally(**{name: values.sum(axis=-1) for name, values in vars(self).items()})

    @property
    def auc(self) -> Floats:
        """Share of pairs in which the lost customer had the higher risk; ties count half."""
        return ratio(self.concordance, 2 * self.pairs)

    @property
    def average_precision(self) -> Floats:
        """Mean precision at each loss."""
        return ratio(self.precision, self.losses)

    @property
    def lift(self) -> Floats:
        """Loss rate of the riskiest tenth over that of all."""
        return ratio(self.tenth_losses * self.customers, self.tenth_customers * self.losses)

    @property
    def found_in_fifth(self) -> Floats:
        """Share of the losses in the riskiest fifth."""
        return ratio(self.fifth_losses, self.losses)


class Ranking:
    """Rows ordered by risk within each cut-off; ties by customer."""

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
        self.loss_rows = np.flatnonzero(lost)
        self.tie_start, self.tie_end = starts[group[self.loss_rows]], ends[group[self.loss_rows]]
        self.cut = cut[self.loss_rows]
        self.bounds = np.searchsorted(cut, np.arange(sample.cuts + 1))
        losses_before = np.concatenate([[0], lost.cumsum()])
        self.lost_until, self.lost_before, self.lost_bounds = (
            losses_before[self.tie_end],
            losses_before[self.loss_rows],
            losses_before[self.bounds],
        )

    def tally(self, weights: Weights) -> Tally:
        """Counts with each customer weighted by its number of draws."""
        counts = weights[self.customer]
        kept_sums = _cumulative(counts * self.kept)
        loss_counts = counts[self.loss_rows].astype(np.int64)
        loss_sums = _cumulative(loss_counts)
        kept_first, lost_first = kept_sums[self.bounds[:-1]], loss_sums[self.lost_bounds[:-1]]
        kept_all, lost_all = np.diff(kept_sums[self.bounds]), np.diff(loss_sums[self.lost_bounds])
        cutoff = self.cut
        safer = 2 * kept_all[cutoff] - (kept_sums[self.tie_start] + kept_sums[self.tie_end] - 2 * kept_first[cutoff])
        lost_to = loss_sums[self.lost_until] - lost_first[cutoff]
        all_to = lost_to + kept_sums[self.tie_end] - kept_first[cutoff]
        ranked_ahead = kept_sums[self.loss_rows] - kept_first[cutoff] + loss_sums[self.lost_before] - lost_first[cutoff]
        customers = kept_all + lost_all
        tenth, fifth = (-(-customers // divisor) for divisor in (TENTH, FIFTH))
        return Tally(
            concordance=self._by_cutoff(loss_counts * safer),
            pairs=(kept_all * lost_all).astype(float),
            precision=self._by_cutoff(loss_counts * lost_to / np.maximum(all_to, 1)),
            losses=lost_all.astype(float),
            customers=customers.astype(float),
            tenth_losses=self._by_cutoff(np.clip(tenth[cutoff] - ranked_ahead, 0, loss_counts)),
            tenth_customers=tenth.astype(float),
            fifth_losses=self._by_cutoff(np.clip(fifth[cutoff] - ranked_ahead, 0, loss_counts)),
        )

    def tally_draws(self, draws: npt.NDArray[np.uint8]) -> Tally:
        """The same for many draws: draw x cut-off."""
        tallies = [vars(self.tally(weights)) for weights in draws]
        return Tally(**{name: np.stack([tally_values[name] for tally_values in tallies]) for name in tallies[0]})

    def gains(self, steps: int = 20) -> list[tuple[float, float]]:
        """Gains curve: (share of customers, riskiest first in each cut-off; share of the losses among them)."""
        rank = np.arange(len(self.order)) - self.bounds[:-1].repeat(np.diff(self.bounds))
        size = np.diff(self.bounds)[self.cut]
        shares = [(rank[self.loss_rows] * steps < size * step).mean() if len(self.loss_rows) else np.nan for step in range(steps + 1)]
        return [(step / steps, float(share)) for step, share in enumerate(shares)]

    def _by_cutoff(self, values: npt.NDArray[np.number]) -> Floats:
        return np.bincount(self.cut, weights=values, minlength=self.cuts).astype(float)


def _cumulative(values: npt.NDArray[np.integer]) -> Ints:
    """Sums of the values before each position, and of all."""
    sums = np.zeros(len(values) + 1, dtype=np.int64)
    values.cumsum(out=sums[1:], dtype=np.int64)
    return sums


def ratio(part: Floats, divisor: Floats) -> Floats:
    """Quotient; NaN where the divisor is not positive."""
    quotient: Floats = np.divide(part, divisor, out=np.full(np.shape(divisor), np.nan), where=np.asarray(divisor) > 0)
    return quotient
