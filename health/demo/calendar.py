"""Days and months of the demo as numbers.

A day is a whole number (days since 1970-01-01), a month an index that is 0 in the first month on file.
Months before 0 are simulated but not on file, so that customers do not all start without a history.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# short: customers present on day one have survived, so they have less than a full history of trouble
BURN_IN = 6


@dataclass(frozen=True)
class Calendar:
    """The months on file, the burn-in before them, and the days they consist of."""

    months: int
    last_month: np.datetime64

    @property
    def first_month(self) -> np.datetime64:
        """Month 0."""
        return self.last_month - np.timedelta64(self.months - 1, "M")

    @property
    def first_day(self) -> int:
        """The first day on file."""
        return int(self.day(np.array(0)))

    @property
    def last_day(self) -> int:
        """The last day on file."""
        return int(self.day(np.array(self.months))) - 1

    def day(self, month: Ints, of_month: Ints | int = 1) -> Ints:
        """The day number of the n-th day of each month index."""
        first_days: Ints = (self.first_month + month.astype("timedelta64[M]")).astype("datetime64[D]").astype(np.int64)
        return first_days + of_month - 1

    def month(self, day: Ints) -> Ints:
        """The month index in which each day lies."""
        months: Ints = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return months - int(self.first_month.astype(np.int64))

    @property
    def simulated_months(self) -> Ints:
        """Month indexes simulated: the burn-in, then those on file."""
        return np.arange(-BURN_IN, self.months)

    @property
    def month_ends(self) -> Ints:
        """The last day before month 0, then the end of every month on file."""
        return self.day(np.arange(self.months + 1)) - 1

    def working_day(self, month: Ints, share: Floats) -> Ints:
        """The working day (Monday to Friday) at a share (0..1) of each month."""
        monday_to_friday = [
            _weekdays(int(a), int(b)) for a, b in zip(self.day(self.simulated_months), self.day(self.simulated_months + 1), strict=True)
        ]
        count = np.array([len(days) for days in monday_to_friday])
        offset = np.concatenate([[0], np.cumsum(count)[:-1]])
        position = month + BURN_IN
        days: Ints = np.concatenate(monday_to_friday)[offset[position] + (share * count[position]).astype(np.int64)]
        return days


def _weekdays(first_day: int, day_after: int) -> Ints:
    days = np.arange(first_day, day_after)
    return days[(days + 3) % 7 < 5]
