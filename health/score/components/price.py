"""What a customer pays against what the market asks."""

import polars as pl

from health.score.components.parts import Component, Part, ramp, where

GAP = (pl.col("benchmarked_cents") - pl.col("market_cents")) / pl.col("market_cents")
_known = (2 * pl.col("benchmarked_cents") >= pl.col("billed_cents")) & (pl.col("benchmark_age_months") <= 12) & (pl.col("market_cents") > 0)

PRICE = Component(
    "price", "Price against market", 20,
    "A customer who pays more than others ask will hear of it. A price below market is full points here and room for margin elsewhere.",
    "market_prices",
    (
        Part("gap", "Gap to market", 100, where(_known, ramp(GAP, 0.20, -0.02)),
             "(our price - market) / market, weighted by revenue, same product and region", "20 % above market",
             "2 % below market or cheaper",
             "less than half of the billed has a benchmark, or one is older than 12 months", lambda x: ramp(x, 20, -2), -10, 30,
             "% above market"),
    ),
    "9 % above market gives 50.00.",
)  # fmt: skip
