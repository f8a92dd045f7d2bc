"""Parse a file's bytes into a sheet, in this process; the kind of file is detected by content before its name."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import polars as pl

from health.errors import InvalidInput
from health.intake.progress import ProgressCallback, ignore_progress
from health.intake.reading import archives, delimited, typed_columns, workbook
from health.intake.reading.limits import LARGEST_BYTES
from health.intake.reading.sheet import CORRECTION_COLUMNS, LINE, Form, Sheet, unescape_formulas

_OLE, _LOCKED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS = {
    b"%PDF": "a PDF", b"\x89PNG": "a picture", b"GIF8": "a picture", b"\xff\xd8\xff": "a picture", b"SQLite format 3\0": "a database",
    b"7z\xbc\xaf\x27\x1c": "a 7Z archive", b"Rar!": "a RAR archive", b"BZh": "a BZ2 archive", b"\xfd7zXZ": "an XZ archive",
    b"\x28\xb5\x2f\xfd": "a ZST archive", b"ARROW1": "an Arrow file", b"ORC": "an ORC file", b"Obj\x01": "an Avro file",
    b"\x7fELF": "a program", b"PK\x05\x06": "an empty archive", b"{\\rtf": "a text document",
}  # fmt: skip
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|table|meta|\?xml|workbook|!--)", re.IGNORECASE)
_JSON = re.compile(rb'\s*(?:\{\s*(?:"|\})|\[\s*(?:\{|\[|"|\]))')
_AS_TABLE = "export the rows as CSV in UTF-8, XLSX or Parquet"


def parse_file(content: bytes, file: str, form: Form | None = None, progress: ProgressCallback = ignore_progress) -> Sheet:
    """Parse bytes into a sheet. Errors: InvalidInput, in one sentence with file, line or column, and remedy; Ask."""
    if len(content) > LARGEST_BYTES:
        raise InvalidInput(f"{file}: the file is larger than {LARGEST_BYTES // 1_000_000} MB; split it.")
    sheet = _open(content, file, hashlib.sha256(content).hexdigest(), form or Form(), progress)
    if not sheet.rows.height and not sheet.broken.height:
        raise InvalidInput(f"{file}: the file has a header and no rows; export it again with its rows.")
    return _restore_line_numbers(sheet)


def _open(content: bytes, file: str, sha256: str, form: Form, progress: ProgressCallback, is_inner: bool = False) -> Sheet:
    _refuse_others(content, file)
    if content.startswith(archives.ZIP):
        archive_entries = archives.list_entries(content, file)
        if workbook.is_workbook(archive_entries, file):
            return workbook.read(content, file, sha256, form, progress)
    if content.startswith((archives.ZIP, archives.GZIP)):
        if is_inner:
            raise InvalidInput(f"{file}: the archive holds another archive; compress the file only once.")
        progress("Unpacking the archive", 0.01)
        unpacked = archives.unzip(content, file, archive_entries) if content.startswith(archives.ZIP) else archives.gunzip(content, file)
        return _open(unpacked, file, sha256, form, progress, is_inner=True)
    if content.startswith(b"PAR1"):
        return typed_columns.read_parquet(content, file, sha256)
    if file.lower().endswith((".xlsx", ".xlsm", ".parquet", ".gz", ".zip")) and not is_inner:
        raise InvalidInput(
            f"{file}: this is not a readable {Path(file).suffix[1:].upper()} file; export it again, or save it as CSV in UTF-8."
        )
    return delimited.read(content, file, sha256, form, progress)


def _refuse_others(content: bytes, file: str) -> None:
    if content.startswith(_OLE):
        if _LOCKED in content:
            raise InvalidInput(f"{file}: this workbook has a password; save it as XLSX without one.")
        raise InvalidInput(f"{file}: this is an old Excel workbook (XLS); save it as XLSX, or as CSV in UTF-8.")
    for mark, kind in _OTHER_KINDS.items():
        if content.startswith(mark):
            raise InvalidInput(f"{file}: this is {kind}, not a table; {_AS_TABLE}.")
    head = content[:2_000].removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(head):
        raise InvalidInput(f"{file}: this is a web page or XML, despite its name; open it in Excel and save it as XLSX.")
    if _JSON.match(head):
        raise InvalidInput(f"{file}: this is JSON, not a table; {_AS_TABLE}.")


def _restore_line_numbers(sheet: Sheet) -> Sheet:
    """In a corrections file, restore the line numbers of the original file and undo the escaping of formulas."""
    if tuple(sheet.columns[: len(CORRECTION_COLUMNS)]) != CORRECTION_COLUMNS:
        return sheet
    line_numbers = pl.col(CORRECTION_COLUMNS[0]).str.extract(r"^(\d{1,15})$").cast(pl.Int64)
    rows = sheet.rows.with_columns(pl.coalesce(line_numbers, LINE).alias(LINE))
    rows = (rows if rows[LINE].is_unique().all() else sheet.rows).drop(
        CORRECTION_COLUMNS
    )  # rows with the same line would be indistinguishable
    rows = rows.rename({f"{name}_": name for name in CORRECTION_COLUMNS if f"{name}_" in rows.columns})
    file_columns = [name for name in rows.columns if name != LINE]
    names = dict(zip(file_columns, pl.select(unescape_formulas(pl.lit(pl.Series(file_columns, dtype=pl.String)))).to_series(), strict=True))
    return replace(sheet, rows=rows.with_columns(unescape_formulas(pl.col(file_columns)).name.keep()).rename(names), mended=True)
