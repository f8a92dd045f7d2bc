"""Bytes of a CSV, XLSX or Parquet file as a sheet of text rows with their line numbers; a file's first bytes say what it is."""

import hashlib
import io
from pathlib import Path

import polars as pl

from health.errors import NotFound, Refused
from health.intake import textual, workbook
from health.intake.sheet import LINE, MENDED, Form, Sheet, broken, named, unguarded

LARGEST_BYTES, MOST_ROWS = 200_000_000, 20_000_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read(path: str | Path, form: Form | None = None) -> Sheet:
    """The file at this path as a sheet. Errors: NotFound, Refused."""
    path = Path(path)
    try:
        if not path.is_file():
            raise NotFound(f"{path}: there is no such file; check the path.")
        if path.stat().st_size > LARGEST_BYTES:
            raise Refused(f"{path.name}: the file is larger than {LARGEST_BYTES // 1_000_000} MB; split it.")
        content = path.read_bytes()
    except OSError as problem:
        raise Refused(f"{path}: the file cannot be read; check who may read it.") from problem
    return unpack(content, path.name, form)


def unpack(content: bytes, file: str, form: Form | None = None) -> Sheet:
    """These bytes as a sheet. Errors: Refused, in one sentence that names the file, the line or column, and the remedy."""
    if len(content) > LARGEST_BYTES:
        raise Refused(f"{file}: the file is larger than {LARGEST_BYTES // 1_000_000} MB; split it.")
    sha256, form = hashlib.sha256(content).hexdigest(), form or Form()
    if content.startswith(_OLD_OFFICE):
        raise Refused(f"{file}: this is an old Excel workbook or one with a password; save it as XLSX without a password.")
    if content.startswith(b"PK\x03\x04"):
        sheet = workbook.read(content, file, sha256)
    elif content.startswith(b"PAR1"):
        sheet = from_frame(_parquet(content, file), file, sha256)
    elif file.lower().endswith((".xlsx", ".xlsm", ".parquet")):
        raise Refused(f"{file}: this is not a readable {Path(file).suffix[1:].upper()} file; export it again, or save it as CSV in UTF-8.")
    else:
        sheet = textual.read(content, file, sha256, form)
    return _whole(_from_mended(sheet))


def _whole(sheet: Sheet) -> Sheet:
    """Refuses a file without rows."""
    if not sheet.rows.height and not sheet.broken.height:
        raise Refused(f"{sheet.file}: the file has a header and no rows; export it again with its rows.")
    return sheet


def from_frame(frame: pl.DataFrame, file: str, sha256: str) -> Sheet:
    """A typed frame as text, its rows numbered from 1. Errors: Refused for columns that hold no single values."""
    cells = [_as_text(name, kind, file).alias(name) for name, kind in frame.schema.items()]
    try:
        rows = frame.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE), *cells)
    except pl.exceptions.InvalidOperationError as problem:
        kinds = ", ".join(f"'{name}' ({kind})" for name, kind in frame.schema.items() if kind.is_temporal())
        raise Refused(f"{file}: a column cannot be read as text; leave it out or write it as text: {kinds}.") from problem
    return Sheet(file, sha256, rows, broken([], [], []))


def _as_text(name: str, kind: pl.DataType, file: str) -> pl.Expr:
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        raise Refused(f"{file}: column '{name}' holds {kind}, not one value a row; leave it out or flatten it.")
    if isinstance(kind, pl.Datetime):
        if kind.time_zone:
            raise Refused(f"{file}: column '{name}' has the time zone {kind.time_zone}; write local times without a zone.")
        return pl.col(name).dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    # Binary fractions are no decimals: 24.9 x 3 is meant as 74.7, and 15 digits are all that a float can promise.
    return (pl.col(name).round_sig_figs(15) if kind.is_float() else pl.col(name)).cast(pl.String)


def _parquet(content: bytes, file: str) -> pl.DataFrame:
    try:
        packed = pl.scan_parquet(io.BytesIO(content))
        names, height = packed.collect_schema().names(), packed.select(pl.len()).collect().item()
        if height <= MOST_ROWS and named(names, file):
            return pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise Refused(f"{file}: the Parquet file is damaged; export it again.") from problem
    raise Refused(f"{file}: the file has {height:,} rows in {len(names)} columns; up to {MOST_ROWS:,} rows are read, split it.")


def _from_mended(sheet: Sheet) -> Sheet:
    """A mended file of refused rows keeps the line numbers of the file that it came from."""
    if tuple(sheet.columns[: len(MENDED)]) != MENDED:
        return sheet
    numbers = pl.col(MENDED[0]).str.extract(r"^(\d{1,15})$").cast(pl.Int64)
    rows = sheet.rows.with_columns(pl.coalesce(numbers, LINE).alias(LINE)).drop(MENDED)
    rows = rows.rename({f"{name}_": name for name in MENDED if f"{name}_" in rows.columns})
    own = [name for name in rows.columns if name != LINE]
    names = dict(zip(own, pl.select(unguarded(pl.lit(pl.Series(own, dtype=pl.String)))).to_series(), strict=True))
    rows = rows.with_columns(unguarded(pl.col(own)).name.keep()).rename(names)
    return Sheet(sheet.file, sheet.sha256, rows, sheet.broken)
