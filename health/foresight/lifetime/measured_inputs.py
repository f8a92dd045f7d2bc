"""What an assumption leaves to the book: what a new customer brings, and how much of what the lost owe is never paid."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from health.foresight import churn
from health.foresight.churn import landmarks, prediction
from health.foresight.lifetime.assumptions import Assumptions
from health.foresight.lifetime.band_fallback import observed_band_rates, predict_from_bands
from health.foresight.lifetime.value import customers_on
from health.score.components import DAYS_A_MONTH
from health.warehouse import Session

NEW_MONTHS = 12
MIN_CUSTOMERS = 30
"""Customers: of fewer new ones nothing is measured, and all that have a value stand in."""


@dataclass(frozen=True)
class NewCustomer:
    """What a new customer is expected to bring: margin (money a month) and annuity (months of it worth today).

    `customers`: how many the margin was measured on (0: it was stated); `recent`: whether they came within the last 12 months.
    """

    margin: float
    annuity: float
    customers: int
    recent: bool

    @property
    def value(self) -> float:
        """Its lifetime value, money."""
        return self.margin * self.annuity


def new_customer(values: pl.DataFrame, assumptions: Assumptions) -> NewCustomer | None:
    """Of a value frame: the means of those with a contract who began in the last 12 months, else of all of them; what the assumptions
    state goes before. None where nobody has a value and the assumptions do not state both."""
    valued = values.filter(pl.col("annuity").is_not_null() & pl.col("margin").is_not_null())
    recent = valued.filter(pl.col("tenure_months") <= NEW_MONTHS)
    sample = recent if recent.height >= MIN_CUSTOMERS else valued
    margin = assumptions.new_margin if assumptions.new_margin is not None else _mean(sample["margin"])
    annuity = assumptions.new_annuity if assumptions.new_annuity is not None else _mean(sample["annuity"])
    if margin is None or annuity is None:
        return None
    stated = assumptions.new_margin is not None and assumptions.new_annuity is not None
    return NewCustomer(margin, annuity, 0 if stated else sample.height, not stated and sample.height == recent.height)


def new_customer_of_book(
    session: Session, as_of: date, model: churn.Hazard, assumptions: Assumptions, check: churn.Check | None = None
) -> NewCustomer | None:  # fmt: skip
    """The same of the whole book, so that every viewer reckons with the same new customer. No row of a customer leaves this function."""
    rows = landmarks.on(session, as_of)
    recent = rows.filter(pl.col("tenure_days") <= NEW_MONTHS * DAYS_A_MONTH)
    sample = recent if recent.height >= MIN_CUSTOMERS else rows
    margins = customers_on(session, as_of, assumptions).select("customer_id", "margin", "tenure_months")
    discounting = (assumptions.discount_rate, assumptions.horizon_months)
    if check is not None and not check.holds:
        predictions = predict_from_bands(sample, observed_band_rates(session, as_of), *discounting)
    else:
        factors = prediction.discount_factors(*discounting)
        blocks = prediction.survival_blocks(model, sample, assumptions.horizon_months)
        empty = pl.DataFrame(schema={"customer_id": pl.String, "annuity": pl.Float64})
        predictions = pl.concat([empty, *(pl.DataFrame({"customer_id": ids, "annuity": stays[:, :-1] @ factors}) for ids, stays in blocks)])
    return new_customer(predictions.join(margins, on="customer_id", maintain_order="left"), assumptions)


def _mean(values: pl.Series) -> float | None:
    mean = values.mean()
    return float(mean) if isinstance(mean, int | float) else None


def write_off_share(session: Session, as_of: date, assumptions: Assumptions) -> float | None:
    """Of what the lost owed on their last day, the share that was given up, as known on `as_of`; as stated where the assumptions state
    it, None where nobody who left owed anything."""
    if assumptions.write_off_share is not None:
        return assumptions.write_off_share
    owed, given_up = session.frame("queries/written_off", as_of=as_of).row(0)
    return given_up / owed if owed else None


def receivables(session: Session, as_of: date) -> pl.DataFrame:
    """One row a customer with an open invoice on `as_of`, sorted by id: customer_id, receivables (money). Cut it to the viewer's book."""
    return session.frame("queries/owed", as_of=as_of).select("customer_id", (pl.col("owed_cents") / 100).alias("receivables"))
