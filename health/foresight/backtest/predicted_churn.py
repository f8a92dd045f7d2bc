"""Predicted churn at past month ends, as a way to rank customers beside health."""

from datetime import date

import numpy as np
import polars as pl

from health.access import Book
from health.foresight.backtest.baselines import Model
from health.foresight.churn import landmarks
from health.foresight.churn.hazard import Hazard
from health.foresight.churn.prediction import QUARTER, survival_blocks

_predicted, _has_prediction = pl.col("p_leave_90d"), pl.col("p_leave_90d").is_not_null()
_signal = pl.when(_has_prediction).then(_predicted).otherwise(-pl.col("health").cast(pl.Float64))
_group = ["cutoff", _has_prediction]
_place = _signal.rank("ordinal", descending=True).over(_group)

PREDICTED = Model("predicted", "predicted churn", 1 - (_place - 0.5) / pl.len().over(_group))
"""Ranks customers by the churn probability within 90 days (`p_leave_90d`).

Customers without one, such as those without a contract, are ranked by health among themselves; a list takes the same share of both groups.
"""


def predictions(book: Book, model: Hazard, since: date) -> pl.DataFrame:
    """One row per customer of the viewer, active with a contract, and month end from `since` on: customer_id, cutoff, p_leave_90d.

    Raises ValueError for a model fitted after `since`, since it would know what happened next.
    """
    if model.fitted_on > since:
        raise ValueError(f"the model was fitted on {model.fitted_on}, after the first day to predict, {since}")
    with book.reading() as session:
        rows = book.own(session, landmarks.landmarks_between(session, since, date.max))
    stays = [survival[:, QUARTER] for _, survival in survival_blocks(model, rows, QUARTER)]
    churn = pl.Series("p_leave_90d", 1 - np.concatenate(stays) if stays else [], pl.Float64)
    # rounded, so that customers alike in everything are equal wherever they stand in the arrays
    return rows.select("customer_id", pl.col("as_of").alias("cutoff")).with_columns(churn.round(9))
