"""Validation of a mapping's keys and rules before any row is read; each error is one sentence."""

import codecs
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal, NoReturn

from health.errors import InvalidInput
from health.intake.mapping.conversions import DAYS, NUMBERS
from health.intake.mapping.formats import currency_fault, date_fault, number_fault, zone_fault
from health.intake.reading.dialect import BLANKS, DELIMITERS
from health.intake.reading.sheet import Form
from health.intake.scales import scale_fault
from health.tables import TABLES

Rule = dict[str, Any]
KINDS = ("months_before", "anniversary_after", "line", "value", "constant", "joined", "column")
_WITH = {
    "months_before": {"column"},
    "anniversary_after": {"from", "months"},
    "line": {"prefix"},
    "value": set(),
    "constant": set(),
    "joined": {"by"},
    "column": {"map", "date_format", "zone", "decimal", "thousands"},
}
_WRITING = ("date_format", "zone", "decimal", "thousands")
_DATE_WRITING = ("date_format", "zone")
_FORM = {"header": bool, "columns": list, "delimiter": str, "quote": str, "encoding": str, "header_line": int, "sheet": str}
_KINDS_OF_VALUE = {
    bool: "true or false", str: "text", int: "a whole number", list: "a list of texts", dict: "a table",
    (str, int, float): "text or a number",
}  # fmt: skip


class Checker:
    """Validates one mapping; each check raises InvalidInput with the mapping's name and the place."""

    def __init__(self, name: str) -> None:
        self.name = name

    def refuse(self, message: str) -> NoReturn:
        """Raise Refused with these words."""
        raise InvalidInput(f"{self.name}: {message}.")

    def keys(self, raw: Rule, allowed_keys: Iterable[str], place: str) -> None:
        """Refuse unknown keys."""
        unknown_keys = sorted(set(raw) - set(allowed_keys))
        if unknown_keys:
            self.refuse(f"{place} has '{unknown_keys[0]}', which is not valid there; use one of {', '.join(sorted(allowed_keys))}")

    def value_of(self, raw: Rule, key: str, kind: Any, place: str) -> Any:
        """The value of a key, which must be of this type; None if it is missing."""
        value = raw.get(key)
        right_kind = isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)
        if isinstance(value, list):
            right_kind = kind is list and all(isinstance(v, str) for v in value)
        if value is not None and not right_kind:
            self.refuse(f"{place} has {key} = {value!r}, which should be {_KINDS_OF_VALUE[kind]}")
        return value

    def complete_through(self, raw: Rule) -> date | Literal["newest"] | None:
        """The day up to which the files are complete, or "newest" for that of their newest row; None if the mapping does not say."""
        value = raw.get("complete_through")
        try:
            return value if value in (None, "newest") or type(value) is date else date.fromisoformat(value)
        except (TypeError, ValueError):
            self.refuse(f'complete_through = {value!r} is no day; give one such as 2026-10-31, or "newest" for the day of the newest row')

    def form(self, file: Rule) -> Form:
        """Validate [file] and build its Form."""
        settings = {key: value for key, kind in _FORM.items() if (value := self.value_of(file, key, kind, "[file]")) is not None}
        if settings.get("delimiter") not in (None, BLANKS, *DELIMITERS):
            self.refuse(f"delimiter '{settings['delimiter']}' is not supported; use one of {' '.join(DELIMITERS)} or {BLANKS}")
        if "quote" in settings and len(settings["quote"]) > 1:
            self.refuse(f"quote '{settings['quote']}' is not a single character; use one, such as '\"', or none as ''")
        if settings.get("header_line", 1) < 1:
            self.refuse("header_line counts from 1; give the line with the column names")
        if "encoding" in settings:
            self._encoding(settings["encoding"])
        return Form(**{**settings, "columns": tuple(settings.get("columns", ()))})

    def _encoding(self, encoding: str) -> None:
        try:
            codecs.lookup(encoding)
        except (LookupError, ValueError):
            self.refuse(f"encoding '{encoding}' is not supported; use one such as utf-8 or windows-1252")

    def writing(self, raw: Rule, place: str) -> None:
        """Validate date_format, decimal, thousands and currency."""
        faults = (
            date_fault(raw["date_format"]) if "date_format" in raw else None,
            zone_fault(raw.get("zone")),
            number_fault(raw.get("decimal"), raw.get("thousands")),
            currency_fault(raw.get("currency")),
        )
        for fault in faults:
            if fault:
                self.refuse(f"{place}: {fault}")

    def condition(self, raw: Rule, key: str, place: str) -> None:
        """Validate a condition {column, equals}."""
        condition = self.value_of(raw, key, dict, place)
        if condition is not None:
            self.keys(condition, {"column", "equals"}, f"{key} of {place}")
            if not (isinstance(condition.get("column"), str) and isinstance(condition.get("equals"), str)):
                self.refuse(f"{key} of {place} needs column = a column of the file and equals = the text it must contain")

    def scales(self, raw: Rule, table: str) -> dict[str, str]:
        """Validate the scales of survey answers."""
        scales = self.value_of(raw, "scales", dict, f"[tables.{table}]") or {}
        if scales and table != "surveys":
            self.refuse(f"[tables.{table}] has scales, which only surveys have; remove them")
        for kind, scale in scales.items():
            if fault := scale_fault(kind, scale):
                self.refuse(f"[tables.surveys.scales]: {fault}")
        return scales

    def rule(self, rule: Rule, constants: dict[str, str], fields: dict[str, Rule], table: str, field: str) -> None:
        """Validate one field's rule."""
        place, kind = f"{table}.{field}", kind_of(rule)
        if kind is None:
            self.refuse(f"{place} has no rule; give a column, a value or a constant")
        self.keys(rule, {kind, "when"} | _WITH[kind], place)
        self.condition(rule, "when", place)
        if kind in ("constant", "months_before", "anniversary_after"):
            if not isinstance(rule[kind], str) or rule[kind] not in constants:
                self.refuse(f"{place} names the constant '{rule[kind]}'; state it under [constants]")
            if kind != "constant":
                self._day(constants[rule[kind]], place)
        if kind == "anniversary_after":
            self._anniversary(rule, fields, place)
        if kind == "months_before" and "column" not in rule:
            self.refuse(f"{place} needs column = the column with the months")
        if kind == "joined" and not self.value_of(rule, "joined", list, place):
            self.refuse(f"{place} joins no columns; give at least one")
        for key, value_kind in (("column", str), ("prefix", str), ("by", str), ("line", bool), ("value", (str, int, float))):
            self.value_of(rule, key, value_kind, place)
        self._column(rule, table, field, place)

    def _column(self, rule: Rule, table: str, field: str, place: str) -> None:
        values = self.value_of(rule, "map", dict, place) or {}
        if any(not isinstance(value, (str, int, float)) for value in values.values()):
            self.refuse(f"{place} has a map whose values are not text; write word = value")
        stated_formats = [key for key in _WRITING if key in rule]
        if stated_formats and "map" in rule:
            self.refuse(
                f"{place} has {stated_formats[0]} as well as a map, whose values already have the table's format; remove one of the two"
            )
        kind = TABLES[table].column(field).type
        for key in stated_formats:
            if kind not in (DAYS if key in _DATE_WRITING else NUMBERS):
                self.refuse(f"{place} has {key}, which does not apply to the type {kind}; remove it")
        self.writing(rule, place)

    def _anniversary(self, rule: Rule, fields: dict[str, Rule], place: str) -> None:
        months = self.value_of(rule, "months", dict, place) or {}
        source = rule.get("from")
        if not isinstance(source, str) or source not in fields or not isinstance(months.get("column"), str):
            self.refuse(f"{place} needs from = another field of the table and months = {{column = ..., map = ...}}")
        if "from" in fields[source]:
            self.refuse(f"{place} counts from {source}, which itself counts from a field; use one that does not")
        self.keys(months, {"column", "map"}, f"months of {place}")
        self.value_of(months, "map", dict, f"months of {place}")

    def _day(self, value: str, place: str) -> None:
        try:
            date.fromisoformat(value)
        except ValueError:
            self.refuse(f"{place} needs a day such as 2026-01-31, not '{value}'")


def kind_of(rule: Rule) -> str | None:
    """The kind of a rule, or None."""
    return next((kind for kind in KINDS if kind in rule), None)
