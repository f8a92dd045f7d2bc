"""What a declared table is made of: columns with their types, rules across the columns of a row, and shorthands to write them down."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

Type = Literal["text", "date", "timestamp", "money", "number", "count", "flag"]
EARLIEST_YEAR, LATEST_YEAR = 1900, 2099


@dataclass(frozen=True)
class Column:
    """One column: its type, whether a row is refused without it, and which values are allowed; `words` say what a blank means.

    `blank_is` names the column whose value a blank takes.
    `refers` names the table whose ids it must hold; `mentions` one whose ids it should hold (else the row is loaded and flagged).
    `event` marks a day on which something happened to a customer (plans, due and ending days are none), so it cannot lie in the future;
    `opening` an event that is only a start or a signing, so that it says nothing of how far back the book was observed.
    """

    name: str
    type: Type
    words: str
    example: str = ""
    required: bool = False
    allowed: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    refers: str = ""
    mentions: str = ""
    event: bool = False
    opening: bool = False
    blank_is: str = ""


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule across the columns of one row; `broken` is true, never null, where the row is refused (or, as a warning, flagged)."""

    words: str
    broken: pl.Expr


@dataclass(frozen=True, eq=False)
class Table:
    """One kind of record: its grain, its key, its columns and the rules across them; a broken warning flags a row, which is loaded.

    `entry` is the word for one row of a table that people may write at the desk; empty: its rows come from files only.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    warnings: tuple[Rule, ...] = ()
    score_use: str = ""
    entry: str = ""

    @property
    def names(self) -> list[str]:
        """Its columns' names, in the declared order."""
        return [c.name for c in self.columns]

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(c for c in self.columns if c.name == name)


def text(name: str, words: str, example: str = "", **more: object) -> Column:
    return Column(name, "text", words, example, **more)  # type: ignore[arg-type]


def date(name: str, words: str, example: str = "", **more: object) -> Column:
    return Column(name, "date", words, example, **more)  # type: ignore[arg-type]


def instant(name: str, words: str, example: str = "", **more: object) -> Column:
    return Column(name, "timestamp", words, example, **more)  # type: ignore[arg-type]


def money(name: str, words: str, example: str = "", **more: object) -> Column:
    return Column(name, "money", words, example, **more)  # type: ignore[arg-type]


def count(name: str, words: str, example: str = "", **more: object) -> Column:
    return Column(name, "count", words, example, **more)  # type: ignore[arg-type]


def number(name: str, words: str, example: str = "", **more: object) -> Column:
    return Column(name, "number", words, example, **more)  # type: ignore[arg-type]


def flag(name: str, words: str, example: str = "", **more: object) -> Column:
    return Column(name, "flag", words, example, **more)  # type: ignore[arg-type]


def not_before(later: str, earlier: str) -> Rule:
    """The rule that one day may not lie before another."""
    return Rule(f"{later} lies before {earlier}", (pl.col(later) < pl.col(earlier)).fill_null(False))


def not_zero(name: str) -> Rule:
    """The warning that a sum is nothing at all."""
    return Rule(f"{name} is 0", (pl.col(name) == 0).fill_null(False))
