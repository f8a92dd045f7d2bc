"""CDNOW's sample as counts: 2,357 customers who first bought in the first quarter of 1997, seen until 1997-09-30 (Fader and Hardie).

`cdnow_counts.csv`: frequency, recency and age in days, cents paid on the days after the first, customers: facts counted from the sample
that Fader, Hardie and Lee (2005) fitted. Two purchases of one day are one; the eight for nothing count.
"""

from pathlib import Path

import polars as pl

MADE_BY_WEEK_78, MADE_LATER, LATER_WEEKS = 4339, 1882, 39
"""Days of purchase after the first, from the start to 1998-06-30, and in its last 39 weeks alone."""


def counts() -> pl.DataFrame:
    """One row a customer, as `purchases.counts` yields them."""
    groups = pl.read_csv(Path(__file__).with_name("cdnow_counts.csv"))
    each = groups.select(pl.exclude("customers").repeat_by("customers").explode(empty_as_null=False))
    times = pl.col("frequency")
    return each.select(
        pl.format("C{}", pl.int_range(pl.len())).alias("customer_id"),
        times,
        (pl.col("recency_days") / 7).alias("recency_weeks"),
        (pl.col("age_days") / 7).alias("age_weeks"),
        pl.when(times > 0).then(pl.col("repeat_cents") / times / 100).alias("spend"),
        pl.lit(False).alias("gone"),
    )
