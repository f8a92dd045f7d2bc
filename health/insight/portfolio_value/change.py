"""Change of the portfolio's value between two days, in parts that add up to the cent, and the effect of the method."""

from dataclasses import dataclass

import polars as pl

from health.insight.portfolio_value.exchange import NONE
from health.insight.portfolio_value.total import cents
from health.status import CUSTOMER, DECIDED

PARTS: dict[str, str] = {
    "new": "New customers",
    "left": "Churned customers",
    "margin": "Margin",
    "exchange": "Exchange rates",
    "chance": "Expected stay",
    "known": "Newly known",
    "unknown": "Now unknown",
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
    """One day valued twice, in whole cents: `reported` with the models of that day, `revalued` with later ones.

    `customers`: number with a different value; `methods_then` and `methods_now`: methods used ("model", "band", "bg_nbd"), empty without
    any value.
    """

    reported: int
    revalued: int
    customers: int
    methods_then: tuple[str, ...]
    methods_now: tuple[str, ...]


def value_change(before: pl.DataFrame, after: pl.DataFrame, exchange: pl.DataFrame = NONE) -> ValueChange:
    """Split the change of value from `before` to `after` into parts.

    Both are `lifetime.value` of two days, by one method (see `method_effect`). The change of one customer is split evenly (Shapley 1953):
    margin = change of margin x mean of both annuities, the rest is the expected stay; with different methods or without a margin, all of it
    is the latter. Of the margin's part, what `exchange` (`exchange_effect` of the two days) changed is a part of its own. New: not a
    customer before; left: leaving, lost or merged, without value.
    """
    sides = _side_columns(before, "0").join(_side_columns(after, "1"), on="customer_id", how="full", coalesce=True)
    total_change = (pl.col("cents1").fill_null(0) - pl.col("cents0").fill_null(0)).alias("cents")
    sides = sides.join(exchange.rename({"mrr_cents": "#mrr", "cost_cents": "#cost"}), on="customer_id", how="left", maintain_order="left")
    by_exchange = _margin_part(_margin_by_exchange()).alias("by_exchange")
    changed = sides.with_columns(
        total_change, _change_part(), _margin_part(pl.col("margin1") - pl.col("margin0")).alias("by_margin"), by_exchange
    )
    whole_changes = changed.filter(pl.col("part") != "both").select("customer_id", "part", "cents")
    split_customers = changed.filter(pl.col("part") == "both")
    split_changes = [
        split_customers.select("customer_id", pl.lit("margin").alias("part"), (pl.col("by_margin") - pl.col("by_exchange")).alias("cents")),
        split_customers.select("customer_id", pl.lit("exchange").alias("part"), pl.col("by_exchange").alias("cents")),
        split_customers.select("customer_id", pl.lit("chance").alias("part"), pl.col("cents") - pl.col("by_margin")),
    ]
    rows = pl.concat([whole_changes, *split_changes]).filter(pl.col("cents") != 0)
    totals = rows.group_by("part").agg(pl.len().cast(pl.Int64).alias("customers"), pl.col("cents").sum())
    labels = pl.DataFrame({"part": list(PARTS), "words": list(PARTS.values())})
    parts = labels.join(totals, on="part", how="left", maintain_order="left").with_columns(pl.col("customers", "cents").fill_null(0))
    return ValueChange(_total_cents(before), _total_cents(after), parts, rows.sort("customer_id", "part"))


def method_effect(reported: pl.DataFrame, revalued: pl.DataFrame) -> MethodEffect:
    """Compare one day's values by the models of that day with those by later models."""
    sides = (frame.select("customer_id", cents().fill_null(0).alias(name)) for frame, name in ((reported, "old"), (revalued, "new")))
    pairs = pl.concat(list(sides), how="align")
    changed = pairs.filter(pl.col("old").fill_null(0) != pl.col("new").fill_null(0)).height
    return MethodEffect(_total_cents(reported), _total_cents(revalued), changed, _methods(reported), _methods(revalued))


def _methods(value: pl.DataFrame) -> tuple[str, ...]:
    """Methods by which customers with a value were predicted, sorted: model, band or bg_nbd."""
    valued = value.filter(pl.col("lifetime_value").is_not_null())
    methods = valued.select(pl.coalesce("chance_from", pl.when(pl.col("method") != "none").then("method"))).to_series()
    return tuple(methods.drop_nulls().unique().sort())


def _total_cents(value: pl.DataFrame) -> int:
    """Sum of the known values, in cents."""
    return int(value.select(cents())["cents"].drop_nulls().sum())


def _side_columns(value: pl.DataFrame, side: str) -> pl.DataFrame:
    """Columns of one day, with the side as suffix."""
    columns = value.select(
        "customer_id", cents(), "margin", "annuity", "method", *_exchange_columns(value), CUSTOMER.alias("there"), DECIDED.alias("going")
    )
    return columns.rename({name: f"{name}{side}" for name in columns.columns if name != "customer_id"})


def _exchange_columns(value: pl.DataFrame) -> list[pl.Expr]:
    """MRR and whether the margin is assumed, which split the effect of exchange rates."""
    mrr = pl.col("mrr") if "mrr" in value.columns else pl.lit(None, pl.Float64).alias("mrr")
    return [mrr, pl.col("margin_assumed").fill_null(False).alias("assumed")]


def _change_part() -> pl.Expr:
    """Part that a customer's change belongs to; 'both': the value is known on both days and is split."""
    had_value, has_value = pl.col("cents0").is_not_null(), pl.col("cents1").is_not_null()
    has_left = pl.col("going1").fill_null(False) & (pl.col("cents1").fill_null(0) == 0)
    is_new = ~pl.col("there0").fill_null(False) & (pl.col("cents0").fill_null(0) == 0)
    return (
        pl.when(had_value & has_left).then(pl.lit("left"))
        .when(has_value & is_new).then(pl.lit("new"))
        .when(had_value & has_value).then(pl.lit("both"))
        .when(has_value).then(pl.lit("known"))
        .otherwise(pl.lit("unknown"))
        .alias("part")
    )  # fmt: skip


def _margin_by_exchange() -> pl.Expr:
    """Change of the margin a month due to exchange rates, in money; an assumed margin is the same share of it as of the MRR."""
    share = pl.col("margin1") / pl.col("mrr1")
    return pl.when("assumed1").then(pl.col("#mrr") * share).otherwise(pl.col("#mrr") - pl.col("#cost").fill_null(0)) / 100


def _margin_part(margin_change: pl.Expr) -> pl.Expr:
    """Part of the change due to a change of margin, in whole cents; 0 if the two days were valued by different methods."""
    change = margin_change * (pl.col("annuity0") + pl.col("annuity1")) / 2
    same_method = pl.col("method0") == pl.col("method1")
    return pl.when(same_method.fill_null(False)).then((change * 100).round(0).cast(pl.Int64)).fill_null(0)
