"""Arrays into Polars columns: days, instants, words and blanks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from health.demo.calendar import Flags, Floats, Ints

SECONDS = 86_400


def date_column(days: Ints, is_known: Flags | None = None) -> pl.Series:
    """Day numbers as dates, null where not known."""
    return blank_where_unknown(pl.Series(days.astype(np.int32)).cast(pl.Date), is_known)


def instant_column(seconds: Ints, is_known: Flags | None = None) -> pl.Series:
    """Seconds since 1970-01-01 as timestamps, null where not known."""
    return blank_where_unknown(pl.Series(seconds * 1_000_000).cast(pl.Datetime("us")), is_known)


def text_column(choices: Sequence[str], positions: Ints, is_known: Flags | None = None) -> pl.Series:
    """The text of `choices` at each position, null where not known."""
    return blank_where_unknown(pl.Series(choices, dtype=pl.String).gather(positions), is_known)


def id_column(letter: str, numbers: Ints, is_known: Flags | None = None) -> pl.Series:
    """Ids such as C0000042."""
    return blank_where_unknown(letter + pl.Series(numbers.astype(np.int64)).cast(pl.String).str.zfill(7), is_known)


def money_column(amounts: Floats) -> pl.Series:
    """Amounts to the cent."""
    return pl.Series(np.round(amounts, 2))


def blank_where_unknown(column: pl.Series, is_known: Flags | None) -> pl.Series:
    """The column with nulls where `is_known` is false."""
    if is_known is None:
        return column
    return pl.select(pl.when(pl.Series(is_known)).then(column)).to_series()


def draw_positions(rng: np.random.Generator, shares: Sequence[float], size: int) -> Ints:
    """Positions drawn with the given shares."""
    return np.minimum(np.searchsorted(np.cumsum(shares), rng.random(size), side="right"), len(shares) - 1)
