"""The MRR that the contract lines in force agree on, pauses aside, on any days and without the other facts."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.warehouse import Session, dependencies


def at(session: Session, days: Sequence[date], customers: Sequence[str] | None = None) -> pl.DataFrame:
    """One row per customer with a line in force and day, sorted by both: customer_id, as_of, agreed_cents; as known on the day."""
    session.temp("dates", pl.DataFrame({"as_of": sorted(set(days))}, schema={"as_of": pl.Date}))
    session.run("facts/scope", everyone=customers is None, customers=list(customers or []))
    for step in dependencies.needed_steps(["known_lines"]):
        session.run(f"facts/{step}")
    return session.frame("queries/agreed_mrr")
