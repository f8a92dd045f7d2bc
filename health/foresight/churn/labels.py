"""Churn labels: how each customer's spell ended, as known on a later day."""

from datetime import date, timedelta

import polars as pl

from health.foresight.backtest.labels import INVOLUNTARY_REASONS
from health.warehouse import Session, status

KEY = ["customer_id", "as_of"]
_SPELL = ["customer_id", "spell_start_on", "decided_on", "exit_reason"]


def with_spell_ends(session: Session, rows: pl.DataFrame, known_on: date, only_these: bool = False) -> pl.DataFrame:
    """Add `decided_on` (null while the customer stays) and `voluntary` to rows of active customers (customer_id, as_of).

    Of an involuntary end the months before it count, but neither as lost nor as kept. `only_these`: read only the customers of the rows.
    """
    known_rows = rows.filter(pl.col("as_of") <= known_on)
    spell_ends = _covering_spells(session, known_rows, known_on, only_these)
    spells = (
        known_rows.select(KEY)
        .join(spell_ends, on="customer_id")
        .filter(pl.col("spell_start_on") <= pl.col("as_of"))
        .sort(*KEY, "spell_start_on")
        .unique(KEY, keep="last", maintain_order=True)
    )
    known_end = pl.col("decided_on") <= known_on
    voluntary = ~pl.col("exit_reason").is_in([*INVOLUNTARY_REASONS, "merged"]).fill_null(False)
    labels = spells.select(*KEY, pl.when(known_end).then("decided_on").alias("decided_on"), voluntary.alias("voluntary"))
    return known_rows.join(labels, on=KEY, how="inner", maintain_order="left")


def _covering_spells(session: Session, rows: pl.DataFrame, known_on: date, only_these: bool) -> pl.DataFrame:
    """One row per spell that covers one of the rows, newest first."""
    first_days = rows.group_by("customer_id").agg(pl.col("as_of").min().alias("first_on"))
    ids = first_days["customer_id"].sort().to_list() if only_these else None
    newest = status.at(session, [known_on], ids).select(_SPELL).drop_nulls("spell_start_on")
    spells = [newest]
    while (returned := newest.join(first_days, on="customer_id").filter(pl.col("spell_start_on") > pl.col("first_on"))).height:
        newest = _spells_before_return(session, returned)
        spells.append(newest)
    return pl.concat(spells)


def _spells_before_return(session: Session, returned: pl.DataFrame) -> pl.DataFrame:
    """For returned customers: their previous spell, as known the day before the return."""
    day_before = returned.select("customer_id", (pl.col("spell_start_on") - timedelta(days=1)).alias("as_of"))
    previous = status.at(session, day_before["as_of"].unique().sort().to_list(), day_before["customer_id"].unique().sort().to_list())
    return day_before.join(previous, on=KEY).select(_SPELL).drop_nulls("spell_start_on")
