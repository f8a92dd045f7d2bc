"""MRR by product: lines in force on a day, of current customers."""

from datetime import date

import polars as pl

from health.status import CUSTOMER


def by_product(contracts: pl.DataFrame, now: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per product, largest MRR first: product, customers, mrr.

    A line counts as known on that day: once signed, and until an end that was known by then. `contracts`: staged rows; `now`:
    `portfolio.build` at `as_of`.
    """
    customers = now.filter(CUSTOMER).select("customer_id", "spell_start_on")
    terminated = pl.when(pl.col("termination_known_on") <= as_of).then("termination_on")
    end = pl.min_horizontal("end_on", terminated).fill_null(as_of)
    is_started = (pl.col("start_on") <= as_of) & (pl.col("known_on") <= as_of)
    # an exit ends all lines of its spell, also those without an end date
    lines = contracts.filter(is_started & (end >= as_of)).join(customers, on="customer_id", how="inner")
    in_force = lines.filter(pl.col("start_on") >= pl.col("spell_start_on"))
    return (
        in_force.group_by("product")
        .agg(
            pl.col("customer_id").n_unique().cast(pl.Int64).alias("customers"),
            (pl.col("unit_price") * pl.col("billed_quantity")).sum().cast(pl.Float64).alias("mrr"),
        )
        .sort("mrr", "product", descending=[True, False])
    )
