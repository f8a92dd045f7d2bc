"""Purchases foreseen beside those made, week by week: in the weeks the model was fitted on, and in later ones that it never saw."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from health import format as fmt
from health.access import Book
from health.errors import TooLittle
from health.foresight.purchases import bg_nbd
from health.foresight.purchases.bg_nbd import BgNbd
from health.foresight.purchases.counts import DAYS_A_WEEK, count_purchases
from health.foresight.stats.arrays import Floats

MAX_HELD, MIN_HELD = 52, 4
"""Weeks held out: half of those observed, at most a year, and none worth telling below a month."""
NEAR = 0.15
"""How far foreseen over made may lie from 1 in the weeks held out, as for the losses of contracts (METHOD 6.1)."""


@dataclass(frozen=True, eq=False)
class Tracking:
    """Of all who had bought by `fitted_on`: days of purchase after the first, to the end of the week `fitted_on` + `held_weeks`.

    `weeks`: week (from 1), until, foreseen, made (both from the first week on), held_out. `foreseen` and `made` are the whole, the
    `later_` ones the weeks held out alone, foreseen for each customer from its own history.
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
        """By what share fewer purchases were foreseen in the weeks held out than were made; below 0 where more were."""
        return 1 - self.later_foreseen / self.later_made if self.later_made else None

    @property
    def holds(self) -> bool:
        """Whether the weeks held out came near to what was foreseen."""
        return self.shortfall is not None and abs(self.shortfall) <= NEAR

    @property
    def sentence(self) -> str:
        """Both figures for the reader, the weeks held out first."""
        return (
            f"In the {fmt.plural(self.held_weeks, 'week')} after {fmt.day(self.fitted_on)}, which the model had not seen, it foresaw "
            f"{fmt.count(self.later_foreseen)} purchases and {fmt.count(self.later_made)} were made{self._gap()}. From the first week on "
            f"it foresees {fmt.count(self.foreseen)}, and {fmt.count(self.made)} were made."
        )

    def _gap(self) -> str:
        if self.shortfall is None or fmt.share(abs(self.shortfall)) == fmt.share(0.0):
            return ""
        return f": {fmt.share(abs(self.shortfall))} too {'few' if self.shortfall > 0 else 'many'}"

    def as_json(self) -> dict[str, Any]:
        """What the sentence says, and whether it holds."""
        names = ("held_weeks", "foreseen", "made", "later_foreseen", "later_made", "shortfall", "holds", "sentence")
        return {"fitted_on": self.fitted_on.isoformat()} | {name: getattr(self, name) for name in names}


def check(book: Book, as_of: date) -> Tracking:
    """Fitted on the first half of the weeks observed by `as_of` (or all but the last 52), judged on the rest; of the whole book.

    Raises TooLittle.
    """
    with book.reading() as session:
        days = session.frame("queries/purchase_days", as_of=as_of)
    first = days["day"].min()
    held = min(MAX_HELD, round((as_of - first).days / DAYS_A_WEEK / 2)) if isinstance(first, date) else 0
    if held < MIN_HELD:
        raise TooLittle(f"Too short a time to check what was foreseen: it takes purchases over {2 * MIN_HELD} weeks; load older invoices.")
    return track(days, as_of - timedelta(weeks=held), held)


def track(days: pl.DataFrame, fitted_on: date, held_weeks: int) -> Tracking:
    """`check` of days of purchase, sorted by customer and day, fitted on a day of the reader's choice."""
    before = days.filter(pl.col("day") <= fitted_on)
    counts = count_purchases(before.with_columns(pl.lit(False).alias("gone")), fitted_on)  # what was said later was not known then
    model = bg_nbd.fit(counts)
    starts = before.group_by("customer_id").agg(pl.col("day").min().alias("start"))
    repeats = days.join(starts, on="customer_id").filter(pl.col("day") > pl.col("start"))
    until = _week_ends(starts["start"], fitted_on, held_weeks)
    made = np.searchsorted(np.sort(repeats["day"].to_numpy()), until.to_numpy(), side="right")
    foreseen = _expected_by_week(model, starts["start"], until)
    by_then = int(np.searchsorted(np.sort(repeats["day"].to_numpy()), np.datetime64(fitted_on), side="right"))
    weeks = pl.DataFrame({"until": until, "foreseen": foreseen, "made": made}).with_row_index("week", offset=1)
    return Tracking(
        model=model,
        fitted_on=fitted_on,
        held_weeks=held_weeks,
        weeks=weeks.with_columns((pl.col("until") > fitted_on).alias("held_out")),
        foreseen=float(foreseen[-1]),
        made=int(made[-1]),
        later_foreseen=float(model.expected(counts, held_weeks).sum()),
        later_made=int(made[-1]) - by_then,
    )


def _week_ends(starts: pl.Series, fitted_on: date, held_weeks: int) -> pl.Series:
    """Every seventh day back from the last day of the last week held out, none before the first purchase."""
    first = starts.min()
    assert isinstance(first, date)
    last = fitted_on + timedelta(weeks=held_weeks)
    weeks = (last - first).days // DAYS_A_WEEK
    return pl.Series([last - timedelta(weeks=back) for back in range(weeks, -1, -1)])


def _expected_by_week(model: BgNbd, starts: pl.Series, until: pl.Series) -> Floats:
    """Purchases after the first by each day, of customers of whom nothing is known but when they began."""
    began = starts.value_counts().sort("start")
    day, customers = began["start"].to_numpy(), began["count"].to_numpy()
    weeks = np.maximum((until.to_numpy()[None, :] - day[:, None]) / np.timedelta64(DAYS_A_WEEK, "D"), 0.0)
    distinct, place = np.unique(weeks, return_inverse=True)
    expected: Floats = customers @ model.of_new(distinct)[place.reshape(weeks.shape)]
    return expected
