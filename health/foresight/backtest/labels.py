"""What became of the customers of a cut-off, as known on the day the horizon matures: no row known later is read."""

from datetime import timedelta

import polars as pl

from health.foresight.backtest.cutoffs import matures_on
from health.warehouse import Session, status

NOT_THEIRS = ("insolvency", "we_ended")
"""Losses that nobody chose: shown apart, out of the label."""
LOST, STAYED, MERGED, OTHER = "lost", "stayed", "merged", "not_theirs"


def outcomes(session: Session, active: pl.DataFrame, horizon_days: int) -> pl.DataFrame:
    """One row a customer and cut-off of `active` (customer_id, cutoff: who stood there then): `outcome` (lost, stayed, merged, not_theirs)
    within the horizon."""
    told = _told(session, active, horizon_days)
    inside = (pl.col("decided_on") > pl.col("cutoff")) & (pl.col("decided_on") <= pl.col("cutoff") + timedelta(days=horizon_days))
    lost = inside.fill_null(False)
    merged = pl.col("exit_reason") == "merged"
    outcome = (
        pl.when(lost & merged.fill_null(False)).then(pl.lit(MERGED))
        .when(lost & pl.col("exit_reason").is_in(NOT_THEIRS).fill_null(False)).then(pl.lit(OTHER))
        .when(lost).then(pl.lit(LOST))
        .otherwise(pl.lit(STAYED))
    )  # fmt: skip
    return told.select("customer_id", "cutoff", outcome.alias("outcome"))


def _told(session: Session, active: pl.DataFrame, horizon_days: int) -> pl.DataFrame:
    """The end, as far as known, of the spell in which each customer stood at each cut-off."""
    columns = ["customer_id", "cutoff", "spell_start_on", "decided_on", "exit_reason"]
    cutoffs = active["cutoff"].unique().sort()
    schema = {"cutoff": pl.Date, "as_of": pl.Date}
    days = pl.DataFrame({"cutoff": cutoffs, "as_of": [matures_on(day, horizon_days) for day in cutoffs]}, schema)
    asked = active["customer_id"].unique().sort().to_list()
    stood = status.at(session, days["as_of"].to_list(), asked).join(days, on="as_of").select(columns)
    stood = stood.join(active, on=["customer_id", "cutoff"], how="semi")
    while (returned := stood.filter(pl.col("spell_start_on") > pl.col("cutoff"))).height:
        stood = pl.concat([stood.join(returned, on=["customer_id", "cutoff"], how="anti"), _before_return(session, returned)])
    return stood.sort("cutoff", "customer_id")


def _before_return(session: Session, returned: pl.DataFrame) -> pl.DataFrame:
    """Whoever has begun anew since: the spell before, as known on the day before the new one began."""
    asked = returned.select("customer_id", "cutoff", (pl.col("spell_start_on") - timedelta(days=1)).alias("as_of"))
    before = status.at(session, asked["as_of"].unique().sort().to_list(), asked["customer_id"].unique().sort().to_list())
    return asked.join(before, on=["customer_id", "as_of"], how="left").select(returned.columns)
