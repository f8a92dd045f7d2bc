"""Simple baselines that the score is compared with, on the same rows. If one of them is better, the verdict names it."""

from dataclasses import dataclass

import polars as pl

from health.foresight.stats.arrays import Floats

HEALTH, ALL_HEALTHY = "health", "all_healthy"


@dataclass(frozen=True, eq=False)
class Model:
    """One way to rank customers. `risk`: of the order of 1 to 10, higher is riskier; null is replaced by the median of its cut-off."""

    key: str
    label: str
    risk: pl.Expr


MODELS: tuple[Model, ...] = (
    Model(HEALTH, "health", -pl.col("health") / 1000),
    Model("tenure_only", "tenure only", -pl.col("tenure_days") / 365.25),
    Model("days_since_contact", "days since the last contact", pl.col("days_since") / pl.col("cadence_days")),
    Model("last_quarter", "last quarter's health", -pl.col("health_last_quarter") / 1000),
    Model(ALL_HEALTHY, "rating everyone healthy", pl.lit(0.0)),
)
LABELS = {model.key: model.label for model in MODELS}


def risk_scores(rows: pl.DataFrame, model: Model) -> Floats:
    """Risk of each row under a model, in the order of the rows."""
    scores = rows.select("cutoff", model.risk.cast(pl.Float64).alias("risk"))
    median_risk = pl.col("risk").median().over("cutoff")
    filled: Floats = scores.select(pl.col("risk").fill_null(median_risk).fill_null(0.0))["risk"].to_numpy()
    return filled
