"""Two customers side by side: figures, parts of the score, prices."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from health import format as fmt
from health.insight.client import details
from health.insight.client.lifecycle import tenure_months

Row = Mapping[str, Any]


def figures(customer: Row, other_customer: Row, as_of: date) -> pl.DataFrame:
    """One row per figure, in words: what, one, other."""
    rows = [(label, _figure(label, customer, as_of), _figure(label, other_customer, as_of)) for label in _FIGURES]
    return pl.DataFrame(rows, schema={"what": pl.String, "one": pl.String, "other": pl.String}, orient="row")


def _figure(label: str, c: Row, as_of: date) -> str:
    text = _FIGURES[label](c, as_of)
    return text if text else fmt.UNKNOWN


def _health(c: Row, _: date) -> str:
    return fmt.UNKNOWN if c["band"] in (None, "unknown") else f"{fmt.health(c['health'])} of 100"


def _months(c: Row, as_of: date) -> str:
    months = tenure_months(c, as_of)
    return fmt.UNKNOWN if months is None else fmt.plural(int(months), "month")


_FIGURES: dict[str, Any] = {
    "Health": _health,
    "Band": lambda c, _: fmt.chip(c["band"]),
    "Coverage": lambda c, _: fmt.share(c["coverage"] / 100) if fmt.known(c["coverage"]) else "",
    "Segment": lambda c, _: c["segment"],
    "Tier": lambda c, _: c["tier"],
    "Owner": lambda c, _: c["owner_name"] or c["owner"],
    "MRR": lambda c, _: fmt.money(c["mrr"]),
    "Margin a month": lambda c, _: fmt.money(c["margin"]),
    "Customer for": _months,
    "Agreed end": lambda c, _: fmt.day(c["renewal_on"]),
    "Days silent": lambda c, _: fmt.count(c["days_since"]),
    "Open complaints": lambda c, _: fmt.count(c["open"]) if c["complaints_present"] else "",
}


def parts(customer: Row, other_customer: Row, weights: Mapping[str, int]) -> pl.DataFrame:
    """One row per part with weight for `customer`: component, part, points_one, points_other, fact_one, fact_other."""
    customer_parts, other_parts = (
        details.parts(c, weights).select("component", "part", "points", "fact") for c in (customer, other_customer)
    )
    keys = ["component", "part"]
    return customer_parts.join(other_parts, on=keys, how="left", suffix="_other", maintain_order="left").rename(
        {"points": "points_one", "fact": "fact_one"}
    )


def largest_difference(parts: pl.DataFrame, name: str) -> str:
    """Title: the part with the largest difference in points. `name`: of the other customer."""
    gaps = parts.with_columns((pl.col("points_other") - pl.col("points_one")).alias("gap")).drop_nulls("gap")
    if gaps.is_empty():
        return "No part of the score is known of both"
    largest = gaps.sort([pl.col("gap").abs(), pl.col("part")], descending=[True, False]).row(0, named=True)
    if abs(largest["gap"]) < 1:
        return "Both stand alike in every part"
    direction = "better" if largest["gap"] > 0 else "worse"
    return f"{name} stands {abs(largest['gap']):.0f} points {direction} in: {str(largest['part']).lower()}"


def prices(customer_prices: pl.DataFrame, other_prices: pl.DataFrame) -> pl.DataFrame:
    """One row per product that either customer buys: product, price_one, gap_one, price_other, gap_other; sorted by product.

    `gap`: per cent above the market. With several lines of a product, the mean price per unit. Both arguments:
    `portfolio.client(...)["prices"]`.
    """
    by_side = [_by_product(frame, side) for frame, side in ((customer_prices, "one"), (other_prices, "other"))]
    return by_side[0].join(by_side[1], on="product", how="full", coalesce=True).sort("product")


def _by_product(prices: pl.DataFrame, side: str) -> pl.DataFrame:
    units = pl.col("quantity").fill_null(1).cast(pl.Float64)
    our_price, market_price = (pl.col(c).cast(pl.Float64) for c in ("unit_price", "market"))
    has_market = market_price.is_not_null()
    mean = ((our_price * units).sum() / units.sum()).alias(f"price_{side}")
    gap = (100 * ((our_price * units).filter(has_market).sum() / (market_price * units).filter(has_market).sum() - 1)).alias(f"gap_{side}")
    return prices.group_by("product").agg(mean, pl.when(has_market.any()).then(gap).alias(f"gap_{side}"))
