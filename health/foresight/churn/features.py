"""Features of the churn model, one number per feature, customer and lead (docs/method.md, Churn model for customers with contracts)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from health.foresight.churn.landmarks import LEADS
from health.foresight.stats.arrays import Flags, Floats, Ints
from health.score.components import DAYS_A_MONTH

POINTS = ("contact", "complaints", "price")
UNKNOWN_POINTS = 50.0
"""Value of unknown points; where they are often unknown, a flag feature marks them."""
OFTEN_UNKNOWN = 0.01
WINDOW_MONTHS = 3
HALF_FILLED = 6
"""Months in which half of what a young complaint record lacks is filled in: after six months a complaint counts half.

In the first months of the book, and of each customer, few complaints are on file yet, and points are too high. `on_file` tells the model
how old the customer's record is, so that it does not read missing complaints as health.
"""
FEATURES = (
    *POINTS, *(f"{key}_by_lead" for key in POINTS), "on_file", "on_file_by_lead", "lead", "tenure", "window", "rolling", "month_sine",
    "month_cosine",
)  # fmt: skip

Lead = Ints | int


@dataclass(frozen=True, eq=False)
class LandmarkFeatures:
    """Known data of customers at their landmark, one position per row.

    Points 0 to 100 (unknown: 50, and flagged), tenure in days, `to_end` in calendar months (meaningless where rolling), `term` in months,
    `month`: calendar month with the share of it that has passed, `on_file`: 0 where complaints of the customer have just begun to
    be recorded, towards 1 later.
    """

    points: Mapping[str, Floats]
    unknown: Mapping[str, Flags]
    tenure_days: Floats
    to_end: Ints
    term: Ints
    rolling: Flags
    month: Floats
    on_file: Floats

    def __len__(self) -> int:
        return len(self.rolling)

    def take(self, positions: slice | npt.NDArray[np.integer]) -> "LandmarkFeatures":
        """Select some of the rows."""
        return LandmarkFeatures(
            {key: values[positions] for key, values in self.points.items()},
            {key: values[positions] for key, values in self.unknown.items()},
            self.tenure_days[positions], self.to_end[positions], self.term[positions], self.rolling[positions], self.month[positions],
            self.on_file[positions],
        )  # fmt: skip

    def columns(self, lead: Lead) -> dict[str, Floats]:
        """Every feature at a lead (months ahead, from 1), one lead for all rows or one per row."""
        log_lead = np.log(np.minimum(lead, LEADS)) * np.ones(len(self))
        years = (self.tenure_days + (np.asarray(lead) - 1) * DAYS_A_MONTH) / 365.25
        season = 2 * np.pi * (self.month + lead) / 12
        return {
            **self.points,
            **{f"{key}_by_lead": values * log_lead for key, values in self.points.items()},
            "on_file": self.on_file,
            "on_file_by_lead": self.on_file * log_lead,
            "lead": log_lead,
            "tenure": np.log2(1 + np.maximum(years, 0)),
            "window": self.window(lead).astype(float),
            "rolling": self.rolling.astype(float),
            "month_sine": np.sin(season),
            "month_cosine": np.cos(season),
            **{f"{key}_unknown": flags.astype(float) for key, flags in self.unknown.items()},
        }

    def window(self, lead: Lead) -> Flags:
        """Whether the month ahead lies within three months before an agreed end; terms are assumed to repeat."""
        months_left = self.to_end - lead
        in_window: Flags = ~self.rolling & (np.where(months_left < 0, months_left % self.term, months_left) < WINDOW_MONTHS)
        return in_window


def landmark_features(rows: pl.DataFrame) -> LandmarkFeatures:
    """Build from rows of `landmarks.landmarks_between`, in their order."""
    day, end = pl.col("as_of"), pl.col("agreed_until")
    at_month_end = day == day.dt.month_end()
    months = (end.dt.year() - day.dt.year()).cast(pl.Int64) * 12 + end.dt.month().cast(pl.Int64) - day.dt.month().cast(pl.Int64)
    month_share = day.dt.day() / day.dt.month_end().dt.day()
    columns = rows.select(
        *((pl.col(f"{key}_points") / 100).alias(key) for key in POINTS),
        pl.col("tenure_days").cast(pl.Float64),
        (months + (~at_month_end & (end.dt.day() > day.dt.day())).cast(pl.Int64)).fill_null(0).alias("to_end"),
        pl.col("term_months").fill_null(LEADS).alias("term"),
        end.is_null().alias("rolling"),
        (day.dt.month() - 1 + month_share).cast(pl.Float64).alias("month"),
        (1 - pl.lit(0.5).pow(pl.col("months_on_file") / HALF_FILLED)).alias("on_file"),
    )
    return LandmarkFeatures(
        {key: columns[key].fill_null(UNKNOWN_POINTS).to_numpy() for key in POINTS},
        {key: columns[key].is_null().to_numpy() for key in POINTS},
        *(columns[name].to_numpy() for name in ("tenure_days", "to_end", "term", "rolling", "month", "on_file")),
    )


def feature_matrix(rows: LandmarkFeatures, lead: Ints, features: tuple[str, ...]) -> Floats:
    """Row x feature."""
    columns = rows.columns(lead)
    matrix = np.empty((len(rows), len(features)), order="F")
    for column, name in enumerate(features):
        matrix[:, column] = columns[name]
    return matrix
