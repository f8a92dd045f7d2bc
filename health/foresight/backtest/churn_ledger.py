"""The ledger of the lost: what the score said of each before it decided to leave; and of those at risk, who stayed."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from health.access import Book
from health.foresight.backtest.spells import spells
from health.foresight.stats.proportions import Rate, rate
from health.warehouse import Session, facts, status

DAYS_BEFORE = (30, 60, 90, 180)
STAYED_DAYS = 180
_DECIDED = ["lost", "leaving"]


@dataclass(frozen=True)
class Stayed:
    """Customers at risk on a month end (`since`) who are still there: their share of all at risk then, and one row each."""

    since: date
    share: Rate | None
    customers: pl.DataFrame


def ledger(book: Book, as_of: date) -> pl.DataFrame:
    """One row a loss known by `as_of`, the latest first: customer_id, name, status (lost, or leaving: decided, not yet gone), decided_on,
    lost_on, reason, mrr_cents, and health_N (hundredths) and band_N, N days before the decision: as of the last stored month end by then.

    Null where the customer was not scored then: not yet a customer, or before the book was observed.
    """
    with book.reading() as session:
        losses = book.own(session, _losses(session, as_of))
        past = _past(session, losses) if session.has("history") else None
        named = losses.join(session.frame("queries/customers_named").select("customer_id", "name"), on="customer_id", how="left")
    if past is None:
        raise ValueError("nothing was scored yet")
    scored = past.filter((pl.col("status") == "active") & (pl.col("as_of") <= as_of))
    for days in DAYS_BEFORE:
        named = _looked_up(named, scored.select("customer_id", "as_of", "health", "band"), days)
    billed = scored.select("customer_id", "as_of", "mrr_cents").sort("as_of")
    named = named.sort("decided_on").join_asof(billed, left_on="decided_on", right_on="as_of", by="customer_id", check_sortedness=False)
    told = [f"{what}_{days}" for days in DAYS_BEFORE for what in ("health", "band")]
    columns = ["customer_id", "name", "status", "decided_on", "lost_on", "reason", "mrr_cents", *told]
    return named.select(columns).sort(["decided_on", "customer_id"], descending=[True, False])


def while_healthy(losses: pl.DataFrame, days: int = 90) -> Rate | None:
    """Of the losses of a ledger with a band that many days before, the share that was healthy then."""
    known = losses.filter(pl.col(f"band_{days}").is_not_null())
    return rate(known.filter(pl.col(f"band_{days}") == "healthy").height, known.height)


def stayed(book: Book, as_of: date) -> Stayed | None:
    """At risk at the last month end at least 180 days before `as_of`; None where none is stored. Who merged, or whose end is still open
    (in grace), counts neither way. `customers`: customer_id, name, health_then and health_now (hundredths), mrr_cents."""
    with book.reading() as session:
        ends = [day for day in facts.span(session).month_ends() if day <= as_of - timedelta(days=STAYED_DAYS)]
        if not ends or not session.has("history"):
            return None
        stood = book.own(session, session.frame("queries/history_at", as_of=ends[-1]))
        then = stood.filter(pl.col("band") == "at_risk").select("customer_id", pl.col("health").alias("health_then"))
        past = _past(session, then)
        today = status.at(session, [as_of], then["customer_id"].to_list()).select("customer_id", "status")
        names = session.frame("queries/customers_named").select("customer_id", "name")
    if stood.is_empty():
        return None
    latest = past.filter((pl.col("as_of") <= as_of) & (pl.col("status") == "active")).sort("as_of").group_by("customer_id").last()
    followed = then.join(today, on="customer_id").filter(pl.col("status").is_in(["active", *_DECIDED]))
    there = (
        followed.filter(pl.col("status") == "active")
        .join(names, on="customer_id", how="left")
        .join(latest.select("customer_id", pl.col("health").alias("health_now"), "mrr_cents"), on="customer_id", how="left")
        .select("customer_id", "name", "health_then", "health_now", "mrr_cents")
        .sort("customer_id")
    )
    return Stayed(ends[-1], rate(there.height, followed.height), there)


def _past(session: Session, customers: pl.DataFrame) -> pl.DataFrame:
    """Every month end of these customers alone: that of everybody is long."""
    return session.frame("queries/history_of", customers=customers["customer_id"].unique().sort().to_list())


def _losses(session: Session, as_of: date) -> pl.DataFrame:
    """One row a spell that has ended or is known to end, merged ones aside."""
    return spells(session, as_of).filter(pl.col("status").is_in(_DECIDED)).rename({"exit_reason": "reason"})


def _looked_up(losses: pl.DataFrame, scored: pl.DataFrame, days: int) -> pl.DataFrame:
    """The score at the last month end at least so many days before the decision; null where that month end was not scored."""
    day = pl.col("decided_on") - timedelta(days=days)
    end = pl.when(day.dt.month_end() == day).then(day).otherwise(day.dt.month_start() - timedelta(days=1))
    found = scored.rename({"health": f"health_{days}", "band": f"band_{days}", "as_of": "end"})
    return losses.with_columns(end.alias("end")).join(found, on=["customer_id", "end"], how="left").drop("end")
