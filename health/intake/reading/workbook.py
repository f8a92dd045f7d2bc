"""A visible sheet of an XLSX workbook as a sheet of text; what its parts hold is measured before any of it is unpacked at once."""

import zipfile

import fastexcel
import polars as pl

from health.errors import Ask, Refused
from health.intake.progress import Tell, silent
from health.intake.reading import formulas, header, worksheets
from health.intake.reading.blocks import without_totals
from health.intake.reading.limits import MOST_SHEET_CELLS
from health.intake.reading.sheet import LINE, Form, Sheet, broken, named
from health.intake.reading.worksheets import Part

_SAMPLE, _MOST_LISTED, _MOST_LOOKED_AT = 100, 12, 20
_OTHER_BOOKS = {"xl/workbook.bin": "a binary workbook (XLSB)", "content.xml": "an OpenDocument sheet"}


def is_one(found: list[zipfile.ZipInfo], file: str) -> bool:
    """Whether an archive is a workbook that can be read. Errors: Refused, where it is another kind of workbook."""
    names = {entry.filename for entry in found}
    if "xl/vbaProject.bin" in names or any(name.endswith("vbaProject.bin") for name in names):
        raise Refused(f"{file}: this workbook holds macros; save it as XLSX without them.")
    if any(worksheets.BOOK.fullmatch(name) for name in names):
        return True
    for name, what in _OTHER_BOOKS.items():
        if name in names and (name.startswith("xl/") or "mimetype" in names):
            raise Refused(f"{file}: this is {what} and not a readable XLSX workbook; save it as XLSX.")
    if file.lower().endswith((".xlsx", ".xlsm")):
        raise worksheets.unreadable(file)
    return False


def read(content: bytes, file: str, sha256: str, form: Form, tell: Tell = silent) -> Sheet:
    """The sheet that the form names, else the only visible one with rows; LINE is its own row number.

    Errors: Refused, where it is no workbook, is empty, or reaches too far; Ask, where several visible sheets hold rows.
    """
    tell("Measuring the workbook", 0.02)
    parts = worksheets.parts(content, file, tell)
    for part in parts:
        if part.rows * part.columns > MOST_SHEET_CELLS:
            raise Refused(
                f"{file}: a sheet reaches to row {part.rows:,} and column {part.columns:,}; delete the cells far from the rows, "
                "or save as CSV."
            )
    tell("Opening the sheet", 0.55)
    try:
        book = fastexcel.read_excel(content)
        part, cells = _chosen(book, parts, file, form)
    except fastexcel.FastExcelError as problem:
        raise worksheets.unreadable(file) from problem
    tell("Reading the sheet", 0.8)
    sheets = tuple((each.name, each.visible) for each in parts)
    several = sum(1 for each in parts if each.visible and each.rows) > 1
    shown = Form(sheet=part.name if several or form.sheet else None)
    return _as_sheet(_filled_in(cells, part), part, Sheet(file, sha256, cells, broken([], [], []), shown, sheets=sheets), form)


def _cells(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    """The cells of a sheet from its first row on, each column named by its number."""
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    cells = sheet.to_polars()
    cells.columns = [str(column.absolute_index + 1) for column in sheet.available_columns()]
    return cells


def _chosen(book: fastexcel.ExcelReader, parts: list[Part], file: str, form: Form) -> tuple[Part, pl.DataFrame]:
    """The sheet to read, and its cells."""
    visible = [part for part in parts if part.visible]
    if form.sheet is not None:
        found = next((part for part in parts if part.name == form.sheet), None)
        if found is None:
            raise Refused(f"{file}: the workbook has no sheet '{form.sheet[:60]}'; name one of those it has: {_listed(parts)}.")
        return found, _cells(book, found.name)
    if not visible:
        raise Refused(f"{file}: the workbook has no visible sheet; unhide the one with the rows.")
    held = [(part, cells) for part in visible[:_MOST_LOOKED_AT] for cells in [_cells(book, part.name)] if _height(cells)]
    tables = [(part, cells) for part, cells in held if _height(cells) > 1]
    if not held:
        raise Refused(f"{file}: every visible sheet is empty; put the rows into one.")
    if len(tables) > 1:
        choices = tuple((part.name, _first_cells(cells)) for part, cells in tables)
        raise Ask(f"{file}: {len(tables)} sheets hold rows; say which one to read.", "sheet", choices)
    return (tables or held)[0]


def _listed(parts: list[Part]) -> str:
    names = [f"'{part.name[:60]}'" for part in parts]
    return ", ".join(names[:_MOST_LISTED]) + (f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else "")


def _height(cells: pl.DataFrame) -> int:
    return cells.filter(_any_filled(cells)).height


def _any_filled(cells: pl.DataFrame) -> pl.Expr:
    return pl.any_horizontal(pl.all().is_not_null()) if cells.width else pl.lit(False)


def _first_cells(cells: pl.DataFrame) -> str:
    first = cells.filter(_any_filled(cells)).row(0)
    return ", ".join(str(cell)[:40] for cell in first if cell is not None) if cells.width else ""


def _filled_in(cells: pl.DataFrame, part: Part) -> pl.DataFrame:
    """The cells, with rows and columns that hold nothing but faults: these come as blank."""
    missing = max([row for row, _ in part.faults.values()], default=0) - cells.height
    return pl.concat([cells, cells.clear(missing)]) if missing > 0 else cells


def _as_sheet(cells: pl.DataFrame, part: Part, sheet: Sheet, form: Form) -> Sheet:
    """Header, rows and what is no row, from the cells of a whole sheet."""
    file = sheet.file
    filled = _filled_rows(cells, part)
    if not filled:
        raise Refused(f"{file}: the sheet '{part.name[:60]}' is empty; put the rows there.")
    at = _header_row(cells, filled, form, file)
    valueless = formulas.without_values(cells, part, at)
    part = part.without(valueless)
    first, filled, faulty = filled[0], _filled_rows(cells, part), part.by_row()
    if at in faulty:
        raise Refused(f"{file}: {faulty[at]}, and that row is the header; mend it and save the workbook again.")
    left_out = [_name_of(cells, number, at) for number in sorted(valueless)]
    used = [c.name for c in cells.slice(at - 1) if c.null_count() < c.len() and int(c.name) not in valueless]
    names = named([cells[name][at - 1] or "" for name in used], file)
    numbered = cells.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE), *used)
    body = numbered.slice(at, filled[-1] - at)
    body.columns = [LINE, *names]
    rows, lost = _apart(body, faulty)
    rows, lost = without_totals(rows, lost, "\t")
    if rows.height + lost.height != max(0, filled[-1] - at):
        raise Refused(f"{file}: the rows read do not add up, so nothing was loaded; report this file to the makers.")
    above = [f"{file}: the header was found in row {at}; no rows are taken from above it."] if at != first else []
    told = [*above, *([formulas.notice(file, left_out)] if left_out else [])]
    shown = Form(sheet=sheet.form.sheet, header_line=at if at != first or form.header_line else None)
    return Sheet(file, sheet.sha256, rows, lost, shown, tuple(told), sheet.sheets, valueless=tuple(left_out))


def _filled_rows(cells: pl.DataFrame, part: Part) -> list[int]:
    """The rows with a cell, be it one whose value is not known."""
    blank = ~_any_filled(cells) & ~pl.int_range(1, pl.len() + 1).is_in([row for row, _ in part.faults.values()])
    rows = cells.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE), blank.alias("blank"))
    return rows.filter(~pl.col("blank"))[LINE].to_list()


def _name_of(cells: pl.DataFrame, number: int, at: int) -> str:
    """What the header calls a column, else its letters."""
    name = cells[str(number)][at - 1] if str(number) in cells.columns else None
    return (name or "").strip() or worksheets.letters(number)


def _header_row(cells: pl.DataFrame, filled: list[int], form: Form, file: str) -> int:
    if form.header_line is not None:
        if form.header_line not in filled:
            raise Refused(f"{file}: row {form.header_line} holds no header; say in which row it stands.")
        return form.header_line
    sample = [[cell or "" for cell in cells.row(line - 1)] for line in filled[:_SAMPLE]]
    used = [n for n in range(cells.width) if any(row[n] for row in sample)]
    return filled[header.header_at([[row[n] for n in used] for row in sample])]


def _apart(body: pl.DataFrame, faulty: dict[int, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows, and those that are none: blank, or with a cell whose value is not known."""
    empty = pl.all_horizontal(pl.exclude(LINE).is_null()) & ~pl.col(LINE).is_in(list(faulty))
    bad = empty | pl.col(LINE).is_in(list(faulty))
    gone = body.filter(bad)
    why = [faulty.get(line, "the row is blank") for line in gone[LINE]]
    raw = ["\t".join(cell or "" for cell in cells).rstrip("\t") for _, *cells in gone.rows()]
    return body.filter(~bad), broken(gone[LINE].to_list(), why, raw)
