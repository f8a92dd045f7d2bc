"""Text search in a table."""

from collections.abc import Sequence

import polars as pl


def filter_by_text(frame: pl.DataFrame, text: str, columns: Sequence[str]) -> pl.DataFrame:
    """Keep rows with the text in one of the columns, ignoring case; all rows for an empty text."""
    needle = text.strip().lower()
    cells = (pl.col(c).cast(pl.String).fill_null("").str.to_lowercase() for c in columns)
    return frame.filter(pl.any_horizontal(t.str.contains(needle, literal=True) for t in cells)) if needle else frame
