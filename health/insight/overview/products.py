"""Where the revenue comes from, by product: lines in force on a day, of customers who are there."""

from datetime import date

import polars as pl

from health.status import CUSTOMER

NOTICE_DAYS = 30


def by_product(contracts: pl.DataFrame, now: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a product, largest first: product, customers, mrr. `contracts`: their rows; `now`: `portfolio.build` at `as_of`.

    A line is read as it was known on that day: from its signing, and ended by what was told by then.
    """
    there = now.filter(CUSTOMER).select("customer_id", "spell_start_on")
    told = pl.when(pl.coalesce("notice_on", "terminated_on") <= as_of)
    after_notice = pl.col("notice_on") + pl.duration(days=pl.col("notice_days").fill_null(NOTICE_DAYS))
    unended = pl.col("end_on").is_null() & pl.col("terminated_on").is_null()
    end = pl.min_horizontal("end_on", told.then("terminated_on"), told.then(pl.when(unended).then(after_notice))).fill_null(as_of)
    begun = (pl.col("start_on") <= as_of) & (pl.coalesce("signed_on", "start_on") <= as_of)
    # lines of an earlier spell were ended by its exit, whatever they say themselves
    own = contracts.filter(begun & (end >= as_of)).join(there, on="customer_id", how="inner")
    in_force = own.filter(pl.col("start_on") >= pl.col("spell_start_on"))
    return (
        in_force.group_by("product")
        .agg(
            pl.col("customer_id").n_unique().cast(pl.Int64).alias("customers"),
            (pl.col("unit_price") * pl.col("quantity").fill_null(1)).sum().cast(pl.Float64).alias("mrr"),
        )
        .sort("mrr", "product", descending=[True, False])
    )
