"""From a risk to a chance, learned from earlier cut-offs alone; and how good the chances were."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from health.foresight.backtest import cutoffs
from health.foresight.backtest.bootstrap import Draws, Sample
from health.foresight.backtest.panel import Panel
from health.foresight.backtest.ranking import ratio
from health.foresight.stats import logistic
from health.foresight.stats.arrays import Flags, Floats
from health.foresight.stats.proportions import wilson

TENTHS = 10


def chances(panel: Panel, risk: Floats) -> Floats:
    """The chance of leaving of each row, by a logistic of the risk fitted on the cut-offs matured before its own; NaN without any."""
    day, lost = panel.rows["cutoff"].to_numpy(), panel.rows["lost"].to_numpy()
    found = np.full(len(risk), np.nan)
    for cutoff in panel.cutoffs:
        known = _among(day, cutoffs.matured(panel.cutoffs, cutoff, panel.horizon_days))
        if lost[known].any() and not lost[known].all():
            here = _among(day, [cutoff])
            found[here] = logistic.fit(risk[known, None], lost[known]).chance(risk[here, None])
    return found


def _among(day: np.ndarray, wanted: list[date]) -> Flags:
    flags: Flags = np.isin(day, np.array(wanted, dtype="datetime64[D]").astype(day.dtype))
    return flags


@dataclass(frozen=True)
class Chances:
    """Rows with a chance, by customer: how many, the squared misses of the chances and of the earlier loss rate, expected and observed."""

    rows: Floats
    missed: Floats
    base_missed: Floats
    expected: Floats
    observed: Floats

    def brier(self, draws: Draws) -> Floats:
        """Mean squared miss, a draw."""
        return ratio(draws @ self.missed, draws @ self.rows)

    def skill(self, draws: Draws) -> Floats:
        """1 - Brier over that of the earlier loss rate, a draw; 0 is no better than the rate for everybody."""
        return 1 - ratio(draws @ self.missed, draws @ self.base_missed)

    def calibration(self, draws: Draws) -> Floats:
        """Expected losses over observed ones, a draw."""
        return ratio(draws @ self.expected, draws @ self.observed)


def judged(sample: Sample, chance: Floats, base: Floats) -> Chances:
    """The sums behind the measures, over the rows that have a chance."""
    has = ~np.isnan(chance)
    lost = sample.lost[has].astype(float)

    def of_customer(values: Floats) -> Floats:
        return np.bincount(sample.customer[has], weights=values, minlength=sample.customers).astype(float)

    return Chances(
        rows=of_customer(np.ones(has.sum())),
        missed=of_customer((chance[has] - lost) ** 2),
        base_missed=of_customer((base[has] - lost) ** 2),
        expected=of_customer(chance[has]),
        observed=of_customer(lost),
    )


def calibration(happened: Flags, chance: Floats) -> pl.DataFrame:
    """One row a tenth of the rows that have a chance, the safest first (ties in the order given): tenth, customers, lost,
    expected (mean chance), rate (observed), low, high (Wilson)."""
    has = ~np.isnan(chance)
    order = np.argsort(chance[has], kind="stable")
    lost, sorted_chance = happened[has][order], chance[has][order]
    parts = [part for part in np.array_split(np.arange(len(order)), TENTHS) if len(part)]
    found = [(n + 1, len(p), int(lost[p].sum()), float(sorted_chance[p].mean())) for n, p in enumerate(parts)]
    names = ["tenth", "customers", "lost", "expected", "rate", "low", "high"]
    rows = [(n, size, k, expected, k / size, *wilson(k, size)) for n, size, k, expected in found]
    return pl.DataFrame(rows, schema=dict(zip(names, [pl.Int64] * 3 + [pl.Float64] * 4, strict=True)), orient="row")
