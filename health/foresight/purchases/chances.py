"""A beta distribution as a few weighted chances."""

import numpy as np
from scipy.linalg import eigh_tridiagonal  # type: ignore[import-untyped]

from health.foresight.backtest.bootstrap import Floats

FEWEST, A_ROOT, MOST = 24, 3, 500


def nodes(*steepness: float) -> int:
    """How many chances it takes for ten digits of a function that falls off at 1 / steepness."""
    return min(MOST, FEWEST + int(A_ROOT * np.sqrt(max(steepness))))


def beta(a: float, b: float, nodes: int) -> tuple[Floats, Floats]:
    """(chances, weights that sum to 1): the mean of a smooth function over Beta(a, b) is the weighted sum of its values there.

    Gauss-Jacobi quadrature from the eigenvectors of the three-term recurrence (Golub and Welsch 1969), on 0 to 1.
    """
    k = np.arange(1, nodes, dtype=float)
    s = a + b - 2 + 2 * k  # the recurrence on -1 to 1 with exponents b - 1 and a - 1
    middle = np.concatenate([[(a - b) / (a + b)], (a - b) * (a + b - 2) / (s * (s + 2))])
    first = 4 * a * b / ((a + b) ** 2 * (a + b + 1))
    j, t = k[1:], s[1:]
    beside = np.concatenate([[first], 4 * j * (j + a - 1) * (j + b - 1) * (j + a + b - 2) / (t**2 * (t + 1) * (t - 1))])
    places, vectors = eigh_tridiagonal(middle, np.sqrt(beside))
    return np.clip((1 + places) / 2, 1e-300, 1), vectors[0] ** 2
