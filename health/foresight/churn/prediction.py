"""Predictions of the churn model: churn probabilities and expected months of margin."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl

from health.access import Book
from health.foresight.churn import landmarks
from health.foresight.churn.features import landmark_features
from health.foresight.churn.hazard import BLOCK, HORIZON, Hazard
from health.foresight.stats.arrays import Floats, Ints

DISCOUNT = 0.10
YEAR, HALF, QUARTER = 12, 6, 3
EARLY, LATE = 0.1, 0.9
_TYPES = {
    "customer_id": pl.String, "p_leave_90d": pl.Float64, "p_leave_180d": pl.Float64, "p_leave_12m": pl.Float64, "annuity": pl.Float64,
    "annuity_low": pl.Float64, "annuity_high": pl.Float64, "median_months": pl.Int64,
}  # fmt: skip


def predict(book: Book, model: Hazard, as_of: date, discount_rate: float = DISCOUNT, horizon_months: int = HORIZON) -> pl.DataFrame:
    """One row per customer of the viewer's book, active with a contract on the day, sorted by id.

    p_leave_90d, _180d, _12m: probability of deciding to leave within 3, 6, 12 months. `annuity`: expected months of margin within the
    horizon, discounted by the year; _low and _high: where the customer leaves at the 10 % and 90 % quantile of its survival curve.
    `median_months`: median survival; null beyond the horizon.
    """
    with book.reading() as session:
        rows = book.own(session, landmarks.landmarks_on(session, as_of))
    factors = discount_factors(discount_rate, horizon_months)
    blocks = [_predictions(ids, survival_curve, factors) for ids, survival_curve in survival_blocks(model, rows, horizon_months)]
    return pl.concat(blocks) if blocks else pl.DataFrame(schema=_TYPES)


def survival(book: Book, model: Hazard, as_of: date, customers: Sequence[str]) -> pl.DataFrame:
    """One row per requested customer (active with a contract on the day) and month 0 to 60, sorted by both: `stays`, the survival
    probability."""
    with book.reading() as session:
        rows = book.own(session, landmarks.landmarks_on(session, as_of)).filter(pl.col("customer_id").is_in(list(customers)))
    months = np.arange(HORIZON + 1)
    blocks = [
        pl.DataFrame({"customer_id": ids.gather(np.repeat(np.arange(len(ids)), len(months))), "month": np.tile(months, len(ids)),
                      "stays": survival_curve.ravel()})
        for ids, survival_curve in survival_blocks(model, rows, HORIZON)
    ]  # fmt: skip
    return pl.concat(blocks) if blocks else pl.DataFrame(schema={"customer_id": pl.String, "month": pl.Int64, "stays": pl.Float64})


def mean_survival(book: Book, model: Hazard, as_of: date) -> pl.DataFrame:
    """One row per month 0 to 60: `stays`, mean survival probability of the viewer's customers active with a contract on the day."""
    with book.reading() as session:
        rows = book.own(session, landmarks.landmarks_on(session, as_of))
    totals = [stays.sum(axis=0) for _, stays in survival_blocks(model, rows, HORIZON)]
    stays = np.sum(totals, axis=0) / rows.height if totals else np.empty(0)
    return pl.DataFrame({"month": np.arange(len(stays)), "stays": stays}, {"month": pl.Int64, "stays": pl.Float64})


def survival_blocks(model: Hazard, rows: pl.DataFrame, months: int) -> Iterator[tuple[pl.Series, Floats]]:
    """(ids, customer x month: survival probability), block by block."""
    for block in rows.iter_slices(BLOCK):
        if block.height:
            yield block["customer_id"], model.survival(landmark_features(block), months)


def discount_factors(rate: float, months: int) -> Floats:
    """Present value of one unit in month 0 to `months` - 1, at a yearly rate."""
    factors: Floats = (1 + rate) ** (-np.arange(months) / YEAR)
    return factors


def _predictions(ids: pl.Series, stays: Floats, factors: Floats) -> pl.DataFrame:
    months = len(factors)
    annuity_certain = np.concatenate([[0.0], factors.cumsum()])
    early_months, median_months, late_months = (_months_until(stays, share) for share in (EARLY, 0.5, LATE))
    # columns are taken one by one where the horizon is shorter than a year, too
    churn = {f"p_leave_{name}": 1 - stays[:, min(month, months)] for name, month in (("90d", QUARTER), ("180d", HALF), ("12m", YEAR))}
    return pl.DataFrame(
        {
            "customer_id": ids,
            **churn,
            "annuity": stays[:, :months] @ factors,
            "annuity_low": annuity_certain[np.minimum(early_months, months)],
            "annuity_high": annuity_certain[np.minimum(late_months, months)],
            "median_months": pl.Series(median_months).replace(months + 1, None),
        },
        schema=_TYPES,
    )


def _months_until(stays: Floats, share: float) -> Ints:
    """First month by which at least this share has left; one past the horizon where it never does."""
    reached = stays <= 1 - share
    months: Ints = np.where(reached[:, -1], reached.argmax(axis=1), stays.shape[1])
    return months
