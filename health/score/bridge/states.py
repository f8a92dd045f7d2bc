"""Points of each state of a bridge: before, aged, late, data, and after under other settings.

A: day t0 as known then. B: day t1 as known on t0. L: B plus rows that came later and are about days up to t0. C: day t1 as known then.

Customers are bridged if they were active or leaving, and scored, on both days. Leaving customers have frozen points: on t1 those of
`facts_as_of`, so B and L are read on that day too (if it is after t0; else B is A); customers leaving on t0 do not age.
If the last agreed term known on t0 ends before t1, B reads it as ending on t1 (unrenewed, but still in force); a renewal counts as data.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from health import format as fmt
from health.score import compose, history, settings
from health.score.components import COMPONENTS, component_points
from health.score.settings import Settings
from health.status import CUSTOMER, FROZEN, WITHOUT_LINE
from health.warehouse import Session, as_of_views, facts

POINTS = [c.column for c in COMPONENTS]
POINT_COLUMNS = ["customer_id", *POINTS]
View = Callable[..., AbstractContextManager[None]]


@dataclass(frozen=True)
class States:
    """Frames with one row per customer, in the same order: `before` and `after` are full scored rows, the others points.

    `left_out`: customers that are not bridged: customer_id, why.
    """

    before: pl.DataFrame
    aged: pl.DataFrame
    late: pl.DataFrame
    data: pl.DataFrame
    after: pl.DataFrame
    left_out: pl.DataFrame


def build_states(session: Session, t0: date, t1: date, before: Settings, after: Settings, customers: Sequence[str] | None) -> States:
    """Build the states of these customers (None: all). Raises ValueError if t0 is after t1."""
    if t0 > t1:
        raise ValueError(f"{t0} lies after {t1}")
    scored_before, data = _score_both_days(session, t0, t1, before, customers)
    scored_after = data if after == before else _rescore(session, t1, data, before, after, customers)
    scored_on_both = (scored_before["health"].is_not_null() & scored_after["health"].is_not_null()).alias("both")
    left_out = pl.DataFrame({"customer_id": scored_before["customer_id"], "why": _exclusion_reasons(scored_before, scored_after)}).filter(
        ~scored_on_both
    )
    scored_before, data, scored_after = (frame.filter(scored_on_both) for frame in (scored_before, data, scored_after))
    aged, late = _aged_and_late(session, scored_before, data, t0, t1, before)
    return States(scored_before, aged, late, data.select(POINT_COLUMNS), scored_after, left_out)


def _score_both_days(session: Session, t0: date, t1: date, before: Settings, customers: Sequence[str] | None) -> tuple[pl.DataFrame, ...]:
    """Scores on both days under the first settings, from the stored history if it has these days and the same terms."""
    if session.has("history") and settings.in_force(session).terms == before.terms:
        stored = [history.stored_on(session, day, customers) for day in (t0, t1)]
        if all(frame.height for frame in stored):
            return tuple(compose.compose_scored(frame, before).sort("customer_id") for frame in stored)
    scored = history.score_at(session, [t0, t1], before, customers)
    return tuple(scored.filter(pl.col("as_of") == day).sort("customer_id") for day in (t0, t1))


def _rescore(
    session: Session, day: date, data: pl.DataFrame, before: Settings, after: Settings, customers: Sequence[str] | None
) -> pl.DataFrame:
    """Scores on the later day under other settings; facts are recomputed only if they depend on what changed."""
    if after.terms == before.terms:
        return compose.compose(data, after).with_columns(pl.when(CUSTOMER).then("health").alias("health"))
    return history.score_at(session, [day], after, customers).sort("customer_id")


def _exclusion_reasons(scored_before: pl.DataFrame, scored_after: pl.DataFrame) -> pl.Series:
    """Why each customer has no bridge, as text; null if it has one."""
    reasons = [
        _exclusion_reason(old) or _exclusion_reason(new)
        for old, new in zip(scored_before.iter_rows(named=True), scored_after.iter_rows(named=True), strict=True)
    ]
    return pl.Series("why", reasons, pl.String)


def _exclusion_reason(row: dict[str, object]) -> str | None:
    """Why a scored row cannot be bridged, or None."""
    day = row["as_of"]
    assert isinstance(day, date)
    reason_by_status = {
        "prospect": f"not a customer yet on {fmt.day(day)}",
        "trial": f"on trial, not a customer yet on {fmt.day(day)}",
        "in grace": f"between two contracts on {fmt.day(day)}",
        "lost": f"churned by {fmt.day(day)}",
        "merged": f"merged into another customer by {fmt.day(day)}",
    }
    status = str(row["status"])
    return reason_by_status.get(status) or (f"no data on {fmt.day(day)}" if row["health"] is None else None)


def _aged_and_late(
    session: Session, scored_before: pl.DataFrame, data: pl.DataFrame, t0: date, t1: date, score_settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The points of states B and L."""
    aged = frozen = scored_before.select(POINT_COLUMNS)
    if t0 < t1 and scored_before.height:
        can_age = ~scored_before.select(FROZEN).to_series() & data["facts_as_of"].gt(t0)
        days = data.filter(can_age).select("customer_id", "facts_as_of")
        if days.is_empty():
            return aged, aged
        aged = _replace_rows(frozen, _points_by_day(session, days, t1, score_settings, partial(as_of_views.views_as_of, session, t0)))
        late_customers = as_of_views.late_customers(session, t0, t1)
        late_days = days if late_customers is None else days.filter(pl.col("customer_id").is_in(sorted(late_customers)))
        if late_days.height:
            return aged, _replace_rows(
                aged, _points_by_day(session, late_days, t1, score_settings, partial(as_of_views.views_as_of, session, t0, t1))
            )
    return aged, aged


def _points_by_day(session: Session, days: pl.DataFrame, t1: date, score_settings: Settings, view: View) -> pl.DataFrame:
    """Points of each customer on its own day (facts_as_of: t1 or earlier), read through `view`."""
    on_last_day = days.filter(pl.col("facts_as_of") == t1)["customer_id"].to_list()
    earlier_days = days.filter(pl.col("facts_as_of") < t1)
    frames = [_points_in_view(session, [t1], on_last_day, score_settings, partial(view, held_to=t1))] if on_last_day else []
    if earlier_days.height:
        points_read = _points_in_view(
            session, earlier_days["facts_as_of"].unique().to_list(), earlier_days["customer_id"].to_list(), score_settings, view
        )
        wanted_days = days.select("customer_id", pl.col("facts_as_of").alias("as_of"))
        points_read = points_read.join(wanted_days, on=["customer_id", "as_of"], how="semi", maintain_order="left")
        without_line = points_read.filter(WITHOUT_LINE).select("customer_id", "as_of")
        held_frames = [
            _points_in_view(session, [day], [i], score_settings, partial(view, held_to=day)) for i, day in without_line.iter_rows()
        ]
        frames += [points_read.join(without_line, on="customer_id", how="anti", maintain_order="left"), *held_frames]
    return pl.concat(frames).select(POINT_COLUMNS)


def _points_in_view(session: Session, days: Sequence[date], customers: Sequence[str], score_settings: Settings, view: View) -> pl.DataFrame:
    """Points of these customers on these days, read through the view."""
    with view():
        return facts.at(session, days, score_settings.terms, customers).with_columns(map(component_points, COMPONENTS))


def _replace_rows(frame: pl.DataFrame, replacement: pl.DataFrame) -> pl.DataFrame:
    """The first frame with the rows of these customers replaced by those of the second."""
    unchanged = frame.join(replacement, on="customer_id", how="anti")
    return pl.concat([unchanged, replacement]).sort("customer_id")
