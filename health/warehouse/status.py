"""The status of customers on any days, without the facts that only the score needs."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.warehouse import Session
from health.warehouse.facts import GRACE_DAYS


def at(session: Session, days: Sequence[date], customers: Sequence[str] | None = None) -> pl.DataFrame:
    """One row per customer and day, sorted by day and customer: status, spell_start_on, decided_on, lost_on, exit_reason."""
    session.temp("dates", pl.DataFrame({"as_of": sorted(set(days))}, schema={"as_of": pl.Date}))
    session.run("facts/scope", everyone=customers is None, customers=list(customers or []))
    for step in ("grid", "known_lines", "purchases"):
        session.run(f"facts/{step}")
    session.run("facts/status_facts", grace_days=GRACE_DAYS)
    return session.frame("queries/standing")
