"""Scales of survey answers that a file does not state, declared for each kind of survey."""

from collections.abc import Mapping

import polars as pl

from health.errors import InvalidInput

SCALES = ("1..5", "1..7", "0..10", "0..100")
KINDS = ("csat", "ces")
"""Kinds of survey that have no usual scale; an NPS without one is 0 to 10."""
_ENDS = ("scale_min", "scale_max")


def scale_fault(kind: str, scale: object) -> str | None:
    """What is wrong with the scale declared for a kind of survey, or None."""
    if kind not in KINDS:
        return f"'{kind}' needs no scale; use {' or '.join(KINDS)}"
    return None if scale in SCALES else f"scale '{scale}' is not supported; use one of {', '.join(SCALES)}"


def fill_scales(rows: pl.DataFrame, scales: Mapping[str, str]) -> pl.DataFrame:
    """Text rows of surveys, with the declared scale of their kind where they state neither end of one. Errors: InvalidInput."""
    if fault := next((fault for kind, scale in scales.items() if (fault := scale_fault(kind, scale))), None):
        raise InvalidInput(f"Survey scales: {fault}.")
    if not scales or "kind" not in rows.columns:
        return rows
    with_ends = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in _ENDS if name not in rows.columns)
    is_blank = pl.all_horizontal(pl.col(name).str.strip_chars().fill_null("") == "" for name in _ENDS)
    declared = {kind: scale.split("..") for kind, scale in scales.items()}
    return with_ends.with_columns(
        pl.when(is_blank)
        .then(pl.col("kind").str.strip_chars().replace_strict({k: ends[n] for k, ends in declared.items()}, default=None))
        .otherwise(pl.col(name))
        .alias(name)
        for n, name in enumerate(_ENDS)
    )
