"""Gamma-Gamma: spend per purchase (Colombo and Jiang 1999), as in Fader, Hardie and Lee (2005, RFM and CLV).

A purchase varies around the customer's own mean, and these means vary between customers (p, q, v).
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.special import gammaln, psi  # type: ignore[import-untyped]

from health import format as fmt
from health.errors import InsufficientData
from health.foresight.purchases.counts import MIN_CUSTOMERS
from health.foresight.stats.arrays import Floats
from health.foresight.stats.optimize import Objective, minimize_positive

MAX_MEAN_RATIO = 1.5
"""Largest ratio of the model's mean to the mean paid: a few very large spenders make the model diverge."""
MAX_CORRELATION = 0.3
"""The model assumes frequency and spend are independent; above this correlation the page warns."""


@dataclass(frozen=True)
class GammaGamma:
    """The fitted model: `p`, `q`, `v` (money); its `customers` bought repeatedly and paid. `correlation`: of frequency and spend."""

    p: float
    q: float
    v: float
    log_likelihood: float
    customers: int
    correlation: float | None

    @property
    def mean(self) -> float:
        """Expected spend per purchase of a customer without history."""
        return self.p * self.v / (self.q - 1)

    @property
    def warning(self) -> str | None:
        """What the reader must know before relying on it."""
        if self.correlation is None or abs(self.correlation) <= MAX_CORRELATION:
            return None
        direction, bias = ("more", "too low") if self.correlation > 0 else ("less", "too high")
        return (
            f"Frequent buyers spend {direction} each time (correlation {fmt.signed(self.correlation, 2)}), but the model assumes that the "
            f"two are unrelated: values of frequent buyers may be {bias}."
        )

    def as_json(self) -> dict[str, Any]:
        """All fields by name, and the warning."""
        return asdict(self) | {"mean": self.mean, "warning": self.warning}

    def mean_spend(self, counts: pl.DataFrame) -> Floats:
        """Expected spend per purchase of each customer: its own mean, shrunk to the overall mean where it has few purchases."""
        times = counts["frequency"].cast(pl.Float64).to_numpy()
        total_spend = times * counts["spend"].fill_null(0).to_numpy()
        spend: Floats = self.p * (self.v + total_spend) / (self.p * times + self.q - 1)
        return spend


def fit(counts: pl.DataFrame) -> GammaGamma:
    """Maximum likelihood on paying repeat buyers. Raises InsufficientData."""
    paying = counts.filter((pl.col("frequency") > 0) & (pl.col("spend") > 0))
    if paying.height < MIN_CUSTOMERS:
        count_text = f"{fmt.plural(paying.height, 'customer')} without a contract bought again and paid for it"
        raise InsufficientData(
            f"Too little data to forecast the value of a purchase: {count_text}; {MIN_CUSTOMERS} are needed. Load invoices with amounts."
        )
    ordered = paying.sort("frequency", "spend")
    times, spend = ordered["frequency"].cast(pl.Float64).to_numpy(), ordered["spend"].to_numpy()
    unit = float(np.median(spend))
    (p, q, v), loss = minimize_positive(_loss(times, spend / unit), 3)
    if q <= 1 or p * v / (q - 1) > MAX_MEAN_RATIO * float((spend / unit).mean()):
        raise InsufficientData("Amounts vary too much for a reliable mean. Look for amounts that are not purchases of a single customer.")
    log_likelihood = -loss - paying.height * float(np.log(unit))
    return GammaGamma(float(p), float(q), float(v) * unit, log_likelihood, paying.height, _correlation(times, spend))


def _correlation(times: Floats, spend: Floats) -> float | None:
    return float(np.corrcoef(times, spend)[0, 1]) if np.ptp(times) and np.ptp(spend) else None


def _loss(times: Floats, spend: Floats) -> Objective:
    """Negative log likelihood of each customer's mean spend and its gradient to p, q, v."""
    levels, level = np.unique(times, return_inverse=True)
    n = np.bincount(level).astype(float)
    total_spend, logs = times * spend, np.log(spend)
    weighted_log_spend = float(times @ (logs + np.log(times)))
    log_spend_sum = float(logs.sum())

    def loss(parameters: Floats) -> tuple[float, Floats]:
        p, q, v = parameters
        log_total = np.log(total_spend + v)
        weighted_log_total = float(times @ log_total)
        by_level = gammaln(p * levels + q) - gammaln(p * levels) - gammaln(q)
        value = (
            n @ by_level + len(times) * q * np.log(v) + p * (weighted_log_spend - weighted_log_total) - log_spend_sum - q * log_total.sum()
        )
        slope = [
            n @ (levels * (psi(p * levels + q) - psi(p * levels))) + weighted_log_spend - weighted_log_total,
            n @ (psi(p * levels + q) - psi(q)) + len(times) * np.log(v) - log_total.sum(),
            len(times) * q / v - ((p * times + q) / (total_spend + v)).sum(),
        ]
        return -float(value), -np.array(slope)

    return loss
