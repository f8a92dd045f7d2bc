"""Customers on given days with the quadrant of each day."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.access import Book
from health.foresight.backtest import cutoffs, labels
from health.foresight.segments.quadrants import quadrants
from health.score import history, settings
from health.status import ACTIVE
from health.warehouse import Session, facts

COLUMNS_READ = ["customer_id", "as_of", "status", "band", "health", "mrr_cents", "margin_cents", "tenure_days"]
CHURN_DAYS, QUARTERS = 90, 4


def positions_on(book: Book, days: Sequence[date], margin_rate: float | None = None) -> pl.DataFrame:
    """One row per customer of the book and day, sorted by day and customer: status, band, health 0..100, mrr, margin, tenure_days,
    segment.

    Each day has its own value split, of the whole book for every viewer. `margin_rate`: margin per unit of MRR where the cost is unknown;
    None leaves the margin null.
    """
    with book.reading() as session:
        score_settings = settings.in_force(session)
        return pl.concat(
            [book.own(session, quadrants(customers_on(session, day, margin_rate), score_settings)) for day in sorted(set(days))]
        )


def customers_on(session: Session, day: date, margin_rate: float | None) -> pl.DataFrame:
    """Customers of the whole book on one day, without segments; from stored history at a month end, else computed."""
    stored = session.frame("queries/segment_facts", days=[day]) if session.has("history") else pl.DataFrame()
    rows = stored if stored.height else history.score_at(session, [day], settings.in_force(session)).select(COLUMNS_READ)
    assumed = pl.lit(None, pl.Float64) if margin_rate is None else pl.col("mrr_cents") * margin_rate
    cents = pl.coalesce(pl.col("margin_cents").cast(pl.Float64), assumed)
    return rows.with_columns(
        (pl.col("health") / 100).round(2), (pl.col("mrr_cents") / 100).round(2).alias("mrr"), (cents / 100).alias("margin")
    ).drop("mrr_cents", "margin_cents")


def churn_cutoffs(session: Session, as_of: date) -> list[date]:
    """Last four quarter starts whose 90-day outcome was known on a day; fewer, or none, in a young book."""
    return cutoffs.matured_cutoffs(cutoffs.cutoffs(facts.span(session), CHURN_DAYS), as_of, CHURN_DAYS)[-QUARTERS:]


def with_churn(session: Session, rows: pl.DataFrame) -> pl.DataFrame:
    """Active customers of one day with `lost` (decided within 90 days), without involuntary and merged ends."""
    active = rows.filter(ACTIVE).rename({"as_of": "cutoff"})
    outcomes = labels.outcomes(session, active.select("customer_id", "cutoff"), CHURN_DAYS)
    labelled = outcomes.filter(pl.col("outcome").is_in([labels.LOST, labels.STAYED]))
    lost = labelled.select("customer_id", "cutoff", (pl.col("outcome") == labels.LOST).alias("lost"))
    return active.join(lost, on=["customer_id", "cutoff"], how="inner").sort("customer_id")
