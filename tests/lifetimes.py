"""Whether the foreseen lifetimes hold in worlds whose truth is known: python -m tests.lifetimes. Exit 1 where one does not.

Five demo books of 5,000 customers and the default demo, fitted on what was known at earlier days and held against the months that
followed. The truth tells how much of a difference is chance: which losses were to be expected by the law, whatever the dice then said.
"""

import sys
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from health.access import Book
from health.demo import generate
from health.foresight import churn
from health.foresight.churn.features import LandmarkFeatures
from health.foresight.churn.hazard import HORIZON
from health.foresight.churn.prediction import DISCOUNT, discount_factors
from health.foresight.churn.validation import Horizon
from health.month_ends import month_end
from tests.books import analyst, warehouse_of

BOOKS, MONTHS = ((2000, 7), *((5000, seed) for seed in range(7, 12))), 36
JUDGED_BY_POINT = 5000
"""Books of this size have so many losses that the ratio itself must hold, not only its interval."""
AS_OF = date(2026, 10, 31)
RATIO, SLOPE, INSIDE = (0.85, 1.15), (0.8, 1.2), (0.75, 0.85)
MOST_YEARS = 10


@dataclass(frozen=True)
class Seen:
    """One book: its model, how it did, and the months of margin still to come of customers of 0 to 10 years alike in all else."""

    customers: int
    seed: int
    model: churn.Hazard
    check: churn.Check
    annuities: list[float]
    by_law: float

    @property
    def lines(self) -> str:
        """All figures."""
        found = self.check
        ratios = (
            f"{n} months {h.ratio:.3f} [{h.low:.2f}, {h.high:.2f}] ({h.expected:.0f} expected, {h.observed} seen)"
            for n, h in found.horizons.items()
            if h.ratio
        )
        years = " ".join(f"{a:.1f}" for a in self.annuities)
        return (
            f"{self.customers} {self.seed:3}  {'; '.join(ratios)}\n"
            f"     12 months: {self.by_law:.0f} by the law, {found.horizons[12].expected / self.by_law:.3f} of it expected\n"
            f"     slope {found.slope:.3f}  AUC {found.auc:.4f} (health {found.auc_health:.4f})  inside {found.coverage:.4f}\n"
            f"     residual value by years of tenure {years}  ({self.model.rows} rows, {self.model.events} losses)"
        )

    @property
    def faults(self) -> list[str]:
        """What was asked for and was not so."""
        found, rises = self.check, np.diff(self.annuities) > 0
        checks = {
            **{f"within {n} months": self._holds(h) for n, h in found.horizons.items()},
            "3, 6 and 12 months are judged": list(found.horizons) == [3, 6, 12],
            "the slope": within(found.slope, SLOPE),
            "the share inside": within(found.coverage, INSIDE),
            "at least as good as health": found.auc is not None and found.auc >= (found.auc_health or 1),
            "residual value rises with tenure": bool(rises.all()),
        }
        return [words for words, so in checks.items() if not so]

    def _holds(self, horizon: Horizon) -> bool:
        return within(horizon.ratio, RATIO) if self.customers >= JUDGED_BY_POINT else not horizon.outside_bounds


def losses_by_law(truth: pl.DataFrame, cut: date) -> float:
    """Losses that the churn law expects within twelve months of the customers of a day, month by month along their own histories."""
    there = truth.filter((pl.col("month_end") == cut) & pl.col("exists")).select("customer_id")
    year = truth.filter(pl.col("month_end").is_between(cut, month_end(cut, 11)) & pl.col("exists")).join(there, on="customer_id")
    return float(year["hazard"].sum())


def within(x: float | None, bounds: tuple[float, float]) -> bool:
    """Whether a figure is known and between its bounds."""
    return x is not None and bounds[0] <= x <= bounds[1]


def alike_but_for_tenure(years: np.ndarray) -> LandmarkFeatures:
    """Customers with middling points and a term of a year just begun, in October."""
    size, middle = len(years), np.full(len(years), 60.0)
    return LandmarkFeatures(
        points=dict.fromkeys(("contact", "complaints", "price"), middle),
        unknown=dict.fromkeys(("contact", "complaints", "price"), np.zeros(size, bool)),
        tenure_days=years * 365.25,
        to_end=np.full(size, 12),
        term=np.full(size, 12),
        rolling=np.zeros(size, bool),
        month=np.full(size, 10.0),
        on_file=np.ones(size),
    )


def annuities(model: churn.Hazard) -> list[float]:
    """Months of margin still to come of customers of 0 to 10 years who are alike in all else."""
    stays = model.survival(alike_but_for_tenure(np.arange(MOST_YEARS + 1.0)))
    found: list[float] = (stays[:, :HORIZON] @ discount_factors(DISCOUNT, HORIZON)).tolist()
    return found


def seen(book: Book, truth: pl.DataFrame, customers: int, seed: int) -> Seen:
    """One book put to the test."""
    model, check = churn.fit(book, AS_OF), churn.check(book, AS_OF)
    return Seen(customers, seed, model, check, annuities(model), losses_by_law(truth, check.horizons[12].cutoffs[0]))


def main(only: list[str]) -> int:
    """Every book, or those of the seeds named; tells each, and what was not so."""
    failed = 0
    for customers, seed in BOOKS:
        if only and str(seed) not in only:
            continue
        company = generate(customers, MONTHS, seed)
        warehouse = warehouse_of(company.tables)
        try:
            one = seen(analyst(warehouse), company.truth, customers, seed)
        finally:
            warehouse.close()
        print(one.lines, *(f"\n    NOT SO: {words}" for words in one.faults), flush=True)
        failed += len(one.faults)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
