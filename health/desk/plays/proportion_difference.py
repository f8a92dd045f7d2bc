"""Intervals of the difference and ratio of two proportions, and the detectable difference."""

from math import sqrt
from statistics import NormalDist

from health.foresight.stats.proportions import wilson

POWER, LEVEL = 0.80, 0.95


def z_value(level: float) -> float:
    """Half-width of a two-sided interval in standard deviations: 0.95 -> 1.96."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def difference_interval(k1: int, n1: int, k2: int, n2: int, level: float = LEVEL) -> tuple[float, float]:
    """Interval of k1/n1 - k2/n2 from both Wilson intervals (Newcombe 1998, method 10); n1 and n2 above 0."""
    p1, p2 = k1 / n1, k2 / n2
    (l1, u1), (l2, u2) = wilson(k1, n1, z_value(level)), wilson(k2, n2, z_value(level))
    return p1 - p2 - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), p1 - p2 + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)


def ratio_interval(k1: int, n1: int, k2: int, n2: int) -> tuple[float, float]:
    """95 % interval of (k1/n1) / (k2/n2) from both Wilson intervals (Donner and Zou 2012, MOVER-R); k2, n1, n2 above 0."""
    p1, p2 = k1 / n1, k2 / n2
    (l1, u1), (l2, u2) = wilson(k1, n1, z_value(LEVEL)), wilson(k2, n2, z_value(LEVEL))
    return _root(p1, l1, p2, u2, -1), _root(p1, u1, p2, l2, +1)


def _root(p1: float, end1: float, p2: float, end2: float, sign: int) -> float:
    """Root of a r^2 - 2 b r + c on the given side, in a form that is stable for a near 0."""
    a, b, c = end2 * (2 * p2 - end2), p1 * p2, end1 * (2 * p1 - end1)
    root = sqrt(max(0.0, b * b - a * c))
    return (b + root) / a if sign > 0 else c / (b + root) if b + root > 0 else 0.0


def detectable_rate(before: float, n1: int, n2: int) -> float | None:
    """Highest rate in the play's n1 that differs from `before` in the control group's n2 at 95 % in 4 of 5 trials.

    None if not even 0 would. The lower root p of (before - p)^2 = k (p (1 - p) / n1 + before (1 - before) / n2).
    """
    k = (z_value(LEVEL) + NormalDist().inv_cdf(POWER)) ** 2
    half, last = before + k / n1 / 2, before * before - k * before * (1 - before) / n2
    inside = half * half - (1 + k / n1) * last
    return last / (half + sqrt(inside)) if last >= 0 else None
