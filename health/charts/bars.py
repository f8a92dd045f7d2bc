"""Horizontal bars with the value written beside each: parts of the book, reasons of refusal."""

import altair as alt
import polars as pl


def book_by(frame: pl.DataFrame, column: str, value: str = "mrr", *, dark: bool = False) -> alt.LayerChart:
    """MRR or customers by a column of the book, the largest first.

    `frame`: one row a value of `column` (column, customers, mrr), as `insight.known.book_by` makes it; `value`: 'mrr' or 'customers'.
    """
    return alt.layer(alt.Chart(frame).mark_bar())


def refused_by_reason(frame: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Refused rows by reason, the commonest in red. `frame`: one row a reason (reason, rows)."""
    return alt.layer(alt.Chart(frame).mark_bar())
