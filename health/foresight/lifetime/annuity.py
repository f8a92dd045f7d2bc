"""Months of margin a customer is worth today: those it is expected to be there for, each worth less the later it comes (METHOD 6.2).

The margin of month k, from 0, counts where the customer is still there at its start, discounted by the month's distance in years.
"""

import numpy as np
import numpy.typing as npt

from health.foresight.backtest.bootstrap import Floats
from health.foresight.churn.prediction import EARLY, LATE, discounts


def steady(hazard: Floats, discount_rate: float, months: int) -> tuple[Floats, Floats, Floats]:
    """(expected, low, high) of customers who leave with the same chance each month, over a horizon of `months`."""
    stays = (1 - hazard)[..., None] ** np.arange(months)
    worth = discounts(discount_rate, months)
    summed = np.concatenate([[0.0], np.cumsum(worth)])
    ends = (summed[_left_after(hazard, share, months)] for share in (EARLY, LATE))
    return stays @ worth, *ends  # type: ignore[return-value]


def _left_after(hazard: Floats, share: float, months: int) -> npt.NDArray[np.int64]:
    """The month by whose end that share has left; at most the horizon."""
    with np.errstate(divide="ignore"):
        after = np.where(hazard > 0, np.log1p(-share) / np.log1p(-np.minimum(hazard, 1 - 1e-12)), np.inf)
    return np.clip(np.ceil(after - 1e-9), 1, months).astype(np.int64)
