"""Instruction for a reason, and the hours it takes."""

from dataclasses import dataclass

import polars as pl

from health.score.components import COMPONENTS

CALL_HOURS, VISIT_HOURS = 0.5, 2.0
VISITED = "A"
"""Tier whose customers are visited where others are called."""


@dataclass(frozen=True)
class Action:
    """Instruction for a call, and for a visit if the highest tier gets one."""

    call: str
    visit: str | None = None


EVENTS = {
    "critical": Action("Call today with an owner and a date"),
    "limit": Action("Tell them when it will be resolved"),
    "answer": Action("Call and ask about the reasons"),
    "notice": Action("Call, ask why and whether they would stay"),
    "renewal": Action("Call before the renewal", "Visit before the renewal"),
    "handover": Action("Make the handover call and set a first date"),
    "promise": Action("Apologise and deliver what was promised"),
    "unpaid": Action("Call about the unpaid invoices"),
    "complaint": Action("Agree a date for the solution and log the promise"),
    "fall": Action("Call and ask what has changed"),
    "term": Action("Discuss the renewal", "Visit and discuss the renewal"),
    "coverage": Action("Complete the missing data"),
    "none": Action("Call and keep in touch"),
}
"""By urgent trigger and event; actions for parts of the score are declared with the parts."""


DEFAULT = EVENTS["none"]


def actions() -> dict[str, Action]:
    """Actions by reason: a part of a component, a trigger or an event."""
    declared = [(key, reason) for component in COMPONENTS for _, key, reason in component.reasons()]
    return {key: Action(reason.call or DEFAULT.call, reason.visit) for key, reason in declared} | EVENTS


def next_action(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what (words) and hours to rows with a reason and a tier."""
    by_reason, reason = actions(), pl.col("reason")
    visits = {key: action.visit for key, action in by_reason.items() if action.visit}
    call = reason.replace_strict({key: action.call for key, action in by_reason.items()}, default=DEFAULT.call, return_dtype=pl.String)
    visit = pl.when((pl.col("tier") == VISITED).fill_null(False)).then(reason.replace_strict(visits, default=None, return_dtype=pl.String))
    hours = pl.when(visit.is_not_null()).then(VISIT_HOURS).otherwise(CALL_HOURS)
    return frame.with_columns(pl.coalesce(visit, call).alias("what"), hours.alias("hours"))
