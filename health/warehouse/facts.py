"""Facts about customers on any days in one pass: dated whole-number changes, summed up to each day (docs/method.md, section 2)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from health.columns import Column, Table
from health.tables import TABLES
from health.warehouse import Session, dependencies

STEPS = (
    "grid", "buckets", "touches", "known_lines", "purchases", "status_facts", "contact_facts", "complaint_facts", "benchmarks",
    "contract_facts", "survey_facts", "payment_facts", "usage_facts", "depth_facts", "promise_facts",
)  # fmt: skip
STATUS = "status_facts"
"""The step that says where a customer stands."""
GRACE_DAYS = 30


@dataclass(frozen=True)
class Terms:
    """What the facts need from the settings: agreed days between contacts by tier, and hours to answer and to solve by severity 1 to 4."""

    cadence_days: Mapping[str, int]
    default_cadence_days: int
    response_hours: Sequence[int]
    resolution_hours: Sequence[int]


def at(
    session: Session, days: Sequence[date], terms: Terms, customers: Sequence[str] | None = None, changed: Collection[str] | None = None
) -> pl.DataFrame:
    """One row a customer and day, sorted by both: every fact the score reads, as known at the end of that day; null is unknown.

    `changed`: since the history of these days was stored, rows of these tables alone have changed; what reads none of them stands there.
    """
    asked = pl.DataFrame({"as_of": sorted(set(days))}, schema={"as_of": pl.Date})
    if asked.is_empty():
        raise ValueError("no day was asked for")
    session.temp("dates", asked)
    session.temp("limits", _limits(terms))
    session.temp("cadences", pl.DataFrame({"tier": list(terms.cadence_days), "days": list(terms.cadence_days.values())}))
    session.temp("first_days", session.frame("queries/first_days"))
    _scope(session, customers)
    values = {"first_day": asked["as_of"][0], "grace_days": GRACE_DAYS}
    anew = moved_by(changed)
    with dependencies.kept(session, [step for step in moved_by(None) if step not in anew]):
        for step in dependencies.needed(STEPS, anew):
            session.run(f"facts/{step}", **_asked_by(step, values))
        return session.frame("facts/facts", default_cadence_days=terms.default_cadence_days)


def benchmarked(session: Session, day: date, customers: Sequence[str] | None = None) -> None:
    """Leaves the lines known on a day (known_lines) and the market prices that they stand beside (benchmarks) as temporary tables; None
    asks for everybody's."""
    session.temp("dates", pl.DataFrame({"as_of": [day]}))
    _scope(session, customers)
    session.run("facts/known_lines")
    session.run("facts/benchmarks")


def _scope(session: Session, customers: Sequence[str] | None) -> None:
    session.run("facts/scope", everyone=customers is None, customers=list(customers or []))


def moved_by(changed: Collection[str] | None) -> list[str]:
    """The steps whose facts a change of these tables can move; None: of any."""
    return dependencies.parts(STEPS, changed)


_RUNNING = tuple(f"{what}_facts" for what in ("contact", "complaint", "contract", "survey", "payment", "usage", "depth", "promise"))
"""Steps that sum changes up to each day asked for, beginning with the first."""
_VALUES = {STATUS: ["grace_days"], **dict.fromkeys(_RUNNING, ["first_day"])}


def _asked_by(step: str, values: Mapping[str, object]) -> dict[str, object]:
    return {name: values[name] for name in _VALUES.get(step, [])}


def _limits(terms: Terms) -> pl.DataFrame:
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
    """From when to when the book was observed; both None in an empty book."""

    observed_from: date | None
    newest_day: date | None

    def month_ends(self) -> list[date]:
        """Every calendar month end from the first observed month to the newest day."""
        if not self.observed_from or not self.newest_day:
            return []
        ends = pl.date_range(self.observed_from.replace(day=1), self.newest_day, "1mo", eager=True).dt.month_end()
        return [day for day in ends if day <= self.newest_day]


def span(session: Session) -> Span:
    """Newest day: the latest on which something happened. Observed from: the first that is no start or signing, or a line's first end."""
    row = session.select(_span_query()).row(0, named=True)
    return Span(row["observed_from"], row["newest_day"])


def _span_query() -> str:
    days = [
        f"select {_day(t, c)} as day, {str(c.opening).lower()} as opening from {t.name}"
        for t in TABLES.values()
        for c in t.columns
        if c.event
    ]
    ends = "select least(min(end_on), min(terminated_on)) from contracts"
    return (
        f"with days as ({' union all '.join(days)}) "
        f"select max(day) as newest_day, least(min(day) filter (not opening), ({ends})) as observed_from from days"
    )


def _day(table: Table, column: Column) -> str:
    value = f"coalesce({column.name}, {column.blank_is})" if column.blank_is else column.name
    return f"cast({value} as date)" if table.column(column.name).type == "timestamp" else value
