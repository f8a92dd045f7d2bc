"""Value of the portfolio on a day: total, value at risk, largest customers, spread. Sums leave out unknown values."""

from dataclasses import dataclass

import polars as pl

from health import format as fmt
from health.foresight.backtest.band_rates import BANDS
from health.status import CUSTOMER

LARGEST_COUNT = 10
_QUANTILES = {"p10": 0.10, "p25": 0.25, "median": 0.50, "p75": 0.75, "p90": 0.90}
VALUE_COLUMNS = [
    "customer_id", "method", "p_leave_90d", "p_leave_12m", "p_alive", "margin", "margin_assumed", "annuity", "lifetime_value", "low",
    "high", "why",
]  # fmt: skip
PORTFOLIO_COLUMNS = [
    "customer_id",
    "name",
    "status",
    "band",
    "health",
    "mrr",
    "renewal_on",
    "segment",
    "tier",
    "region",
    "owner",
    "owner_name",
]


@dataclass(frozen=True)
class PortfolioValue:
    """Value of the portfolio in money; None where no customer's value is known.

    `customers`: active or leaving; `without`: those without a value, `why` their number by reason, most first. `margin`: per month, of
    customers with value and margin; `assumed`: how many of them by the assumed rate. `at_risk`: churn probability within 12 months x value,
    over the `with_probability` customers with both. `in_band`: value of the at-risk band with `band_customers` customers; None where no
    band is known. `top_share`: of the `top` largest values. `gone`: customers with a value who are neither active nor leaving (they may buy
    again).
    """

    customers: int
    valued: int
    without: int
    why: tuple[tuple[str, int], ...]
    value: float | None
    margin: float | None
    assumed: int
    at_risk: float | None
    with_probability: int
    in_band: float | None
    band_customers: int | None
    top: int
    top_share: float | None
    gone: int


def customer_values(value: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """One row per customer who is active or leaving, or has a value, by id.

    Columns of `lifetime.value` (its segment as `quadrant`) and of `portfolio.build` on the same day, `cents` (value in whole cents) and
    `at_risk` (churn probability within 12 months x value).
    """
    value_columns = value.select(*VALUE_COLUMNS, pl.col("segment").alias("quadrant"))
    customers = (
        now.select(PORTFOLIO_COLUMNS)
        .join(value_columns, on="customer_id", how="left")
        .filter(CUSTOMER | pl.col("lifetime_value").is_not_null())
    )
    return customers.with_columns(cents(), (pl.col("p_leave_12m") * pl.col("lifetime_value")).alias("at_risk")).sort("customer_id")


def cents() -> pl.Expr:
    """Lifetime value in whole cents, so that sums are exact."""
    return (pl.col("lifetime_value") * 100).round(0).cast(pl.Int64).alias("cents")


def portfolio_value(value: pl.DataFrame, now: pl.DataFrame) -> PortfolioValue:
    """Sum up the viewer's portfolio. `value`: `lifetime.value`; `now`: `portfolio.build` on the same day."""
    rows = customer_values(value, now)
    valued, without = rows.drop_nulls("cents"), rows.filter(pl.col("cents").is_null())
    with_margin, with_band = valued.drop_nulls("margin"), valued.filter(pl.col("band").is_in(BANDS))
    at_risk_band = with_band.filter(pl.col("band") == "at_risk")
    total_cents, with_probability = int(valued["cents"].sum()), valued.drop_nulls("at_risk")
    largest = valued.sort(["cents", "customer_id"], descending=[True, False])["cents"].head(LARGEST_COUNT)
    reasons = (
        without.with_columns(pl.col("why").fill_null("not valued")).group_by("why").len().sort(["len", "why"], descending=[True, False])
    )
    return PortfolioValue(
        customers=rows.filter(CUSTOMER).height,
        valued=valued.height,
        without=without.height,
        why=tuple(reasons.iter_rows()),
        value=total_cents / 100 if valued.height else None,
        margin=_sum_or_none(with_margin["margin"]),
        assumed=int(with_margin["margin_assumed"].fill_null(False).sum()),
        at_risk=_sum_or_none(with_probability["at_risk"]),
        with_probability=with_probability.height,
        in_band=int(at_risk_band["cents"].sum()) / 100 if with_band.height else None,
        band_customers=at_risk_band.height if with_band.height else None,
        top=largest.len(),
        top_share=int(largest.sum()) / total_cents if total_cents > 0 else None,
        gone=rows.filter(~CUSTOMER).height,
    )


def by_segment(value: pl.DataFrame, now: pl.DataFrame, column: str = "segment") -> pl.DataFrame:
    """One row per value of a column of `customer_values`, most value first; blanks are 'Not given'.

    group, customers, valued, lifetime_value, median (per customer), share (of the total), at_risk, mrr; null is unknown.
    """
    rows = customer_values(value, now).with_columns(pl.col(column).cast(pl.String).fill_null(fmt.NOT_GIVEN).alias("group"))
    total_cents = int(rows["cents"].drop_nulls().sum())
    is_valued = pl.col("cents").count() > 0
    grouped = rows.group_by("group").agg(
        pl.len().cast(pl.Int64).alias("customers"),
        pl.col("cents").count().cast(pl.Int64).alias("valued"),
        pl.when(is_valued).then(pl.col("cents").sum()).alias("cents"),
        pl.col("lifetime_value").median().alias("median"),
        pl.when(pl.col("at_risk").count() > 0).then(pl.col("at_risk").sort().sum()).alias("at_risk"),
        pl.when(pl.col("mrr").count() > 0).then((pl.col("mrr") * 100).round(0).cast(pl.Int64).sum() / 100).alias("mrr"),
    )
    share = pl.col("cents") / total_cents if total_cents > 0 else pl.lit(None, pl.Float64)
    grouped = grouped.with_columns((pl.col("cents") / 100).alias("lifetime_value"), share.alias("share"))
    return grouped.sort(["cents", "group"], descending=[True, False], nulls_last=True).select(
        "group", "customers", "valued", "lifetime_value", "median", "share", "at_risk", "mrr"
    )


def largest_at_risk(value: pl.DataFrame, now: pl.DataFrame, n: int = LARGEST_COUNT) -> pl.DataFrame:
    """The n customers with most value at risk, ties by id: rows of `customer_values` and `share` (of all value at risk).

    Empty where no churn probability is known.
    """
    rows = customer_values(value, now).drop_nulls("at_risk").sort(["at_risk", "customer_id"], descending=[True, False])
    total_at_risk = float(rows["at_risk"].sum())
    share = pl.col("at_risk") / total_at_risk if total_at_risk > 0 else pl.lit(None, pl.Float64)
    return rows.head(n).with_columns(share.alias("share"))


def quantiles(value: pl.DataFrame, now: pl.DataFrame, column: str = "segment") -> pl.DataFrame:
    """One row per group with a value, highest median first: group, customers, p10, p25, median, p75, p90 (money, linear)."""
    rows = _values_by_group(value, now, column)
    quantile_columns = (pl.col("lifetime_value").quantile(q, "linear").alias(name) for name, q in _QUANTILES.items())
    groups = rows.group_by("group").agg(pl.len().cast(pl.Int64).alias("customers"), *quantile_columns)
    return groups.sort(["median", "group"], descending=[True, False])


def _values_by_group(value: pl.DataFrame, now: pl.DataFrame, column: str) -> pl.DataFrame:
    rows = customer_values(value, now).with_columns(pl.col(column).cast(pl.String).fill_null(fmt.NOT_GIVEN).alias("group"))
    return rows.drop_nulls("lifetime_value").select("group", "lifetime_value")


def _sum_or_none(amounts: pl.Series) -> float | None:
    """Sum in a fixed order; None without values."""
    return float(amounts.sort().sum()) if amounts.len() else None
