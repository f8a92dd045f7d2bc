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
        times, last, age = _columns(counts)
        dropped = _log_dropped(times, last, age, (self.r, self.alpha, self.a, self.b))
        alive: Floats = expit(-dropped)
        return np.where(counts["gone"].to_numpy(), 0.0, alive) if "gone" in counts.columns else alive

    def expected(self, counts: pl.DataFrame, weeks: float) -> Floats:
        """Expected purchases of each customer in the next `weeks`."""
        return self.weighed(counts, np.array([float(weeks)]), np.ones(1))

    def weighed(self, counts: pl.DataFrame, weeks: Floats, shares: Floats) -> Floats:
        """Expected purchases of each customer by the end of each of `weeks`, times its share, summed."""
        key = ["frequency", "age_weeks"]  # what is bought while buying does not hang on when the last purchase was
        histories = counts.select(key).unique().sort(key)
        parts = histories.group_by("frequency", maintain_order=True)
        each = [self._of(part["frequency"][0], part["age_weeks"].to_numpy(), weeks) @ shares for _, part in parts]
        found = histories.with_columns(pl.Series("bought", np.concatenate(each) if each else [], pl.Float64))
        while_alive = counts.select(key).join(found, on=key, how="left", maintain_order="left")["bought"]
        foreseen: Floats = while_alive.to_numpy() * self.p_alive(counts)
        return foreseen

    def of_new(self, weeks: Floats) -> Floats:
        """Expected purchases after the first, for a first purchase that many weeks ago."""
        bought: Floats = self._of(0, np.zeros(1), weeks)[0]
        return bought

    def _of(self, times: int, age: Floats, weeks: Floats) -> Floats:
        """Ages x weeks: mean over the dropout probability p of (1 - (A / (A + p t))^(r + x)) / p.

        The closed form with Gauss's hypergeometric function loses all digits for many purchases and is undefined at a = 1; this is neither.
        """
        exposed = self.alpha + age[:, None]
        farthest = float(weeks.max() / exposed.min()) if exposed.size else 0.0
        chance, weight = beta_nodes(self.a, self.b + times, node_count((self.r + times) * farthest, farthest))
        bought = np.zeros((len(age), len(weeks)))
        for p, share in zip(chance, weight, strict=True):
            bought -= share / p * np.expm1(-(self.r + times) * np.log1p(p * weeks / exposed))
        return bought


def fit(counts: pl.DataFrame, start: Floats | None = None) -> BgNbd:
    """Maximum likelihood on the distinct histories. Raises TooLittle."""
    require_enough(counts)
    groups = distinct_histories(counts)
    best, loss = minimize_positive(_loss(groups), 4, start)
    r, alpha, a, b = (float(value) for value in best)
    return BgNbd(r, alpha, a, b, -loss, counts.height, groups.height)


def _columns(counts: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    times, last, age = (counts[name].cast(pl.Float64).to_numpy() for name in ("frequency", "recency_weeks", "age_weeks"))
    return times, last, age


def _log_dropped(times: Floats, last: Floats, age: Floats, at: tuple[float, float, float, float]) -> Floats:
    """Log odds of having dropped out at the last purchase; minus infinity without a second one."""
    r, alpha, a, b = at
    odds = np.log(a) - np.log(b + np.maximum(times, 1) - 1) + (r + times) * np.log((alpha + age) / (alpha + last))
    return np.where(times > 0, odds, -np.inf)


def _loss(groups: pl.DataFrame) -> Objective:
    """Negative log likelihood of the grouped counts and its gradient to r, alpha, a, b.

    Only repeat buyers can have dropped out; all other terms are summed by distinct frequency and by distinct age.
    """
    times, last, age = _columns(groups)
    n = groups["customers"].cast(pl.Float64).to_numpy()
    levels, level = np.unique(times, return_inverse=True)
    ages, aged = np.unique(age, return_inverse=True)
    at_level, at_age, bought, whole = np.bincount(level, n), np.bincount(aged, n), np.bincount(aged, n * times), n.sum()
    again = times > 0
    lasts, lasted = np.unique(last[again], return_inverse=True)
    rows = (n[again], times[again], level[again], aged[again], lasted)
    blocks = [tuple(column[k : k + BLOCK] for column in rows) for k in range(0, len(lasted), BLOCK)]

    def loss(at: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = at
        until, since, base = np.log(alpha + ages), np.log(alpha + lasts), np.log(a) - np.log(b + np.maximum(levels, 1) - 1)
        found, gone_silent, gone_shorter, gone_at = 0.0, 0.0, 0.0, np.zeros(len(levels))
        for m, x, of_x, of_age, of_last in blocks:
            silent = until[of_age] - since[of_last]
            odds = base[of_x] + (r + x) * silent
            small = np.exp(-np.abs(odds))
            gone = m * np.where(odds > 0, 1.0, small) / (1 + small)
            found += m @ (np.log1p(small) + np.maximum(odds, 0))
            gone_silent += gone @ silent
            gone_shorter += gone @ ((r + x) * ((1 / (alpha + lasts))[of_last] - (1 / (alpha + ages))[of_age]))
            gone_at += np.bincount(of_x, gone, minlength=len(levels))
        by_level = gammaln(r + levels) - gammaln(r) + gammaln(a + b) + gammaln(b + levels) - gammaln(b) - gammaln(a + b + levels)
        shown = r * at_age + bought
        value = at_level @ by_level + whole * r * np.log(alpha) - shown @ until + found
        mixed = at_level @ (psi(a + b) - psi(a + b + levels))
        slope = [
            at_level @ (psi(r + levels) - psi(r)) + whole * np.log(alpha) - at_age @ until + gone_silent,
            whole * r / alpha - shown @ (1 / (alpha + ages)) - gone_shorter,
            mixed + gone_at.sum() / a,
            mixed + at_level @ (psi(b + levels) - psi(b)) - gone_at @ (1 / (b + np.maximum(levels, 1) - 1)),
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
    places, vectors = eigh_tridiagonal(diagonal, np.sqrt(off_diagonal))
    return np.clip((1 + places) / 2, 1e-300, 1), vectors[0] ** 2
