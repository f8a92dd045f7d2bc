"""Inputs measured from the book where the assumptions leave them open: value of a new customer, write-off share."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from health.foresight import churn
from health.foresight.churn import landmarks, prediction
from health.foresight.lifetime.assumptions import Assumptions
from health.foresight.lifetime.band_fallback import observed_band_rates, predict_from_bands
from health.foresight.lifetime.value import customers_on
from health.score.components import DAYS_A_MONTH
from health.warehouse import Session, facts

NEW_MONTHS = 12
MIN_CUSTOMERS = 30
"""With fewer new customers, all customers with a value are used instead."""


@dataclass(frozen=True)
class NewCustomer:
    """Expected margin (money a month) and annuity (months of margin) of a new customer.

    `customers`: how many were measured (0: stated); `recent`: whether they started within the last 12 months.
    """

    margin: float
    annuity: float
    customers: int
    recent: bool

    @property
    def value(self) -> float:
        """Lifetime value, money."""
        return self.margin * self.annuity


def new_customer(values: pl.DataFrame, assumptions: Assumptions) -> NewCustomer | None:
    """Means over customers with a contract started in the last 12 months, or over all if fewer than 30; stated assumptions take
    precedence.

    `values`: `lifetime.value`. None where nobody has a value and the assumptions do not state both figures.
    """
    valued = values.filter(pl.col("annuity").is_not_null() & pl.col("margin").is_not_null())
    recent = valued.filter(pl.col("tenure_months") <= NEW_MONTHS)
    sample = recent if recent.height >= MIN_CUSTOMERS else valued
    margin = assumptions.new_margin if assumptions.new_margin is not None else _mean(sample["margin"])
    annuity = assumptions.new_annuity if assumptions.new_annuity is not None else _mean(sample["annuity"])
    if margin is None or annuity is None:
        return None
    is_stated = assumptions.new_margin is not None and assumptions.new_annuity is not None
    return NewCustomer(margin, annuity, 0 if is_stated else sample.height, not is_stated and sample.height == recent.height)


def new_customer_of_book(
    session: Session, as_of: date, model: churn.Hazard, assumptions: Assumptions, check: churn.Check | None = None
) -> NewCustomer | None:  # fmt: skip
    """The same for the whole book, so that every viewer uses the same new customer; no customer row leaves this function."""
    rows = landmarks.landmarks_on(session, as_of)
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
    """Share of what churned customers owed on their last day that was written off, as known on `as_of`.

    The stated share where there is one; None where no churned customer owed anything.
    """
    if assumptions.write_off_share is not None:
        return assumptions.write_off_share
    owed, written_off = session.frame("queries/written_off", as_of=as_of).row(0)
    return written_off / owed if owed else None


def receivables(session: Session, as_of: date) -> pl.DataFrame:
    """One row per customer with an open invoice on `as_of`, sorted by id: customer_id, receivables (money). Restrict it to the viewer's
    book."""
    facts.prepare_grid(session, [as_of])
    return session.frame("queries/owed").select("customer_id", (pl.col("owed_cents") / 100).alias("receivables"))
