"""Logistic regression by penalised likelihood, with bounds on the slopes."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from health.foresight.stats.arrays import Flags, Floats
from health.foresight.stats.threads import single_threaded

RIDGE = 1.0


@dataclass(frozen=True)
class Fit:
    """Log odds = intercept + features x slopes."""

    intercept: float
    slopes: Floats

    def probability(self, features: Floats) -> Floats:
        """Probability per row, 0 to 1."""
        chance: Floats = np.exp(-np.logaddexp(0, -(self.intercept + features @ self.slopes)))
        return chance


def fit(features: Floats, lost: Flags, lowest_slope: float | None = None) -> Fit:
    """Fit with half the ridge x squared slopes as penalty, no slope below `lowest_slope`; the intercept is free.

    `lost` must contain both outcomes. Features should be of the order of 1 to 10. Starts at the base rate, since the loss is flat far from
    it.
    """
    outcome = lost.astype(float)
    base = outcome.mean()

    def loss(parameters: Floats) -> tuple[float, Floats]:
        odds = parameters[0] + features @ parameters[1:]
        residual = np.exp(-np.logaddexp(0, -odds)) - outcome
        value = (np.logaddexp(0, odds) - outcome * odds).sum() + RIDGE * (parameters[1:] ** 2).sum() / 2
        return float(value), np.concatenate([[residual.sum()], features.T @ residual + RIDGE * parameters[1:]])

    start = np.concatenate([[np.log(base / (1 - base))], np.zeros(features.shape[1])])
    bounds = [(None, None), *[(lowest_slope, None)] * features.shape[1]]
    with single_threaded():
        best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-6})
    return Fit(float(best.x[0]), best.x[1:])
