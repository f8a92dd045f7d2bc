"""Convert typed columns, as of a Parquet file, to a sheet of text."""

import io

import polars as pl

from health.errors import InvalidInput
from health.intake.reading.limits import MOST_CELLS, MOST_ROWS
from health.intake.reading.sheet import LINE, Sheet, broken_frame, clean_header


def sheet_from_frame(frame: pl.DataFrame, file: str, sha256: str) -> Sheet:
    """Convert a typed frame to text, rows numbered from 1. Errors: InvalidInput for nested or binary columns."""
    cells = [_text_column(name, kind, file).alias(name) for name, kind in frame.schema.items()]
    try:
        rows = frame.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE), *cells)
    except pl.exceptions.InvalidOperationError as problem:
        kinds = ", ".join(f"'{name}' ({kind})" for name, kind in frame.schema.items() if kind.is_temporal())
        raise InvalidInput(f"{file}: a column cannot be read as text; remove it or store it as text: {kinds}.") from problem
    return Sheet(file, sha256, rows, broken_frame([], [], []))


def _text_column(name: str, kind: pl.DataType, file: str) -> pl.Expr:
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        raise InvalidInput(f"{file}: column '{name}' holds {kind}, not one value per row; remove it or flatten it.")
    if isinstance(kind, pl.Datetime):
        if kind.time_zone:
            return pl.col(name).dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%d %H:%M:%S%.6fZ")
        return pl.col(name).dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    # Binary fractions are not exact decimals (24.9 x 3 is meant as 74.7); a float is reliable to 15 digits.
    return (pl.col(name).round_sig_figs(15) if kind.is_float() else pl.col(name)).cast(pl.String)


def read_parquet(content: bytes, file: str, sha256: str) -> Sheet:
    """Read a Parquet file after checking its size in the footer. Errors: InvalidInput."""
    try:
        lazy_rows = pl.scan_parquet(io.BytesIO(content))
        names, height = lazy_rows.collect_schema().names(), lazy_rows.select(pl.len()).collect().item()
        if height <= MOST_ROWS and height * len(names) <= MOST_CELLS:
            clean_names = dict(zip(names, clean_header(names, file), strict=True))
            return sheet_from_frame(pl.read_parquet(io.BytesIO(content)).rename(clean_names), file, sha256)
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise InvalidInput(f"{file}: the Parquet file is damaged; export it again.") from problem
    limit_text = f"up to {MOST_ROWS:,} rows and {MOST_CELLS:,} cells can be read; split the file"
    raise InvalidInput(f"{file}: the file has {height:,} rows in {len(names)} columns; {limit_text}.")
