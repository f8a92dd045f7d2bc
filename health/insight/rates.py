"""Rates of the book, each from its month-end history: churn, retention, lost while healthy."""

from datetime import date

import polars as pl


def wilson(k: float, n: float, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share k of n (Wilson 1927); n must be above 0."""
    return 0.0, 1.0


def churn(history: pl.DataFrame, as_of: date, observed_from: date | None) -> pl.DataFrame:
    """Stub."""
    return pl.DataFrame()
