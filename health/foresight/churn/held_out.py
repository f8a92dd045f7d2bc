"""Held-out cut-offs: predicted survival curves with actual outcomes, and their accuracy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from health.foresight.backtest.bootstrap import SEED, percentile_interval, sample
from health.foresight.backtest.calibration import probability_sums
from health.foresight.backtest.ranking import Ranking
from health.foresight.churn import labels, landmarks
from health.foresight.churn.features import landmark_features
from health.foresight.churn.hazard import Hazard
from health.foresight.stats.arrays import Flags, Floats, Ints, none_if_nan
from health.month_ends import months_from
from health.warehouse import Session

NEVER = 1_000_000
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Customers active at a cut-off, one position each, sorted by id.

    `survival`: predicted, row x month 0 to `months`; `month`: of the decision to leave (NEVER: none known); `voluntary`: whether the
    customer chose it; `health` at the cut-off (unknown: the median).
    """

    cutoff: date
    months: int
    rows: pl.DataFrame
    survival: Floats
    month: Ints
    voluntary: Flags
    health: Floats

    def __len__(self) -> int:
        return len(self.month)

    def within(self, months: int) -> "HeldOut":
        """Leave out customers who merged, became insolvent or were terminated by us within `months`: neither lost nor kept."""
        is_kept = self.voluntary | (self.month > months)
        return replace(
            self,
            rows=self.rows.filter(pl.Series(is_kept)),
            survival=self.survival[is_kept],
            month=self.month[is_kept],
            voluntary=self.voluntary[is_kept],
            health=self.health[is_kept],
        )

    def left_by(self, months: int) -> Flags:
        """Whether each customer decided to leave within `months`."""
        return self.month <= months

    def expected(self, months: int) -> Floats:
        """Predicted probability of it."""
        probability: Floats = 1 - self.survival[:, months]
        return probability


def hold_out(session: Session, model: Hazard, cutoff: date, known_on: date, months: int) -> HeldOut:
    """Predict at a month end and collect outcomes as known on a later day."""
    rows = labels.with_spell_ends(session, landmarks.landmarks_between(session, cutoff, cutoff), known_on)
    month = months_from(pl.col("as_of"), pl.col("decided_on")).fill_null(NEVER)
    health = pl.col("health").cast(pl.Float64)
    columns = rows.select(
        "customer_id", pl.col("as_of").alias("cutoff"), month.alias("month"), "voluntary", health.fill_null(health.median())
    )
    return HeldOut(
        cutoff=cutoff,
        months=months,
        rows=columns.select("customer_id", "cutoff"),
        survival=model.survival(landmark_features(rows), months),
        month=columns["month"].to_numpy(),
        voluntary=columns["voluntary"].to_numpy(),
        health=columns["health"].fill_null(0.0).to_numpy(),
    )


def pool(held_out_cutoffs: Sequence[HeldOut], months: int) -> HeldOut:
    """Combine cut-offs (at least one, oldest first) for a horizon of `months`."""
    cutoffs = [held_out.within(months) for held_out in held_out_cutoffs]
    return HeldOut(
        cutoff=cutoffs[0].cutoff,
        months=months,
        rows=pl.concat([held_out.rows for held_out in cutoffs]),
        survival=np.concatenate([held_out.survival[:, : months + 1] for held_out in cutoffs]),
        month=np.concatenate([held_out.month for held_out in cutoffs]),
        voluntary=np.concatenate([held_out.voluntary for held_out in cutoffs]),
        health=np.concatenate([held_out.health for held_out in cutoffs]),
    )


def ratio_interval(held_out: HeldOut) -> tuple[float | None, float | None]:
    """95 % interval of expected / observed losses, from bootstrap samples of customers; (None, None) where a sample has no loss."""
    expected = held_out.expected(held_out.months)
    resample = sample(held_out.rows.with_columns(pl.Series("lost", held_out.left_by(held_out.months))))
    return percentile_interval(probability_sums(resample, expected, expected).calibration(resample.draws.astype(float)))


def calibration_slope(held_out: HeldOut) -> float | None:
    """Slope of outcomes on predicted log odds (Cox 1958): 1 is right, below 1 predictions are too extreme. None if all or none left."""
    left, expected = held_out.left_by(held_out.months), held_out.expected(held_out.months)
    if not left.any() or left.all():
        return None
    odds = np.log(expected / (1 - expected))
    return float(LogisticRegression(C=np.inf, solver="newton-cholesky").fit(odds[:, None], left).coef_[0, 0])


def auc(held_out: HeldOut, risk: Floats) -> float | None:
    """AUC: share of pairs at one cut-off in which the churned customer had the higher risk. None if all or none left."""
    left = held_out.left_by(held_out.months)
    if not left.any() or left.all():
        return None
    resample = sample(held_out.rows.with_columns(pl.Series("lost", left)))
    return none_if_nan(Ranking(resample, risk).tally(resample.all_once).pooled().auc)


def interval_coverage(held_out: HeldOut) -> float | None:
    """Share of randomised quantile residuals (Dunn and Smyth 1996) within 0.1 to 0.9; 0.8 if the curves are right. None without
    customers.

    Drawn uniformly between the survival after and before the month of leaving; for customers who stayed, between 0 and the curve's end.
    """
    if not len(held_out):
        return None
    month, row = np.minimum(held_out.month, held_out.months), np.arange(len(held_out))
    churned = held_out.month <= held_out.months
    low, high = (
        np.where(churned, held_out.survival[row, month], 0),
        np.where(churned, held_out.survival[row, month - 1], held_out.survival[:, -1]),
    )
    transform = low + np.random.default_rng(SEED).random(len(held_out)) * (high - low)
    return float(((transform >= LOW) & (transform <= HIGH)).mean())
