"""Customers whose health changed most between two days, with the main reason."""

from datetime import date

import polars as pl

from health import format as fmt
from health.access import Book
from health.insight.client import bridge_text
from health.score import bridge, settings
from health.status import CUSTOMER, LEAVING

MAX_MOVERS = 8


def falls(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The largest falls of a point or more: customer_id, customer, band (list of one chip), change (points), health, mrr.

    `now` and `before`: `portfolio.build` on the two days, or rows of `portfolio.history` at a month end.
    """
    return _mover_table(_health_changes(now, before).filter(pl.col("change") <= -1).sort(["change", "customer_id"]))


def rises(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The largest rises, in the columns of `falls`; without leaving customers, whose points are frozen on an earlier day."""
    staying = now.filter(~LEAVING)
    return _mover_table(
        _health_changes(staying, before).filter(pl.col("change") >= 1).sort(["change", "customer_id"], descending=[True, False])
    )


def with_reasons(book: Book, movers: pl.DataFrame, t0: date, t1: date) -> pl.DataFrame:
    """Add `reason`, the main cause in the direction of the change, and `by`, its points; under the settings in force."""
    with book.reading() as session:
        in_force = settings.in_force(session)
        movers = book.own(session, movers)
        bridges = bridge.build_bridges(session, t0, t1, in_force, in_force, movers["customer_id"].to_list())
    main_reasons = bridge_text.movers(bridges).select("customer_id", "reason", "by")
    return movers.join(main_reasons, on="customer_id", how="left", maintain_order="left").with_columns(_capitalize(pl.col("reason")))


def _health_changes(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """One row per customer with a health on both days: the columns of `now`, was, change."""
    earlier = before.filter(CUSTOMER).select("customer_id", pl.col("health").alias("was"))
    pairs = now.filter(CUSTOMER).join(earlier, on="customer_id", how="inner")
    return pairs.with_columns((pl.col("health") - pl.col("was")).round(2).alias("change"))


def _mover_table(changes: pl.DataFrame) -> pl.DataFrame:
    band_chip = pl.concat_list(pl.col("band").replace_strict({b.key: b.label for b in fmt.BANDS}, return_dtype=pl.String)).alias("band")
    rounded = (pl.col("change").round(0).cast(pl.Int64), pl.col("health").floor().cast(pl.Int64))
    return changes.head(MAX_MOVERS).select("customer_id", pl.col("name").alias("customer"), band_chip, *rounded, "mrr")


def _capitalize(words: pl.Expr) -> pl.Expr:
    return words.str.head(1).str.to_uppercase() + words.str.slice(1)
