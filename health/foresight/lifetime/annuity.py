"""Months of margin a customer is worth today: those it is expected to be there for, each worth less the later it comes (METHOD 6.2).

The margin of month k, from 0, counts where the customer is still there at its start, discounted by the month's distance in years.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FEW_LEFT, MOST_LEFT = 0.10, 0.90
"""The outcome interval: from leaving by when 10 % of its like have left to leaving by when 90 % have."""


def worth(months: int, discount_rate: float) -> Floats:
    """What one unit of money in each month from 0 is worth today; `discount_rate` a year."""
    found: Floats = (1 + discount_rate) ** (-np.arange(months) / 12)
    return found


def steady(hazard: Floats, discount_rate: float, months: int) -> tuple[Floats, Floats, Floats]:
    """(expected, low, high) of customers who leave with the same chance each month, over a horizon of `months`."""
    stays = (1 - hazard)[..., None] ** np.arange(months)
    summed = np.concatenate([[0.0], np.cumsum(worth(months, discount_rate))])
    ends = (summed[_left_after(hazard, share, months)] for share in (FEW_LEFT, MOST_LEFT))
    return stays @ worth(months, discount_rate), *ends  # type: ignore[return-value]


def _left_after(hazard: Floats, share: float, months: int) -> npt.NDArray[np.int64]:
    """The month by whose end that share has left; at most the horizon."""
    with np.errstate(divide="ignore"):
        after = np.where(hazard > 0, np.log1p(-share) / np.log1p(-np.minimum(hazard, 1 - 1e-12)), np.inf)
    return np.clip(np.ceil(after - 1e-9), 1, months).astype(np.int64)
