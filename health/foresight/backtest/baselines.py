"""What the score is held against: simple rules on the same rows. A rule that nobody need compute may win, and is then named."""

from dataclasses import dataclass

import polars as pl

from health.foresight.stats.arrays import Floats

HEALTH, ALL_HEALTHY = "health", "all_healthy"


@dataclass(frozen=True, eq=False)
class Model:
    """A way to rank customers: the risk is of the order of 1 to 10, larger = riskier; unknown = the middle of its cut-off."""

    key: str
    label: str
    risk: pl.Expr


MODELS: tuple[Model, ...] = (
    Model(HEALTH, "health", -pl.col("health") / 1000),
    Model("tenure_only", "tenure alone", -pl.col("tenure_days") / 365.25),
    Model("days_since_contact", "days since contact alone", pl.col("days_since") / pl.col("cadence_days")),
    Model("last_quarter", "last quarter's health", -pl.col("health_last_quarter") / 1000),
    Model(ALL_HEALTHY, "calling everybody healthy", pl.lit(0.0)),
)
LABELS = {model.key: model.label for model in MODELS}


def risk(rows: pl.DataFrame, model: Model) -> Floats:
    """One number a row."""
    known = rows.select("cutoff", model.risk.cast(pl.Float64).alias("risk"))
    middle = pl.col("risk").median().over("cutoff")
    found: Floats = known.select(pl.col("risk").fill_null(middle).fill_null(0.0))["risk"].to_numpy()
    return found
