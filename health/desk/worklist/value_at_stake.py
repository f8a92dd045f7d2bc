"""Value at stake per customer and the order of the list: a risk, not the effect of a call (docs/method.md, section 8)."""

from collections.abc import Sequence

import polars as pl

from health import format as fmt
from health.foresight.lifetime.assumptions import Assumptions
from health.foresight.lifetime.band_fallback import predict_from_bands
from health.status import ACTIVE

BAND = "band"
RISK_NOTE = "This ranks by risk; it does not predict what a call will achieve (Ascarza 2018)."


def rank_by_stake(now: pl.DataFrame, value: pl.DataFrame, assumptions: Assumptions, band_rates: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per active customer, in calling order, ties by id; null is unknown.

    customer_id, p_loss (within 180 days), lifetime_value, at_stake (p_loss x lifetime value, 0 for customers served at a loss), worth
    (p_loss x lifetime value x save rate - cost of an action), chance_from, urge. `chance_from`: "model", "band" (observed band rate) or
    null: without a probability or value the customer comes after those with both, by `urge` = monthly margin x (100 - health). `value`:
    `lifetime.value`; `band_rates`: `band_fallback.observed_band_rates`, for customers without a probability in `value`.
    """
    values = value.select("customer_id", "p_leave_180d", "lifetime_value", "chance_from", pl.col("margin").alias("margin_valued"))
    active = now.filter(ACTIVE).join(values, on="customer_id", how="left", maintain_order="left")
    return (
        _with_band_rates(active, assumptions, band_rates)
        .with_columns((pl.col("p_loss") * pl.col("lifetime_value")).alias("risk"))
        .with_columns(
            pl.col("risk").clip(lower_bound=0.0).alias("at_stake"),
            (pl.col("risk") * assumptions.save_rate - assumptions.cost_of_action).alias("worth"),
            pl.when(pl.col("risk").is_not_null()).then("chance_from").alias("chance_from"),
            pl.when(pl.col("risk").is_null()).then(pl.col("margin_valued") * (100 - pl.col("health"))).alias("urge"),
        )
        .sort(["worth", "urge", "customer_id"], descending=[True, True, False], nulls_last=True)
        .select("customer_id", "p_loss", "lifetime_value", "at_stake", "worth", "chance_from", "urge")
    )


def needs_band_rates(now: pl.DataFrame, value: pl.DataFrame) -> bool:
    """Whether an active customer lacks a probability or value, so that band rates are needed."""
    valued = value.drop_nulls(["p_leave_180d", "lifetime_value"]).select("customer_id")
    return bool(now.filter(ACTIVE).join(valued, on="customer_id", how="anti").height)


def _with_band_rates(active: pl.DataFrame, assumptions: Assumptions, band_rates: pl.DataFrame | None) -> pl.DataFrame:
    """Add p_loss, and fill missing lifetime values from observed band rates."""
    if band_rates is None or band_rates.is_empty():
        return active.rename({"p_leave_180d": "p_loss"})
    terms = (assumptions.discount_rate, assumptions.horizon_months)
    by_band = predict_from_bands(active, band_rates, *terms).select(
        "customer_id", pl.col("p_leave_180d").alias("p_band"), pl.col("annuity").alias("a_band")
    )
    uses_band = pl.col("p_leave_180d").is_null() & pl.col("p_band").is_not_null()
    return active.join(by_band, on="customer_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("p_leave_180d", "p_band").alias("p_loss"),
        pl.coalesce("lifetime_value", pl.col("margin_valued") * pl.col("a_band")).alias("lifetime_value"),
        pl.when(uses_band).then(pl.lit(BAND)).otherwise("chance_from").alias("chance_from"),
    )


def ranking_rule(ranked: pl.DataFrame, assumptions: Assumptions) -> str:
    """Explain the order of the list, for a help text."""
    if ranked["chance_from"].null_count() == ranked.height:
        return f"No churn probability is available: ranked by monthly margin x (100 - health). {RISK_NOTE}"
    return (
        "Value at risk = churn probability within 180 days x lifetime value. "
        f"Ranked by value at risk x {fmt.share(assumptions.save_rate)} save rate - {fmt.money(assumptions.cost_of_action)} per action. "
        f"{RISK_NOTE}"
    )


def exceptions_to_rule(ranked: pl.DataFrame) -> Sequence[str]:
    """Name customers that are ranked in another way: by the rate of their band, or without a churn probability. One sentence each."""
    sources = ranked["chance_from"]
    band_count, without_value = int((sources == BAND).sum()), sources.null_count()
    sentences = []
    if band_count:
        sentences.append(f"For {fmt.plural(band_count, 'customer')} the observed churn rate of the band is used: no model is available.")
    if 0 < without_value < ranked.height:
        sentences.append(
            f"{fmt.plural(without_value, 'customer')} without a churn probability or value {'comes' if without_value == 1 else 'come'} "
            "last, by monthly margin x (100 - health)."
        )
    return sentences
