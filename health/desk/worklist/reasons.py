"""Why a customer is listed: the two strongest reasons in words, each with its figures."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from health.desk.worklist import event_reasons
from health.desk.worklist.inputs import ReasonInputs
from health.desk.worklist.reason_schema import NO_REASON_TIER, SLIGHT, WEAK, candidate_rows
from health.score.components import COMPONENTS, Component
from health.score.components.parts import NO_VALUE
from health.score.compose import row_weight
from health.score.settings import Settings
from health.status import ACTIVE

MAX_REASONS = 2
REASON_COLUMNS: dict[str, Any] = {
    "customer_id": pl.String, "nth": pl.Int64, "component": pl.String, "reason": pl.String, "about": pl.String, "words": pl.String,
    "lost": pl.Float64, "value": pl.Float64, "against": pl.Float64, "on_day": pl.Date, "of_what": pl.String,
}  # fmt: skip
NO_REASON = "Nothing stands out"


def reasons(now: pl.DataFrame, rows: ReasonInputs, triggers: pl.DataFrame, as_of: date, in_force: Settings) -> pl.DataFrame:
    """One row per active customer and reason, one or two of them, sorted by both; nth counts from 1.

    First the components with points below the healthy edge, by `lost` = weight x points lost / 100 (points of health, with the weights of
    the customer's segment), each by its part that loses most; then events: the urgent `triggers`, a broken promise, unpaid invoices, an
    open complaint, a fall of health, a renewal ahead, missing data; then components that lose a little; else 'Nothing stands out'. Ties in
    the declared order. Events about the same topic as a listed component are left out.

    component: null for an event; reason: the part, trigger or event; about: topic, at most one reason each; value, against, on_day,
    of_what: figures in the words, null if there are none.
    """
    facts = _facts(now, rows)
    candidates = [
        *_component_reasons(facts, in_force),
        *event_reasons.fact_reasons(facts, as_of, in_force),
        event_reasons.trigger_reasons(triggers, facts),
        _no_reasons(facts),
    ]
    order = ["customer_id", "tier", "lost_h", "place"]
    ranked = pl.concat(candidates).sort(order, descending=[False, False, True, False])
    distinct = ranked.unique(["customer_id", "about"], keep="first", maintain_order=True)
    nth = pl.int_range(1, pl.len() + 1).over("customer_id")
    numbered = distinct.filter((pl.col("tier") < NO_REASON_TIER) | (pl.len().over("customer_id") == 1)).with_columns(nth.alias("nth"))
    return numbered.filter(pl.col("nth") <= MAX_REASONS).with_columns((pl.col("lost_h") / 10_000).alias("lost")).select(
        pl.col(name).cast(kind) for name, kind in REASON_COLUMNS.items()
    )  # fmt: skip


def _facts(now: pl.DataFrame, rows: ReasonInputs) -> pl.DataFrame:
    """Active customers with the counts that reasons need."""
    dearest_first = rows.gaps.sort(["customer_id", "above_cents", "product"], descending=[False, True, False])
    gaps = dearest_first.group_by("customer_id", maintain_order=True).agg(
        pl.len().alias("priced"), pl.col("product").first().alias("dearest"), pl.col("gap_pct").first().alias("dearest_gap")
    )
    promises = rows.promises.group_by("customer_id").agg(pl.len().alias("promises"), pl.col("due_on").max().alias("promise_on"))
    customers = now.filter(ACTIVE).sort("customer_id")
    for columns in (_overdue_complaints(rows.complaints), rows.raised, gaps, promises):
        customers = customers.join(columns, on="customer_id", how="left", maintain_order="left")
    return customers.with_columns(pl.col("past", "raised_365", "promises").fill_null(0))


def _overdue_complaints(complaints: pl.DataFrame) -> pl.DataFrame:
    """Open complaints past a running deadline by customer, and the days of the longest."""
    unanswered_due_at = pl.when(pl.col("answer_broken") & pl.col("answered_at").is_null()).then("answer_due_at")
    due = pl.min_horizontal(unanswered_due_at, pl.when("solution_broken").then("solution_due_at"))
    overdue = complaints.with_columns((pl.col("seen_to") - due.dt.date()).dt.total_days().alias("days")).drop_nulls("days")
    return overdue.group_by("customer_id").agg(pl.len().alias("past"), pl.col("days").max().alias("past_days"))


def _component_reasons(facts: pl.DataFrame, in_force: Settings) -> Iterator[pl.DataFrame]:
    edge = 100 * in_force.healthy_from
    for place, component in enumerate(COMPONENTS):
        if not in_force.weighs(component.key):
            continue
        points = (100 * pl.col(component.column)).round(0).cast(pl.Int64)
        lost_points = (row_weight(component.key, in_force) * (10_000 - points)).alias("lost_h")
        tier = pl.when(points < edge).then(WEAK).otherwise(SLIGHT).alias("tier")
        weak = facts.with_columns(lost_points, tier, pl.lit(place).alias("place"), _worst_part(component)).filter(pl.col("lost_h") > 0)
        for part, key, reason in component.reasons():
            is_worst = pl.col("worst") == part.key
            rows = weak.filter(is_worst if reason.when is None else is_worst & reason.when)
            yield candidate_rows(
                rows, component.key, key, reason.about, reason.words, reason.value, reason.against, reason.on_day, reason.of_what
            )


def _worst_part(component: Component) -> pl.Expr:
    """Part that loses the component most, by share x points lost; ties in the declared order."""
    losses = {part.key: (part.share * (100 - part.points)).round(6) for part in component.parts}
    largest_loss = pl.max_horizontal(*losses.values())
    return pl.coalesce(pl.when(loss == largest_loss).then(pl.lit(key)) for key, loss in losses.items()).alias("worst")


def _no_reasons(facts: pl.DataFrame) -> pl.DataFrame:
    candidates = facts.with_columns(pl.lit(0).alias("lost_h"), pl.lit(NO_REASON_TIER).alias("tier"), pl.lit(0).alias("place"))
    return candidate_rows(candidates, None, "none", "none", pl.lit(NO_REASON), NO_VALUE)
