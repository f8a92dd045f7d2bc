"""Change of the portfolio's value between two days, in parts that add up to the cent, and the effect of the method alone."""

from dataclasses import dataclass

import polars as pl

from health.insight.portfolio_value.total import cents
from health.status import CUSTOMER, DECIDED

PARTS: dict[str, str] = {
    "new": "New customers",
    "left": "Left",
    "margin": "Margin",
    "chance": "Expected stay",
    "known": "Became known",
    "unknown": "Became unknown",
}
"""Parts in display order, with their labels."""


@dataclass(frozen=True)
class ValueChange:
    """Amounts in whole cents; `before` + all parts = `after`.

    `parts`: one row per part in the order of PARTS, also those of 0: part, words, customers, cents; `customers`: customer_id, part, cents,
    sorted.
    """

    before: int
    after: int
    parts: pl.DataFrame
    customers: pl.DataFrame


@dataclass(frozen=True)
class MethodEffect:
    """One day valued twice, in whole cents: `told` by the models of its own day, `revalued` by those of a later one.

    `customers`: number with a different value; `then` and `now`: methods used ("model", "band", "bg_nbd"), empty where there was no value.
    """

    reported: int
    revalued: int
    customers: int
    methods_then: tuple[str, ...]
    methods_now: tuple[str, ...]


def value_change(before: pl.DataFrame, after: pl.DataFrame) -> ValueChange:
    """Change from `before` to `after` (`lifetime.value` of two days), both by one method (see `method_effect`).

    A change of one customer is split evenly (Shapley 1953): margin = change of margin x mean of both annuities, the rest is the expected
    stay; with different methods or without a margin all of it is the latter. New: no customer before; left: leaving, lost or merged,
    without value.
    """
    sides = _side(before, "0").join(_side(after, "1"), on="customer_id", how="full", coalesce=True)
    whole = (pl.col("cents1").fill_null(0) - pl.col("cents0").fill_null(0)).alias("cents")
    changed = sides.with_columns(whole, _part(), _margin_part().alias("by_margin"))
    single = changed.filter(pl.col("part") != "both").select("customer_id", "part", "cents")
    both = changed.filter(pl.col("part") == "both")
    halves = [
        both.select("customer_id", pl.lit("margin").alias("part"), pl.col("by_margin").alias("cents")),
        both.select("customer_id", pl.lit("chance").alias("part"), pl.col("cents") - pl.col("by_margin")),
    ]
    rows = pl.concat([single, *halves]).filter(pl.col("cents") != 0)
    totals = rows.group_by("part").agg(pl.len().cast(pl.Int64).alias("customers"), pl.col("cents").sum())
    named = pl.DataFrame({"part": list(PARTS), "words": list(PARTS.values())})
    parts = named.join(totals, on="part", how="left", maintain_order="left").with_columns(pl.col("customers", "cents").fill_null(0))
    return ValueChange(_sum(before), _sum(after), parts, rows.sort("customer_id", "part"))


def method_effect(told: pl.DataFrame, revalued: pl.DataFrame) -> MethodEffect:
    """Effect of the method alone on one day: `told` by the models of its own day, `revalued` by those of a later one."""
    sides = (frame.select("customer_id", cents().fill_null(0).alias(name)) for frame, name in ((told, "old"), (revalued, "new")))
    both = pl.concat(list(sides), how="align")
    changed = both.filter(pl.col("old").fill_null(0) != pl.col("new").fill_null(0)).height
    return MethodEffect(_sum(told), _sum(revalued), changed, _methods(told), _methods(revalued))


def _methods(value: pl.DataFrame) -> tuple[str, ...]:
    """Methods by which customers with a value were predicted, sorted: model, band or bg_nbd."""
    valued = value.filter(pl.col("lifetime_value").is_not_null())
    ways = valued.select(pl.coalesce("chance_from", pl.when(pl.col("method") != "none").then("method"))).to_series()
    return tuple(ways.drop_nulls().unique().sort())


def _sum(value: pl.DataFrame) -> int:
    return int(value.select(cents())["cents"].drop_nulls().sum())


def _side(value: pl.DataFrame, side: str) -> pl.DataFrame:
    """One day's columns, named by the side."""
    told = value.select("customer_id", cents(), "margin", "annuity", "method", CUSTOMER.alias("there"), DECIDED.alias("going"))
    return told.rename({name: f"{name}{side}" for name in told.columns if name != "customer_id"})


def _part() -> pl.Expr:
    """The part to which a customer's change belongs; 'both': the value is known on both days and is split."""
    had, has = pl.col("cents0").is_not_null(), pl.col("cents1").is_not_null()
    gone = pl.col("going1").fill_null(False) & (pl.col("cents1").fill_null(0) == 0)
    began = ~pl.col("there0").fill_null(False) & (pl.col("cents0").fill_null(0) == 0)
    return (
        pl.when(had & gone).then(pl.lit("left"))
        .when(has & began).then(pl.lit("new"))
        .when(had & has).then(pl.lit("both"))
        .when(has).then(pl.lit("known"))
        .otherwise(pl.lit("unknown"))
        .alias("part")
    )  # fmt: skip


def _margin_part() -> pl.Expr:
    """Whole cents; 0 where the two days were valued by different methods."""
    change = (pl.col("margin1") - pl.col("margin0")) * (pl.col("annuity0") + pl.col("annuity1")) / 2
    same = pl.col("method0") == pl.col("method1")
    return pl.when(same.fill_null(False)).then((change * 100).round(0).cast(pl.Int64)).fill_null(0)
