"""Scores at any day, and the stored history at every month end: facts and scores, kept equal to a full rebuild."""

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from health.score import compose, settings
from health.score.components import COMPONENTS, points
from health.score.settings import Settings
from health.warehouse import Session, facts

POINTS = [c.column for c in COMPONENTS]
FROZEN = [*POINTS, "critical_late", "overdue_60"]
NO_DAY = date(1970, 1, 1)


def score_at(session: Session, days: Sequence[date], in_force: Settings, customers: Sequence[str] | None = None) -> pl.DataFrame:
    """One row a customer and day, sorted by day and customer: facts as of the day, points as of `facts_as_of`, health and band.

    Whoever is leaving keeps the points of the last month end before that was known; nobody else but active customers is scored.
    """
    today = facts.at(session, days, in_force.terms, customers)
    frozen = _frozen(session, today, in_force)
    live = today.with_columns(map(points, COMPONENTS))
    return (
        live.join(
            frozen,
            left_on=["customer_id", "facts_as_of"],
            right_on=["customer_id", "as_of"],
            how="left",
            suffix="_frozen",
            maintain_order="left",
        )
        .with_columns(_as_frozen(name) for name in FROZEN)
        .drop(f"{name}_frozen" for name in FROZEN)
        .pipe(compose.compose, in_force)
        .with_columns(
            pl.when(pl.col("status").is_in(compose.SCORED)).then(pl.col(name)).alias(name)
            for name in ["health", "low", "high", "coverage", "cap"]
        )
        .sort("as_of", "customer_id")
    )


def _as_frozen(name: str) -> pl.Expr:
    status = pl.col("status")
    value = pl.when(status == "leaving").then(pl.col(f"{name}_frozen"))
    return (value.when(status == "active").then(pl.col(name)) if name in POINTS else value.otherwise(pl.col(name))).alias(name)


def _frozen(session: Session, today: pl.DataFrame, in_force: Settings) -> pl.DataFrame:
    """Points of the leaving at the day they are frozen at; one row a customer and such day."""
    leaving = today.filter(pl.col("status") == "leaving").select("customer_id", "facts_as_of").unique().sort("customer_id", "facts_as_of")
    if leaving.is_empty():
        return today.with_columns(map(points, COMPONENTS)).select("customer_id", "as_of", *FROZEN).clear()
    then = facts.at(
        session, leaving["facts_as_of"].unique().to_list(), in_force.terms, leaving["customer_id"].unique(maintain_order=True).to_list()
    )
    return then.with_columns(map(points, COMPONENTS)).select("customer_id", "as_of", *FROZEN)


def refresh(session: Session, touched: Collection[str] | None) -> None:
    """Brings facts and history up to date inside the caller's write transaction; None, or a change to the book's frame, rebuilds all."""
    frame = _book_frame(session, settings.in_force(session))
    same_frame = session.has("book") and session.has("history") and session.rows("book").equals(frame)
    if touched is None or not same_frame:
        session.replace("history", rebuilt(session))
        session.replace("book", frame)
    elif touched and frame["last_month_end"][0]:
        customers = sorted(touched)
        days = facts.span(session).month_ends()
        session.patch("history", score_at(session, days, settings.in_force(session), customers), customers)


def rebuilt(session: Session) -> pl.DataFrame:
    """The whole history made anew from the rows, sorted by month end and customer; no rows where no day was observed. Writes nothing."""
    days = facts.span(session).month_ends()
    scored = score_at(session, days or [NO_DAY], settings.in_force(session))
    return scored if days else scored.clear()


def _book_frame(session: Session, in_force: Settings) -> pl.DataFrame:
    """One row: what every customer's history depends on besides own rows."""
    span = facts.span(session)
    return session.frame("marts/first_days").with_columns(
        pl.lit(span.observed_from, pl.Date).alias("observed_from"),
        pl.lit(max(span.month_ends(), default=None), pl.Date).alias("last_month_end"),
        pl.lit(in_force.version, pl.Int64).alias("settings_version"),
    )
