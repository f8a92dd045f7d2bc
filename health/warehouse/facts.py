"""Facts about customers on any set of days, in one pass: running sums of dated integer changes (docs/method.md, section 2).

Files of sql/facts ending in _facts return facts: one row per customer in scope (`scope`) and requested day (`dates`), both in `grid`; each
column is a fact. Files that such a file reads run before it. $first_day and $grace_days are bound, and for each source of silence the
day up to which it is complete ($interactions_through ...).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from health.service_hours import Window, weekly_minutes
from health.tables import TABLES
from health.warehouse import Session, completeness, dependencies, idle_steps
from health.warehouse.completeness import Completeness, event_day
from health.warehouse.dependencies import FACT_STEPS
from health.warehouse.sql_files import parameters

STATUS = "status_facts"
"""The step that determines each customer's status."""
GRID = "grid"
"""The step that all others read: customers, days, and up to which day each customer was seen."""
GRACE_DAYS = 30


@dataclass(frozen=True)
class Terms:
    """Settings that facts depend on: agreed days between contacts by tier; response and resolution hours by severity 1 to 4.

    These are hours of service: `service_windows`, as in `service_hours`, without the holidays; no windows: around the clock.
    """

    cadence_days: Mapping[str, int]
    default_cadence_days: int
    response_hours: Sequence[int]
    resolution_hours: Sequence[int]
    service_windows: tuple[Window, ...] = ()
    holidays: tuple[date, ...] = ()
    zone: str = "UTC"


def at(
    session: Session, days: Sequence[date], terms: Terms, customers: Sequence[str] | None = None, changed: Collection[str] | None = None
) -> pl.DataFrame:
    """One row per customer and day, sorted by day and customer: all facts, as known at the end of the day; null is unknown.

    `changed`: the only tables whose rows changed since the history of these days was stored; facts that read none of them come from there.
    """
    if not days:
        raise ValueError("no day was asked for")
    clock_values = _prepare_clocks(session, terms, max(days))
    session.temp("cadences", pl.DataFrame({"tier": list(terms.cadence_days), "days": list(terms.cadence_days.values())}))
    session.temp("first_days", session.frame("queries/first_days"))
    values = prepare_grid(session, days, customers) | clock_values
    affected = dependencies.affected_steps(changed)
    stored_steps = {step: dependencies.step_columns(step) for step in FACT_STEPS if step not in affected}
    with dependencies.steps_from_history(session, stored_steps):
        _run_steps(session, [step for step in FACT_STEPS if step not in stored_steps], values)
        session.join_steps("joined_facts", [STATUS, *(step for step in FACT_STEPS if step != STATUS)])
        return session.frame("facts/facts", default_cadence_days=terms.default_cadence_days)


def prepare_benchmarks(session: Session, day: date, customers: Sequence[str] | None = None) -> None:
    """Create temporary tables of the contract lines known on a day (known_lines) and their market prices (benchmarks)."""
    prepare_grid(session, [day], customers)
    for step in dependencies.needed_steps(["benchmarks"]):
        run_step(session, step, {})


def complaints(session: Session, day: date, terms: Terms, customers: Sequence[str] | None = None) -> pl.DataFrame:
    """One row per complaint raised by the end of `day`, by customer and id: both deadlines as known then, the burden and its source row.

    severity and theme (never null), opened_at, reopened_at, answered_at, solved_at; answer_due_at (null: the clock is unknown, since the
    answer is earlier than the complaint), answer_kept, answer_broken (neither: it is still open, or unknown), answer_day (met or due on),
    answer_limit_us and answer_used_us (microseconds of service allowed, and used by then; null: unknown) and the same for the solution;
    repeats (of its theme within 180 days, for a year), burden (in hundredths), file, line, load_id.
    """
    values = _prepare_clocks(session, terms, day)
    prepare_grid(session, [day], customers)
    for step in ("complaint_fades", "service_windows", "complaint_clocks"):
        run_step(session, step, values)
    return session.frame("queries/complaints_known", zone=terms.zone)


def prepare_grid(session: Session, days: Sequence[date], customers: Sequence[str] | None = None) -> dict[str, object]:
    """Create `scope` (the customers), `dates`, `hand_days` and `grid`, which has the day up to which each was seen in each table.

    Returns the values that steps may bind.
    """
    known = completeness.read(session)
    session.temp("dates", _dated(sorted(set(days)), known))
    session.run("facts/scope", everyone=customers is None, customers=list(customers or []))
    session.temp("hand_days", completeness.hand_days(session, known))
    limits = known.limits()
    first_day = min([*days, min(limits.values()) + timedelta(days=1)])  # what happened before it counts like what happened on it
    values: dict[str, object] = {"first_day": first_day, "grace_days": GRACE_DAYS, **limits}
    run_step(session, GRID, values)
    return values


def _dated(days: Sequence[date], known: Completeness) -> pl.DataFrame:
    """The days asked for, each with the tables that are stale on it, joined by ', '; null if none is."""
    stale = [", ".join(known.stale(day)) or None for day in days]
    return pl.DataFrame({"as_of": days, "stale_tables": stale}, schema={"as_of": pl.Date, "stale_tables": pl.String})


def _run_steps(session: Session, wanted: Sequence[str], values: Mapping[str, object]) -> None:
    """Run these fact steps and the steps they read, after `prepare_grid`."""
    steps = [step for step in dependencies.needed_steps(wanted) if step != GRID]
    idle = idle_steps.find(session, steps)
    known = idle_steps.known(idle)
    needed = {*wanted, *dependencies.needed_steps([step for step in wanted if step not in known])}
    for step in steps:
        if step in needed & known:
            idle_steps.create(session, step)
        elif step in needed:
            run_step(session, step, values)
            if step in idle:
                idle_steps.remember(session, step)


def run_step(session: Session, step: str, values: Mapping[str, object]) -> None:
    """Run one step with the parameters that its SQL names."""
    session.run(f"facts/{step}", **{name: values[name] for name in parameters(f"facts/{step}")})


def _prepare_clocks(session: Session, terms: Terms, until: date) -> dict[str, object]:
    """Create the temporary tables that the clocks of complaints read; returns their parameters. `until`: the last day asked for."""
    session.temp("limits", _deadline_rows(terms))
    schema = {"weekday": pl.Int64, "opens_minute": pl.Int64, "closes_minute": pl.Int64}
    session.temp("service_week", pl.DataFrame(list(terms.service_windows), schema=schema, orient="row"))
    session.temp("holidays", pl.DataFrame({"day": list(terms.holidays)}, schema={"day": pl.Date}))
    longest_minutes = 60 * max(*terms.response_hours, *terms.resolution_hours)
    weeks = longest_minutes // weekly_minutes(terms.service_windows) + 2 if terms.service_windows else 0
    return {"zone": terms.zone, "until": until, "days_ahead": 7 * (weeks + len(terms.holidays))}


def _deadline_rows(terms: Terms) -> pl.DataFrame:
    """Weight and deadlines in hours, one row per severity."""
    return pl.DataFrame(
        {
            "severity": [1, 2, 3, 4],
            "weight": [1, 2, 4, 8],
            "response_hours": list(terms.response_hours),
            "resolution_hours": list(terms.resolution_hours),
        }
    )


@dataclass(frozen=True)
class Span:
    """The observed period; both None for an empty warehouse. `known`: how complete the tables are."""

    observed_from: date | None
    newest_day: date | None
    known: Completeness = Completeness()

    @property
    def outcomes_until(self) -> date | None:
        """The last day by which it is known who left: the newest day, or that through which contracts and exits are complete."""
        labels_through = self.known.labels_through()
        return min(self.newest_day, labels_through) if self.newest_day and labels_through else self.newest_day

    def month_ends(self) -> list[date]:
        """Every calendar month end from the first observed month to the newest day."""
        if not self.observed_from or not self.newest_day:
            return []
        days = pl.date_range(self.observed_from.replace(day=1), self.newest_day, "1mo", eager=True).dt.month_end()
        return [day for day in days if day <= self.newest_day]


def span(session: Session) -> Span:
    """Newest day: the latest event, in files or entered by hand. Observed from: the first event other than a start or signing, or the first
    end of a contract line that does not renew itself."""
    row = session.select(_span_query()).row(0, named=True)
    return Span(row["observed_from"], row["newest_day"], completeness.read(session))


def _span_query() -> str:
    """Query of the newest and the first observed day, over all event columns."""
    days = [
        f"select {event_day(t, c)} as day, {str(c.opening).lower()} as opening from {t.name}"
        for t in TABLES.values()
        for c in t.columns
        if c.event
    ]
    first_end = "select least(min(end_on) filter (renews_months is null), min(terminated_on)) from contracts"
    return (
        f"with days as ({' union all '.join(days)}) "
        f"select max(day) as newest_day, least(min(day) filter (not opening), ({first_end})) as observed_from from days"
    )
