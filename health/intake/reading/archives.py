"""Files packed as GZ or ZIP: exactly one within, unpacked piece by piece so that a small file cannot become a vast one."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from health.errors import Refused
from health.intake.reading.limits import LARGEST_BYTES, MOST_ENTRIES

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
DAMAGE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError, UnicodeError)
"""What a damaged archive makes the reader of archives raise."""
_PIECE = 1_000_000
_BESIDE = ("__MACOSX/", ".DS_Store")


def gunzipped(content: bytes, file: str) -> bytes:
    """The one file in a GZ. Errors: Refused, where it is cut, damaged or vast."""
    out, rest, size = [], content, 0
    try:
        while rest.strip(b"\0"):
            packed = zlib.decompressobj(31)
            while not packed.eof:
                piece = packed.decompress(rest, _PIECE)
                rest = packed.unconsumed_tail
                size += len(piece)
                if size > LARGEST_BYTES:
                    raise _vast(file)
                out.append(piece)
                if not piece and not rest and not packed.eof:
                    raise EOFError
            rest = packed.unused_data
    except DAMAGE as problem:
        raise Refused(f"{file}: the GZ file is cut or damaged; pack it again, or give the file as it is.") from problem
    return b"".join(out)


def entries(content: bytes, file: str) -> list[zipfile.ZipInfo]:
    """What an archive says it holds. Errors: Refused, where that is too much, or locked, or no archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            found = packed.infolist()
    except DAMAGE as problem:
        what = "the ZIP file is cut or damaged" if not _is_book(file) else f"this is not a readable {_kind(file)} workbook"
        raise Refused(f"{file}: {what}; export it again, or save it as CSV in UTF-8.") from problem
    if len(found) > MOST_ENTRIES:
        raise Refused(f"{file}: the archive holds {len(found):,} files; {MOST_ENTRIES:,} are allowed, and one of rows.")
    if any(entry.flag_bits & 1 for entry in found):
        raise Refused(f"{file}: the archive has a password; pack the file again without one.")
    return found


def unzipped(content: bytes, file: str, found: list[zipfile.ZipInfo]) -> bytes:
    """The one file in a ZIP; its name is never used. Errors: Refused, where it is not one, damaged or vast."""
    held = [entry for entry in found if not entry.is_dir() and not entry.filename.startswith(_BESIDE[0])]
    held = [entry for entry in held if not entry.filename.endswith(_BESIDE[1])]
    if len(held) != 1:
        raise Refused(f"{file}: the archive holds {len(held)} files; put one into each, or give the file as it is.")
    if held[0].file_size > LARGEST_BYTES:
        raise _vast(file)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return b"".join(pieces(packed, held[0], file))
    except DAMAGE as problem:
        raise Refused(f"{file}: the ZIP file is cut or damaged; pack it again, or give the file as it is.") from problem


def pieces(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str, size: int = _PIECE) -> Iterator[bytes]:
    """An entry piece by piece; what it says of its own size is not believed. Errors: Refused, where it is vast."""
    read = 0
    with packed.open(entry) as part:
        while piece := part.read(size):
            read += len(piece)
            if read > LARGEST_BYTES:
                raise _vast(file)
            yield piece


def _vast(file: str) -> Refused:
    return Refused(f"{file}: it unpacks to more than {LARGEST_BYTES // 1_000_000} MB; split it.")


def _is_book(file: str) -> bool:
    return file.lower().endswith((".xlsx", ".xlsm", ".xlsb", ".xls"))


def _kind(file: str) -> str:
    return file.rpartition(".")[2].upper()
