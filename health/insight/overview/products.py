"""MRR by product: lines in force on a day, of current customers."""

from datetime import date

import polars as pl

from health.status import CUSTOMER


def by_product(contracts: pl.DataFrame, now: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per product, largest MRR first: product, customers, mrr.

    A line counts as known on that day: once signed, and until an end that was known by then; trials and paused lines do not count.
    `contracts`: staged rows; `now`: `portfolio.build` at `as_of`.
    """
    customers = now.filter(CUSTOMER).select("customer_id", "spell_start_on")
    terminated = pl.when(pl.col("termination_known_on") <= as_of).then("termination_on")
    agreed_end = pl.when(pl.col("renews_months").is_null()).then("end_on")  # a line that renews itself runs on
    end = pl.min_horizontal(agreed_end, terminated).fill_null(as_of)
    is_paused = ((pl.col("paused_from") <= as_of) & (pl.col("paused_until") >= as_of).fill_null(True)).fill_null(False)
    is_started = (pl.col("start_on") <= as_of) & (pl.col("known_on") <= as_of) & ~pl.col("is_trial") & ~is_paused
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
