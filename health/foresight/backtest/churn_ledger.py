"""Churn ledger: the score of each churned customer before its decision, and which at-risk customers stayed."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from health.access import Book
from health.foresight.backtest.spells import spells
from health.foresight.backtest.warning import LEVELS, with_warning_days
from health.foresight.stats.proportions import Rate, rate
from health.month_ends import last_month_end
from health.score import history
from health.status import ACTIVE, CHURNED
from health.warehouse import Session, facts, status

DAYS_BEFORE = (30, 60, 90, 180)
STAYED_DAYS = 180


@dataclass(frozen=True)
class StayedAtRisk:
    """Customers at risk on the month end `since` who are still customers: their share of all then at risk, and one row each."""

    since: date
    share: Rate | None
    customers: pl.DataFrame


def ledger(book: Book, as_of: date) -> pl.DataFrame:
    """One row per loss known by `as_of`, latest first.

    Columns: customer_id, name, status (lost, or leaving: decided but not yet gone), spell_start_on, decided_on, lost_on, reason, mrr_cents,
    and for N days before the decision health_N (hundredths) and band_N, read at the last stored month end by then. Null where the customer
    was not scored at that time: not yet a customer, or before the observed period. `warning_days` and `at_risk_days`:
    `warning.with_warning_days`. Raises ValueError where nothing was scored.
    """
    with book.reading() as session:
        losses = book.own(session, _ended_spells(session, as_of))
        month_end_scores = _read_month_end_history(session, losses) if session.has("history") else None
        named_losses = losses.join(session.frame("queries/customers_named").select("customer_id", "name"), on="customer_id", how="left")
    if month_end_scores is None:
        raise ValueError("nothing was scored yet")
    scored = month_end_scores.filter(ACTIVE & (pl.col("as_of") <= as_of))
    for days in DAYS_BEFORE:
        named_losses = with_score_before(named_losses, scored.select("customer_id", "as_of", "health", "band"), days)
    mrr = scored.select("customer_id", "as_of", "mrr_cents").sort("as_of")
    named_losses = named_losses.sort("decided_on").join_asof(
        mrr, left_on="decided_on", right_on="as_of", by="customer_id", check_sortedness=False
    )
    named_losses = with_warning_days(named_losses, scored)
    score_columns = [*(f"{measure}_{days}" for days in DAYS_BEFORE for measure in ("health", "band")), *LEVELS]
    columns = ["customer_id", "name", "status", "spell_start_on", "decided_on", "lost_on", "reason", "mrr_cents", *score_columns]
    return named_losses.select(columns).sort(["decided_on", "customer_id"], descending=[True, False])


def lost_while_healthy(losses: pl.DataFrame, days: int = 90) -> Rate | None:
    """Share of the ledger's losses that were healthy that many days before the decision, of those with a band then."""
    losses_with_band = losses.filter(pl.col(f"band_{days}").is_not_null())
    return rate(losses_with_band.filter(pl.col(f"band_{days}") == "healthy").height, losses_with_band.height)


def stayed_at_risk(book: Book, as_of: date) -> StayedAtRisk | None:
    """Follow the customers at risk at the last month end at least 180 days before `as_of`; None without such a month end.

    Merged and paused customers and those in grace are left out. `customers`: customer_id, name, health_then and health_now (hundredths),
    mrr_cents.
    """
    with book.reading() as session:
        month_ends = [day for day in facts.span(session).month_ends() if day <= as_of - timedelta(days=STAYED_DAYS)]
        if not month_ends or not session.has("history"):
            return None
        scored_then = book.own(session, history.stored_on(session, month_ends[-1]))
        at_risk_then = scored_then.filter(pl.col("band") == "at_risk").select("customer_id", pl.col("health").alias("health_then"))
        month_end_scores = _read_month_end_history(session, at_risk_then)
        today = status.at(session, [as_of], at_risk_then["customer_id"].to_list()).select("customer_id", "status")
        names = session.frame("queries/customers_named").select("customer_id", "name")
    if scored_then.is_empty():
        return None
    latest_scores = month_end_scores.filter((pl.col("as_of") <= as_of) & ACTIVE).sort("as_of").group_by("customer_id").last()
    customers_followed = at_risk_then.join(today, on="customer_id").filter(ACTIVE | CHURNED)
    retained = (
        customers_followed.filter(ACTIVE)
        .join(names, on="customer_id", how="left")
        .join(latest_scores.select("customer_id", pl.col("health").alias("health_now"), "mrr_cents"), on="customer_id", how="left")
        .select("customer_id", "name", "health_then", "health_now", "mrr_cents")
        .sort("customer_id")
    )
    return StayedAtRisk(month_ends[-1], rate(retained.height, customers_followed.height), retained)


def _read_month_end_history(session: Session, customers: pl.DataFrame) -> pl.DataFrame:
    """Month-end history of these customers only; that of the whole book is large."""
    return session.frame("queries/history_of", customers=customers["customer_id"].unique().sort().to_list())


def _ended_spells(session: Session, as_of: date) -> pl.DataFrame:
    """One row per spell that has ended or is known to end, except merged ones."""
    return spells(session, as_of).filter(CHURNED).rename({"exit_reason": "reason"})


def with_score_before(events: pl.DataFrame, scored: pl.DataFrame, days: int, event_day: str = "decided_on") -> pl.DataFrame:
    """Add health and band at the last month end at least `days` before an event; null where it was not scored."""
    day = pl.col(event_day) - timedelta(days=days)
    earlier = scored.rename({"health": f"health_{days}", "band": f"band_{days}", "as_of": "end"})
    return events.with_columns(last_month_end(day).alias("end")).join(earlier, on=["customer_id", "end"], how="left").drop("end")
