"""Bytes of a CSV, XLSX or Parquet file as a sheet of text rows with their line numbers; a file's first bytes say what it is."""

import hashlib
import io
from pathlib import Path

import fastexcel
import polars as pl

from health.errors import NotFound, Refused
from health.intake import textual
from health.intake.sheet import LINE, MENDED, Form, Sheet, broken, named

LARGEST_BYTES = 200_000_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read(path: str | Path, form: Form | None = None) -> Sheet:
    """The file at this path as a sheet. Errors: NotFound, Refused."""
    path = Path(path)
    if not path.is_file():
        raise NotFound(f"{path}: there is no such file; check the path.")
    if path.stat().st_size > LARGEST_BYTES:
        raise Refused(f"{path.name}: the file is larger than {LARGEST_BYTES // 1_000_000} MB; split it.")
    return unpack(path.read_bytes(), path.name, form)


def unpack(content: bytes, file: str, form: Form | None = None) -> Sheet:
    """These bytes as a sheet. Errors: Refused, in one sentence that names the file, the line or column, and the remedy."""
    if len(content) > LARGEST_BYTES:
        raise Refused(f"{file}: the file is larger than {LARGEST_BYTES // 1_000_000} MB; split it.")
    sha256, form = hashlib.sha256(content).hexdigest(), form or Form()
    if content.startswith(_OLD_OFFICE):
        raise Refused(f"{file}: this is an old Excel workbook or one with a password; save it as XLSX without a password.")
    if content.startswith(b"PK\x03\x04"):
        sheet = _workbook(content, file, sha256)
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
    rows = frame.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE), *cells)
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
        return pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise Refused(f"{file}: the Parquet file is damaged; export it again.") from problem


def _workbook(content: bytes, file: str, sha256: str) -> Sheet:
    """The first visible sheet; LINE is the sheet's own row number."""
    cells = _first_visible(content, file)
    filled = cells.select(pl.any_horizontal(pl.all().is_not_null()) if cells.width else pl.lit(False)).to_series().arg_true()
    if filled.is_empty():
        raise Refused(f"{file}: the first visible sheet is empty; put the rows there.")
    used = cells.select(c.name for c in cells if c.null_count() < cells.height)
    header = named([(name or "").strip() for name in used.row(filled[0])], file)
    named_cells = used.rename(dict(zip(used.columns, header, strict=True)))
    numbered = named_cells.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE), pl.all())
    body = numbered.slice(filled[0] + 1, filled[-1] - filled[0])
    empty = pl.all_horizontal(pl.exclude(LINE).is_null())
    lines = body.filter(empty)[LINE].to_list()
    return Sheet(file, sha256, body.filter(~empty), broken(lines, ["the row is blank"] * len(lines), [""] * len(lines)))


def _first_visible(content: bytes, file: str) -> pl.DataFrame:
    try:
        book = fastexcel.read_excel(content)
        for name in book.sheet_names:
            sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            if sheet.visible == "visible":
                return sheet.to_polars()
    except fastexcel.FastExcelError as problem:
        raise Refused(f"{file}: this is not a readable XLSX workbook; save it again as XLSX, or as CSV in UTF-8.") from problem
    raise Refused(f"{file}: the workbook has no visible sheet; unhide the one with the rows.")


def _from_mended(sheet: Sheet) -> Sheet:
    """A mended file of refused rows keeps the line numbers of the file that it came from."""
    if tuple(sheet.columns[: len(MENDED)]) != MENDED:
        return sheet
    numbers = pl.col(MENDED[0]).str.extract(r"^(\d{1,15})$").cast(pl.Int64)
    rows = sheet.rows.with_columns(pl.coalesce(numbers, LINE).alias(LINE)).drop(MENDED)
    rows = rows.rename({f"{name}_": name for name in MENDED if f"{name}_" in rows.columns})
    return Sheet(sheet.file, sheet.sha256, rows, sheet.broken)
