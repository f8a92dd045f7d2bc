"""A cut-off with the curves foreseen at it and what then happened, as numbers; and how well the ones met the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from health.foresight.backtest.bootstrap import SEED, sample
from health.foresight.backtest.ranking import Ranking
from health.foresight.churn import labels, landmarks
from health.foresight.churn.features import known
from health.foresight.churn.hazard import Hazard
from health.foresight.stats.arrays import Flags, Floats, Ints, none_if_nan
from health.warehouse import Session

NEVER = 1_000_000
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, eq=False)
class Judged:
    """Customers active at a cut-off, one position each, sorted by id: the curve foreseen (row x month 0 to `months`), the month in which it
    decided to leave (NEVER: stayed as far as known), whether it chose to, and health then (unknown: the middle).
    """

    cutoff: date
    months: int
    rows: pl.DataFrame
    stays: Floats
    month: Ints
    theirs: Flags
    health: Floats

    def __len__(self) -> int:
        return len(self.month)

    def within(self, months: int) -> "Judged":
        """Without those who merged, failed or were sent away within some months: they neither left nor stayed."""
        told = self.theirs | (self.month > months)
        return replace(
            self, rows=self.rows.filter(pl.Series(told)), stays=self.stays[told], month=self.month[told], theirs=self.theirs[told],
            health=self.health[told],
        )  # fmt: skip

    def left_by(self, months: int) -> Flags:
        """Who decided to leave within some months."""
        return self.month <= months

    def expected(self, months: int) -> Floats:
        """The chance of it."""
        chance: Floats = 1 - self.stays[:, months]
        return chance


def judged(session: Session, model: Hazard, cutoff: date, known_on: date, months: int) -> Judged:
    """What the model foresaw at a month end, and what is known of the months after it on a later day."""
    rows = labels.with_endings(session, landmarks.between(session, cutoff, cutoff), known_on)
    month = landmarks.months_from(pl.col("as_of"), pl.col("decided_on")).fill_null(NEVER)
    health = pl.col("health").cast(pl.Float64)
    told = rows.select("customer_id", pl.col("as_of").alias("cutoff"), month.alias("month"), "theirs", health.fill_null(health.median()))
    return Judged(
        cutoff, months, told.select("customer_id", "cutoff"), model.stays(known(rows), months), told["month"].to_numpy(),
        told["theirs"].to_numpy(), told["health"].fill_null(0.0).to_numpy(),
    )  # fmt: skip


def pooled(parts: Sequence[Judged], months: int) -> Judged:
    """Several cut-offs (at least one), oldest first, as one that reaches some months ahead."""
    told = [part.within(months) for part in parts]
    return Judged(
        cutoff=told[0].cutoff,
        months=months,
        rows=pl.concat([part.rows for part in told]),
        stays=np.concatenate([part.stays[:, : months + 1] for part in told]),
        month=np.concatenate([part.month for part in told]),
        theirs=np.concatenate([part.theirs for part in told]),
        health=np.concatenate([part.health for part in told]),
    )


def slope(told: Judged) -> float | None:
    """The slope of what happened on the log odds foreseen, by logistic regression (Cox 1958): 1 where they are right, less where they
    are too bold. None where all or none left."""
    left, expected = told.left_by(told.months), told.expected(told.months)
    if not left.any() or left.all():
        return None
    odds = np.log(expected / (1 - expected))
    return float(LogisticRegression(C=np.inf, solver="newton-cholesky").fit(odds[:, None], left).coef_[0, 0])


def auc(told: Judged, risk: Floats) -> float | None:
    """The share of pairs at one cut-off, one who left and one who stayed, in which the first was held for the riskier."""
    left = told.left_by(told.months)
    if not left.any() or left.all():
        return None
    drawn = sample(told.rows.with_columns(pl.Series("lost", left)))
    return none_if_nan(Ranking(drawn, risk).tally(drawn.whole).pooled().auc)


def inside(told: Judged) -> float | None:
    """The share of the randomised transform (Dunn and Smyth 1996) within 0.1 to 0.9: drawn evenly between the curve after and before the
    month of leaving, for who stayed between 0 and its end. 0.8 where the curves are right; None without anybody."""
    if not len(told):
        return None
    at, row = np.minimum(told.month, told.months), np.arange(len(told))
    gone = told.month <= told.months
    low, high = np.where(gone, told.stays[row, at], 0), np.where(gone, told.stays[row, at - 1], told.stays[:, -1])
    drawn = low + np.random.default_rng(SEED).random(len(told)) * (high - low)
    return float(((drawn >= LOW) & (drawn <= HIGH)).mean())
