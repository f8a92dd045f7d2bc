"""Where the header of a sheet stands, and which last rows are totals: both seen from the rows themselves, never from their words alone."""

import re
from collections import Counter

_LAST_HEADER_ROW = 20
_TOTALS = re.compile(
    r"(?:(?:grand|sub|sous|general|overall)?[\s-]*totals?|(?:eind|sub)?totaal|(?:gesamt|zwischen|end)?summe|gesamt|total g[eé]n[eé]ral"
    r"|totale(?: generale)?|totalt|total geral|suma|razem|somme|sum|yhteensä|i alt|итого)(?:\s*\(.{0,40}\))?"
)
_NUMBER = re.compile(r"[^\w]*[\d.,'\s\u00a0\u202f]*\d[\d.,'\s\u00a0\u202f]*(?:[^\w]|EUR|USD|GBP|CHF)*")


def find_header(sample: list[list[str]]) -> int:
    """Which of the first rows is the header: the first, unless rows of nearly no cells stand above one that can only be the header.

    Such a row is as wide as most, every cell of it is a name and no two are alike, and the rows below hold digits where it has none.
    """
    width, _ = Counter(len(cells) for cells in sample).most_common(1)[0] if sample else (0, 0)
    most_filled = max(1, width // 3)
    for n, cells in enumerate(sample[:_LAST_HEADER_ROW]):
        if _filled_count(cells) > most_filled or width < 2:
            return n if n and len(cells) == width and _are_names(cells) and _differs_from_rows(cells, sample[n + 1 :]) else 0
    return 0


def is_total(cells: list[str]) -> bool:
    """Whether the first filled cell says that this row adds up the others: beside it stand blanks or numbers alone."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or not _TOTALS.fullmatch(filled[0].casefold().strip(" \t:=*-.")):
        return False
    return len(filled) < len(cells) or all(_NUMBER.fullmatch(cell) for cell in filled[1:])


def _filled_count(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _are_names(cells: list[str]) -> bool:
    names = [cell.strip().casefold() for cell in cells]
    return len(set(names)) == len(names) and all(len(name) <= 100 and re.search(r"[^\W\d_]", name) for name in names)


def _differs_from_rows(cells: list[str], below: list[list[str]]) -> bool:
    rows_same_width = [row for row in below if len(row) == len(cells)]
    return any(
        not re.search(r"\d", cell) and 2 * sum(1 for row in rows_same_width if re.search(r"\d", row[n])) > len(rows_same_width)
        for n, cell in enumerate(cells)
    )
