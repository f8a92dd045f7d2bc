"""Stream the parts of an XLSX workbook to measure each sheet and find cells without a readable value."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree

from health.errors import InvalidInput
from health.intake.progress import ProgressCallback, ignore_progress
from health.intake.reading import archives
from health.intake.reading.limits import LARGEST_BYTES

BOOK = re.compile(r"xl/workbook\w*\.xml")
_CHUNK_BYTES, _OVERLAP_BYTES, _LARGEST_LIST = 4_000_000, 20_000, 1_000_000
_P = rb"<(?:\w+:)?"
_ROW = re.compile(_P + rb"row\s[^>]{0,200}?\br=[\"'](\d{1,9})[\"']")
_CELL = re.compile(_P + rb"c\s[^>]{0,200}?\br=[\"']([A-Za-z]{1,6})(\d{1,9})[\"']")
_WITHIN = rb"(?:(?!</(?:\w+:)?c>).){0,9000}?"
_ERROR = re.compile(_P + rb"c\s([^>]{0,300}?\bt=[\"']e[\"'][^>]{0,300})>" + _WITHIN + rb"<(?:\w+:)?v>([^<]{0,40})<", re.DOTALL)
_NO_VALUE = rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
_FORMULA = re.compile(_P + rb"c(\s[^>]{0,300})?>\s*<(?:\w+:)?f\b(?:[^>]{0,600}/>|[^>]{0,600}>[^<]{0,9000}</(?:\w+:)?f>)" + _NO_VALUE)
_ADDRESS = re.compile(rb"\br=[\"']([A-Za-z]{1,6})(\d{1,9})[\"']")
_LETTERS = re.compile(r"\d+$")
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LINK_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass
class Worksheet:
    """Measures of one sheet: last row and column with a cell, and faulty cells.

    `faults`: row and reason by cell address; `errors`: rows with an error value; `formulas`: by column, rows with a formula without value.
    """

    name: str
    visible: bool
    rows: int = 0
    columns: int = 0
    faults: dict[str, tuple[int, str]] = field(default_factory=dict)
    errors: set[int] = field(default_factory=set)
    formulas: dict[int, set[int]] = field(default_factory=dict)

    def faults_by_row(self) -> dict[int, str]:
        """Joined reasons by row with faulty cells."""
        faults_by_row: dict[int, str] = {}
        for row, fault in self.faults.values():
            faults_by_row[row] = f"{faults_by_row[row]}; {fault}" if row in faults_by_row else fault
        return faults_by_row

    def without_columns(self, columns: frozenset[int]) -> "Worksheet":
        """This sheet without the faults of these columns."""
        kept_faults = {
            address: fault for address, fault in self.faults.items() if _column_number(_LETTERS.sub("", address).encode()) not in columns
        }
        return replace(self, faults=kept_faults, formulas={n: rows for n, rows in self.formulas.items() if n not in columns})


def column_letters(number: int) -> str:
    """1 -> A, 26 -> Z, 27 -> AA."""
    return (column_letters((number - 1) // 26) if number > 26 else "") + chr(65 + (number - 1) % 26)


def unreadable_workbook(file: str) -> InvalidInput:
    """The error for an unreadable workbook."""
    return InvalidInput(f"{file}: this is not a readable XLSX workbook; save it again as XLSX, or as CSV in UTF-8.")


def measure_sheets(content: bytes, file: str, progress: ProgressCallback = ignore_progress) -> list[Worksheet]:
    """Measure the workbook's sheets, in order. Errors: InvalidInput if they are damaged, too large or declare entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            entries = book.infolist()
            total_bytes = sum(entry.file_size for entry in entries)
            if total_bytes > LARGEST_BYTES:
                raise InvalidInput(f"{file}: the workbook unpacks to more than {LARGEST_BYTES // 1_000_000} MB; split it.")
            sheets, bytes_done = _sheets(book, file), 0
            for entry in entries:
                worksheet = sheets.get(entry.filename) or Worksheet("", False)
                for chunk in _chunks(book, entry, file):
                    _measure(chunk, worksheet, file)
                    bytes_done += len(chunk)
                    progress("Measuring the workbook", 0.02 + 0.5 * min(1.0, bytes_done / max(1, total_bytes)))
            return list(sheets.values())
    except (*archives.DAMAGE_ERRORS, ElementTree.ParseError, KeyError, StopIteration) as problem:
        raise unreadable_workbook(file) from problem


def _sheets(book: zipfile.ZipFile, file: str) -> dict[str, Worksheet]:
    """Worksheets by archive entry; charts and other sheets are left out."""
    name = next(entry for entry in book.namelist() if BOOK.fullmatch(entry))
    links = _parse_xml(book, f"xl/_rels/{name.removeprefix('xl/')}.rels", file)
    targets = {link.get("Id"): link.get("Target", "") for link in links if link.get("Type", "").endswith("/worksheet")}
    sheets = {}
    for sheet in _parse_xml(book, name, file).iterfind("{*}sheets/{*}sheet"):
        target = targets.get(sheet.get(_LINK) or sheet.get(_LINK_STRICT))
        if target:
            path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            sheets[path] = Worksheet(sheet.get("name", ""), sheet.get("state", "visible") == "visible")
    return sheets


def _parse_xml(book: zipfile.ZipFile, name: str, file: str) -> ElementTree.Element:
    entry = book.getinfo(name)
    text = b"".join(archives.read_pieces(book, entry, file)) if entry.file_size <= _LARGEST_LIST else b""
    _refuse_declared(text, file)
    return ElementTree.fromstring(text)


def _refuse_declared(text: bytes, file: str) -> None:
    """Refuse entity declarations: they can expand without limit or refer to other files."""
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise InvalidInput(f"{file}: the workbook declares entities, which spreadsheets never do; save it again as XLSX from Excel.")


def _chunks(book: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """Overlapping chunks of the entry, so that every cell is complete in at least one."""
    tail = b""
    for piece in archives.read_pieces(book, entry, file, _CHUNK_BYTES):
        yield tail + piece
        tail = piece[-_OVERLAP_BYTES:]


def _measure(chunk: bytes, worksheet: Worksheet, file: str) -> None:
    """Update the sheet's last row and column, and its cells with errors or formulas without values."""
    _refuse_declared(chunk, file)
    cells = _CELL.findall(chunk)
    worksheet.rows = max([worksheet.rows, *map(int, _ROW.findall(chunk)), *(int(row) for _, row in cells)])
    worksheet.columns = max([worksheet.columns, *map(_column_number, {letters for letters, _ in cells})])
    if b't="e"' in chunk or b"t='e'" in chunk:
        for attributes, error_code in _ERROR.findall(chunk):
            worksheet.errors.add(_note_fault(worksheet, attributes, f"contains the error {error_code.decode('utf-8', 'replace')}", file)[0])
    if b"<f" in chunk or b":f" in chunk:
        for formula in _FORMULA.finditer(chunk):
            if not (_TEXT_RESULT.search(formula[1] or b"") and re.search(rb"<(?:\w+:)?v", formula[0])):
                row, column = _note_fault(
                    worksheet, formula[1] or b"", "contains a formula without a value (open the file in Excel and save it)", file
                )
                worksheet.formulas.setdefault(column, set()).add(row)


def _note_fault(worksheet: Worksheet, attributes: bytes, fault: str, file: str) -> tuple[int, int]:
    """Record a faulty cell; returns its row and column."""
    address_match = _ADDRESS.search(attributes)
    if address_match is None:
        raise InvalidInput(f"{file}: a cell without an address {fault}; open the workbook in Excel and save it again.")
    address = (address_match[1] + address_match[2]).decode()
    worksheet.faults[address] = (int(address_match[2]), f"cell {address} {fault}")
    return int(address_match[2]), _column_number(address_match[1])


def _column_number(letters: bytes) -> int:
    """A -> 1, Z -> 26, AA -> 27."""
    n = 0
    for letter in letters.upper():
        n = 26 * n + letter - 64
    return n
