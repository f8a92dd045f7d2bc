"""Arrays into Polars columns: days, instants, words and blanks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from health.demo.calendar import Flags, Floats, Ints

SECONDS = 86_400


def dates(days: Ints, known: Flags | None = None) -> pl.Series:
    """Day numbers as dates, blank where not known."""
    return blank(pl.Series(days.astype(np.int32)).cast(pl.Date), known)


def instants(seconds: Ints, known: Flags | None = None) -> pl.Series:
    """Seconds since 1970-01-01 as instants, blank where not known."""
    return blank(pl.Series(seconds * 1_000_000).cast(pl.Datetime("us")), known)


def words(choices: Sequence[str], at: Ints, known: Flags | None = None) -> pl.Series:
    """One word out of `choices` for each position, blank where not known."""
    return blank(pl.Series(choices, dtype=pl.String).gather(at), known)


def ids(letter: str, numbers: Ints, known: Flags | None = None) -> pl.Series:
    """Ids such as C0000042."""
    return blank(letter + pl.Series(numbers.astype(np.int64)).cast(pl.String).str.zfill(7), known)


def money(amounts: Floats) -> pl.Series:
    """Amounts to the cent."""
    return pl.Series(np.round(amounts, 2))


def blank(column: pl.Series, known: Flags | None) -> pl.Series:
    """The column with nulls where `known` is false."""
    if known is None:
        return column
    return pl.select(pl.when(pl.Series(known)).then(column)).to_series()


def draw(rng: np.random.Generator, shares: Sequence[float], size: int) -> Ints:
    """Positions drawn with the given shares."""
    return np.minimum(np.searchsorted(np.cumsum(shares), rng.random(size), side="right"), len(shares) - 1)
