"""Detect the header row and totals of a sheet from the shape of its rows, not from words alone."""

import re
from collections import Counter

_LAST_HEADER_ROW = 20
_TOTALS = re.compile(
    r"(?:(?:grand|sub|sous|general|overall)?[\s-]*totals?|(?:eind|sub)?totaal|(?:gesamt|zwischen|end)?summe|gesamt|total g[eé]n[eé]ral"
    r"|totale(?: generale)?|totalt|total geral|suma|razem|somme|sum|yhteensä|i alt|итого)(?:\s*\(.{0,40}\))?"
)
_NUMBER = re.compile(r"[^\w]*[\d.,'\s\u00a0\u202f]*\d[\d.,'\s\u00a0\u202f]*(?:[^\w]|EUR|USD|GBP|CHF)*")


def find_header(sample: list[list[str]]) -> int:
    """Index of the header row: the first, unless nearly empty rows precede one that must be the header.

    Such a row has the most common width and distinct names in all cells, and rows below have digits where it has none.
    """
    width, _ = Counter(len(cells) for cells in sample).most_common(1)[0] if sample else (0, 0)
    most_filled = max(1, width // 3)
    for n, cells in enumerate(sample[:_LAST_HEADER_ROW]):
        if _filled_count(cells) > most_filled or width < 2:
            return n if n and len(cells) == width and _are_names(cells) and _differs_from_rows(cells, sample[n + 1 :]) else 0
    return 0


def is_total(cells: list[str]) -> bool:
    """Whether this row is a total: its first filled cell says so, and all others are blank or numbers."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or not _TOTALS.fullmatch(filled[0].casefold().strip(" \t:=*-.")):
        return False
    return len(filled) < len(cells) or all(_NUMBER.fullmatch(cell) for cell in filled[1:])


def _filled_count(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _are_names(cells: list[str]) -> bool:
    names = [cell.strip().casefold() for cell in cells]
    return len(set(names)) == len(names) and all(len(name) <= 100 and re.search(r"[^\W\d_]", name) for name in names)


def _differs_from_rows(cells: list[str], rows_below: list[list[str]]) -> bool:
    rows_same_width = [row for row in rows_below if len(row) == len(cells)]
    return any(
        not re.search(r"\d", cell) and 2 * sum(1 for row in rows_same_width if re.search(r"\d", row[n])) > len(rows_same_width)
        for n, cell in enumerate(cells)
    )
