"""Spells: each period in which a customer was with us, from start to end as far as known."""

from datetime import date, timedelta

import polars as pl

from health.foresight.backtest import labels
from health.score.components import DAYS_A_MONTH
from health.warehouse import Session, facts, status
from health.warehouse.facts import GRACE_DAYS

COLUMNS = ["customer_id", "status", "spell_start_on", "decided_on", "lost_on", "exit_reason"]
TERMS = (12, 24, 36)


def spells(session: Session, as_of: date) -> pl.DataFrame:
    """One row per spell started by `as_of`, sorted by customer and start: status, decided_on, lost_on, exit_reason as known then.

    An earlier spell is as known on the day before the next one started.
    """
    current_spells = status.at(session, [as_of]).select(COLUMNS)
    spell_frames = [current_spells]
    while (returned := _returned_customers(session, current_spells)).height:
        days = returned["as_of"].unique().sort().to_list()
        previous = status.at(session, days, returned["customer_id"].unique().sort().to_list())
        current_spells = returned.join(previous, on=["customer_id", "as_of"]).select(COLUMNS)
        spell_frames.append(current_spells)
    return pl.concat(spell_frames).drop_nulls("spell_start_on").sort("customer_id", "spell_start_on")


def _returned_customers(session: Session, current_spells: pl.DataFrame) -> pl.DataFrame:
    """Customers with an earlier spell, and the day before this one began, when the earlier one was the newest."""
    with_earlier_spell = current_spells.join(session.frame("queries/first_starts"), on="customer_id").filter(
        pl.col("first_start_on") < pl.col("spell_start_on")
    )
    return with_earlier_spell.select("customer_id", (pl.col("spell_start_on") - timedelta(days=1)).alias("as_of"))


def observed_spells(session: Session, as_of: date) -> pl.DataFrame:
    """One row per observed spell: customer_id, spell_start_on, last_on, left, entry and duration (days of tenure), segment, contract,
    cohort."""
    span = facts.span(session)
    observed_from, last_day = span.observed_from, min(as_of, span.outcomes_until or as_of) - timedelta(days=GRACE_DAYS)
    customer_starts = session.rows("customers").select("customer_id", "customer_since", pl.col("segment").fill_null("not given"))
    starts = session.frame("queries/first_starts")
    spells_so_far = (
        spells(session, as_of)
        .join(customer_starts, on="customer_id")
        .join(starts, on="customer_id", how="left")
        .pipe(_with_contract_terms, session, as_of)
    )
    origin = pl.min_horizontal("customer_since", "first_start_on", "spell_start_on")
    is_voluntary = ~pl.col("exit_reason").is_in([labels.MERGED, *labels.INVOLUNTARY_REASONS]).fill_null(False)
    return (
        spells_so_far.with_columns(
            origin.alias("origin"), pl.min_horizontal("decided_on", pl.lit(last_day)).alias("last_on"),
            ((pl.col("decided_on") <= last_day).fill_null(False) & is_voluntary).alias("left"),
        )
        .with_columns(
            (pl.max_horizontal("spell_start_on", pl.lit(observed_from, pl.Date)) - pl.col("origin")).dt.total_days().alias("entry"),
            (pl.col("last_on") - pl.col("origin")).dt.total_days().alias("duration") + 1,  # the last day is over
            pl.col("origin").dt.year().cast(pl.String).alias("cohort"),
        )
        .filter((pl.col("entry") < pl.col("duration")) & pl.lit(observed_from is not None))
        .select("customer_id", "spell_start_on", "last_on", "left", "entry", "duration", "segment", "contract", "cohort")
    )  # fmt: skip


def _with_contract_terms(spell_rows: pl.DataFrame, session: Session, as_of: date) -> pl.DataFrame:
    """Add `contract`: the term of the spell's first contract line, as known by `as_of`."""
    is_known = (pl.coalesce("signed_on", "start_on") <= as_of) & ~pl.col("is_trial")
    lines = session.staged("contracts").filter(is_known).sort("contract_id")
    months = ((pl.col("end_on") - pl.col("start_on")).dt.total_days() + 1) / DAYS_A_MONTH
    term_months = months.round().cast(pl.Int64)
    label = (
        pl.when(term_months.is_null()).then(pl.lit("rolling"))
        .when(term_months.is_in(TERMS)).then(pl.format("{} months", term_months))
        .otherwise(pl.lit("other terms"))
    )  # fmt: skip
    first_lines = lines.group_by("customer_id", pl.col("start_on").alias("spell_start_on"), maintain_order=True).agg(
        label.first().alias("contract")
    )
    with_terms = spell_rows.join(first_lines, on=["customer_id", "spell_start_on"], how="left")
    return with_terms.with_columns(pl.col("contract").fill_null("without contract"))
