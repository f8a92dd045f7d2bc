"""The frames behind one customer's charts."""

import polars as pl


def points_of(customer: dict[str, object], weights: dict[str, int]) -> pl.DataFrame:
    """One row a component: key, label, weight, points (null = unknown), earned, band. `customer`: his row of `portfolio.build`."""
    return pl.DataFrame()


def line_of(history: pl.DataFrame, customer_id: str, months: int = 24) -> pl.DataFrame:
    """One row a month end: as_of, health (null = unknown), band."""
    return pl.DataFrame()
