"""Change of the MRR between two days, in parts that add up to the cent."""

import polars as pl

from health.insight.portfolio_value.change import ValueChange
from health.insight.portfolio_value.exchange import NONE
from health.status import CUSTOMER

PARTS: dict[str, str] = {
    "new": "New customers",
    "left": "Churned customers",
    "more": "Expansion",
    "less": "Contraction",
    "exchange": "Exchange rates",
    "known": "Newly known",
    "unknown": "Now unknown",
}
"""Parts in display order, with their labels."""


def mrr_change(before: pl.DataFrame, after: pl.DataFrame, exchange: pl.DataFrame = NONE) -> ValueChange:
    """Split the change of MRR between two days. Both are `portfolio.build`; `exchange`: `exchange_effect` of the two days.

    MRR counts while a customer is active, paused (0) or leaving. Of a customer on both days, exchange rates are one part; the rest is
    expansion or contraction.
    """
    sides = _side(before, "0").join(_side(after, "1"), on="customer_id", how="full", coalesce=True)
    sides = sides.join(
        exchange.select("customer_id", pl.col("mrr_cents").alias("exchange")), on="customer_id", how="left", maintain_order="left"
    )
    was_there, is_there = (pl.col(f"there{side}").fill_null(False) for side in "01")
    both = was_there & is_there & pl.col("cents0").is_not_null() & pl.col("cents1").is_not_null()
    change = pl.col("cents1").fill_null(0) - pl.col("cents0").fill_null(0)
    by_exchange = pl.when(both).then("exchange").fill_null(0)
    rest = (change - by_exchange).alias("cents")
    whole = pl.when(is_there & ~was_there).then(pl.lit("new")).when(was_there & ~is_there).then(pl.lit("left"))
    part = whole.when(both & (rest > 0)).then(pl.lit("more")).when(both).then(pl.lit("less")).when(change > 0).then(pl.lit("known"))
    rows = pl.concat([
        sides.select("customer_id", part.otherwise(pl.lit("unknown")).alias("part"), rest),
        sides.select("customer_id", pl.lit("exchange").alias("part"), by_exchange.alias("cents")),
    ]).filter(pl.col("cents") != 0)  # fmt: skip
    totals = rows.group_by("part").agg(pl.len().cast(pl.Int64).alias("customers"), pl.col("cents").sum())
    labels = pl.DataFrame({"part": list(PARTS), "words": list(PARTS.values())})
    parts = labels.join(totals, on="part", how="left", maintain_order="left").with_columns(pl.col("customers", "cents").fill_null(0))
    before_cents, after_cents = (int(sides[f"cents{side}"].sum()) for side in "01")
    return ValueChange(before_cents, after_cents, parts, rows.sort("customer_id", "part"))


def _side(portfolio: pl.DataFrame, side: str) -> pl.DataFrame:
    """Customers of one day with their MRR in whole cents; null is unknown."""
    cents = pl.when(CUSTOMER).then((pl.col("mrr") * 100).round(0).cast(pl.Int64))
    return portfolio.select("customer_id", cents.alias(f"cents{side}"), CUSTOMER.fill_null(False).alias(f"there{side}"))
