"""Whether the foreseen lifetimes hold in worlds whose truth is known: python -m tests.lifetimes. Exit 1 where one does not.

Five demo books of 5,000 customers, fitted on what was known at earlier days and held against the months that followed.
"""

import sys
from dataclasses import dataclass
from datetime import date

import numpy as np

from health.access import Book
from health.demo import generate
from health.foresight import churn
from health.foresight.churn.features import LandmarkFeatures
from health.foresight.churn.hazard import HORIZON
from health.foresight.churn.prediction import DISCOUNT, discount_factors
from tests.books import analyst, warehouse_of

SEEDS, CUSTOMERS, MONTHS = range(7, 12), 5000, 36
AS_OF = date(2026, 10, 31)
RATIO, SLOPE, INSIDE = (0.85, 1.15), (0.8, 1.2), (0.75, 0.85)
MOST_YEARS = 10


@dataclass(frozen=True)
class Seen:
    """One book: its model, how it did, and the months of margin still to come of customers of 0 to 10 years alike in all else."""

    seed: int
    model: churn.Hazard
    check: churn.Check
    annuities: list[float]

    @property
    def lines(self) -> str:
        """All figures."""
        found = self.check
        ratios = (f"{n} months {h.ratio:.3f} ({h.expected:.0f} expected, {h.observed} seen)" for n, h in found.horizons.items() if h.ratio)
        years = " ".join(f"{a:.1f}" for a in self.annuities)
        return (
            f"{self.seed:3}  {'; '.join(ratios)}\n"
            f"     slope {found.slope:.3f}  AUC {found.auc:.4f} (health {found.auc_health:.4f})  inside {found.coverage:.4f}\n"
            f"     residual value by years of tenure {years}  ({self.model.rows} rows, {self.model.events} losses)"
        )

    @property
    def faults(self) -> list[str]:
        """What was asked for and was not so."""
        found, rises = self.check, np.diff(self.annuities) > 0
        checks = {
            **{f"within {n} months": within(h.ratio, RATIO) for n, h in found.horizons.items()},
            "3, 6 and 12 months are judged": list(found.horizons) == [3, 6, 12],
            "the slope": within(found.slope, SLOPE),
            "the share inside": within(found.coverage, INSIDE),
            "at least as good as health": found.auc is not None and found.auc >= (found.auc_health or 1),
            "residual value rises with tenure": bool(rises.all()),
        }
        return [words for words, so in checks.items() if not so]


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


def seen(book: Book, seed: int) -> Seen:
    """One book put to the test."""
    model = churn.fit(book, AS_OF)
    return Seen(seed, model, churn.check(book, AS_OF), annuities(model))


def main() -> int:
    """Every seed; tells each, and what was not so."""
    failed = 0
    for seed in SEEDS:
        warehouse = warehouse_of(generate(CUSTOMERS, MONTHS, seed).tables)
        try:
            one = seen(analyst(warehouse), seed)
        finally:
            warehouse.close()
        print(one.lines, *(f"\n    NOT SO: {words}" for words in one.faults), flush=True)
        failed += len(one.faults)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
