"""The status of customers on any days, without the facts that only the score needs."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.warehouse import Session, dependencies
from health.warehouse.facts import GRACE_DAYS, STATUS


def at(session: Session, days: Sequence[date], customers: Sequence[str] | None = None) -> pl.DataFrame:
    """One row per customer and day, sorted by day and customer: status, spell_start_on, decided_on, lost_on, exit_reason."""
    session.temp("dates", pl.DataFrame({"as_of": sorted(set(days))}, schema={"as_of": pl.Date}))
    session.run("facts/scope", everyone=customers is None, customers=list(customers or []))
    for step in dependencies.needed_steps([STATUS]):
        session.run(f"facts/{step}", **({"grace_days": GRACE_DAYS} if step == STATUS else {}))
    return session.select(f"from {STATUS} order by as_of, customer_id")
