"""Expected purchases of customers without contracts and their present value."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from health.access import Book
from health.foresight.purchases import bg_nbd, gamma_gamma
from health.foresight.purchases.bg_nbd import BgNbd
from health.foresight.purchases.counts import DAYS_A_WEEK, counts
from health.foresight.purchases.gamma_gamma import GammaGamma
from health.foresight.stats.arrays import Floats
from health.score.components import DAYS_A_MONTH

WEEKS_A_MONTH = DAYS_A_MONTH / DAYS_A_WEEK
YEAR = 12


@dataclass(frozen=True)
class Models:
    """Purchase frequency and spend models, fitted on the whole book."""

    bg_nbd: BgNbd
    gamma_gamma: GammaGamma


def fit(book: Book, as_of: date) -> Models:
    """Fit both models on the whole book as known on `as_of`. Raises InsufficientData."""
    with book.reading() as session:
        purchase_counts = counts(session, as_of)
    return Models(bg_nbd.fit(purchase_counts), gamma_gamma.fit(purchase_counts))


def value(
    book: Book, as_of: date, margin_rate: float, discount_rate: float = 0.10, horizon_months: int = 60, models: Models | None = None
) -> pl.DataFrame:
    """One row per customer of the viewer's book without a contract who has purchased, sorted by id.

    customer_id, p_alive, expected_12m (purchases), spend (money a purchase), lifetime_value (money): margin (`margin_rate`, a share of the
    price) of the expected purchases of each month of the horizon, discounted from the month's first day (docs/method.md, Lifetime value).
    `models`: fitted before, else fitted here. Raises InsufficientData where they cannot be fitted.
    """
    if not 0 <= margin_rate <= 1:
        raise ValueError("margin_rate is a share, 0 to 1")
    fitted_models = models or fit(book, as_of)
    with book.reading() as session:
        purchase_counts = counts(session, as_of)
        spend = fitted_models.gamma_gamma.mean_spend(purchase_counts)
        purchases = discounted_purchases(fitted_models.bg_nbd, purchase_counts, discount_rate, horizon_months)
        values = purchase_counts.select(
            "customer_id",
            pl.Series("p_alive", fitted_models.bg_nbd.p_alive(purchase_counts)),
            pl.Series("expected_12m", fitted_models.bg_nbd.expected(purchase_counts, YEAR * WEEKS_A_MONTH)),
            pl.Series("spend", spend),
            pl.Series("lifetime_value", margin_rate * spend * purchases),
        )
        return book.own(session, values)  # cut last, so that every viewer reads the same bits


def discounted_purchases(model: BgNbd, counts: pl.DataFrame, discount_rate: float, horizon_months: int) -> Floats:
    """Expected purchases of each customer over the horizon, each worth (1 + rate)^(-k / 12) in month k from 0."""
    month = np.arange(horizon_months, dtype=float)
    factors = (1 + discount_rate) ** (-month / YEAR)
    steps = factors - np.append(factors[1:], 0.0)  # summed by parts: what is bought by the end of each month, times how far its worth falls
    return model.expected_weighted(counts, WEEKS_A_MONTH * (month + 1), steps)
