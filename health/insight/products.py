"""Where the revenue comes from, by product: lines in force on a day, of customers who are there."""

from datetime import date

import polars as pl


def by_product(contracts: pl.DataFrame, now: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a product, largest first: product, customers, mrr. `contracts`: their rows; `now`: `portfolio.build` at `as_of`."""
    there = now.filter(pl.col("status").is_in(["active", "leaving"])).select("customer_id")
    end = pl.min_horizontal("end_on", "terminated_on").fill_null(as_of)
    in_force = contracts.filter((pl.col("start_on") <= as_of) & (end >= as_of)).join(there, on="customer_id", how="semi")
    return (
        in_force.group_by("product")
        .agg(
            pl.col("customer_id").n_unique().cast(pl.Int64).alias("customers"),
            (pl.col("unit_price") * pl.col("quantity").fill_null(1)).sum().cast(pl.Float64).alias("mrr"),
        )
        .sort("mrr", "product", descending=[True, False])
    )
