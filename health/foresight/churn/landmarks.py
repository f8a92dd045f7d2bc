"""Landmarks: active customers with contracts at month ends, or on any day, with what was known then."""

from datetime import date, timedelta

import polars as pl

from health.month_ends import month_end_by, months_from
from health.score import history
from health.score.components import DAYS_A_MONTH
from health.status import ACTIVE
from health.warehouse import Session, facts
from health.warehouse.facts import GRACE_DAYS

COLUMNS = [
    "customer_id", "as_of", "spell_start_on", "contact_points", "complaints_points", "price_points", "tenure_days", "agreed_until",
    "renews_months", "margin_cents", "health", "band",
]  # fmt: skip
LEADS = 12
"""Months ahead of a month end that the model is trained on."""
ALL_CUSTOMERS = 1_000_000


def month_ends(session: Session, as_of: date) -> pl.DataFrame:
    """One row per stored month end up to a day: as_of, customers (active, with a contract), leads (months ahead with a known outcome)."""
    if not session.has("history"):
        return pl.DataFrame(schema={"as_of": pl.Date, "customers": pl.Int64, "leads": pl.Int64})
    return session.frame("queries/landmark_counts", to_day=as_of).with_columns(known_leads(as_of).alias("leads"))


def last_known_day(session: Session, as_of: date) -> date:
    """The day, or the last one by which it is known who left if earlier; later outcomes are unknown."""
    return min(as_of, facts.span(session).outcomes_until or as_of)


def known_leads(as_of: date) -> pl.Expr:
    """Whole months after the row's month end `as_of` whose outcome is known on a day, including losses without notice (30 days of
    grace)."""
    last_day = as_of - timedelta(days=GRACE_DAYS)
    last_month_end = month_end_by(last_day)
    return months_from(pl.col("as_of"), pl.lit(last_month_end)).clip(0, LEADS).cast(pl.Int64)


def landmarks_between(session: Session, first: date, last: date, millionths: int = ALL_CUSTOMERS) -> pl.DataFrame:
    """One row per customer and stored month end, sorted by both: COLUMNS, `term_months` (null: rolling), `months_on_file`.

    `months_on_file`: since the first complaint in the book, or since the customer's start if later; 0 before the former. `millionths`:
    share of customers, drawn by a hash of their ids, the same on every run.
    """
    rows = session.frame("queries/landmarks", from_day=first, to_day=last, millionths=millionths)
    return _add_months_on_file(session, add_terms(session, rows))


def landmarks_on(session: Session, as_of: date) -> pl.DataFrame:
    """One row per active customer with a contract on any day, as known then, sorted by id; columns as of `landmarks_between`."""
    active_with_contract = ACTIVE & pl.col("has_line") & pl.col("tenure_days").is_not_null()
    rows = history.on_day(session, as_of).filter(active_with_contract).select(COLUMNS).sort("customer_id")
    return _add_months_on_file(session, add_terms(session, rows))


def add_terms(session: Session, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `term_months`: length of the term that ends on `agreed_until`, as signed by the day of the row, or by which it renewed itself."""
    key = ["customer_id", "as_of"]
    agreed_ends = rows.select(*key, "agreed_until").drop_nulls()
    beginnings = (
        agreed_ends.join(session.frame("queries/agreements"), on=["customer_id", "agreed_until"])
        .filter(pl.col("signed_on") <= pl.col("as_of"))
        .group_by(key)
        .agg(pl.col("begun_on").min())
    )
    days = (pl.col("agreed_until") - pl.col("begun_on")).dt.total_days() + 1
    term = (days / DAYS_A_MONTH).round(0).clip(1).cast(pl.Int64)
    return (
        rows.join(beginnings, on=key, how="left", maintain_order="left")
        .with_columns(pl.coalesce(term, "renews_months").alias("term_months"))
        .drop("begun_on")
    )


def _add_months_on_file(session: Session, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the months for which complaints of the customer have been on file; other tables may reach further back."""
    first_complaint = pl.lit(session.frame("queries/first_days")["first_complaint_on"][0], pl.Date)
    book_days = (pl.col("as_of") - first_complaint).dt.total_days() + 1
    days = pl.when(book_days.is_not_null()).then(pl.min_horizontal(book_days, pl.col("tenure_days") + 1))
    return rows.with_columns((days / DAYS_A_MONTH).clip(0).fill_null(0.0).alias("months_on_file"))
