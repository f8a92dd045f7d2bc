"""Predicted and actual purchases by week: in the weeks the model was fitted on, and in later held-out ones."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from health import format as fmt
from health.access import Book
from health.errors import InsufficientData
from health.foresight.purchases import bg_nbd
from health.foresight.purchases.bg_nbd import BgNbd
from health.foresight.purchases.counts import DAYS_A_WEEK, count_purchases
from health.foresight.stats.arrays import Floats

MAX_HELD, MIN_HELD = 52, 4
"""Weeks held out: half of those observed, at most a year, at least a month."""
NEAR = 0.15
"""Largest deviation of predicted / actual from 1 in the held-out weeks, as for contract churn."""


@dataclass(frozen=True, eq=False)
class Tracking:
    """Days of purchase after the first, of customers who had bought by `fitted_on`, up to `held_weeks` later.

    `weeks`: week (from 1), until, foreseen, made (both cumulative), held_out. `foreseen` and `made`: totals; `later_*`: held-out weeks
    only, predicted for each customer from its own history.
    """

    model: BgNbd
    fitted_on: date
    held_weeks: int
    weeks: pl.DataFrame
    foreseen: float
    made: int
    later_foreseen: float
    later_made: int

    @property
    def shortfall(self) -> float | None:
        """Share by which predictions fell short of actual purchases in the held-out weeks; negative where they were too high."""
        return 1 - self.later_foreseen / self.later_made if self.later_made else None

    @property
    def holds(self) -> bool:
        """Whether the held-out weeks came near the prediction."""
        return self.shortfall is not None and abs(self.shortfall) <= NEAR

    @property
    def sentence(self) -> str:
        """Both figures in words, held-out weeks first."""
        return (
            f"Test on the {fmt.plural(self.held_weeks, 'week')} after {fmt.day(self.fitted_on)}: "
            f"{fmt.count(self.later_foreseen)} purchases "
            f"predicted, {fmt.count(self.later_made)} made{self._gap()}. Over the whole period: {fmt.count(self.foreseen)} predicted, "
            f"{fmt.count(self.made)} made."
        )

    def _gap(self) -> str:
        if self.shortfall is None or fmt.share(abs(self.shortfall)) == fmt.share(0.0):
            return ""
        return f" ({fmt.share(abs(self.shortfall))} too {'few' if self.shortfall > 0 else 'many'})"

    def as_json(self) -> dict[str, Any]:
        """The figures of the sentence, and whether it holds."""
        names = ("held_weeks", "foreseen", "made", "later_foreseen", "later_made", "shortfall", "holds", "sentence")
        return {"fitted_on": self.fitted_on.isoformat()} | {name: getattr(self, name) for name in names}


def check(book: Book, as_of: date) -> Tracking:
    """Fit on the first half of the weeks observed by `as_of` (or all but the last 52) and test on the rest; whole book. Raises
    InsufficientData."""
    with book.reading() as session:
        days = session.frame("queries/purchase_days", as_of=as_of)
    first_day = days["day"].min()
    held_weeks = min(MAX_HELD, round((as_of - first_day).days / DAYS_A_WEEK / 2)) if isinstance(first_day, date) else 0
    if held_weeks < MIN_HELD:
        raise InsufficientData(
            f"Too short a period to test the forecast: it needs purchases over {2 * MIN_HELD} weeks. Load older invoices."
        )
    return track(days, as_of - timedelta(weeks=held_weeks), held_weeks)


def track(days: pl.DataFrame, fitted_on: date, held_weeks: int) -> Tracking:
    """`check` of days of purchase, sorted by customer and day, fitted on a chosen day."""
    training_days = days.filter(pl.col("day") <= fitted_on)
    counts = count_purchases(training_days.with_columns(pl.lit(False).alias("gone")), fitted_on)  # what was said later was not known then
    model = bg_nbd.fit(counts)
    starts = training_days.group_by("customer_id").agg(pl.col("day").min().alias("start"))
    repeats = days.join(starts, on="customer_id").filter(pl.col("day") > pl.col("start"))
    week_ends = _week_ends(starts["start"], fitted_on, held_weeks)
    actual = np.searchsorted(np.sort(repeats["day"].to_numpy()), week_ends.to_numpy(), side="right")
    expected = _expected_by_week(model, starts["start"], week_ends)
    actual_by_fit = int(np.searchsorted(np.sort(repeats["day"].to_numpy()), np.datetime64(fitted_on), side="right"))
    weeks = pl.DataFrame({"until": week_ends, "foreseen": expected, "made": actual}).with_row_index("week", offset=1)
    return Tracking(
        model=model,
        fitted_on=fitted_on,
        held_weeks=held_weeks,
        weeks=weeks.with_columns((pl.col("until") > fitted_on).alias("held_out")),
        foreseen=float(expected[-1]),
        made=int(actual[-1]),
        later_foreseen=float(model.expected(counts, held_weeks).sum()),
        later_made=int(actual[-1]) - actual_by_fit,
    )


def _week_ends(starts: pl.Series, fitted_on: date, held_weeks: int) -> pl.Series:
    """Every seventh day back from the end of the last held-out week, none before the first purchase."""
    first_day = starts.min()
    assert isinstance(first_day, date)
    last_day = fitted_on + timedelta(weeks=held_weeks)
    weeks = (last_day - first_day).days // DAYS_A_WEEK
    return pl.Series([last_day - timedelta(weeks=weeks_back) for weeks_back in range(weeks, -1, -1)])


def _expected_by_week(model: BgNbd, starts: pl.Series, week_ends: pl.Series) -> Floats:
    """Expected cumulative purchases after the first, knowing only when customers started."""
    customers_by_start = starts.value_counts().sort("start")
    day, customers = customers_by_start["start"].to_numpy(), customers_by_start["count"].to_numpy()
    weeks = np.maximum((week_ends.to_numpy()[None, :] - day[:, None]) / np.timedelta64(DAYS_A_WEEK, "D"), 0.0)
    distinct, week_index = np.unique(weeks, return_inverse=True)
    expected: Floats = customers @ model.expected_for_new(distinct)[week_index.reshape(weeks.shape)]
    return expected
