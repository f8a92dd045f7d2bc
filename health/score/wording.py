"""Format numbers and days as text, for whole columns; each function returns a text expression."""

from datetime import date

import polars as pl

from health import format as fmt

DAY = "%-d %b"
"""Format of a day whose year is obvious: '24 Oct'."""
NEAR_DAYS = 300


def day_words(day: pl.Expr, as_of: date) -> pl.Expr:
    """'24 Oct'; with year, '24 Oct 2024', if more than NEAR_DAYS away."""
    is_near = (day.cast(pl.Date) - pl.lit(as_of)).dt.total_days().abs() <= NEAR_DAYS
    return pl.when(is_near).then(day.dt.strftime(DAY)).otherwise(day.dt.strftime(f"{DAY} %Y"))


def count_words(n: pl.Expr, noun: str) -> pl.Expr:
    """'1 day', '94 days'."""
    return pl.when(n == 1).then(pl.lit(f"1 {noun}")).otherwise(pl.format(f"{{}} {noun}s", n))


def tenths_words(x: pl.Expr) -> pl.Expr:
    """4.0 -> '4', 4.25 -> '4.3' (as text)."""
    whole_tenths = (10 * x + 0.5).floor().cast(pl.Int64)
    return (
        pl.when(whole_tenths % 10 == 0)
        .then((whole_tenths // 10).cast(pl.String))
        .otherwise(pl.format("{}.{}", whole_tenths // 10, whole_tenths % 10))
    )


def percent_words(x: pl.Expr) -> pl.Expr:
    """17.6 -> '18 %', with a non-breaking space."""
    return pl.format(f"{{}}{fmt.SPACE}%", (x + 0.5).floor().cast(pl.Int64))
