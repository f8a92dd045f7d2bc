"""Decode a text file to UTF-8 with plain line ends: by byte order mark, else strictly as UTF-8, else as the user states."""

import codecs
from contextlib import suppress

from health.errors import AmbiguousFile, InvalidInput

ENCODINGS = {
    "cp1252": "Windows, Western",
    "iso8859-15": "ISO Latin 9",
    "cp1250": "Windows, Central European",
    "cp1251": "Windows, Cyrillic",
    "cp850": "DOS, Western",
    "mac_roman": "Classic Mac",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16, big-endian",
    "utf-8": "UTF-8",
}
"""Encodings that a form may declare, with their descriptions."""
# The mark of UTF-32 begins with that of UTF-16.
_MARKS = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", codecs.BOM_UTF8: "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CHUNK, _HEAD, _SAMPLE = 4_000_000, 4_096, 80


def decode_to_utf8(content: bytes, file: str, declared: str | None) -> tuple[bytes, str]:
    """(UTF-8 text without byte order mark and with lines ended by LF or CRLF; its original encoding).

    Errors: AmbiguousFile if no fitting encoding is declared; InvalidInput if the bytes are not text.
    """
    if declared is not None and declared not in ENCODINGS:
        raise InvalidInput(f"{file}: the encoding '{declared[:40]}' is not supported; use one of {', '.join(ENCODINGS)}.")
    text, name = _decode(content, file, declared)
    # CRLF is left alone, since replacing it would copy a large file; a single CR would not count as a line end.
    if text.count(b"\r") != text.count(b"\r\n"):
        for _ in range(3):  # a file written twice in text mode ends its lines with two or three carriage returns and one line feed
            text = text.replace(b"\r\n", b"\n")
        text = text.replace(b"\r", b"\n")
    return text, name


def _decode(content: bytes, file: str, declared: str | None) -> tuple[bytes, str]:
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            return _decode_marked(content, mark, name, file), name
    utf16_name = _guess_utf16(content)
    if utf16_name is None:
        fault = _first_fault(content)
        if fault is None and not (declared or "").startswith("utf-16"):
            return content, "utf-8"
        if fault is not None and _control_share(content[:_HEAD]) > 0.05:
            raise InvalidInput(f"{file}: this is not text; save the file as CSV in UTF-8, as XLSX or as Parquet.")
    else:
        fault = 0
    if declared is not None:
        with suppress(UnicodeError):
            return content.decode(declared).encode(), declared
    raise _encoding_question(content, file, fault or 0, utf16_name)


def _decode_marked(content: bytes, mark: bytes, name: str, file: str) -> bytes:
    try:
        if name == "utf-8":
            content = content[len(mark) :]
            if (fault := _first_fault(content)) is not None:
                raise UnicodeDecodeError("utf-8", content[fault : fault + 1], 0, 1, "")
            return content
        return content.decode(name).encode()
    except UnicodeError as problem:
        raise InvalidInput(f"{file}: the file starts as {name.upper()} but does not continue so; export it again.") from problem


def _first_fault(content: bytes) -> int | None:
    """Offset of the first byte that is not UTF-8, or None; checked in chunks, since decoded text may take four times the memory."""
    start, view = 0, memoryview(content)
    while start < len(content):
        end = start + _CHUNK
        while content[end : end + 1] and content[end] & 0xC0 == 0x80 and end < start + _CHUNK + 4:
            end += 1
        try:
            str(view[start:end], "utf-8")
        except UnicodeDecodeError as problem:
            return start + problem.start
        start = end
    return None


def _guess_utf16(content: bytes) -> str | None:
    """Likely UTF-16 variant of a text without byte order mark, where every other byte is zero; else None."""
    head = content[:_HEAD]
    zeros_low, zeros_high = head[1::2].count(0), head[::2].count(0)
    if len(head) < 4 or max(zeros_low, zeros_high) < 0.4 * (len(head) // 2) or min(zeros_low, zeros_high) * 8 > max(zeros_low, zeros_high):
        return None
    return "utf-16-le" if zeros_low > zeros_high else "utf-16-be"


def _control_share(head: bytes) -> float:
    """Share of control bytes, which text does not contain."""
    return sum(1 for byte in head if byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a") / max(1, len(head))


def _encoding_question(content: bytes, file: str, fault: int, utf16_name: str | None) -> InvalidInput:
    """Ask for the encoding: the candidates, each with how the first doubtful line reads in it."""
    utf16_names = [name for name in ENCODINGS if name.startswith("utf-16")]
    candidates = [utf16_name] if utf16_name else [name for name in ENCODINGS if name != "utf-8" and name not in utf16_names]
    line = content.count(b"\n", 0, fault) + 1
    start = max(content.rfind(b"\n", 0, fault) + 1, fault - _SAMPLE // 2)
    line_end = content.find(b"\n", fault)
    sample = (
        content[: 2 * _SAMPLE] if utf16_name else content[start : min(line_end if line_end >= 0 else len(content), fault + _SAMPLE // 2)]
    )
    choices = tuple((name, sample.decode(name, "replace").splitlines()[0].strip()) for name in candidates if _can_decode(content, name))
    if not choices:
        return InvalidInput(
            f"{file}, line {line}: byte {content[fault]:#04x} is not valid in UTF-8 or any supported encoding; save the file in UTF-8."
        )
    fault_text = "nothing in the file states its encoding" if utf16_name else f"byte {content[fault]:#04x} is not UTF-8"
    return AmbiguousFile(f"{file}, line {line}: {fault_text}; choose the encoding, or save the file as CSV in UTF-8.", "encoding", choices)


def _can_decode(content: bytes, name: str) -> bool:
    try:
        content.decode(name)
    except UnicodeError:
        return False
    return True
