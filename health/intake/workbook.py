"""The first visible sheet of an XLSX workbook as a sheet of text; its extent is measured before it is unpacked."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

import fastexcel
import polars as pl

from health.errors import Refused
from health.intake.sheet import LINE, Sheet, broken, named

LARGEST_UNPACKED_BYTES, MOST_CELLS = 200_000_000, 20_000_000
_CHUNK_BYTES, _OVERLAP_BYTES = 4_000_000, 300
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]{0,200}?\br="(\d{1,9})"')
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]{0,200}?\br="([A-Za-z]{1,6})(\d{1,9})"')
_BOOK = re.compile(r"xl/workbook\w*\.xml")


def read(content: bytes, file: str, sha256: str) -> Sheet:
    """LINE is the sheet's own row number. Errors: Refused, where it is no workbook, is empty, or reaches too far."""
    _refuse_vast(content, file)
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


def _refuse_vast(content: bytes, file: str) -> None:
    """A reader holds the whole rectangle up to the last cell: one cell in the far corner would end the process, not only the load."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            if not any(_BOOK.fullmatch(entry.filename) for entry in entries):
                raise Refused(f"{file}: this is not a readable XLSX workbook; save it again as XLSX, or as CSV in UTF-8.")
            if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED_BYTES:
                raise Refused(f"{file}: the workbook unpacks to more than {LARGEST_UNPACKED_BYTES // 1_000_000} MB; split it.")
            extents = [_extent(_chunks(packed, entry)) for entry in entries]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as problem:
        raise Refused(f"{file}: this is not a readable XLSX workbook; save it again as XLSX, or as CSV in UTF-8.") from problem
    for rows, columns in extents:
        if rows * columns > MOST_CELLS:
            raise Refused(
                f"{file}: a sheet reaches to row {rows:,} and column {columns:,}; delete the cells far from the rows, or save as CSV."
            )


def _chunks(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry piece by piece, each beginning with the end of the one before, so that no cell falls between two."""
    tail = b""
    with packed.open(entry) as part:
        while chunk := part.read(_CHUNK_BYTES):
            yield tail + chunk
            tail = chunk[-_OVERLAP_BYTES:]


def _extent(chunks: Iterator[bytes]) -> tuple[int, int]:
    """Last row and last column that a cell or row names; 0 where none does."""
    rows, columns = 0, 0
    for chunk in chunks:
        cells = _CELL.findall(chunk)
        rows = max([rows, *map(int, _ROW.findall(chunk)), *(int(row) for _, row in cells)])
        columns = max([columns, *map(_number, {letters for letters, _ in cells})])
    return rows, columns


def _number(letters: bytes) -> int:
    """A -> 1, Z -> 26, AA -> 27."""
    n = 0
    for letter in letters.upper():
        n = 26 * n + letter - 64
    return n


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
