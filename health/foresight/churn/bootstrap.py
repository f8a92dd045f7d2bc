"""Bootstrap interval of the churn model: refits on resampled customers (Efron and Tibshirani 1993)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from health.access import Book
from health.foresight.backtest.bootstrap import SEED
from health.foresight.churn import landmarks
from health.foresight.churn.features import landmark_features
from health.foresight.churn.hazard import BLOCK, HORIZON, Hazard
from health.foresight.churn.prediction import DISCOUNT, discount_factors
from health.foresight.churn.training import TrainingRows, fit_hazard, training_rows
from health.foresight.stats.arrays import Floats
from health.foresight.stats.threads import single_threaded

DRAWS = 30
QUANTILES = (0.025, 0.975)
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class ModelInterval:
    """95 % interval over the refits.

    `book`, `book_low`, `book_high`: sum of margin x annuity over the customers with a known margin, money. `customers`: customer_id,
    annuity, annuity_low, annuity_high (months of margin), sorted by id.
    """

    draws: int
    book: float
    book_low: float
    book_high: float
    customers: pl.DataFrame


def model_interval(
    book: Book, as_of: date, draws: int = DRAWS, on_progress: OnProgress | None = None, margins: pl.DataFrame | None = None,
    discount_rate: float = DISCOUNT, horizon_months: int = HORIZON,
) -> ModelInterval:  # fmt: skip
    """Interval of the book's value and of each customer's annuity from parameter uncertainty alone; when one customer churns is not in
    it.

    `margins`: customer_id and margin a month (default: those on file); `on_progress(done, of)` is called after each refit. Raises
    InsufficientData as `fit` does.
    """
    with book.reading() as session:
        rows = book.own(session, landmarks.landmarks_on(session, as_of))
        training = training_rows(session, as_of)
    models = [fit_hazard(training, as_of)]
    for model in _refits(training, models[0], draws):
        models.append(model)
        if on_progress:
            on_progress(len(models) - 1, draws)
    factors = discount_factors(discount_rate, horizon_months)
    margin = _margin(rows, margins)
    totals, blocks = np.zeros(len(models)), []
    for start in range(0, rows.height, BLOCK):
        block = rows[start : start + BLOCK]
        features = landmark_features(block)
        annuities = np.stack([model.survival(features, horizon_months)[:, :horizon_months] @ factors for model in models])
        totals += annuities @ margin[start : start + BLOCK]
        blocks.append(_annuity_interval(block["customer_id"], annuities))
    low, high = np.quantile(totals[1:], QUANTILES)
    customers = pl.concat(blocks) if blocks else _annuity_interval(pl.Series(dtype=pl.String), np.zeros((draws + 1, 0)))
    return ModelInterval(draws, float(totals[0]), float(low), float(high), customers)


def _refits(training: TrainingRows, fitted_model: Hazard, draws: int) -> Iterator[Hazard]:
    """Model of each resample of customers, all rows of a customer together; warm-started from the fitted model, so few steps suffice."""
    scaled = (training.matrix - np.array(fitted_model.mean)) / np.array(fitted_model.scale)
    model = LogisticRegression(C=1, solver="newton-cholesky", warm_start=True)
    rng = np.random.default_rng(SEED)
    for _ in range(draws):
        counts = np.bincount(rng.integers(0, training.customers, training.customers), minlength=training.customers)
        model.coef_, model.intercept_ = np.array([fitted_model.coefficients]), np.array([fitted_model.intercept])
        with single_threaded():
            model.fit(scaled, training.left, sample_weight=counts[training.customer].astype(float))
        yield fitted_model.with_fit(model.coef_[0].tolist(), float(model.intercept_[0]))


def _margin(rows: pl.DataFrame, margins: pl.DataFrame | None) -> Floats:
    """Margin a month per row; unknown counts as 0."""
    if margins is None:
        known_margin = rows["margin_cents"] / 100
    else:
        known_margin = rows.select("customer_id").join(margins, on="customer_id", how="left", maintain_order="left")["margin"]
    return known_margin.cast(pl.Float64).fill_null(0.0).to_numpy()


def _annuity_interval(ids: pl.Series, annuities: Floats) -> pl.DataFrame:
    low, high = np.quantile(annuities[1:], QUANTILES, axis=0)
    return pl.DataFrame({"customer_id": ids, "annuity": annuities[0], "annuity_low": low, "annuity_high": high})
