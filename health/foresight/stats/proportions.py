"""Proportions with Wilson intervals, and the difference of two proportions of the same cases."""

import math
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Rate:
    """A proportion with its 95 % interval, k of n; `n` is customers, or customer-years for a churn rate."""

    rate: float
    low: float
    high: float
    k: int
    n: float

    def as_json(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


def wilson(k: float, n: float, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of the proportion k / n (Wilson 1927); n must be above 0."""
    share, spread = k / n, z * z / n
    middle = share + spread / 2
    half_width = z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, (middle - half_width) / (1 + spread)), min(1.0, (middle + half_width) / (1 + spread))


def rate(k: int, n: int) -> Rate | None:
    """k / n with its Wilson 95 % interval; None if n is 0."""
    return Rate(k / n, *wilson(k, n), k, n) if n else None


@dataclass(frozen=True)
class Difference:
    """Difference of two proportions with its 95 % interval."""

    difference: float
    low: float
    high: float


def paired_difference(only_first: int, only_second: int, n: int, z: float = 1.96) -> Difference:
    """Second proportion less the first, of the same n cases, from those in which the two differ (Bonett and Price 2012); n above 0."""
    first, second = (only_first + 1) / (n + 2), (only_second + 1) / (n + 2)
    middle = second - first
    half_width = z * math.sqrt((first + second - middle**2) / (n + 2))
    return Difference((only_second - only_first) / n, max(-1.0, middle - half_width), min(1.0, middle + half_width))
