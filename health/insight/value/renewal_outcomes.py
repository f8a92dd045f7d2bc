"""Renewals beside what was recorded of them: which are spoken for, and which nobody has settled."""

import polars as pl

OUTCOME_DAYS = 180
"""A renewal recorded as begun so long before the end of a term, or any time after it, is about that end; an older one is about another."""


def with_outcomes(listed: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """The rows of `renewals.due`, each with the newest renewal on file about its end: opportunity_id, outcome ("open", "won", "lost"; null:
    nothing is recorded), closed_on, recorded (in words), seen_load_id. `outcomes`: `desk.renewals.outcomes`; ties by id.
    """
    about = (
        listed.select("customer_id", "renewal_on")
        .join(outcomes, on="customer_id", how="inner")
        .filter(pl.col("opened_on") >= pl.col("renewal_on") - pl.duration(days=OUTCOME_DAYS))
        .sort("opened_on", "opportunity_id")
        .unique("customer_id", keep="last", maintain_order=True)
        .select("customer_id", "opportunity_id", "outcome", "closed_on", pl.col("load_id").alias("seen_load_id"))
    )
    return listed.join(about, on="customer_id", how="left", maintain_order="left").with_columns(_words().alias("recorded"))


def _words() -> pl.Expr:
    """A renewal that was won is on this list for as long as its new line is not on file."""
    said = {"open": "under way", "won": "won, but no new term is on file yet", "lost": "lost, but no notice is on file yet"}
    return pl.col("outcome").replace_strict(said, default="nothing recorded", return_dtype=pl.String)
