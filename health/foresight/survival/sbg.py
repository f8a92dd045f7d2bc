"""Shifted-beta-geometric model of a cohort (Fader and Hardie 2007, 2010): each customer has its own churn probability, beta(a, b).

It uses only the cohort's survivors and serves as a check of the churn model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, hyp2f1, psi  # type: ignore[import-untyped]
from scipy.stats import beta  # type: ignore[import-untyped]

from health.errors import InsufficientData
from health.foresight.stats.arrays import Floats
from health.foresight.stats.optimize import Objective, minimize_positive

MIN_LOST = 30


@dataclass(frozen=True)
class Sbg:
    """The fitted model; times are renewals, `periods` of which were observed."""

    a: float
    b: float
    periods: int

    def survival(self, t: Floats | float) -> Floats:
        """Share surviving the first `t` renewals, 0 to 1."""
        stays: Floats = np.exp(betaln(self.a, self.b + np.asarray(t, dtype=float)) - betaln(self.a, self.b))
        return stays

    def residual_value(self, n: int, discount: float) -> float:
        """Value of a customer about to renew for the n-th time, in payments: the one due now and all later ones, discounted.

        `n` from 1; `discount`: rate a period, above 0 (Fader and Hardie 2010, equation 6).
        """
        a, b = self.a, self.b
        factor = 1 / (1 + discount)
        later = float(hyp2f1(1, b + n, a + b + n, factor))
        if not np.isfinite(later):  # SciPy's series overflows for some large parameters; Euler's integral is the same number
            later = float(beta(b + n, a).expect(lambda share: 1 / (1 - factor * share)))
        return float((b + n - 1) / (a + b + n - 1) * later)


def fit(survivors: Sequence[float]) -> Sbg:
    """Maximum likelihood on the number of survivors: at the start, after the first renewal and so on. Raises InsufficientData."""
    losses = -np.diff(np.asarray(survivors, dtype=float))
    if (losses < 0).any():
        raise ValueError("survivors cannot rise")
    if len(losses) < 2 or losses.sum() < MIN_LOST or not survivors[-1] > 0:
        raise InsufficientData(
            f"Too little data on renewals: the cohorts need two renewals, {MIN_LOST} churned customers and one who stayed."
        )
    (a, b), _ = minimize_positive(_loss(losses, float(survivors[-1])), 2)
    return Sbg(float(a), float(b), len(losses))


def _loss(losses: Floats, survivors: float) -> Objective:
    """Negative log likelihood and its gradient; P(leave at renewal t) = B(a + 1, b + t - 1) / B(a, b)."""
    renewals_before, customers, renewals = np.arange(len(losses), dtype=float), losses.sum() + survivors, float(len(losses))

    def loss(parameters: Floats) -> tuple[float, Floats]:
        a, b = parameters
        value = losses @ betaln(a + 1, b + renewals_before) + survivors * betaln(a, b + renewals) - customers * betaln(a, b)
        total = losses @ psi(a + b + renewals_before + 1) + survivors * psi(a + b + renewals) - customers * psi(a + b)
        by_a = losses.sum() * psi(a + 1) + (survivors - customers) * psi(a) - total
        by_b = losses @ psi(b + renewals_before) + survivors * psi(b + renewals) - customers * psi(b) - total
        return -float(value), -np.array([by_a, by_b])

    return loss
