"""Read a visible sheet of an XLSX workbook as text; its parts are measured before they are unpacked."""

import zipfile

import fastexcel
import polars as pl

from health.errors import AmbiguousFile, InvalidInput
from health.intake.progress import ProgressCallback, ignore_progress
from health.intake.reading import formulas, header, worksheets
from health.intake.reading.blocks import without_totals
from health.intake.reading.limits import MOST_SHEET_CELLS
from health.intake.reading.sheet import LINE, Form, Sheet, broken_frame, clean_header
from health.intake.reading.worksheets import Worksheet

_SAMPLE, _MOST_LISTED, _MOST_LOOKED_AT = 100, 12, 20
_OTHER_BOOKS = {"xl/workbook.bin": "a binary workbook (XLSB)", "content.xml": "an OpenDocument sheet"}


def is_workbook(archive_entries: list[zipfile.ZipInfo], file: str) -> bool:
    """Whether an archive is a readable workbook. Errors: InvalidInput for another kind of workbook."""
    names = {entry.filename for entry in archive_entries}
    if "xl/vbaProject.bin" in names or any(name.endswith("vbaProject.bin") for name in names):
        raise InvalidInput(f"{file}: this workbook holds macros; save it as XLSX without them.")
    if any(worksheets.BOOK.fullmatch(name) for name in names):
        return True
    for name, kind in _OTHER_BOOKS.items():
        if name in names and (name.startswith("xl/") or "mimetype" in names):
            raise InvalidInput(f"{file}: this is {kind} and not a readable XLSX workbook; save it as XLSX.")
    if file.lower().endswith((".xlsx", ".xlsm")):
        raise worksheets.unreadable_workbook(file)
    return False


def read(content: bytes, file: str, sha256: str, form: Form, progress: ProgressCallback = ignore_progress) -> Sheet:
    """Read the sheet named by the form, else the only visible one with rows; LINE is the sheet's row number.

    Errors: InvalidInput if it is not a workbook, is empty or too large; AmbiguousFile if several visible sheets have rows.
    """
    progress("Measuring the workbook", 0.02)
    sheets_measured = worksheets.measure_sheets(content, file, progress)
    for worksheet in sheets_measured:
        if worksheet.rows * worksheet.columns > MOST_SHEET_CELLS:
            raise InvalidInput(
                f"{file}: a sheet reaches to row {worksheet.rows:,} and column {worksheet.columns:,}; delete the cells outside the table, "
                "or save it as CSV."
            )
    progress("Opening the sheet", 0.55)
    try:
        book = fastexcel.read_excel(content)
        worksheet, cells = _choose_sheet(book, sheets_measured, file, form)
    except fastexcel.FastExcelError as problem:
        raise worksheets.unreadable_workbook(file) from problem
    progress("Reading the sheet", 0.8)
    sheets = tuple((measured.name, measured.visible) for measured in sheets_measured)
    several_filled = sum(1 for measured in sheets_measured if measured.visible and measured.rows) > 1
    form_used = Form(sheet=worksheet.name if several_filled or form.sheet else None)
    return _sheet_from_cells(
        _pad_faulty_rows(cells, worksheet), worksheet, Sheet(file, sha256, cells, broken_frame([], [], []), form_used, sheets=sheets), form
    )


def _cells(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    """The cells of a sheet from its first row, columns named by number (from 1)."""
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    cells = sheet.to_polars()
    cells.columns = [str(column.absolute_index + 1) for column in sheet.available_columns()]
    return cells


def _choose_sheet(book: fastexcel.ExcelReader, sheets_measured: list[Worksheet], file: str, form: Form) -> tuple[Worksheet, pl.DataFrame]:
    """The sheet to read, and its cells."""
    visible = [worksheet for worksheet in sheets_measured if worksheet.visible]
    if form.sheet is not None:
        named_sheet = next((worksheet for worksheet in sheets_measured if worksheet.name == form.sheet), None)
        if named_sheet is None:
            raise InvalidInput(
                f"{file}: the workbook has no sheet '{form.sheet[:60]}'; use one of its sheets: {_sheet_list(sheets_measured)}."
            )
        return named_sheet, _cells(book, named_sheet.name)
    if not visible:
        raise InvalidInput(f"{file}: the workbook has no visible sheet; unhide the sheet with the rows.")
    filled_sheets = [
        (worksheet, cells) for worksheet in visible[:_MOST_LOOKED_AT] for cells in [_cells(book, worksheet.name)] if _filled_height(cells)
    ]
    tables = [(worksheet, cells) for worksheet, cells in filled_sheets if _filled_height(cells) > 1]
    if not filled_sheets:
        raise InvalidInput(f"{file}: every visible sheet is empty; put the rows into one of them.")
    if len(tables) > 1:
        choices = tuple((worksheet.name, _first_cells(cells)) for worksheet, cells in tables)
        raise AmbiguousFile(f"{file}: {len(tables)} sheets contain rows; choose which one to read.", "sheet", choices)
    return (tables or filled_sheets)[0]


def _sheet_list(sheets_measured: list[Worksheet]) -> str:
    names = [f"'{worksheet.name[:60]}'" for worksheet in sheets_measured]
    return ", ".join(names[:_MOST_LISTED]) + (f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else "")


def _filled_height(cells: pl.DataFrame) -> int:
    return cells.filter(_any_filled(cells)).height


def _any_filled(cells: pl.DataFrame) -> pl.Expr:
    return pl.any_horizontal(pl.all().is_not_null()) if cells.width else pl.lit(False)


def _first_cells(cells: pl.DataFrame) -> str:
    first_row = cells.filter(_any_filled(cells)).row(0)
    return ", ".join(str(cell)[:40] for cell in first_row if cell is not None) if cells.width else ""


def _pad_faulty_rows(cells: pl.DataFrame, worksheet: Worksheet) -> pl.DataFrame:
    """Append blank rows for trailing rows that contain only faulty cells."""
    missing_rows = max([row for row, _ in worksheet.faults.values()], default=0) - cells.height
    return pl.concat([cells, cells.clear(missing_rows)]) if missing_rows > 0 else cells


def _sheet_from_cells(cells: pl.DataFrame, worksheet: Worksheet, sheet: Sheet, form: Form) -> Sheet:
    """Split the cells of a sheet into header, rows and broken records."""
    file = sheet.file
    filled_rows = _filled_rows(cells, worksheet)
    if not filled_rows:
        raise InvalidInput(f"{file}: the sheet '{worksheet.name[:60]}' is empty; put the rows there.")
    header_row = _header_row(cells, filled_rows, form, file)
    valueless = formulas.valueless_columns(cells, worksheet, header_row)
    worksheet = worksheet.without_columns(valueless)
    first_row, filled_rows, faulty_rows = filled_rows[0], _filled_rows(cells, worksheet), worksheet.faults_by_row()
    if header_row in faulty_rows:
        raise InvalidInput(f"{file}: {faulty_rows[header_row]}, and that row is the header; correct it and save the workbook again.")
    left_out_names = [_column_name(cells, number, header_row) for number in sorted(valueless)]
    used_columns = [c.name for c in cells.slice(header_row - 1) if c.null_count() < c.len() and int(c.name) not in valueless]
    names = clean_header([cells[name][header_row - 1] or "" for name in used_columns], file)
    numbered = cells.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE), *used_columns)
    body = numbered.slice(header_row, filled_rows[-1] - header_row)
    body.columns = [LINE, *names]
    rows, broken_rows = _split_broken(body, faulty_rows)
    rows, broken_rows = without_totals(rows, broken_rows, "\t")
    if rows.height + broken_rows.height != max(0, filled_rows[-1] - header_row):
        raise InvalidInput(f"{file}: the rows read do not add up, so nothing was loaded; report this file to the developers.")
    header_notices = (
        [f"{file}: the header was found in row {header_row}; the rows above it are ignored."] if header_row != first_row else []
    )
    all_notices = [*header_notices, *([formulas.valueless_notice(file, left_out_names)] if left_out_names else [])]
    form_used = Form(sheet=sheet.form.sheet, header_line=header_row if header_row != first_row or form.header_line else None)
    return Sheet(file, sheet.sha256, rows, broken_rows, form_used, tuple(all_notices), sheet.sheets, valueless=tuple(left_out_names))


def _filled_rows(cells: pl.DataFrame, worksheet: Worksheet) -> list[int]:
    """Numbers of rows with at least one cell, cells with unknown values included."""
    blank = ~_any_filled(cells) & ~pl.int_range(1, pl.len() + 1).is_in([row for row, _ in worksheet.faults.values()])
    rows = cells.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE), blank.alias("blank"))
    return rows.filter(~pl.col("blank"))[LINE].to_list()


def _column_name(cells: pl.DataFrame, number: int, header_row: int) -> str:
    """The column's name in the header, else its letters."""
    name = cells[str(number)][header_row - 1] if str(number) in cells.columns else None
    return (name or "").strip() or worksheets.column_letters(number)


def _header_row(cells: pl.DataFrame, filled_rows: list[int], form: Form, file: str) -> int:
    if form.header_line is not None:
        if form.header_line not in filled_rows:
            raise InvalidInput(f"{file}: row {form.header_line} is not a header row; choose the row with the column names.")
        return form.header_line
    sample = [[cell or "" for cell in cells.row(line - 1)] for line in filled_rows[:_SAMPLE]]
    used_columns = [n for n in range(cells.width) if any(row[n] for row in sample)]
    return filled_rows[header.find_header([[row[n] for n in used_columns] for row in sample])]


def _split_broken(body: pl.DataFrame, faulty_rows: dict[int, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(readable rows, broken records: blank rows and rows with unknown values)."""
    is_empty = pl.all_horizontal(pl.exclude(LINE).is_null()) & ~pl.col(LINE).is_in(list(faulty_rows))
    is_broken = is_empty | pl.col(LINE).is_in(list(faulty_rows))
    broken_cells = body.filter(is_broken)
    reasons = [faulty_rows.get(line, "the row is blank") for line in broken_cells[LINE]]
    raw = ["\t".join(cell or "" for cell in cells).rstrip("\t") for _, *cells in broken_cells.rows()]
    return body.filter(~is_broken), broken_frame(broken_cells[LINE].to_list(), reasons, raw)
