"""Upsell candidates: well-served customers with room for more, and an MRR estimate (docs/method.md, Contact details and upsell)."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from health import format as fmt
from health.insight.overview import products
from health.insight.rates import months_back
from health.status import ACTIVE

FULL_USE = 0.9  # share used of what is paid for
MIN_HOLDERS = 5  # customers needed for a usual payment
_KEY = ["customer_id", "product"]
HEALTHY = ACTIVE & (pl.col("band") == "healthy")
"""Condition for candidates, in the columns of `portfolio.build`."""


def candidates(now: pl.DataFrame, rows: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """One row per healthy customer with room, no open complaint and a price at or below market; largest estimate first, ties by id.

    customer_id, name, segment, health, mrr, products, usage, full_product, next_product, gap (our price to the market's, 0.05 = dearer),
    reason, worth (estimated money a month; null without comparable payments), basis, owner_name. `now`: `portfolio.build`; `rows`:
    staged rows of contracts and usage. Customers with unknown price or complaints are no candidates (see `held_back`).
    """
    chosen = considered(now, rows, as_of).filter(pl.col("held_back").is_null()).drop("held_back")
    return chosen.sort(["worth", "customer_id"], descending=[True, False], nulls_last=True)


def held_back(now: pl.DataFrame, rows: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """One row per reason against a healthy customer with room, most first: reason, customers."""
    reasons = considered(now, rows, as_of).drop_nulls("held_back").group_by(pl.col("held_back").alias("reason"))
    return reasons.agg(pl.len().cast(pl.Int64).alias("customers")).sort(["customers", "reason"], descending=[True, False])


def considered(now: pl.DataFrame, rows: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """One row per healthy customer with room, by id: the columns of `candidates` and `held_back`, the first reason against it."""
    products_held = _products_held(rows["contracts"], now, as_of)
    healthy = now.filter(HEALTHY)
    counts = products_held.group_by("customer_id").agg(pl.len().cast(pl.Int64).alias("products"))
    gap = pl.when(pl.col("benchmarked_cents") > 0).then(pl.col("benchmarked_cents") / pl.col("market_cents") - 1).alias("gap")
    with_room = (
        healthy.join(counts, on="customer_id", how="left", maintain_order="left")
        .join(_most_used_product(_usage(rows["usage"], as_of), products_held), on="customer_id", how="left", maintain_order="left")
        .filter((pl.col("products") == 1) | (pl.col("usage") >= FULL_USE))
        .join(_next_product(products_held, now), on="customer_id", how="left", maintain_order="left")
        .with_columns(gap, *(pl.when(pl.col("products") == 1).then(name).alias(name) for name in ("next_product", "usual", "of")))
        .with_columns(_held_back_reason())
        .sort("customer_id")
    )
    estimates = [_reason_and_estimate(row) for row in with_room.iter_rows(named=True)]
    return with_room.select(
        "customer_id", "name", "segment", "health", "mrr", "products", "usage",
        pl.when(pl.col("usage") >= FULL_USE).then("full_product").alias("full_product"), "next_product", "gap",
        pl.Series("reason", [reason for reason, _, _ in estimates], pl.String),
        pl.Series("worth", [worth for _, worth, _ in estimates], pl.Float64),
        pl.Series("basis", [basis for _, _, basis in estimates], pl.String), "owner_name", "held_back",
    )  # fmt: skip


def _held_back_reason() -> pl.Expr:
    reasons = (
        (~pl.col("complaints_present"), "open complaints are unknown"),
        (pl.col("open") > 0, "a complaint is open"),
        (pl.col("gap").is_null(), "the market price is unknown"),
        (pl.col("gap") > 0, "the price is above the market"),
    )
    return pl.coalesce(pl.when(holds).then(pl.lit(words)) for holds, words in reasons).alias("held_back")


def _products_held(contracts: pl.DataFrame, now: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per customer and product in force: customer_id, product, billed a month."""
    by_both = products.by_product(contracts.with_columns(pl.struct(_KEY).alias("product")), now, as_of)
    return by_both.select(pl.col("product").struct.unnest(), pl.col("mrr").alias("billed")).sort(_KEY)


def _usage(usage: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per customer and product paid by volume: share used in the last three full months."""
    last = pl.col("month").dt.month_end()
    recent = usage.filter((last <= as_of) & (last > months_back(as_of, 3)) & (pl.col("licensed") > 0) & pl.col("used").is_not_null())
    summed = recent.group_by(_KEY).agg(pl.col("used", "licensed").cast(pl.Float64).sum())
    return summed.select(*_KEY, (pl.col("used") / pl.col("licensed")).alias("usage")).sort(_KEY)


def _most_used_product(usage: pl.DataFrame, products_held: pl.DataFrame) -> pl.DataFrame:
    """Most used product in force of each customer: customer_id, usage, full_product, full_billed."""
    products_used = usage.join(products_held, on=_KEY, how="inner").sort(
        ["customer_id", "usage", "product"], descending=[False, True, False]
    )
    return products_used.unique("customer_id", keep="first", maintain_order=True).select(
        "customer_id", "usage", pl.col("product").alias("full_product"), pl.col("billed").alias("full_billed")
    )


def _next_product(products_held: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Next product of each customer: the one it lacks that most of its segment hold.

    Where fewer than five in the segment hold a product, holders in the whole portfolio count. customer_id, next_product, usual (median
    payment of its holders over the median MRR there), of (segment or book).
    """
    segments = now.select("customer_id", "segment", "mrr")
    paid = products_held.join(segments, on="customer_id", how="left")
    terms = [pl.len().alias("holders"), pl.col("billed").median().alias("usual")]
    by_segment = paid.drop_nulls("segment").group_by("segment", "product").agg(terms).with_columns(pl.lit("segment").alias("of"))
    by_portfolio = paid.group_by("product").agg(terms).with_columns(pl.lit("book").alias("of"))
    bills = paid.unique("customer_id")  # each customer counts once in the median MRR
    by_segment = by_segment.join(bills.group_by("segment").agg(pl.col("mrr").median().alias("size")), on="segment", how="left")
    by_portfolio = by_portfolio.with_columns(pl.lit(bills["mrr"].median(), pl.Float64).alias("size"))
    customers = products_held.select("customer_id").unique().join(segments, on="customer_id", how="left")
    offers = pl.concat([customers.join(by_segment, on="segment", how="inner"), customers.join(by_portfolio, how="cross")], how="diagonal")
    lacking = offers.join(products_held, on=_KEY, how="anti").filter(pl.col("holders") >= MIN_HOLDERS)
    ranked = lacking.sort(["customer_id", "of", "holders", "product"], descending=[False, True, True, False])
    return ranked.unique("customer_id", keep="first", maintain_order=True).select(
        "customer_id", pl.col("product").alias("next_product"), pl.when(pl.col("size") > 0).then(pl.col("usual") / pl.col("size")), "of"
    )


def _reason_and_estimate(row: Mapping[str, object]) -> tuple[str, float | None, str]:
    """Reason, estimate and basis for one customer; of two estimates the larger counts."""
    reasons, estimates = [], []
    usage, billed, usual_share, mrr = (_number(row[name]) for name in ("usage", "full_billed", "usual", "mrr"))
    if usage is not None and usage >= FULL_USE:
        reasons.append(f"uses {fmt.share(usage)} of {row['full_product']}")
        if billed is not None:
            estimates.append((billed * max(usage / FULL_USE - 1, 0.0), f"raise {row['full_product']} to {fmt.share(FULL_USE)} use"))
    if row["products"] == 1:
        reasons.append("has one product only")
        if usual_share is not None and mrr is not None:
            estimates.append((usual_share * mrr, f"usual spend {'of all customers' if row['of'] == 'book' else 'in the segment'}"))
    estimate, basis = max(estimates, default=(None, "no basis for an estimate"))
    return ", ".join(reasons), None if estimate is None else round(estimate, 2), basis


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
