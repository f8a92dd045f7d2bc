"""The points behind the bridge's states: before, aged (the later day as known on the earlier), late, after, and after under other settings.

A: day t0 as known then. B: day t1 as known on t0. L: B with rows that came later and tell of days up to t0. C: day t1 as known then.

Statuses. Bridged is who was active or leaving, with something known, on both days. Whoever is leaving has frozen points: on t1 they
stand as of `facts_as_of`, so B and L are read on that day too (where it lies after t0; else B is A); who was leaving on t0 does not age.
Where the last agreed term as known on t0 runs out before t1, B reads it as ending on t1: unrenewed, with no day ahead, but there; the
renewal, if one came, is data.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from health import format as fmt
from health.score import compose, history, settings
from health.score.components import COMPONENTS, points
from health.score.settings import Settings
from health.status import CUSTOMER, WITHOUT_LINE
from health.warehouse import Session, as_of_views, facts

POINTS = [c.column for c in COMPONENTS]
KEPT = ["customer_id", *POINTS]
View = Callable[..., AbstractContextManager[None]]


@dataclass(frozen=True)
class States:
    """Frames of one row a customer, all of the same customers in the same order; `before` and `after` whole scored rows, the rest points.

    `left_out`: who is not bridged, customer_id and why.
    """

    before: pl.DataFrame
    aged: pl.DataFrame
    late: pl.DataFrame
    data: pl.DataFrame
    after: pl.DataFrame
    left_out: pl.DataFrame


def states(session: Session, t0: date, t1: date, before: Settings, after: Settings, customers: Sequence[str] | None) -> States:
    """The states of everybody asked for. Raises ValueError where t0 lies after t1."""
    if t0 > t1:
        raise ValueError(f"{t0} lies after {t1}")
    was, data = _scored(session, t0, t1, before, customers)
    will = data if after == before else _under(session, t1, data, before, after, customers)
    both = (was["health"].is_not_null() & will["health"].is_not_null()).alias("both")
    left_out = pl.DataFrame({"customer_id": was["customer_id"], "why": _why(was, will)}).filter(~both)
    was, data, will = (frame.filter(both) for frame in (was, data, will))
    aged, late = _between(session, was, data, t0, t1, before)
    return States(was, aged, late, data.select(KEPT), will, left_out)


def _scored(session: Session, t0: date, t1: date, before: Settings, customers: Sequence[str] | None) -> tuple[pl.DataFrame, ...]:
    """Both days under the settings before; from the stored history where it holds them and was made under the same terms."""
    if session.has("history") and settings.in_force(session).terms == before.terms:
        stored = [session.frame("queries/history_at", as_of=day) for day in (t0, t1)]
        if all(frame.height for frame in stored):
            chosen = [frame if customers is None else frame.filter(pl.col("customer_id").is_in(list(customers))) for frame in stored]
            return tuple(compose.recomposed(frame, before).sort("customer_id") for frame in chosen)
    scored = history.score_at(session, [t0, t1], before, customers)
    return tuple(scored.filter(pl.col("as_of") == day).sort("customer_id") for day in (t0, t1))


def _under(
    session: Session, day: date, data: pl.DataFrame, before: Settings, after: Settings, customers: Sequence[str] | None
) -> pl.DataFrame:
    """The later day under other settings; the points are worked out anew only where the facts depend on what was changed."""
    if after.terms == before.terms:
        return compose.compose(data, after).with_columns(pl.when(CUSTOMER).then("health").alias("health"))
    return history.score_at(session, [day], after, customers).sort("customer_id")


def _why(was: pl.DataFrame, will: pl.DataFrame) -> pl.Series:
    """In words, why there is no bridge; null where there is one."""
    words = [_missing(old) or _missing(new) for old, new in zip(was.iter_rows(named=True), will.iter_rows(named=True), strict=True)]
    return pl.Series("why", words, pl.String)


def _missing(row: dict[str, object]) -> str | None:
    day = row["as_of"]
    assert isinstance(day, date)
    words = {
        "prospect": f"not a customer yet on {fmt.day(day)}",
        "in grace": f"between two terms on {fmt.day(day)}",
        "lost": f"had left by {fmt.day(day)}",
        "merged": f"merged into another by {fmt.day(day)}",
    }
    status = str(row["status"])
    return words.get(status) or (f"nothing of it was known on {fmt.day(day)}" if row["health"] is None else None)


def _between(
    session: Session, was: pl.DataFrame, data: pl.DataFrame, t0: date, t1: date, in_force: Settings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The points of states B and L."""
    aged = stood = was.select(KEPT)
    if t0 < t1 and was.height:
        moving = was["status"].ne("leaving") & data["facts_as_of"].gt(t0)
        days = data.filter(moving).select("customer_id", "facts_as_of")
        if days.is_empty():
            return aged, aged
        aged = _patched(stood, _read(session, days, t1, in_force, partial(as_of_views.on, session, t0)))
        whom = as_of_views.late_customers(session, t0, t1)
        told = days if whom is None else days.filter(pl.col("customer_id").is_in(sorted(whom)))
        if told.height:
            return aged, _patched(aged, _read(session, told, t1, in_force, partial(as_of_views.on, session, t0, t1)))
    return aged, aged


def _read(session: Session, days: pl.DataFrame, t1: date, in_force: Settings, view: View) -> pl.DataFrame:
    """Points of each customer on its own day (facts_as_of) in the book that `view` lays over the tables: most on t1, some before."""
    last = days.filter(pl.col("facts_as_of") == t1)["customer_id"].to_list()
    sooner = days.filter(pl.col("facts_as_of") < t1)
    found = [_points(session, [t1], last, in_force, partial(view, held_to=t1))] if last else []
    if sooner.height:
        read = _points(session, sooner["facts_as_of"].unique().to_list(), sooner["customer_id"].to_list(), in_force, view)
        own = days.select("customer_id", pl.col("facts_as_of").alias("as_of"))
        read = read.join(own, on=["customer_id", "as_of"], how="semi", maintain_order="left")
        out = read.filter(WITHOUT_LINE).select("customer_id", "as_of")
        held = [_points(session, [day], [i], in_force, partial(view, held_to=day)) for i, day in out.iter_rows()]
        found += [read.join(out, on="customer_id", how="anti", maintain_order="left"), *held]
    return pl.concat(found).select(KEPT)


def _points(session: Session, days: Sequence[date], customers: Sequence[str], in_force: Settings, view: View) -> pl.DataFrame:
    with view():
        return facts.at(session, days, in_force.terms, customers).with_columns(map(points, COMPONENTS))


def _patched(stood: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """The first frame with the second one's rows in the place of those of the same customers."""
    kept = stood.join(read, on="customer_id", how="anti")
    return pl.concat([kept, read]).sort("customer_id")
