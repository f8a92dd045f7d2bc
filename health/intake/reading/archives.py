"""Unpack GZ and ZIP files that contain exactly one file, in pieces, so that a small archive cannot exhaust memory."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from health.errors import InvalidInput
from health.intake.reading.limits import LARGEST_BYTES, MOST_ENTRIES

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
DAMAGE_ERRORS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError, UnicodeError)
"""Errors that the standard library raises for damaged archives."""
_PIECE = 1_000_000
_SYSTEM_FILES = ("__MACOSX/", ".DS_Store")


def gunzip(content: bytes, file: str) -> bytes:
    """Unpack a GZ file. Errors: InvalidInput if it is truncated, damaged or too large."""
    pieces_read, remaining, size = [], content, 0
    try:
        while remaining.strip(b"\0"):
            decompressor = zlib.decompressobj(31)
            while not decompressor.eof:
                piece = decompressor.decompress(remaining, _PIECE)
                remaining = decompressor.unconsumed_tail
                size += len(piece)
                if size > LARGEST_BYTES:
                    raise _too_large(file)
                pieces_read.append(piece)
                if not piece and not remaining and not decompressor.eof:
                    raise EOFError
            remaining = decompressor.unused_data
    except DAMAGE_ERRORS as problem:
        raise InvalidInput(
            f"{file}: the GZ file is incomplete or damaged; compress it again, or provide the file uncompressed."
        ) from problem
    return b"".join(pieces_read)


def list_entries(content: bytes, file: str) -> list[zipfile.ZipInfo]:
    """List the entries of an archive. Errors: InvalidInput for too many entries, a password, or damage."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries_found = packed.infolist()
    except DAMAGE_ERRORS as problem:
        fault = "the ZIP file is incomplete or damaged" if not _is_workbook(file) else f"this is not a readable {_extension(file)} workbook"
        raise InvalidInput(f"{file}: {fault}; export it again, or save it as CSV in UTF-8.") from problem
    if len(entries_found) > MOST_ENTRIES:
        raise InvalidInput(f"{file}: the archive holds {len(entries_found):,} files; at most {MOST_ENTRIES:,} are allowed.")
    if any(entry.flag_bits & 1 for entry in entries_found):
        raise InvalidInput(f"{file}: the archive has a password; compress the file again without one.")
    return entries_found


def unzip(content: bytes, file: str, archive_entries: list[zipfile.ZipInfo]) -> bytes:
    """Unpack the only file in a ZIP; its name is never used. Errors: InvalidInput if there is not one, or it is damaged or too large."""
    files = [entry for entry in archive_entries if not entry.is_dir() and not entry.filename.startswith(_SYSTEM_FILES[0])]
    files = [entry for entry in files if not entry.filename.endswith(_SYSTEM_FILES[1])]
    if len(files) != 1:
        raise InvalidInput(
            f"{file}: the archive holds {len(files)} files; put only one file into each archive, or provide the file uncompressed."
        )
    if files[0].file_size > LARGEST_BYTES:
        raise _too_large(file)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return b"".join(read_pieces(packed, files[0], file))
    except DAMAGE_ERRORS as problem:
        raise InvalidInput(
            f"{file}: the ZIP file is incomplete or damaged; compress it again, or provide the file uncompressed."
        ) from problem


def read_pieces(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str, size: int = _PIECE) -> Iterator[bytes]:
    """Read an entry in pieces, without trusting its declared size. Errors: InvalidInput if it is too large."""
    bytes_read = 0
    with packed.open(entry) as stream:
        while piece := stream.read(size):
            bytes_read += len(piece)
            if bytes_read > LARGEST_BYTES:
                raise _too_large(file)
            yield piece


def _too_large(file: str) -> InvalidInput:
    return InvalidInput(f"{file}: it unpacks to more than {LARGEST_BYTES // 1_000_000} MB; split it.")


def _is_workbook(file: str) -> bool:
    return file.lower().endswith((".xlsx", ".xlsm", ".xlsb", ".xls"))


def _extension(file: str) -> str:
    return file.rpartition(".")[2].upper()
