"""How long a customer has been there, and for how long it has agreed to stay."""

import polars as pl

from health.score.components.parts import Component, Part, halving, ramp, where

DAYS_A_MONTH = 30.4375

TENURE = Component(
    "tenure", "Tenure", 20,
    "Long-standing customers leave less, and an agreed term ahead gives time to mend things.",
    "contracts",
    (
        Part("loyalty", "Loyalty", 60, where(pl.col("tenure_days").is_not_null(),
             100 - halving((pl.col("tenure_days") / DAYS_A_MONTH).clip(lower_bound=0.0), 24)),
             "100 less half for every 24 months since the start", "0 months", "many years: 50 at 2, 75 at 4, 97 at 10",
             "the start is not known",
             lambda x: 100 - halving(x, 24), 0, 120, "months since the start"),
        Part("commitment", "Commitment", 40,
             pl.when(pl.col("agreed_until").is_not_null()).then(ramp(pl.col("days_to_end"), 0, 270))
             .when(pl.col("has_agreement")).then(pl.lit(25.0)),
             "days to the last agreed end; a rolling contract counts 25 points", "ends today", "270 days or more",
             "no line of a contract",
             lambda x: ramp(x, 0, 270), 0, 365, "days to the agreed end"),
    ),
    "730 days there, 60 days of the term left: parts 49.98 and 22.22 give 38.87.",
)  # fmt: skip
