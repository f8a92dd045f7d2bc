"""A file as text: one text column per file column, line numbers, and records that could not be read."""

import re
from collections import Counter
from dataclasses import dataclass

import polars as pl

from health.errors import InvalidInput
from health.intake.reading.limits import MOST_COLUMNS

LINE = "#line"
BROKEN = {LINE: pl.Int64, "reasons": pl.String, "raw": pl.String}
CORRECTION_COLUMNS = ("line", "table", "reasons")
"""First columns of a corrections file; it can be loaded whatever form its source had."""
FORMULA_SIGNS = r"[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}\t\r\n]"  # full-width signs too: spreadsheets treat them alike
_FORMULA, _GUARDED, _NUMBER = f"^'*{FORMULA_SIGNS}", f"^'+{FORMULA_SIGNS}", r"^[+-]?[\d.,]+$"
# Direction marks and the byte order mark are invisible, yet two names could differ by them.
_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")


def escape_formulas(text: pl.Expr) -> pl.Expr:
    """Put an apostrophe before text that a spreadsheet would run as a formula; numbers are unchanged."""
    return pl.when(text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)).then("'" + text).otherwise(text)


def unescape_formulas(text: pl.Expr) -> pl.Expr:
    """Undo `escape_formulas` exactly."""
    return pl.when(text.str.contains(_GUARDED)).then(text.str.slice(1)).otherwise(text)


@dataclass(frozen=True)
class Form:
    """Stated form of a file; None: detect from the file.

    `delimiter` "blanks": runs of blanks; `quote` "": no quoting; `header_line`: line (or sheet row) of the header; `sheet`: name of a
    workbook's sheet.
    """

    header: bool = True
    columns: tuple[str, ...] = ()
    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    header_line: int | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A file read as text; every record is either in `rows` or in `broken`.

    `rows`: the file's columns as text and LINE, sorted by it; `broken`: LINE, reasons, raw of each unreadable record. Lines above the
    header and trailing blank lines are not records. `form`: how it was read (text: always the delimiter; else only non-defaults).
    `notices`: sentences for the user; `sheets`: a workbook's sheets as (name, visible); `mended`: it is a corrections file; `valueless`:
    workbook columns left out because they have formulas but no values.
    """

    file: str
    sha256: str
    rows: pl.DataFrame
    broken: pl.DataFrame
    form: Form = Form()
    notices: tuple[str, ...] = ()
    sheets: tuple[tuple[str, bool], ...] = ()
    mended: bool = False
    valueless: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The file's column names."""
        return [name for name in self.rows.columns if name != LINE]


def broken_frame(lines: list[int], reasons: list[str], raw: list[str]) -> pl.DataFrame:
    """Unreadable records as a frame: LINE, reasons, raw."""
    return pl.DataFrame({LINE: lines, "reasons": reasons, "raw": raw}, schema=BROKEN)


def clean_header(names: list[str], file: str) -> list[str]:
    """Column names without surrounding blanks and invisible marks. Errors: InvalidInput for too many, repeated or missing names."""
    names = [_INVISIBLE.sub("", " ".join(name.split("\n"))).strip() for name in names]
    if len(names) > MOST_COLUMNS:
        raise InvalidInput(
            f"{file}: the file has {len(names)} columns; at most {MOST_COLUMNS} are allowed; remove the ones you do not need."
        )
    repeated = [name for name, times in Counter(names).items() if times > 1 and name]
    if repeated:
        column_numbers = " and ".join(str(n) for n, name in enumerate(names, 1) if name == repeated[0])
        raise InvalidInput(
            f"{file}: the header contains '{repeated[0][:60]}' twice, in columns {column_numbers}; give each column its own name."
        )
    if "" in names:
        raise InvalidInput(f"{file}: column {names.index('') + 1} has no name in the header; name it or remove it.")
    if LINE in names:
        raise InvalidInput(f"{file}: no column may be named '{LINE}'; rename it.")
    return names
