"""Freshness of each table, and the effect of blanks on the score."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from health import format as fmt
from health.insight.data import gaps
from health.insight.titles import first_that_fits
from health.tables import TABLES

LATE_DAYS, MISSED = 45, 5  # 45 days allow monthly extracts; fewer than five missing rows may be chance

BLANKS: dict[str, dict[str, str]] = {
    "customers": {
        "customer_since": "tenure counts from the first contract line",
        "tier": "the default contact interval applies",
        "region": "only market prices valid for all regions apply",
    },
    "contracts": {
        "end_on": "the contract line counts as rolling",
        "quantity": "counts as 1 unit",
        "unit_cost": "the margin is unknown",
    },
    "interactions": {
        "outcome": "is left out of the share of attempts answered",
        "automated": "only newsletters count as automated",
    },
    "complaints": {
        "severity": "counts as 2, normal",
        "theme": "cannot count as a repeat",
        "first_response_at": "counts as answered when it was resolved",
        "resolved_at": "counts as still open",
    },
    "invoices": {"due_on": "is due on the invoice date", "paid_on": "counts as unpaid"},
    "exits": {"left_on": "the contract end is used"},
}
"""Effect of a blank on the score by table and column, for the optional columns that the facts read."""


def freshness(rows: Mapping[str, int], months: pl.DataFrame, newest: pl.DataFrame, last_loads: pl.DataFrame, day: date) -> pl.DataFrame:
    """One row per table in the declared order: table_name, table, rows, newest, behind, late, last load.

    `behind`: days before `day`. `late`: the newest row is more than 45 days behind although five or more rows would have been usual since;
    start and signing dates are not judged.
    """
    usual_rates = (
        months.drop_nulls("month")
        .filter(pl.col("table_name").is_in([name for name in TABLES if gaps.is_judged(name)]))
        .group_by("table_name")
        .agg(pl.col("rows").sum() / ((pl.col("month").max() - pl.col("month").min()).dt.total_days() + 30))
        .rename({"rows": "a_day"})
    )
    return (
        pl.DataFrame({"table_name": list(TABLES), "rows": [rows[name] for name in TABLES]})
        .join(newest, on="table_name", how="left", maintain_order="left")
        .join(last_loads, on="table_name", how="left", maintain_order="left")
        .join(usual_rates, on="table_name", how="left", maintain_order="left")
        .with_columns(
            (pl.lit(day) - pl.col("newest")).dt.total_days().alias("behind"),
            pl.col("table_name").str.replace_all("_", " ").alias("table"),
        )
        .with_columns(((pl.col("behind") > LATE_DAYS) & (pl.col("behind") * pl.col("a_day") >= MISSED)).fill_null(False).alias("late"))
    )


def freshness_finding(tables: pl.DataFrame) -> str:
    """Title: the table that lags most behind the newest day on file."""
    late = tables.filter("late").sort(["behind", "table_name"], descending=[True, False])
    if late.is_empty():
        return "All tables are up to date" if tables["a_day"].drop_nulls().len() else "How fresh is each table?"
    latest = late.row(0, named=True)
    others = f"; {late.height - 1} more {'is' if late.height == 2 else 'are'} behind" if late.height > 1 else ""
    table = f"{latest['table'][:1].upper()}{latest['table'][1:]}"
    return f"{table}: newest row {fmt.plural(latest['behind'], 'day')} behind the other data{others}"


def blank_costs(blank_counts: pl.DataFrame) -> pl.DataFrame:
    """One row per column with blanks, largest share first: table_name, column_name, column, share, blank, rows, cost."""
    costs = [
        {"table_name": name, "column_name": column, "cost": cost} for name, columns in BLANKS.items() for column, cost in columns.items()
    ]
    return (
        blank_counts.filter(pl.col("blank") > 0)
        .join(pl.DataFrame(costs), on=["table_name", "column_name"], how="left", maintain_order="left")
        .select(
            "table_name",
            "column_name",
            pl.format("{} {}", "table_name", "column_name").alias("column"),
            (pl.col("blank") / pl.col("rows")).alias("share"),
            "blank",
            "rows",
            "cost",
        )
        .sort(["share", "column"], descending=[True, False])
    )


def blanks_finding(costs: pl.DataFrame) -> str:
    """Title from `blank_costs`: the column with the largest share of blanks."""
    if costs.is_empty():
        return "No blanks in the columns used by the score"
    first = costs.row(0, named=True)
    table, column = (str(first[name]).replace("_", " ") for name in ("table_name", "column_name"))
    return first_that_fits(
        f"{fmt.share(first['share'])} of {table} have no {column}", "Which columns have blanks, and what does that mean?"
    )
