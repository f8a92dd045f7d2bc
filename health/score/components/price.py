"""Price paid compared with the market price."""

import polars as pl

from health import format as fmt
from health.score.components.parts import Axis, ChangeWords, Component, Part, Ramp, Reason, Row
from health.score.wording import percent_words

OLDEST_BENCHMARK_MONTHS = 12
GAP = (pl.col("benchmarked_cents") - pl.col("market_cents")) / pl.col("market_cents")
_gap_pct = 100 * (pl.col("benchmarked_cents") - pl.col("market_cents")) / pl.col("market_cents")
_has_benchmark = (
    (2 * pl.col("benchmarked_cents") >= pl.col("billed_cents"))
    & (pl.col("benchmark_age_months") <= OLDEST_BENCHMARK_MONTHS)
    & (pl.col("market_cents") > 0)
)
_gap_words = (
    pl.when((_gap_pct + 0.5).floor() <= 0).then(pl.lit("Pays about the market price"))
    .when(pl.col("priced") == 1).then(pl.format("Pays {} above market on {}", percent_words(_gap_pct), "dearest"))
    .otherwise(pl.format("Pays {} above market, mostly on {}", percent_words(_gap_pct), "dearest"))
)  # fmt: skip


def _fact(c: Row) -> str:
    gap = (c["benchmarked_cents"] - c["market_cents"]) / c["market_cents"]
    return f"{fmt.signed(100 * gap)}{fmt.SPACE}% against market, for {fmt.share(c['benchmarked_cents'] / c['billed_cents'])} of billing"


PRICE = Component(
    "price", "Price against market", 20,
    "A customer who pays more than competitors charge will find out. A price below market earns full points and leaves room to raise "
    "the margin.",
    "market_prices",
    (
        Part(
            "gap", "Gap to market", 100, GAP, Ramp(0.20, -0.02),
            "(our price - market) / market, weighted by revenue, same product and region",
            "{worst} % above market", "{best} % below market or cheaper",
            f"no market price of the last {OLDEST_BENCHMARK_MONTHS} months for half of the billing",
            Axis(-10, 30, "% above market", scale=100), known=_has_benchmark,
            reasons=(Reason(_gap_words, _gap_pct, pl.col("dearest_gap"), "price", "Check the price with the contracts desk",
                            of_what=pl.col("dearest")),),
            fact=_fact,
        ),
    ),
    "9 % above market gives 50.00.",
    also_reads=("contracts",),
    changes=ChangeWords("contract lines started or ended", "contract lines started or ended", "price rose above market",
                        "price fell against market"),
    ageing=lambda was, will, days, lost: "contract lines started or ended as agreed, or a market price became too old",
)  # fmt: skip
