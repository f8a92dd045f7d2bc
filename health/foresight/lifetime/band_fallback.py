"""Fallback where the churn model has not passed its validation: the observed churn rate of each customer's band.

Annuity: the margin of month k, from 0, counts if the customer is still there at its start, discounted by k / 12 years (docs/method.md,
Lifetime value).
"""

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from health.foresight.backtest import band_rates, cutoffs
from health.foresight.backtest.panel import panel
from health.foresight.churn.prediction import EARLY, LATE, discount_factors
from health.foresight.stats.arrays import Floats
from health.score import settings
from health.score.components import DAYS_A_MONTH
from health.warehouse import Session, facts

DAYS = 180


def predict_from_bands(rows: pl.DataFrame, band_rates: pl.DataFrame, discount_rate: float, horizon_months: int) -> pl.DataFrame:
    """Predictions as of `churn.predict` for rows (customer_id, band), at a constant monthly hazard from the observed `band_rates`.

    Null where no rate was observed for the band.
    """
    hazard = 1 - (1 - band_rates["rate"].to_numpy()) ** (DAYS_A_MONTH / DAYS)
    expected, low, high = constant_hazard_annuity(hazard, discount_rate, horizon_months)
    of_band = pl.DataFrame(
        {
            "band": band_rates["band"],
            **{f"p_leave_{name}": 1 - (1 - hazard) ** months for name, months in (("90d", 3), ("180d", 6), ("12m", 12))},
            "annuity": expected,
            "annuity_low": low,
            "annuity_high": high,
            "median_months": pl.Series(_median_months(hazard, horizon_months), dtype=pl.Int64),
        }
    )
    return rows.select("customer_id", "band").join(of_band, on="band", how="left").drop("band").sort("customer_id")


def observed_band_rates(session: Session, as_of: date) -> pl.DataFrame:
    """As `band_rates.by_band`: churn within 180 days by band, of the whole book, as far as known on a day."""
    matured_cutoffs = cutoffs.matured_cutoffs(cutoffs.cutoffs(facts.span(session), DAYS), as_of, DAYS)
    return band_rates.by_band(panel(session, DAYS, settings.in_force(session), matured_cutoffs))


def _median_months(hazard: np.ndarray, horizon_months: int) -> list[int | None]:
    with np.errstate(divide="ignore"):  # where nobody leaves it takes for ever, where all do no time
        months = np.ceil(np.log(0.5) / np.log1p(-hazard))
    return [max(1, int(n)) if n <= horizon_months else None for n in months]


def constant_hazard_annuity(hazard: Floats, discount_rate: float, months: int) -> tuple[Floats, Floats, Floats]:
    """(expected, low, high) annuity at a constant monthly churn probability, over a horizon of `months`."""
    stays = (1 - hazard)[..., None] ** np.arange(months)
    factors = discount_factors(discount_rate, months)
    annuity_certain = np.concatenate([[0.0], np.cumsum(factors)])
    annuity_bounds = (annuity_certain[_months_until(hazard, share, months)] for share in (EARLY, LATE))
    return stays @ factors, *annuity_bounds  # type: ignore[return-value]


def _months_until(hazard: Floats, share: float, months: int) -> npt.NDArray[np.int64]:
    """Month by whose end that share has left; at most the horizon."""
    with np.errstate(divide="ignore"):
        months_needed = np.where(hazard > 0, np.log1p(-share) / np.log1p(-np.minimum(hazard, 1 - 1e-12)), np.inf)
    return np.clip(np.ceil(months_needed - 1e-9), 1, months).astype(np.int64)
