"""Churn probabilities from risk scores, fitted on earlier cut-offs only, and how accurate they were."""

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

DECILES = 10


def churn_probabilities(panel: Panel, risk: Floats) -> Floats:
    """Churn probability per row: a logistic regression on the risk, fitted on cut-offs that had matured before the row's own; NaN
    without any."""
    day, lost = panel.rows["cutoff"].to_numpy(), panel.rows["lost"].to_numpy()
    probabilities = np.full(len(risk), np.nan)
    for cutoff in panel.cutoffs:
        mature = _at_cutoffs(day, cutoffs.matured_cutoffs(panel.cutoffs, cutoff, panel.horizon_days))
        if lost[mature].any() and not lost[mature].all():
            current = _at_cutoffs(day, [cutoff])
            probabilities[current] = logistic.fit(risk[mature, None], lost[mature]).probability(risk[current, None])
    return probabilities


def _at_cutoffs(day: np.ndarray, days: list[date]) -> Flags:
    flags: Flags = np.isin(day, np.array(days, dtype="datetime64[D]").astype(day.dtype))
    return flags


@dataclass(frozen=True)
class ProbabilitySums:
    """Sums per customer over the rows that have a probability.

    `squared_errors` of the probabilities, `base_squared_errors` of the earlier loss rate, `expected` and `observed` losses.
    """

    rows: Floats
    squared_errors: Floats
    base_squared_errors: Floats
    expected: Floats
    observed: Floats

    def brier(self, draws: Draws) -> Floats:
        """Brier score (mean squared error), one per draw."""
        return ratio(draws @ self.squared_errors, draws @ self.rows)

    def skill(self, draws: Draws) -> Floats:
        """Brier skill: 1 - Brier / Brier of the earlier loss rate, one per draw; 0 is no better than that rate."""
        return 1 - ratio(draws @ self.squared_errors, draws @ self.base_squared_errors)

    def calibration(self, draws: Draws) -> Floats:
        """Expected over observed losses, one per draw."""
        return ratio(draws @ self.expected, draws @ self.observed)


def probability_sums(sample: Sample, probability: Floats, base: Floats) -> ProbabilitySums:
    """Sum errors and losses per customer, over the rows that have a probability."""
    has_probability = ~np.isnan(probability)
    lost = sample.lost[has_probability].astype(float)

    def of_customer(values: Floats) -> Floats:
        return np.bincount(sample.customer[has_probability], weights=values, minlength=sample.customers).astype(float)

    return ProbabilitySums(
        rows=of_customer(np.ones(has_probability.sum())),
        squared_errors=of_customer((probability[has_probability] - lost) ** 2),
        base_squared_errors=of_customer((base[has_probability] - lost) ** 2),
        expected=of_customer(probability[has_probability]),
        observed=of_customer(lost),
    )


def calibration_by_decile(churned: Flags, probability: Floats) -> pl.DataFrame:
    """One row per decile of predicted probability, lowest first: tenth, customers, lost, expected, rate, low, high.

    `expected` is the mean probability, `rate` the observed share with its Wilson interval. Ties keep the order given; NaN is left out.
    """
    has_probability = ~np.isnan(probability)
    order = np.argsort(probability[has_probability], kind="stable")
    lost, sorted_probability = churned[has_probability][order], probability[has_probability][order]
    deciles = [decile for decile in np.array_split(np.arange(len(order)), DECILES) if len(decile)]
    counts = [(n + 1, len(p), int(lost[p].sum()), float(sorted_probability[p].mean())) for n, p in enumerate(deciles)]
    names = ["tenth", "customers", "lost", "expected", "rate", "low", "high"]
    rows = [(n, size, k, expected, k / size, *wilson(k, size)) for n, size, k, expected in counts]
    return pl.DataFrame(rows, schema=dict(zip(names, [pl.Int64] * 3 + [pl.Float64] * 4, strict=True)), orient="row")
