"""Effect of a longer contract term on one customer's expected stay, by the churn model."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.access import Book
from health.errors import NotFound
from health.foresight.churn import Hazard, landmarks
from health.foresight.churn.features import landmark_features
from health.foresight.churn.prediction import discount_factors
from health.foresight.lifetime.assumptions import Assumptions


def annuities(book: Book, as_of: date, model: Hazard, customer_id: str, terms: Sequence[int], assumptions: Assumptions) -> pl.DataFrame:
    """One row for the present term (term_months null), then one for each of `terms`: term_months, annuity.

    Terms are whole months, signed on `as_of` and renewed for as long again; annuity is in months of margin (docs/method.md, Lifetime
    value). The model only moves the months before an agreed end, in which churn is higher: an association, not an effect. Raises NotFound
    for a customer outside the viewer's book, or not active with a contract that day.
    """
    with book.reading() as session:
        own_id = book.own_id(session, customer_id)
        row = landmarks.landmarks_on(session, as_of).filter(pl.col("customer_id") == own_id)
    if row.is_empty():
        raise NotFound(f"Customer {own_id} has no contract in force on {as_of}, so there is no term to extend.")
    all_terms = [None, *terms]
    rows = pl.concat([row if months is None else _with_term(row, months) for months in all_terms])
    factors = discount_factors(assumptions.discount_rate, assumptions.horizon_months)
    survival = model.survival(landmark_features(rows), assumptions.horizon_months)[:, : len(factors)]
    return pl.DataFrame({"term_months": pl.Series(all_terms, dtype=pl.Int64), "annuity": survival @ factors})


def _with_term(row: pl.DataFrame, months: int) -> pl.DataFrame:
    end_day = pl.col("as_of").dt.offset_by(f"{months}mo")
    end = pl.when(pl.col("as_of") == pl.col("as_of").dt.month_end()).then(end_day.dt.month_end()).otherwise(end_day)
    return row.with_columns(end.alias("agreed_until"), pl.lit(months, pl.Int64).alias("term_months"))
