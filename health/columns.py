"""Building blocks of table declarations: typed columns, row rules, and short constructors."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

Type = Literal["text", "date", "timestamp", "money", "number", "rate", "count", "flag"]
EARLIEST_YEAR, LATEST_YEAR = 1900, 2099
NEVER_YEAR = 2900
"""Many systems write a day of this year or later, most often 9999-12-31, where no end is agreed."""
RECORDED_AT = "recorded_at"
UTC = "_utc"
"""Suffix of the stored column that holds the instant of a timestamp given with an offset; null for one given without."""


@dataclass(frozen=True)
class Column:
    """One column: type, whether it is required, and allowed values; `words`: description, including what a blank means.

    `blank_is`: column whose value replaces a blank. `refers`: table whose ids it must contain; `mentions`: table whose ids it should
    contain (else the row is flagged). `event`: day on which something happened to a customer (not plans, due or end dates), so it
    cannot be in the future; `opening`: an event that is only a start or a signing and does not count as observation of the customer.
    `never`: a date of NEVER_YEAR or later is read as a blank; what that means, as the load says it.
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
    never: str = ""


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule across the columns of a row; `broken`: true, never null, if the row is refused (or, for a warning, flagged)."""

    words: str
    broken: pl.Expr


@dataclass(frozen=True, eq=False)
class Table:
    """One kind of record: grain, key, columns, and rules; rows that break a `warnings` rule are loaded and flagged.

    `entry`: word for one row, if users may enter rows by hand; empty: rows come from files only. `entry_rules`: refuse a row entered by
    hand, where a column of the rule is among those entered; rows of files are not held to them.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    warnings: tuple[Rule, ...] = ()
    score_use: str = ""
    entry: str = ""
    entry_rules: tuple[Rule, ...] = ()

    @property
    def names(self) -> list[str]:
        """Its columns' names, in the declared order."""
        return [c.name for c in self.columns]

    @property
    def instants(self) -> dict[str, str]:
        """Its timestamps, each with the stored column of its instant; nothing is computed from when a row was recorded."""
        return {c.name: c.name + UTC for c in self.columns if c.type == "timestamp" and c.name != RECORDED_AT}

    @property
    def stored(self) -> list[str]:
        """The columns that are stored: its own, then the instants of its timestamps."""
        return [*self.names, *self.instants.values()]

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(c for c in self.columns if c.name == name)


def text(name: str, words: str, example: str = "", **more: object) -> Column:
    """A column of text."""
    return Column(name, "text", words, example, **more)  # type: ignore[arg-type]


def date(name: str, words: str, example: str = "", **more: object) -> Column:
    """A column of dates."""
    return Column(name, "date", words, example, **more)  # type: ignore[arg-type]


def instant(name: str, words: str, example: str = "", **more: object) -> Column:
    """A column of timestamps, local time in the zone of the book."""
    return Column(name, "timestamp", words, example, **more)  # type: ignore[arg-type]


def money(name: str, words: str, example: str = "", **more: object) -> Column:
    """A column of amounts in the warehouse's currency, two decimals."""
    return Column(name, "money", words, example, **more)  # type: ignore[arg-type]


def count(name: str, words: str, example: str = "", **more: object) -> Column:
    """A column of whole numbers."""
    return Column(name, "count", words, example, **more)  # type: ignore[arg-type]


def number(name: str, words: str, example: str = "", **more: object) -> Column:
    """A column of numbers with up to four decimals."""
    return Column(name, "number", words, example, **more)  # type: ignore[arg-type]


def rate(name: str, words: str, example: str = "", **more: object) -> Column:
    """A column of exchange rates, with up to eight decimals."""
    return Column(name, "rate", words, example, **more)  # type: ignore[arg-type]


def flag(name: str, words: str, example: str = "", **more: object) -> Column:
    """A column of true or false."""
    return Column(name, "flag", words, example, **more)  # type: ignore[arg-type]


def not_before(later: str, earlier: str, words: str = "") -> Rule:
    """Rule: one day must not be before another; `words` are added to the message."""
    return Rule(f"{later} is before {earlier}{words}", (pl.col(later) < pl.col(earlier)).fill_null(False))


def not_earlier(later: str, earlier: str, words: str = "") -> Rule:
    """Rule: one timestamp must not be earlier than another; by their instants where both were given with an offset."""
    earlier_instant = pl.col(later + UTC) < pl.col(earlier + UTC)
    return Rule(f"{later} is before {earlier}{words}", pl.coalesce(earlier_instant, pl.col(later) < pl.col(earlier)).fill_null(False))


def not_all_blank(*names: str, words: str) -> Rule:
    """Rule: at least one of these columns holds something; `words`: what to enter."""
    blanks = pl.all_horizontal(pl.col(name).is_null() for name in names)
    return Rule(f"{', '.join(names[:-1])} and {names[-1]} are all blank: {words}", blanks)


def not_zero(name: str) -> Rule:
    """Warning: an amount is 0."""
    return Rule(f"{name} is 0", (pl.col(name) == 0).fill_null(False))
