"""A file as text: one text column a file column, the true line number beside it, and the rows that are no rows."""

import re
from collections import Counter
from dataclasses import dataclass

import polars as pl

from health.errors import Refused
from health.intake.reading.limits import MOST_COLUMNS

LINE = "#line"
BROKEN = {LINE: pl.Int64, "reasons": pl.String, "raw": pl.String}
CORRECTION_COLUMNS = ("line", "table", "reasons")
"""The first columns of a file of refused rows; such a file loads again once it is mended, whatever form its source had."""
FORMULA_SIGNS = r"[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}\t\r\n]"  # the broad ones too: typed, they count as the narrow
_FORMULA, _GUARDED, _NUMBER = f"^'*{FORMULA_SIGNS}", f"^'+{FORMULA_SIGNS}", r"^[+-]?[\d.,]+$"
# Marks that turn the direction of text, and the byte order mark: unseen in a name, yet two names would differ by them.
_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")


def escape_formulas(text: pl.Expr) -> pl.Expr:
    """Text for a file that a spreadsheet may open: an apostrophe before what it would run as a formula; numbers stay as they are."""
    return pl.when(text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)).then("'" + text).otherwise(text)


def unescape_formulas(text: pl.Expr) -> pl.Expr:
    """The text that was guarded, to the letter."""
    return pl.when(text.str.contains(_GUARDED)).then(text.str.slice(1)).otherwise(text)


@dataclass(frozen=True)
class Form:
    """How a file is written where it does not say so itself; None: seen from the file itself.

    `delimiter` "blanks" means runs of blanks; `quote` "" means that quotes are letters like any other; `header_line` is the line (or the
    sheet's row) that holds the header; `sheet` names a workbook's sheet.
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
    """`rows`: the file's columns as text and LINE, sorted by it; `broken`: LINE, reasons, raw of each record that has no cells to read.

    Every record of the file is in one of the two. Lines above the header and blank lines after the last record are no records.
    `form` is how it was read: the delimiter of a text always, the rest where it is not what any file is read with. `notices` are
    sentences for the reader; `sheets`: a workbook's sheets, each with whether it is visible. `mended`: it is a file of refused rows.
    `valueless`: the workbook's columns that were left out, because they hold formulas and not one value.
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
        """The file's own columns."""
        return [name for name in self.rows.columns if name != LINE]


def broken_frame(lines: list[int], reasons: list[str], raw: list[str]) -> pl.DataFrame:
    """The records that could not be read, with why."""
    return pl.DataFrame({LINE: lines, "reasons": reasons, "raw": raw}, schema=BROKEN)


def clean_header(names: list[str], file: str) -> list[str]:
    """The header without blanks and unseen marks, every name once and none blank. Errors: Refused, saying which column is wrong."""
    names = [_INVISIBLE.sub("", " ".join(name.split("\n"))).strip() for name in names]
    if len(names) > MOST_COLUMNS:
        raise Refused(f"{file}: the file has {len(names)} columns; leave out those not needed, {MOST_COLUMNS} are allowed.")
    repeated = [name for name, times in Counter(names).items() if times > 1 and name]
    if repeated:
        column_numbers = " and ".join(str(n) for n, name in enumerate(names, 1) if name == repeated[0])
        raise Refused(f"{file}: the header has '{repeated[0][:60]}' twice, in columns {column_numbers}; give each column its own name.")
    if "" in names:
        raise Refused(f"{file}: column {names.index('') + 1} has no name in the header; name it or leave it out.")
    if LINE in names:
        raise Refused(f"{file}: no column may be named '{LINE}'; rename it.")
    return names
