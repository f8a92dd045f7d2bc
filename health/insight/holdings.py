"""How far each table reaches, and what blanks cost the score."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from health import format as say
from health.insight.findings import fitting
from health.tables import TABLES

LATE_DAYS = 45  # a table whose newest row is older than this before the book's newest day is said to lag: monthly extracts lie within it

BLANKS: dict[str, dict[str, str]] = {
    "customers": {
        "customer_since": "tenure counts from the first contract line",
        "tier": "the agreed days between contacts are the default",
        "region": "only market prices that hold everywhere apply",
    },
    "contracts": {
        "end_on": "the line counts as rolling",
        "quantity": "1 unit is counted",
        "unit_cost": "the margin is unknown",
    },
    "interactions": {
        "outcome": "counts neither as answered nor as unanswered",
        "automated": "only newsletters count as sent by a machine",
    },
    "complaints": {
        "severity": "counts as 2, normal",
        "theme": "counts as no repeat",
        "first_response_at": "counts as answered when it was solved",
        "resolved_at": "counts as still open",
    },
    "invoices": {"paid_on": "counts as unpaid"},
    "exits": {"left_on": "the agreed end is taken"},
}
"""What a blank means for the score, by table and column: the columns that the facts read and that may be blank."""


def freshness(rows: Mapping[str, int], newest: pl.DataFrame, last_loads: pl.DataFrame, book_day: date) -> pl.DataFrame:
    """One row a table in the declared order: table, rows, newest, behind (days before `book_day`), load_id, file, actor, loaded_at."""
    counted = pl.DataFrame({"table_name": list(TABLES), "rows": [rows[name] for name in TABLES]})
    return (
        counted.join(newest, on="table_name", how="left", maintain_order="left")
        .join(last_loads, on="table_name", how="left", maintain_order="left")
        .with_columns(
            (pl.lit(book_day) - pl.col("newest")).dt.total_days().alias("behind"),
            pl.col("table_name").str.replace_all("_", " ").alias("table"),
        )
    )


def freshness_finding(fresh: pl.DataFrame) -> str:
    """Which table lags most behind the book's newest day; tables of months may end with the month before."""
    held = fresh.filter((pl.col("rows") > 0) & pl.col("behind").is_not_null())
    late = held.filter(pl.col("behind") > LATE_DAYS).sort(["behind", "table_name"], descending=[True, False])
    if late.is_empty():
        return f"Every table with days reaches to within {LATE_DAYS} days of the newest"
    first = late.row(0, named=True)
    others = f"; {late.height - 1} more lag" if late.height > 1 else ""
    return (
        f"{first['table'][:1].upper()}{first['table'][1:]}: the newest row is {say.plural(first['behind'], 'day')} behind the book{others}"
    )


def blank_costs(blank: pl.DataFrame) -> pl.DataFrame:
    """One row a column with blanks, the largest share first: table_name, column_name, column (both), share, blank, rows, cost."""
    costs = [
        {"table_name": name, "column_name": column, "cost": cost} for name, columns in BLANKS.items() for column, cost in columns.items()
    ]
    return (
        blank.filter(pl.col("blank") > 0)
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
    """From `blank_costs`: the column with the largest share of blanks."""
    if costs.is_empty():
        return "Nothing that the score reads is blank"
    first = costs.row(0, named=True)
    table, column = (str(first[name]).replace("_", " ") for name in ("table_name", "column_name"))
    return fitting(f"{say.share(first['share'])} of {table} have no {column}", "What is blank, and what does that mean?")
