"""Columns of a workbook that hold formulas and not one value: a program wrote them that does not calculate, so nobody knows them."""

import polars as pl

from health.intake.reading.header import is_total
from health.intake.reading.worksheets import Part

_MOST_TOTALS = 3


def without_values(cells: pl.DataFrame, part: Part, at: int) -> frozenset[int]:
    """The columns, by their number, in which every row below the header holds a formula without a value.

    `cells`: the whole sheet, its columns named by their numbers; `at`: the header's row. A formula that reaches below the last row makes
    no row, and a total may lack it. Where no cell of the sheet is known none is left out.
    """
    if not part.formulas or not cells.width:
        return frozenset()
    body = cells.slice(at).with_row_index("#row", at + 1).filter(pl.any_horizontal(pl.all().exclude("#row").is_not_null()))
    rows = _without_totals(body) | {row for row in part.errors if row > at}
    return frozenset(n for n, held in part.formulas.items() if rows and rows <= held)


def _without_totals(body: pl.DataFrame) -> set[int]:
    rows = body["#row"].to_list()
    last = body.tail(_MOST_TOTALS).drop("#row").rows()
    while len(rows) > 1 and last and is_total([cell or "" for cell in last.pop()]):
        rows.pop()
    return set(rows)


def notice(file: str, names: list[str]) -> str:
    """What the reader is told of such columns."""
    those = ("column " if len(names) == 1 else "columns ") + ", ".join(f"'{name[:60]}'" for name in names)
    holds = "holds" if len(names) == 1 else "hold"
    return f"{file}: {those} {holds} formulas without values; open and save the workbook in Excel to have them."
