"""Plays whose truth is known, through the real ledgers: python -m tests.plays_simulated. Exit 1 where an interval or a verdict is off.

A book's customers all trigger the same play on one day; the product's own hash deals the arms; then each leaves after an exponential
time, at half the rate where the play is worked. What the product reads out of its ledgers is held against the truth.
"""

import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from health.desk import plays
from health.desk.plays import Play, Step
from health.desk.plays.comparison import LossComparison
from health.desk.plays.control_group import HELD_OUT
from tests.books import analyst, rows, unscored

BOOKS, CUSTOMERS, SEED = 200, 600, 7
DAYS, MEAN_RATE = 180, 1 / 540
"""Rates differ between customers (exponentially, with this mean a day), so that a quarter leaves within 180 days untouched."""
HALVED, NOTHING = 0.5, 1.0
BEGAN, TRIGGERED, READ = date(2023, 1, 1), date(2024, 2, 14), date(2024, 10, 27)
COVERED = (0.75, 0.85)
MOST_FALSE = 0.05
EVERYBODY = Play("trial", "Trial", "always", pl.lit(True), (Step("Call", 0, 0.5),), "account manager", "losses", BEGAN)


def leaves(factor: float) -> float:
    """The true share that leaves within 180 days: 1 - E[exp(-rate x days)] over the rates."""
    return 1 - 1 / (1 + MEAN_RATE * factor * DAYS)


def truth(factor: float) -> float:
    """How many fewer leave with the play, as a share."""
    return leaves(NOTHING) - leaves(factor)


def days_to_leave(rng: np.random.Generator, held: np.ndarray, factor: float) -> np.ndarray:
    """Whole days from the trigger to the decision to leave, one a customer."""
    rates = rng.exponential(MEAN_RATE, len(held)) * np.where(held, NOTHING, factor)
    return np.ceil(np.minimum(rng.exponential(1 / np.maximum(rates, 1e-12)), 1e6)).astype(int)


@dataclass(frozen=True)
class Trial:
    """What the product read, and the plain count of the same: (left, customers) with the play and in the hold-out."""

    found: LossComparison
    counted: tuple[int, int, int, int]


def trial(seed: int, customers: int, factor: float) -> Trial:
    """One book from the first contact to the day on which the quarter can be read."""
    rng, ids = np.random.default_rng(seed), [f"{seed}-{n}" for n in range(customers)]
    lines = [{"contract_id": f"K{i}", "customer_id": i, "product": "p", "start_on": BEGAN, "unit_price": "100", "quantity": 1} for i in ids]
    tables = {"customers": rows("customers", *({"customer_id": i, "name": i} for i in ids)), "contracts": rows("contracts", *lines)}
    warehouse = unscored(tables | {"interactions": _talk(ids[0], TRIGGERED)})
    book, stood = analyst(warehouse), pl.DataFrame({"customer_id": ids, "status": "active"})
    nobody = pl.DataFrame(schema={"customer_id": pl.String, "trigger": pl.String})
    plays.enrol(book, stood, nobody, TRIGGERED, datetime(2024, 2, 15), (EVERYBODY,))
    with warehouse.writing() as session:
        arms = dict(session.rows("holdouts").select("customer_id", "arm").iter_rows())
        held = np.array([arms[i] == HELD_OUT for i in ids])
        days = days_to_leave(rng, held, factor)
        gone = [(i, TRIGGERED + timedelta(days=int(n))) for i, n in zip(ids, days, strict=True) if n <= (READ - TRIGGERED).days]
        exits = [{"customer_id": i, "announced_on": day, "left_on": day, "reason": "service"} for i, day in gone]
        for name, frame in (("exits", rows("exits", *exits)), ("interactions", _talk(ids[0], READ))):
            session.insert(name, frame.with_columns(pl.lit(2, pl.Int64).alias("load_id"), pl.lit(1, pl.Int64).alias("line")))
    [effect] = plays.effects(book, READ, (EVERYBODY,))
    warehouse.close()
    assert effect.losses is not None and effect.waiting == 0
    left = days <= DAYS
    return Trial(effect.losses, (int(left[~held].sum()), int((~held).sum()), int(left[held].sum()), int(held.sum())))


def _talk(customer: str, day: date) -> pl.DataFrame:
    return rows("interactions", {
        "interaction_id": f"I{day}", "customer_id": customer, "occurred_at": datetime(day.year, day.month, day.day, 9), "channel": "call",
        "direction": "in",
    })  # fmt: skip


def covers(interval: tuple[float, float], true: float) -> bool:
    """Whether an interval holds the truth."""
    return interval[0] <= true <= interval[1]


def main() -> int:
    """200 books with a play that halves the rate, and 200 with one that does nothing."""
    faults = []
    for name, factor in (("halves the rate", HALVED), ("does nothing", NOTHING)):
        trials = [trial(SEED * 10_000 + n, CUSTOMERS, factor).found for n in range(BOOKS)]
        at_80, at_95 = (float(np.mean([covers(getattr(t, ends), truth(factor)) for t in trials])) for ends in ("at_80", "at_95"))
        verdicts = Counter(t.verdict for t in trials)
        print(
            f"a play that {name}: truth {truth(factor):+.4f}, mean found {np.mean([t.fewer for t in trials]):+.4f}, "
            f"80 % intervals cover {at_80:.1%}, 95 % intervals {at_95:.1%}; {dict(sorted(verdicts.items()))}",
            flush=True,
        )
        if not COVERED[0] <= at_80 <= COVERED[1]:
            faults.append(f"{name}: 80 % intervals cover {at_80:.1%}")
        if factor == NOTHING and verdicts["fewer"] > MOST_FALSE * BOOKS:
            faults.append(f"{name}: yet {verdicts['fewer']} of {BOOKS} are said to work")
    print("\n".join(faults) or "as it should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
