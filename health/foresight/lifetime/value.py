"""Lifetime value: margin x survival x discount over a stated horizon (docs/method.md, Lifetime value), or why there is none."""

from datetime import date
from typing import Any

import polars as pl

from health.access import Book
from health.errors import InsufficientData
from health.foresight import churn, purchases, segments
from health.foresight.churn import landmarks
from health.foresight.lifetime.assumptions import Assumptions
from health.foresight.lifetime.band_fallback import observed_band_rates, predict_from_bands
from health.score import history, settings
from health.score.components import DAYS_A_MONTH
from health.warehouse import Session

STANDING_COLUMNS = ["customer_id", "status", "health", "band", "mrr", "margin", "margin_assumed", "tenure_months", "segment", "has_line"]
PREDICTION_COLUMNS = [
    "customer_id", "p_leave_90d", "p_leave_180d", "p_leave_12m", "chance_from", "annuity", "annuity_low", "annuity_high", "median_months",
]  # fmt: skip
TYPES: dict[str, Any] = {
    "customer_id": pl.String, "status": pl.String, "method": pl.String, "p_leave_90d": pl.Float64, "p_leave_180d": pl.Float64,
    "p_leave_12m": pl.Float64, "p_alive": pl.Float64, "chance_from": pl.String, "mrr": pl.Float64, "margin": pl.Float64,
    "margin_assumed": pl.Boolean, "tenure_months": pl.Float64, "annuity": pl.Float64, "annuity_low": pl.Float64,
    "annuity_high": pl.Float64, "median_months": pl.Int64, "lifetime_value": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "segment": pl.String, "why": pl.String,
}  # fmt: skip
NOT_VALUED = {
    "lost": "The customer has left.",
    "leaving": "The customer has given notice.",
    "in grace": "The contract has ended, and no new one is on file yet.",
    "merged": "The customer was merged into another one.",
    "prospect": "The contract has not started yet.",
    "trial": "A trial is not valued.",
    "paused": "The contract is paused.",
}
NO_MODEL = "There is too little history to forecast churn."
NO_START = "The start date of the customer is unknown."
NO_PURCHASE = "The customer has no contract and no purchases."
NO_BAND = "The churn model failed its test, and the band of the customer is unknown."


def value(
    book: Book,
    as_of: date,
    model: churn.Hazard | None,
    assumptions: Assumptions,
    check: churn.Check | None = None,
    models: purchases.Models | InsufficientData | None = None,
    rates_of: date | None = None,
) -> pl.DataFrame:
    """One row per customer ever signed, in the viewer's book, as of the day, sorted by id; probabilities are 0..1.

    `method`: "hazard" (contracts: p_leave_*, annuity, and low and high, the value if it leaves early or late), "bg_nbd" (no contract:
    p_alive) or "none", with the reason in `why`. `margin`: a month; `margin_assumed`: by the stated rate, because the cost is not given.
    `chance_from`: "model", or "band" where `check` does not hold and the observed rate of its band is used. `segment`: its quadrant, cut on
    the whole book. `models`: fitted purchase models, or why there are none; fitted here where None. `rates_of`: day on which band rates are
    observed (default: `as_of`).
    """
    with book.reading() as session:
        customers = book.own(session, customers_on(session, as_of, assumptions))
    predicted = _contract_predictions(book, as_of, model, assumptions, check, rates_of or as_of)
    purchased, no_purchase_model = _purchase_values(book, as_of, assumptions, models)
    with_predictions = customers.join(predicted, on="customer_id", how="left", maintain_order="left").join(
        purchased, on="customer_id", how="left", maintain_order="left"
    )
    value_bounds = [pl.col("margin") * pl.col(end) for end in ("annuity_low", "annuity_high")]
    return (
        with_predictions.with_columns(_method_used().alias("method"))
        .with_columns(
            pl.coalesce(pl.col("margin") * pl.col("annuity"), "bought_value").alias("lifetime_value"),
            pl.min_horizontal(value_bounds).alias("low"),
            pl.max_horizontal(value_bounds).alias("high"),
            _no_value_reason(model, check, no_purchase_model).alias("why"),
        )
        .select(pl.col(name).cast(kind) for name, kind in TYPES.items())
        .sort("customer_id")
    )


def customers_on(session: Session, as_of: date, assumptions: Assumptions) -> pl.DataFrame:
    """STANDING_COLUMNS, one row per customer of the whole book, money a month; whole, so that quadrants have the same edges for every
    viewer."""
    score_settings = settings.in_force(session)
    scored = history.history_under(session, score_settings, [as_of])
    money = scored.with_columns(
        (pl.col("health") / 100).alias("health"),
        (pl.col("mrr_cents") / 100).alias("mrr"),
        (pl.col("tenure_days") / DAYS_A_MONTH).alias("tenure_months"),
        (pl.col("margin_cents").is_null() & pl.col("mrr_cents").is_not_null()).alias("margin_assumed"),
        (pl.coalesce("margin_cents", pl.col("mrr_cents") * assumptions.margin_rate) / 100).alias("margin"),
    )
    return segments.quadrants(money, score_settings).select(STANDING_COLUMNS)


def _contract_predictions(
    book: Book, as_of: date, model: churn.Hazard | None, assumptions: Assumptions, check: churn.Check | None, rates_of: date
) -> pl.DataFrame:  # fmt: skip
    """Predictions for customers with a contract, by the model or by their band."""
    discounting = (assumptions.discount_rate, assumptions.horizon_months)
    if model is not None and (check is None or check.holds):
        return churn.predict(book, model, as_of, *discounting).with_columns(pl.lit("model").alias("chance_from"))
    if model is not None:
        with book.reading() as session:
            rows, band_rates = book.own(session, landmarks.landmarks_on(session, as_of)), observed_band_rates(session, rates_of)
        return predict_from_bands(rows, band_rates, *discounting).with_columns(
            pl.when(pl.col("annuity").is_not_null()).then(pl.lit("band")).alias("chance_from")
        )
    return pl.DataFrame(schema={name: TYPES[name] for name in PREDICTION_COLUMNS})


def _purchase_values(
    book: Book, as_of: date, assumptions: Assumptions, models: purchases.Models | InsufficientData | None
) -> tuple[pl.DataFrame, str | None]:  # fmt: skip
    """Customers without a contract who have purchased; or why they have no value."""
    no_rows = pl.DataFrame(schema={"customer_id": pl.String, "p_alive": pl.Float64, "bought_value": pl.Float64})
    if isinstance(models, InsufficientData):
        return no_rows, str(models)
    try:
        terms = (assumptions.margin_rate, assumptions.discount_rate, assumptions.horizon_months)
        purchased = purchases.value(book, as_of, *terms, models=models)
    except InsufficientData as problem:
        return no_rows, str(problem)
    return purchased.select("customer_id", "p_alive", pl.col("lifetime_value").alias("bought_value")), None


def _method_used() -> pl.Expr:
    by_contract = pl.when(pl.col("annuity").is_not_null() & pl.col("margin").is_not_null()).then(pl.lit("hazard"))
    return by_contract.when(pl.col("bought_value").is_not_null()).then(pl.lit("bg_nbd")).otherwise(pl.lit("none"))


def _no_value_reason(model: churn.Hazard | None, check: churn.Check | None, no_purchase_model: str | None) -> pl.Expr:
    status_reason = pl.col("status").replace_strict(NOT_VALUED, default=None, return_dtype=pl.String)
    check_failed = check is not None and not check.holds
    contract_reason = NO_MODEL if model is None else NO_BAND if check_failed else NO_START
    reason = pl.coalesce(
        status_reason, pl.when("has_line").then(pl.lit(contract_reason)).otherwise(pl.lit(no_purchase_model or NO_PURCHASE))
    )
    return pl.when(pl.col("method") == "none").then(reason)
