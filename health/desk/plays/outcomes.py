"""Intention-to-treat population of a comparison and its outcomes: customers stay in their arm, accepted or not."""

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl

from health.desk.plays.control_group import HELD_OUT, PLAY, quarter_end
from health.desk.plays.enrolment import KEY
from health.desk.plays.progress import case_states
from health.foresight.backtest.labels import INVOLUNTARY_REASONS, MERGED
from health.foresight.backtest.spells import spells
from health.month_ends import last_month_end, month_end
from health.status import ACTIVE
from health.warehouse import Session
from health.warehouse.facts import GRACE_DAYS

LOSS_DAYS, HEALTH_DAYS = 180, 90


def losses_read_on(quarter: str) -> date:
    """Day on which the losses of a quarter are read: 180 days after its last day and the grace period.

    A quarter is read once and as a whole, since repeated looks find effects by chance.
    """
    return quarter_end(quarter) + timedelta(days=LOSS_DAYS + GRACE_DAYS)


def health_read_on(quarter: str) -> date:
    """Day on which a quarter's change of health is read: the month end at least 90 days after its last day."""
    return month_end(quarter_end(quarter) + timedelta(days=HEALTH_DAYS))


def counted_enrolments(session: Session, as_of: date) -> pl.DataFrame:
    """One row per customer, play and quarter that counts, as on file by `as_of`, sorted: KEY, triggered_on, arm, accepted.

    Urgent rows do not count. A customer counts again for a play 180 days after its last counted trigger, so that no loss counts twice.
    `accepted`: whether ever.
    """
    rows = session.rows("holdouts").filter(pl.col("arm").is_in([PLAY, HELD_OUT]) & (pl.col("triggered_on") <= as_of))
    ordered = rows.sort("play", "customer_id", "triggered_on")
    is_counted = _far_enough_apart(ordered.select("play", "customer_id", "triggered_on").iter_rows())
    acceptances = case_states(session.rows("play_moves")).select(*KEY, pl.col("accepted_at").is_not_null().alias("accepted"))
    counted_rows = ordered.filter(pl.Series(is_counted, dtype=pl.Boolean)).join(acceptances, on=KEY, how="left", maintain_order="left")
    return counted_rows.select(*KEY, "triggered_on", "arm", pl.col("accepted").fill_null(False))


def _far_enough_apart(triggers: Iterable[tuple[str, str, date]]) -> list[bool]:
    """Flag triggers at least 180 days after the last counted one of the same play and customer."""
    last_counted: dict[tuple[str, str], date] = {}
    counted = []
    for play, customer, day in triggers:
        previous = last_counted.get((play, customer))
        counted.append(previous is None or (day - previous).days >= LOSS_DAYS)
        if counted[-1]:
            last_counted[play, customer] = day
    return counted


def with_losses(session: Session, rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add `lost`: whether the customer decided to leave within 180 days after the trigger, as known on `as_of`.

    Null for customers who merged, went bankrupt, were terminated by us or are no longer on file.
    """
    loss_spells = spells(session, as_of).select("customer_id", "decided_on", "exit_reason")
    days = (pl.col("decided_on") - pl.col("triggered_on")).dt.total_days()
    within = days.is_between(1, LOSS_DAYS).fill_null(False)
    is_void = within & pl.col("exit_reason").is_in([MERGED, *INVOLUNTARY_REASONS]).fill_null(False)
    outcomes = (
        rows.join(loss_spells, on="customer_id", how="inner").group_by(KEY).agg(within.any().alias("lost"), is_void.any().alias("void"))
    )
    with_outcome = rows.join(outcomes, on=KEY, how="left", maintain_order="left")
    return with_outcome.with_columns(pl.when(~pl.col("void")).then("lost").alias("lost")).drop("void")


def with_health(session: Session, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `change`: points of health from the last month end by the trigger to the first at least 90 days after it.

    Null for customers who were not active and scored on both, so also for those who left.
    """
    if not session.has("history"):
        return rows.with_columns(pl.lit(None, pl.Float64).alias("change"))
    scores = session.frame("queries/history_of", customers=rows["customer_id"].unique().sort().to_list()).filter(ACTIVE)
    trigger = pl.col("triggered_on")
    enrolments = rows.with_columns(
        last_month_end(trigger).alias("first"),
        (trigger + pl.duration(days=HEALTH_DAYS)).dt.month_end().alias("second"),
    )
    for end in ("first", "second"):
        scored = scores.select("customer_id", pl.col("as_of").alias(end), (pl.col("health") / 100).alias(f"health_{end}"))
        enrolments = enrolments.join(scored, on=["customer_id", end], how="left", maintain_order="left")
    return enrolments.with_columns((pl.col("health_second") - pl.col("health_first")).alias("change")).select(*rows.columns, "change")
