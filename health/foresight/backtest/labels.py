"""Churn labels of customers at cut-offs, as known on the day the horizon matures; later rows are never read."""

from datetime import timedelta

import polars as pl

from health.foresight.backtest.cutoffs import matures_on
from health.warehouse import Session, status

INVOLUNTARY_REASONS = ("insolvency", "we_ended")
"""Losses the customer did not choose: reported separately, left out of the label."""
LOST, STAYED, MERGED, INVOLUNTARY = "lost", "stayed", "merged", "not_theirs"


def outcomes(session: Session, active: pl.DataFrame, horizon_days: int) -> pl.DataFrame:
    """One row per customer and cut-off of `active` (customer_id, cutoff): `outcome` within the horizon.

    lost, stayed, merged or not_theirs (insolvency, or we ended it).
    """
    spell_ends = _spell_ends(session, active, horizon_days)
    within_horizon = (pl.col("decided_on") > pl.col("cutoff")) & (pl.col("decided_on") <= pl.col("cutoff") + timedelta(days=horizon_days))
    is_lost = within_horizon.fill_null(False)
    is_merged = pl.col("exit_reason") == "merged"
    outcome = (
        pl.when(is_lost & is_merged.fill_null(False)).then(pl.lit(MERGED))
        .when(is_lost & pl.col("exit_reason").is_in(INVOLUNTARY_REASONS).fill_null(False)).then(pl.lit(INVOLUNTARY))
        .when(is_lost).then(pl.lit(LOST))
        .otherwise(pl.lit(STAYED))
    )  # fmt: skip
    return spell_ends.select("customer_id", "cutoff", outcome.alias("outcome"))


def _spell_ends(session: Session, active: pl.DataFrame, horizon_days: int) -> pl.DataFrame:
    """End, as far as known, of the spell that was current at each cut-off."""
    columns = ["customer_id", "cutoff", "spell_start_on", "decided_on", "exit_reason"]
    cutoffs = active["cutoff"].unique().sort()
    schema = {"cutoff": pl.Date, "as_of": pl.Date}
    days = pl.DataFrame({"cutoff": cutoffs, "as_of": [matures_on(day, horizon_days) for day in cutoffs]}, schema)
    customers = active["customer_id"].unique().sort().to_list()
    spells = status.at(session, days["as_of"].to_list(), customers).join(days, on="as_of").select(columns)
    spells = spells.join(active, on=["customer_id", "cutoff"], how="semi")
    while (returned := spells.filter(pl.col("spell_start_on") > pl.col("cutoff"))).height:
        spells = pl.concat([spells.join(returned, on=["customer_id", "cutoff"], how="anti"), _before_return(session, returned)])
    return spells.sort("cutoff", "customer_id")


def _before_return(session: Session, returned: pl.DataFrame) -> pl.DataFrame:
    """For returned customers: their previous spell, as known the day before the return."""
    day_before = returned.select("customer_id", "cutoff", (pl.col("spell_start_on") - timedelta(days=1)).alias("as_of"))
    before = status.at(session, day_before["as_of"].unique().sort().to_list(), day_before["customer_id"].unique().sort().to_list())
    return day_before.join(before, on=["customer_id", "as_of"], how="left").select(returned.columns)
