"""A demo company some of whose customers pay in other currencies: their contracts, invoices and opportunities, and exchange rates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

MIX = {"USD": (3, 0.92), "GBP": (7, 1.17)}
"""Currencies with the customers who pay in them (each n-th), and the rate around which they move."""
MONEY = {
    "contracts": ("signed_on", ("unit_price", "unit_cost", "list_price")),
    "invoices": ("issued_on", ("amount",)),
    "opportunities": ("opened_on", ("monthly_value",)),
}
"""Columns of money by table, with the day whose rate they are converted at."""


def with_currencies(tables: Mapping[str, pl.DataFrame], seed: int) -> dict[str, pl.DataFrame]:
    """The tables with a part of the amounts in other currencies, worth the same on their day, and with `rates`."""
    days = [tables[name][day].drop_nulls() for name, (day, _) in MONEY.items()]
    rates = _monthly_rates(min(day.min() for day in days), max(day.max() for day in days), seed)  # type: ignore[type-var]
    mixed = {name: _mixed(tables[name], day, columns, rates) for name, (day, columns) in MONEY.items()}
    return {"rates": rates, **tables, **mixed}


def _monthly_rates(first: object, last: object, seed: int) -> pl.DataFrame:
    """One row per currency and month: a random walk, published on the first of the month."""
    rng = np.random.default_rng([seed, 2])
    months = pl.select(pl.date_range(pl.lit(first).dt.month_start(), pl.lit(last), "1mo")).to_series()
    walks = {code: level * np.exp(np.cumsum(rng.normal(0, 0.015, len(months)))) for code, (_, level) in MIX.items()}
    frames = [pl.DataFrame({"currency": code, "day": months, "rate": np.round(walk, 6), "source": "demo"}) for code, walk in walks.items()]
    return pl.concat(frames)


def _mixed(table: pl.DataFrame, day: str, columns: tuple[str, ...], rates: pl.DataFrame) -> pl.DataFrame:
    number = pl.col("customer_id").str.slice(1).cast(pl.Int64)
    code = pl.lit(None, pl.String)
    for currency, (nth, _) in reversed(MIX.items()):
        code = pl.when(number % nth == 0).then(pl.lit(currency)).otherwise(code)
    named = table.with_columns(code.alias("currency"), pl.col(day).dt.month_start().alias("#month"))
    published = rates.select("currency", pl.col("day").alias("#month"), pl.col("rate").alias("#rate"))
    priced = named.join(published, on=["currency", "#month"], how="left", maintain_order="left")
    own = [(pl.col(name).cast(pl.Float64) / pl.col("#rate").fill_null(1)).round(2).alias(name) for name in columns]
    return priced.with_columns(own).drop("#month", "#rate")
