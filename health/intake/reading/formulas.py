"""Workbook columns with formulas but no values, as written by programs that do not calculate."""

import polars as pl

from health.intake.reading.header import is_total
from health.intake.reading.worksheets import Worksheet

_MOST_TOTALS = 3


def valueless_columns(cells: pl.DataFrame, worksheet: Worksheet, header_row: int) -> frozenset[int]:
    """Numbers of the columns in which every row below the header holds a formula without a value.

    `cells`: the whole sheet, its columns named by their numbers; `header_row`: its row. A formula that reaches below the last row makes
    no row, and a total may lack it. Where no cell of the sheet is known none is left out.
    """
    if not worksheet.formulas or not cells.width:
        return frozenset()
    body = cells.slice(header_row).with_row_index("#row", header_row + 1).filter(pl.any_horizontal(pl.all().exclude("#row").is_not_null()))
    rows = _rows_without_totals(body) | {row for row in worksheet.errors if row > header_row}
    return frozenset(n for n, formula_rows in worksheet.formulas.items() if rows and rows <= formula_rows)


def _rows_without_totals(body: pl.DataFrame) -> set[int]:
    rows = body["#row"].to_list()
    last_rows = body.tail(_MOST_TOTALS).drop("#row").rows()
    while len(rows) > 1 and last_rows and is_total([cell or "" for cell in last_rows.pop()]):
        rows.pop()
    return set(rows)


def valueless_notice(file: str, names: list[str]) -> str:
    """Notice about columns without values."""
    column_list = ("column " if len(names) == 1 else "columns ") + ", ".join(f"'{name[:60]}'" for name in names)
    verb = "holds" if len(names) == 1 else "hold"
    return f"{file}: {column_list} {verb} formulas without values; open and save the workbook in Excel to add them."
