"""The panel as arrays, and bootstrap samples of its customers (Efron and Tibshirani 1993)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from health.foresight.stats.arrays import Flags, Floats, Ints

Draws = npt.NDArray[np.uint8]

DRAWS = 200
SEED = 20_261_031


@dataclass(frozen=True, eq=False)
class Sample:
    """One position per panel row, in its order: index of its cut-off and of its customer (both sorted), and the label."""

    cut: Ints
    customer: Ints
    lost: Flags
    cuts: int
    customers: int

    @cached_property
    def draws(self) -> Draws:
        """How often each customer is drawn, draw x customer. All cut-offs of a customer are drawn together; every model uses the same
        draws."""
        rng = np.random.default_rng(SEED)
        counts_by_draw = (np.bincount(rng.integers(0, self.customers, self.customers), minlength=self.customers) for _ in range(DRAWS))
        return np.stack([times.astype(np.uint8) for times in counts_by_draw])

    @property
    def all_once(self) -> npt.NDArray[np.uint8]:
        """Every customer once."""
        return np.ones(self.customers, np.uint8)


def sample(rows: pl.DataFrame) -> Sample:
    """Build the arrays from a panel's rows, which must be sorted by cut-off and customer."""
    cut = rows["cutoff"].rank("dense").to_numpy().astype(np.int64) - 1
    customer = rows["customer_id"].rank("dense").to_numpy().astype(np.int64) - 1
    return Sample(cut, customer, rows["lost"].to_numpy(), rows["cutoff"].n_unique(), rows["customer_id"].n_unique())


def percentile_interval(values: Floats) -> tuple[float | None, float | None]:
    """95 % percentile interval of the draws; (None, None) if any draw is undefined."""
    if not len(values) or np.isnan(values).any():
        return None, None
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
