"""How sure the model is: fitted again and again on customers drawn from the book (Efron and Tibshirani 1993)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from health.access import Book
from health.foresight.backtest.bootstrap import SEED
from health.foresight.churn import landmarks
from health.foresight.churn.features import known
from health.foresight.churn.hazard import BLOCK, HORIZON, Hazard
from health.foresight.churn.prediction import DISCOUNT, discounts
from health.foresight.churn.training import Lessons, fitted, lessons
from health.foresight.stats.arrays import Floats
from health.foresight.stats.threads import alone

DRAWS = 30
ENDS = (0.025, 0.975)
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class ModelInterval:
    """The middle 95 % of the draws. `book`, `book_low`, `book_high`: sum of margin x annuity over the customers whose margin is known, in
    the book's currency. `customers`: customer_id, annuity, annuity_low, annuity_high (months of margin), sorted by id."""

    draws: int
    book: float
    book_low: float
    book_high: float
    customers: pl.DataFrame


def model_interval(
    book: Book, as_of: date, draws: int = DRAWS, tell: Tell | None = None, margins: pl.DataFrame | None = None,
    discount_rate: float = DISCOUNT, horizon_months: int = HORIZON,
) -> ModelInterval:  # fmt: skip
    """The interval of the book's value and of each customer's annuity that comes from the fit alone: whether one customer leaves sooner or
    later is not in it. `margins`: customer_id and margin a month, by default those on file; `tell`: told after each draw (done, of).

    Raises TooLittle as `fit` does.
    """
    with book.reading() as session:
        rows = book.own(session, landmarks.on(session, as_of))
        learned = lessons(session, as_of)
    models = [fitted(learned, as_of)]
    for model in _again(learned, models[0], draws):
        models.append(model)
        if tell:
            tell(len(models) - 1, draws)
    worth = discounts(discount_rate, horizon_months)
    margin = _margin(rows, margins)
    totals, blocks = np.zeros(len(models)), []
    for start in range(0, rows.height, BLOCK):
        block = rows[start : start + BLOCK]
        at = known(block)
        each = np.stack([model.stays(at, horizon_months)[:, :horizon_months] @ worth for model in models])
        totals += each @ margin[start : start + BLOCK]
        blocks.append(_frame(block["customer_id"], each))
    low, high = np.quantile(totals[1:], ENDS)
    customers = pl.concat(blocks) if blocks else _frame(pl.Series(dtype=pl.String), np.zeros((draws + 1, 0)))
    return ModelInterval(draws, float(totals[0]), float(low), float(high), customers)


def _again(learned: Lessons, first: Hazard, draws: int) -> Iterator[Hazard]:
    """The model of each draw of customers, all rows of a customer together; begun from the fitted one, so a few steps do."""
    scaled = (learned.matrix - np.array(first.mean)) / np.array(first.scale)
    model = LogisticRegression(C=1, solver="newton-cholesky", warm_start=True)
    rng = np.random.default_rng(SEED)
    for _ in range(draws):
        times = np.bincount(rng.integers(0, learned.customers, learned.customers), minlength=learned.customers)
        model.coef_, model.intercept_ = np.array([first.coefficients]), np.array([first.intercept])
        with alone():
            model.fit(scaled, learned.left, sample_weight=times[learned.customer].astype(float))
        yield first.with_fit(model.coef_[0].tolist(), float(model.intercept_[0]))


def _margin(rows: pl.DataFrame, margins: pl.DataFrame | None) -> Floats:
    """One number a row; unknown counts for nothing."""
    if margins is None:
        known_margin = rows["margin_cents"] / 100
    else:
        known_margin = rows.select("customer_id").join(margins, on="customer_id", how="left", maintain_order="left")["margin"]
    return known_margin.cast(pl.Float64).fill_null(0.0).to_numpy()


def _frame(ids: pl.Series, each: Floats) -> pl.DataFrame:
    low, high = np.quantile(each[1:], ENDS, axis=0)
    return pl.DataFrame({"customer_id": ids, "annuity": each[0], "annuity_low": low, "annuity_high": high})
