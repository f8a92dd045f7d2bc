"""The bytes of a file as a sheet, in this process: what it is, its first bytes say before its name does."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import polars as pl

from health.errors import Refused
from health.intake.progress import Tell, silent
from health.intake.reading import archives, delimited, typed_columns, workbook
from health.intake.reading.limits import LARGEST_BYTES
from health.intake.reading.sheet import LINE, MENDED, Form, Sheet, unguarded

_OLE, _LOCKED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
_OTHERS = {
    b"%PDF": "a PDF", b"\x89PNG": "a picture", b"GIF8": "a picture", b"\xff\xd8\xff": "a picture", b"SQLite format 3\0": "a database",
    b"7z\xbc\xaf\x27\x1c": "a 7Z archive", b"Rar!": "a RAR archive", b"BZh": "a BZ2 archive", b"\xfd7zXZ": "an XZ archive",
    b"\x28\xb5\x2f\xfd": "a ZST archive", b"ARROW1": "an Arrow file", b"ORC": "an ORC file", b"Obj\x01": "an Avro file",
    b"\x7fELF": "a program", b"PK\x05\x06": "an empty archive", b"{\\rtf": "a text document",
}  # fmt: skip
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|table|meta|\?xml|workbook|!--)", re.IGNORECASE)
_JSON = re.compile(rb'\s*(?:\{\s*(?:"|\})|\[\s*(?:\{|\[|"|\]))')
_AS_TABLE = "export the rows as CSV in UTF-8, XLSX or Parquet"


def parse(content: bytes, file: str, form: Form | None = None, tell: Tell = silent) -> Sheet:
    """These bytes as a sheet. Errors: Refused, in one sentence that names the file, the line or column, and the remedy; Ask."""
    if len(content) > LARGEST_BYTES:
        raise Refused(f"{file}: the file is larger than {LARGEST_BYTES // 1_000_000} MB; split it.")
    sheet = _opened(content, file, hashlib.sha256(content).hexdigest(), form or Form(), tell)
    if not sheet.rows.height and not sheet.broken.height:
        raise Refused(f"{file}: the file has a header and no rows; export it again with its rows.")
    return _from_mended(sheet)


def _opened(content: bytes, file: str, sha256: str, form: Form, tell: Tell, inner: bool = False) -> Sheet:
    _refuse_others(content, file)
    if content.startswith(archives.ZIP):
        found = archives.entries(content, file)
        if workbook.is_one(found, file):
            return workbook.read(content, file, sha256, form, tell)
    if content.startswith((archives.ZIP, archives.GZIP)):
        if inner:
            raise Refused(f"{file}: the archive holds another archive; pack the file of rows once.")
        tell("Unpacking the archive", 0.01)
        within = archives.unzipped(content, file, found) if content.startswith(archives.ZIP) else archives.gunzipped(content, file)
        return _opened(within, file, sha256, form, tell, inner=True)
    if content.startswith(b"PAR1"):
        return typed_columns.parquet(content, file, sha256)
    if file.lower().endswith((".xlsx", ".xlsm", ".parquet", ".gz", ".zip")) and not inner:
        raise Refused(f"{file}: this is not a readable {Path(file).suffix[1:].upper()} file; export it again, or save it as CSV in UTF-8.")
    return delimited.read(content, file, sha256, form, tell)


def _refuse_others(content: bytes, file: str) -> None:
    if content.startswith(_OLE):
        if _LOCKED in content:
            raise Refused(f"{file}: this workbook has a password; save it as XLSX without one.")
        raise Refused(f"{file}: this is an old Excel workbook (XLS); save it as XLSX, or as CSV in UTF-8.")
    for mark, what in _OTHERS.items():
        if content.startswith(mark):
            raise Refused(f"{file}: this is {what}, not a table; {_AS_TABLE}.")
    head = content[:2_000].removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(head):
        raise Refused(f"{file}: this is a web page or XML, whatever its name says; open it in Excel and save it as XLSX.")
    if _JSON.match(head):
        raise Refused(f"{file}: this is JSON, not a table; {_AS_TABLE}.")


def _from_mended(sheet: Sheet) -> Sheet:
    """A mended file of refused rows keeps the line numbers of the file that it came from."""
    if tuple(sheet.columns[: len(MENDED)]) != MENDED:
        return sheet
    numbers = pl.col(MENDED[0]).str.extract(r"^(\d{1,15})$").cast(pl.Int64)
    rows = sheet.rows.with_columns(pl.coalesce(numbers, LINE).alias(LINE))
    rows = (rows if rows[LINE].is_unique().all() else sheet.rows).drop(MENDED)  # two rows of one line cannot be told apart
    rows = rows.rename({f"{name}_": name for name in MENDED if f"{name}_" in rows.columns})
    own = [name for name in rows.columns if name != LINE]
    names = dict(zip(own, pl.select(unguarded(pl.lit(pl.Series(own, dtype=pl.String)))).to_series(), strict=True))
    return replace(sheet, rows=rows.with_columns(unguarded(pl.col(own)).name.keep()).rename(names), mended=True)
