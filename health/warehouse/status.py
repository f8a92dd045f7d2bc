"""The status of customers on any days, without the facts that only the score needs."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.warehouse import Session, dependencies
from health.warehouse.facts import GRID, STATUS, prepare_grid, run_step


def at(session: Session, days: Sequence[date], customers: Sequence[str] | None = None) -> pl.DataFrame:
    """One row per customer and day, sorted by day and customer: status, spell_start_on, decided_on, lost_on, exit_reason."""
    values = prepare_grid(session, days, customers)
    for step in dependencies.needed_steps([STATUS]):
        if step != GRID:
            run_step(session, step, values)
    return session.select(f"from {STATUS} order by as_of, customer_id")
