"""Text search that ignores accents and case."""

import unicodedata
from collections.abc import Sequence

import polars as pl

_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
"""Letters that have no decomposition into a base letter and a mark."""


class _BaseLetters(dict[int, str | None]):
    """Replacement of each character for `str.translate`, filled as characters occur: marks vanish, letters lose their strokes."""

    def __missing__(self, code: int) -> str | None:
        letter = chr(code)
        self[code] = None if unicodedata.category(letter).startswith("M") else _LETTERS.get(letter, letter)
        return self[code]


_BASE_LETTERS = _BaseLetters()


def fold(text: str) -> str:
    """A text as it is compared: small letters without accents, 'Étoile, Große Łódź' as 'etoile, grosse lodz'."""
    if text.isascii():
        return text.lower()
    for _ in range(2):  # a letter can decompose only once it is small
        text = unicodedata.normalize("NFKD", text).casefold().translate(_BASE_LETTERS)
    return text


def folded(text: pl.Expr) -> pl.Expr:
    """A column of texts, each as `fold`; null stays null."""
    return text.cast(pl.String).map_elements(fold, return_dtype=pl.String)


def filter_by_text(frame: pl.DataFrame, text: str, columns: Sequence[str]) -> pl.DataFrame:
    """Keep rows with the text in one of the columns, ignoring accents and case; all rows for an empty text."""
    needle = fold(text.strip())
    if not needle:
        return frame
    return frame.filter(pl.any_horizontal(folded(pl.col(c)).str.contains(needle, literal=True).fill_null(False) for c in columns))
