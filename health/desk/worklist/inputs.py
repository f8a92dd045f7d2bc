"""Rows behind reasons and urgent triggers, as known at the end of a day."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from health.access import Book
from health.score import settings
from health.score.settings import Settings
from health.warehouse import Session, facts

PROMISE_DAYS = 90


@dataclass(frozen=True)
class ReasonInputs:
    """Rows of all customers, sorted by customer.

    `complaints`: open ones (`facts.complaints`); `raised`: number in 365 days; `answers`: poor ones without follow-up (poor_answers.sql);
    `handovers`: due ones (handovers.sql); `promises`: broken in 90 days (customer_id, due_on); `gaps`: one row per customer and product
    with a market price (product_gaps.sql).
    """

    complaints: pl.DataFrame
    raised: pl.DataFrame
    answers: pl.DataFrame
    handovers: pl.DataFrame
    promises: pl.DataFrame
    gaps: pl.DataFrame


def reason_inputs(book: Book, as_of: date) -> ReasonInputs:
    """All inputs of the viewer's customers."""
    with book.reading() as session:
        read = read_inputs(session, as_of, settings.in_force(session))
        return ReasonInputs(**{name: book.own(session, frame) for name, frame in vars(read).items()})


def read_inputs(session: Session, as_of: date, in_force: Settings) -> ReasonInputs:
    """Read all inputs from one snapshot."""
    facts.prepare_grid(session, [as_of])
    handovers = session.frame("queries/handovers", as_of=as_of)
    return ReasonInputs(
        complaints=_open_complaints(facts.complaints(session, as_of, in_force.terms)),
        raised=session.frame("queries/complaints_raised"),
        answers=session.frame("queries/poor_answers"),
        handovers=handovers,
        promises=_broken_promises(session.frame("queries/broken_promises"), handovers),
        gaps=_product_gaps(session, as_of),
    )


def _open_complaints(complaints: pl.DataFrame) -> pl.DataFrame:
    return complaints.filter(pl.col("solved_at").is_null())


def _broken_promises(recorded: pl.DataFrame, handovers: pl.DataFrame) -> pl.DataFrame:
    """Promises on file, and handovers that a first contract implied without a row."""
    due = pl.col("due_at").dt.date()
    implied = handovers.filter(~pl.col("given") & pl.col("kept").eq(False) & (due > pl.col("seen_to") - timedelta(days=PROMISE_DAYS)))
    frames = [recorded.select("customer_id", "due_on"), implied.select("customer_id", due.alias("due_on"))]
    return pl.concat(frames).sort("customer_id", "due_on")


def _product_gaps(session: Session, as_of: date) -> pl.DataFrame:
    facts.prepare_benchmarks(session, as_of)
    return session.frame("queries/product_gaps")
