"""Recorded outcomes of renewals: decided and open ones."""

import polars as pl

OUTCOME_DAYS = 180
"""A renewal opened at most this many days before the end of a term, or later, belongs to that end."""


def with_outcomes(renewals: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Add the newest recorded outcome to each row of `renewals.due`.

    opportunity_id, outcome ("open", "won", "lost"; null: none recorded), closed_on, recorded (in words), seen_load_id. `outcomes`:
    `desk.renewals.outcomes`; ties by id.
    """
    newest_outcomes = (
        renewals.select("customer_id", "renewal_on")
        .join(outcomes, on="customer_id", how="inner")
        .filter(pl.col("opened_on") >= pl.col("renewal_on") - pl.duration(days=OUTCOME_DAYS))
        .sort("opened_on", "opportunity_id")
        .unique("customer_id", keep="last", maintain_order=True)
        .select("customer_id", "opportunity_id", "outcome", "closed_on", pl.col("load_id").alias("seen_load_id"))
    )
    return renewals.join(newest_outcomes, on="customer_id", how="left", maintain_order="left").with_columns(
        _outcome_text().alias("recorded")
    )


def _outcome_text() -> pl.Expr:
    """Text of the outcome; a won renewal stays listed until its new contract line is on file."""
    texts = {"open": "under way", "won": "won, but no new term is on file yet", "lost": "lost, but no notice is on file yet"}
    return pl.col("outcome").replace_strict(texts, default="nothing recorded", return_dtype=pl.String)
