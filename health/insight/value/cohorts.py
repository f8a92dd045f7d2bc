"""Cohorts by start quarter or year: customers and revenue kept since the observed period began."""

from datetime import date
from typing import Literal

import polars as pl

from health.foresight.stats.proportions import wilson
from health.status import CUSTOMER, IN_GRACE, MERGED, WITHOUT_LINE

By = Literal["quarter", "year"]
MONTHS: dict[By, int] = {"quarter": 3, "year": 12}
_IS_KEPT = CUSTOMER | IN_GRACE


def retention(history: pl.DataFrame, starts: pl.DataFrame, observed_from: date | None, by: By = "quarter") -> pl.DataFrame:
    """One row per cohort and age, sorted; every cohort has every age.

    cohort (first day of its quarter or year), age (in quarters or years, 0 at the end of its own), measured_on, customers, kept,
    logo_share, mrr_then, mrr_now, gross_share, net_share, survivors. `history`: `portfolio.history`; `starts`: customer_id, start_on. Null:
    not reached yet, or before the observed period. `survivors`: the cohort started before that period, so earlier losses are missing;
    measured from the first month end. Kept: customers, or in grace (billed 0); merged customers leave both sides. `mrr_then`: at the first
    month end; gross caps each customer at it.
    """
    step = MONTHS[by]
    observed = history.filter(pl.col("as_of") >= observed_from) if observed_from else history.clear()
    period_ends = observed.select("as_of").unique().filter((_month_number("as_of") + 1) % step == 0).sort("as_of")
    members = _members(observed, starts, observed_from).with_columns((_month_number("start_on") // step).alias("period"))
    cells = _cells(members, period_ends, observed, step)
    cohort_start = pl.date(pl.col("period") * step // 12, pl.col("period") * step % 12 + 1, 1)
    grid = _grid(cells).with_columns(cohort_start.alias("cohort")).join(cells, on=["period", "age"], how="left", maintain_order="left")
    shares = {
        "logo_share": pl.col("kept") / pl.col("customers"),
        "gross_share": _revenue_share("gross"),
        "net_share": _revenue_share("net"),
    }
    money = ((pl.col(name) / 100).round(2).alias(name) for name in ("mrr_then", "mrr_now"))
    return (
        grid.with_columns(**shares)
        .with_columns(*money, (pl.col("cohort") < pl.lit(observed_from, pl.Date)).alias("survivors"))
        .select(
            "cohort", "age", "measured_on", "customers", "kept", "logo_share", "mrr_then", "mrr_now", "gross_share", "net_share",
        "survivors",
        )
        .sort("cohort", "age")
    )  # fmt: skip


def by_age(cohorts: pl.DataFrame) -> pl.DataFrame:
    """From `retention`: one row per age over cohorts observed from their start.

    age, cohorts, customers, kept, share, low, high (Wilson), gross_share, net_share (weighted by MRR).
    """
    complete = cohorts.filter(~pl.col("survivors")).drop_nulls("customers").filter(pl.col("customers") > 0)
    weighted_shares = ((pl.col(f"{side}_share") * pl.col("mrr_then")).sum() / pl.col("mrr_then").sum() for side in ("gross", "net"))
    ages = complete.group_by("age").agg(
        pl.len().cast(pl.Int64).alias("cohorts"), pl.col("customers", "kept").sum(),
        *(pl.when(share.is_finite()).then(share).alias(f"{side}_share")
          for side, share in zip(("gross", "net"), weighted_shares, strict=True)),
    ).sort("age")  # fmt: skip
    intervals = [wilson(k, n) for k, n in ages.select("kept", "customers").iter_rows()]
    return ages.with_columns(
        (pl.col("kept") / pl.col("customers")).alias("share"),
        pl.Series("low", [low for low, _ in intervals], pl.Float64), pl.Series("high", [high for _, high in intervals], pl.Float64),
    ).select("age", "cohorts", "customers", "kept", "share", "low", "high", "gross_share", "net_share")  # fmt: skip


def _month_number(day: str) -> pl.Expr:
    return pl.col(day).dt.year().cast(pl.Int64) * 12 + pl.col(day).dt.month() - 1


def _revenue_share(side: str) -> pl.Expr:
    return pl.when(pl.col("mrr_then") > 0).then(pl.col(side) / pl.col("mrr_then"))


def _members(observed: pl.DataFrame, starts: pl.DataFrame, observed_from: date | None) -> pl.DataFrame:
    """Members of cohorts: customer, start, first counted day, cents then, merge day.

    Customers seen at a month end, or who started and left between two.
    """
    first_rows = observed.filter(CUSTOMER).sort("as_of", "customer_id").group_by("customer_id", maintain_order=True).first()
    first_rows = first_rows.select("customer_id", pl.col("as_of").alias("first_on"), _cents("mrr").alias("then"))
    merged = observed.filter(MERGED).group_by("customer_id").agg(pl.col("as_of").min().alias("merged_on"))
    without_line = observed.filter(WITHOUT_LINE).select("customer_id").unique()
    brief_customers = without_line.join(first_rows, on="customer_id", how="anti").with_columns(pl.lit(True).alias("flown"))
    members = starts.select("customer_id", "start_on").drop_nulls().join(first_rows, on="customer_id", how="left")
    members = members.join(brief_customers, on="customer_id", how="left").join(merged, on="customer_id", how="left")
    was_brief = pl.col("flown").fill_null(False) & (pl.col("start_on") >= pl.lit(observed_from or date.max))
    counted_from = pl.coalesce("first_on", pl.when(was_brief).then("start_on"))
    return members.with_columns(counted_from.alias("from_on")).drop_nulls("from_on").sort("customer_id")


def _cells(members: pl.DataFrame, period_ends: pl.DataFrame, observed: pl.DataFrame, step: int) -> pl.DataFrame:
    """One row per cohort and age reached: counts, and whole cents where revenue is known on both days."""
    present = members.join(period_ends, how="cross").filter(
        (pl.col("from_on") <= pl.col("as_of")) & (pl.col("start_on") <= pl.col("as_of"))
    )
    present = present.filter(pl.col("merged_on").is_null() | (pl.col("merged_on") > pl.col("as_of")))
    with_status = present.join(observed.select("customer_id", "as_of", "status", "mrr"), on=["customer_id", "as_of"], how="left")
    now = pl.when(CUSTOMER).then(_cents("mrr")).otherwise(0)
    has_revenue = pl.col("then").is_not_null() & now.is_not_null()
    return (
        with_status.with_columns(
            (_month_number("as_of") // step - pl.col("period")).alias("age"), now.alias("now"), has_revenue.alias("known")
        )
        .group_by("period", "age")
        .agg(
            pl.col("as_of").first().alias("measured_on"),
            pl.len().cast(pl.Int64).alias("customers"),
            _IS_KEPT.fill_null(False).sum().cast(pl.Int64).alias("kept"),
            pl.col("then").filter("known").sum().alias("mrr_then"),
            pl.col("now").filter("known").sum().alias("mrr_now"),
            pl.min_horizontal("then", "now").filter(pl.col("known")).sum().alias("gross"),
            pl.col("now").filter("known").sum().alias("net"),
        )
        .sort("period", "age")
    )


def _cents(money: str) -> pl.Expr:
    return (pl.col(money) * 100).round(0).cast(pl.Int64)


def _grid(cells: pl.DataFrame) -> pl.DataFrame:
    """Every cohort with every age from 0 to the highest reached."""
    ages = cells.select(pl.int_ranges(0, pl.col("age").max() + 1).explode().alias("age")) if cells.height else cells.select("age")
    return cells.select("period").unique().join(ages, how="cross").sort("period", "age")
