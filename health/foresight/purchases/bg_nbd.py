"""BG/NBD: purchase frequency and activity of customers without a contract (Fader, Hardie and Lee 2005).

A customer buys at its own rate (gamma: r, alpha) until, after some purchase, it drops out with its own probability (beta: a, b).
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.linalg import eigh_tridiagonal  # type: ignore[import-untyped]
from scipy.special import expit, gammaln, psi  # type: ignore[import-untyped]

from health.foresight.purchases.counts import distinct_histories, require_enough
from health.foresight.stats.arrays import Floats
from health.foresight.stats.optimize import Objective, minimize_positive

BLOCK = 8_192
"""Histories per block, small enough to stay in the processor's cache and be summed by one thread."""
MIN_NODES, NODES_PER_ROOT, MAX_NODES = 24, 3, 500


@dataclass(frozen=True)
class BgNbd:
    """The fitted model: `r`, `alpha` (weeks), `a`, `b`; `groups`: distinct histories among its `customers`."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int
    groups: int

    def as_json(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)

    def p_alive(self, counts: pl.DataFrame) -> Floats:
        """Probability that each customer is still active; 0 for customers who gave notice.

        By this model nobody drops out before a second purchase, so it is 1 after a single one: there, expected purchases are the better
        signal.
        """
        frequency, recency, age = _columns(counts)
        dropped = _log_dropped(frequency, recency, age, (self.r, self.alpha, self.a, self.b))
        p_active: Floats = expit(-dropped)
        return np.where(counts["gone"].to_numpy(), 0.0, p_active) if "gone" in counts.columns else p_active

    def expected(self, counts: pl.DataFrame, weeks: float) -> Floats:
        """Expected purchases of each customer in the next `weeks`."""
        return self.expected_weighted(counts, np.array([float(weeks)]), np.ones(1))

    def expected_weighted(self, counts: pl.DataFrame, weeks: Floats, shares: Floats) -> Floats:
        """Expected purchases of each customer by the end of each of `weeks`, times its share, summed."""
        key = ["frequency", "age_weeks"]  # what is bought while buying does not hang on when the last purchase was
        histories = counts.select(key).unique().sort(key)
        by_frequency = histories.group_by("frequency", maintain_order=True)
        purchases_per_group = [
            self._expected_while_active(histories_of_frequency["frequency"][0], histories_of_frequency["age_weeks"].to_numpy(), weeks)
            @ shares
            for _, histories_of_frequency in by_frequency
        ]
        purchases_by_history = histories.with_columns(
            pl.Series("bought", np.concatenate(purchases_per_group) if purchases_per_group else [], pl.Float64)
        )
        while_alive = counts.select(key).join(purchases_by_history, on=key, how="left", maintain_order="left")["bought"]
        expected_purchases: Floats = while_alive.to_numpy() * self.p_alive(counts)
        return expected_purchases

    def expected_for_new(self, weeks: Floats) -> Floats:
        """Expected purchases after the first, for a first purchase that many weeks ago."""
        purchases: Floats = self._expected_while_active(0, np.zeros(1), weeks)[0]
        return purchases

    def _expected_while_active(self, frequency: int, age: Floats, weeks: Floats) -> Floats:
        """Ages x weeks: mean over the dropout probability p of (1 - (A / (A + p t))^(r + x)) / p.

        The closed form with Gauss's hypergeometric function loses all digits for many purchases and is undefined at a = 1; this is neither.
        """
        observed_time = self.alpha + age[:, None]
        longest_ratio = float(weeks.max() / observed_time.min()) if observed_time.size else 0.0
        dropout, weight = beta_nodes(self.a, self.b + frequency, node_count((self.r + frequency) * longest_ratio, longest_ratio))
        purchases = np.zeros((len(age), len(weeks)))
        for p, share in zip(dropout, weight, strict=True):
            purchases -= share / p * np.expm1(-(self.r + frequency) * np.log1p(p * weeks / observed_time))
        return purchases


def fit(counts: pl.DataFrame, start: Floats | None = None) -> BgNbd:
    """Maximum likelihood on the distinct histories. Raises InsufficientData."""
    require_enough(counts)
    groups = distinct_histories(counts)
    best, loss = minimize_positive(_loss(groups), 4, start)
    r, alpha, a, b = (float(value) for value in best)
    return BgNbd(r, alpha, a, b, -loss, counts.height, groups.height)


def _columns(counts: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    frequency, recency, age = (counts[name].cast(pl.Float64).to_numpy() for name in ("frequency", "recency_weeks", "age_weeks"))
    return frequency, recency, age


def _log_dropped(frequency: Floats, recency: Floats, age: Floats, parameters: tuple[float, float, float, float]) -> Floats:
    """Log odds of having dropped out at the last purchase; minus infinity without a second one."""
    r, alpha, a, b = parameters
    odds = np.log(a) - np.log(b + np.maximum(frequency, 1) - 1) + (r + frequency) * np.log((alpha + age) / (alpha + recency))
    return np.where(frequency > 0, odds, -np.inf)


def _loss(groups: pl.DataFrame) -> Objective:
    """Negative log likelihood of the grouped counts and its gradient to r, alpha, a, b.

    Only repeat buyers can have dropped out; all other terms are summed by distinct frequency and by distinct age.
    """
    frequency, recency, age = _columns(groups)
    n = groups["customers"].cast(pl.Float64).to_numpy()
    levels, level = np.unique(frequency, return_inverse=True)
    ages, age_index = np.unique(age, return_inverse=True)
    at_level, at_age, purchases_by_age, customer_count = (
        np.bincount(level, n),
        np.bincount(age_index, n),
        np.bincount(age_index, n * frequency),
        n.sum(),
    )
    is_repeat = frequency > 0
    recencies, recency_index = np.unique(recency[is_repeat], return_inverse=True)
    rows = (n[is_repeat], frequency[is_repeat], level[is_repeat], age_index[is_repeat], recency_index)
    blocks = [tuple(column[k : k + BLOCK] for column in rows) for k in range(0, len(recency_index), BLOCK)]

    def loss(parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = parameters
        log_age, log_recency, base = np.log(alpha + ages), np.log(alpha + recencies), np.log(a) - np.log(b + np.maximum(levels, 1) - 1)
        likelihood_of_repeats, dropped_silence, dropped_slope_alpha, dropped_by_level = 0.0, 0.0, 0.0, np.zeros(len(levels))
        for m, x, of_x, of_age, of_last in blocks:
            silent = log_age[of_age] - log_recency[of_last]
            odds = base[of_x] + (r + x) * silent
            small = np.exp(-np.abs(odds))
            p_dropped = m * np.where(odds > 0, 1.0, small) / (1 + small)
            likelihood_of_repeats += m @ (np.log1p(small) + np.maximum(odds, 0))
            dropped_silence += p_dropped @ silent
            dropped_slope_alpha += p_dropped @ ((r + x) * ((1 / (alpha + recencies))[of_last] - (1 / (alpha + ages))[of_age]))
            dropped_by_level += np.bincount(of_x, p_dropped, minlength=len(levels))
        by_level = gammaln(r + levels) - gammaln(r) + gammaln(a + b) + gammaln(b + levels) - gammaln(b) - gammaln(a + b + levels)
        shape_by_age = r * at_age + purchases_by_age
        value = at_level @ by_level + customer_count * r * np.log(alpha) - shape_by_age @ log_age + likelihood_of_repeats
        slope_a_b = at_level @ (psi(a + b) - psi(a + b + levels))
        slope = [
            at_level @ (psi(r + levels) - psi(r)) + customer_count * np.log(alpha) - at_age @ log_age + dropped_silence,
            customer_count * r / alpha - shape_by_age @ (1 / (alpha + ages)) - dropped_slope_alpha,
            slope_a_b + dropped_by_level.sum() / a,
            slope_a_b + at_level @ (psi(b + levels) - psi(b)) - dropped_by_level @ (1 / (b + np.maximum(levels, 1) - 1)),
        ]
        return -float(value), -np.array(slope)

    return loss


def node_count(*steepness: float) -> int:
    """How many nodes give ten digits of a function that falls off at 1 / steepness."""
    return min(MAX_NODES, MIN_NODES + int(NODES_PER_ROOT * np.sqrt(max(steepness))))


def beta_nodes(a: float, b: float, nodes: int) -> tuple[Floats, Floats]:
    """(nodes on 0 to 1, weights that sum to 1): the weighted sum of a smooth function there is its mean over Beta(a, b).

    Gauss-Jacobi quadrature from the eigenvectors of the three-term recurrence (Golub and Welsch 1969).
    """
    k = np.arange(1, nodes, dtype=float)
    s = a + b - 2 + 2 * k  # the recurrence on -1 to 1 with exponents b - 1 and a - 1
    diagonal = np.concatenate([[(a - b) / (a + b)], (a - b) * (a + b - 2) / (s * (s + 2))])
    first = 4 * a * b / ((a + b) ** 2 * (a + b + 1))
    j, t = k[1:], s[1:]
    off_diagonal = np.concatenate([[first], 4 * j * (j + a - 1) * (j + b - 1) * (j + a + b - 2) / (t**2 * (t + 1) * (t - 1))])
    roots, vectors = eigh_tridiagonal(diagonal, np.sqrt(off_diagonal))
    return np.clip((1 + roots) / 2, 1e-300, 1), vectors[0] ** 2
