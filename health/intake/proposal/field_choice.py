"""The source of one field and how its values are read, derived from the column's profile only."""

from dataclasses import dataclass
from dataclasses import field as made_of
from typing import Any

from health.columns import Column
from health.currency import code as own_currency
from health.intake.mapping.conversions import DAYS, NUMBERS
from health.intake.mapping.formats import date_words
from health.intake.mapping.validation import Rule
from health.intake.proposal import vocabulary
from health.intake.proposal.column_profile import ColumnProfile, Readings
from health.tables import TABLES


@dataclass(frozen=True)
class Choice:
    """Source of one field: a column, one value for all rows, or an id `joined` from cells; without any, the field is not fed.

    `map` translates the column's words; rows with `unknown` words are refused unless the user defines them. `date_format`, `zone`,
    `decimal`, `thousands`: as in a mapping; None: our own format. `dates` and `numbers`: the ways the column can be read; if several are
    possible, the user must choose one before a mapping can be built.
    """

    field: str
    column: str | None = None
    value: str | None = None
    map: dict[str, str] = made_of(default_factory=dict)
    date_format: str | None = None
    zone: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    why: str = ""
    samples: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    currency: bool = False
    dates: Readings = Readings()
    numbers: Readings = Readings()
    own_form: frozenset[str] = frozenset()

    @property
    def fed(self) -> bool:
        """Whether the field has a source."""
        return bool(self.column or self.value or self.joined)

    @property
    def unsettled(self) -> str | None:
        """'dates' or 'numbers' if the values can be read in several ways and none is chosen; else None."""
        if self.dates.open and not self.date_format:
            return "dates"
        return "numbers" if self.numbers.open and not self.decimal else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The file columns used."""
        return (self.column,) if self.column else self.joined

    def rule(self, separator: str) -> Rule:
        """The mapping rule of this choice; `separator`: separator of joined cells."""
        if self.joined:
            return {"joined": list(self.joined), "by": separator}
        if self.value is not None:
            return {"value": self.value}
        formats = ("date_format", "zone", "decimal", "thousands")
        settings: dict[str, Any] = {name: getattr(self, name) for name in formats}
        if any(word != value for word, value in self.map.items()):
            settings["map"] = self.map
        return {"column": self.column} | {key: value for key, value in settings.items() if value is not None}


def choose_column(table: str, name: str, profile: ColumnProfile, reason: str = "") -> Choice:
    """Choose a column for a field, with the formats that its values allow."""
    column = TABLES[table].column(name)
    reasons: list[str] = [reason] if reason else []
    common: dict[str, Any] = {"field": name, "column": profile.name, "samples": profile.samples}
    if column.type in DAYS:
        return _choose_days(column, profile, reasons, common)
    if vocabulary.has_known_values(table, column):
        return _choose_words(table, column, profile, reasons, common)
    if column.type in NUMBERS:
        return _choose_numbers(column, profile, reasons, common)
    if profile.emails and name == "email":
        reasons.append(f"{profile.distinct:,} of {profile.distinct:,} values are e-mail addresses")
    return Choice(**common, why=", ".join(reasons))


def _choose_days(column: Column, profile: ColumnProfile, reasons: list[str], common: dict[str, Any]) -> Choice:
    """Choice of a date column, with its format if it is settled."""
    form = profile.days.settled
    if profile.days.open:
        reasons.append(
            "its dates contradict each other" if profile.days.contradictory else "its dates do not show whether day or month comes first"
        )
        return Choice(**common, dates=profile.days, why=", ".join(reasons))
    if form and not (form == "iso" and column.type in profile.own_form):
        reasons.append(f"dates are written {date_words(form)}")
        if form == "iso" and column.type == "date" and "timestamp" in profile.own_form:
            reasons.append("the time of day is dropped")
        return Choice(**common, dates=profile.days, date_format=form, why=", ".join(reasons))
    return Choice(**common, why=", ".join(reasons))


def _choose_numbers(column: Column, profile: ColumnProfile, reasons: list[str], common: dict[str, Any]) -> Choice:
    """Choice of a numeric column, with its separators if they are settled."""
    form, has_currency = profile.numbers.settled, profile.currency and column.type == "money"
    if profile.foreign:
        reasons.append(f"some amounts are not in {own_currency()} and will be refused")
    if column.type in profile.own_form and form == "." or not profile.numbers.options:
        return Choice(**common, why=", ".join(reasons))
    if profile.numbers.open:
        reasons.append("its separators can be read in several ways")
        return Choice(**common, numbers=profile.numbers, own_form=profile.own_form, currency=has_currency, why=", ".join(reasons))
    decimal, thousands = number_marks(form or ".")
    is_plain = (decimal, thousands) == (".", None)
    if not is_plain:
        reasons.append(f"{'a comma' if decimal == ',' else 'a point'} as decimal separator")
    return Choice(
        **common,
        numbers=profile.numbers,
        decimal=None if is_plain else decimal,
        thousands=thousands,
        currency=has_currency,
        why=", ".join(reasons),
    )


def number_marks(form: str) -> tuple[str, str | None]:
    """',.' -> (',', '.'): decimal and thousands separators."""
    return form[0], form[1:] or None


def _choose_words(table: str, column: Column, profile: ColumnProfile, reasons: list[str], common: dict[str, Any]) -> Choice:
    """Choice of a column with known values, with the meanings of its words."""
    meanings = {word: vocabulary.meaning(table, column.name, word) for word in profile.words}
    if not profile.words or _needs_no_translation(column, profile):
        return Choice(**common, why=", ".join(reasons))
    known_words = {word: value for word, value in meanings.items() if value is not None}
    unknown = tuple(word for word in meanings if word not in known_words)
    reasons.append(f"{len(known_words)} of {len(meanings)} values are recognised")
    return Choice(**common, map=known_words, unknown=unknown, why=", ".join(reasons))


def _needs_no_translation(column: Column, profile: ColumnProfile) -> bool:
    """Whether the words need no translation."""
    return column.type in profile.own_form if column.type != "text" else set(profile.words) <= set(column.allowed)
