"""Mappings: TOML files that assign an external file's columns to our tables, validated against TABLES before any row is read.

[file]       header, columns, delimiter ("blanks" = runs of blanks), quote, encoding, header_line, sheet: how the file is written;
             date_format, decimal, thousands, currency: how its days and amounts are, where a field does not say otherwise
[constants]  days and words used by name
[tables.T]   only = {column, equals}, skip_when_blank = column, distinct = true; of invoices also add_up = true: rows with one number are
             the lines of one invoice, and their amounts add up; of contracts also free_is_trial = true: lines priced at 0 are trials
[tables.surveys.scales]  csat = "1..5", ces = "1..7": the scale of answers without one
[tables.T.fields]  field = "column" or one of
  {column, map}                      rename, with a value map; a value that the map lacks refuses its row
  {column, date_format}              "iso", "day_first", "month_first" or a strptime pattern
  {column, zone}                     "utc": its times without an offset are UTC; "book": local time, though its heading says UTC
  {column, decimal, thousands}       "," and "." for 1.234,50; grouping must be right
  {value} / {constant}               the same for every row
  {joined = [columns], by = "-"}     an id made of cells: rows with the same cells are the same row
  {months_before, column}            a constant day less the column's whole months
  {anniversary_after, from, months}  the first anniversary after a constant day, every so many months from another field; no months, no day
  {line = true, prefix}              the line number as id
and `when = {column, equals}` beside any of them: blank elsewhere.

complete_through = "newest" or a day: the file is complete up to its newest row, or up to that day.
"""

import tomllib
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import tomli_w

from health.errors import InvalidInput, NotFound
from health.intake.mapping.conversions import DAYS
from health.intake.mapping.formats import BOOK, UTC, ValueFormat, says_utc
from health.intake.mapping.validation import Checker, Rule, kind_of
from health.intake.reading.sheet import Form
from health.tables import TABLES

_WRITING = ("date_format", "decimal", "thousands", "currency")
_FEED = ("only", "skip_when_blank", "distinct", "add_up", "free_is_trial", "scales")
_SWITCHES = {"add_up": "invoices", "free_is_trial": "contracts"}
"""Switches of a feed, each with the only table it applies to."""


@dataclass(frozen=True)
class Feed:
    """How one table is fed: one rule per field, and which rows are left out; `free_is_trial`: contract lines priced at 0 are trials;
    `scales`: of survey answers that state none, by kind."""

    table: str
    fields: dict[str, Rule]
    only: Rule | None = None
    skip_when_blank: str | None = None
    distinct: bool = False
    add_up: bool = False
    free_is_trial: bool = False
    scales: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """A parsed mapping; `assumption`: what the mapping assumes because the file does not state it, as text for the screen."""

    name: str
    form: Form
    feeds: tuple[Feed, ...]
    constants: dict[str, str] = field(default_factory=dict)
    date_format: str | None = None
    assumption: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    currency: str | None = None
    complete_through: date | Literal["newest"] | None = None

    def writing(self, rule: Rule) -> ValueFormat:
        """Format of the values in a rule's column: stated by the rule, else by the file."""
        if "map" in rule:
            return ValueFormat()
        marks = rule if {"decimal", "thousands"} & set(rule) else {"decimal": self.decimal, "thousands": self.thousands}
        dates, utc = rule.get("date_format", self.date_format), rule.get("zone", UTC if says_utc(rule["column"]) else BOOK) == UTC
        return ValueFormat(dates, marks.get("decimal"), marks.get("thousands"), self.currency, utc)

    @property
    def assumed_utc(self) -> tuple[str, ...]:
        """The columns whose times are read as UTC only because their heading says so."""
        rules = [(rule, TABLES[feed.table].column(name).type) for feed in self.feeds for name, rule in feed.fields.items()]
        named = [rule["column"] for rule, kind in rules if kind in DAYS and kind_of(rule) == "column" and "zone" not in rule]
        return tuple(dict.fromkeys(column for column in named if says_utc(column)))

    @property
    def columns(self) -> tuple[str, ...]:
        """The file columns that the mapping uses, without repeats, in rule order."""
        return tuple(dict.fromkeys(name for feed in self.feeds for name in columns_of(feed)))


def columns_of(feed: Feed) -> list[str]:
    """The file columns that a feed uses."""
    rules = [*feed.fields.values(), feed.only or {}, {"column": feed.skip_when_blank}]
    nested = [rule[key] for rule in rules for key in ("when", "months") if key in rule]
    single = [rule["column"] for rule in [*rules, *nested] if rule.get("column")]
    return single + [name for rule in rules for name in rule.get("joined", ())]


def read(path: str | Path) -> Mapping:
    """Read a mapping from a TOML file. Errors: NotFound, InvalidInput with the table and field."""
    path = Path(path)
    if not path.is_file():
        raise NotFound(f"{path}: mapping not found; check the path.")
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(toml: str, name: str) -> Mapping:
    """Parse a mapping from TOML text. Errors: InvalidInput with the table and field."""
    check = Checker(name)
    try:
        raw = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as problem:
        raise InvalidInput(f"{name}: this is not valid TOML ({problem}); correct the line.") from problem
    check.keys(raw, {"file", "constants", "tables", "assumption", "name", "complete_through"}, "the mapping")
    file, raw_constants, tables = (check.value_of(raw, key, dict, "the mapping") or {} for key in ("file", "constants", "tables"))
    check.keys(file, {*Form.__dataclass_fields__, *_WRITING}, "[file]")
    form, value_formats = check.form(file), {key: check.value_of(file, key, str, "[file]") for key in _WRITING}
    check.writing(file, "[file]")
    constants = {key: str(value) for key, value in raw_constants.items()}
    feeds = tuple(
        _feed(table, check.value_of(tables, table, dict, "[tables]"), constants, check) for table in sorted(tables, key=_table_position)
    )
    if not feeds:
        check.refuse("the mapping fills no table; add [tables.customers.fields]")
    assumption, complete_through = check.value_of(raw, "assumption", str, "the mapping"), check.complete_through(raw)
    return Mapping(name, form, feeds, constants, assumption=assumption, complete_through=complete_through, **value_formats)


def _table_position(table: str) -> int:
    """Position of a table in TABLES; unknown ones last."""
    return list(TABLES).index(table) if table in TABLES else len(TABLES)


def _feed(table: str, raw: Rule, constants: dict[str, str], check: Checker) -> Feed:
    """Validate and build the feed of one table."""
    if table not in TABLES:
        check.refuse(f"there is no table '{table}'; take one of {', '.join(TABLES)}")
    place = f"[tables.{table}]"
    check.keys(raw, {"fields", *_FEED}, place)
    check.condition(raw, "only", place)
    rules = check.value_of(raw, "fields", dict, place) or {}
    fields = {key: {"column": rule} if isinstance(rule, str) else rule for key, rule in rules.items()}
    for key, rule in fields.items():
        if key not in TABLES[table].names:
            check.refuse(f"{table} has no field '{key}'; take one of {', '.join(TABLES[table].names)}")
        check.value_of(fields, key, dict, f"[tables.{table}.fields]")
        check.rule(rule, constants, fields, table, key)
    missing = [c.name for c in TABLES[table].columns if c.required and c.name not in fields]
    if missing:
        check.refuse(f"{table} needs {', '.join(missing)}; state in the mapping which column fills it")
    blank, distinct = check.value_of(raw, "skip_when_blank", str, place), check.value_of(raw, "distinct", bool, place)
    switches = {}
    for name, its_table in _SWITCHES.items():
        switches[name] = bool(check.value_of(raw, name, bool, place))
        if switches[name] and table != its_table:
            check.refuse(f"{place} has {name}, which applies to {its_table} only; remove it")
    return Feed(table, fields, raw.get("only"), blank, bool(distinct), scales=check.scales(raw, table), **switches)


def dumps(mapping: Mapping) -> str:
    """The mapping as TOML; read back by `parse` under the same name, it is equal."""
    form = {key: value for key, value in asdict(mapping.form).items() if value != getattr(Form(), key)}
    file = _drop_blank(form | {key: getattr(mapping, key) for key in _WRITING})
    tables = {
        feed.table: _drop_blank({key: getattr(feed, key) or None for key in _FEED}) | {"fields": _short_rules(feed)}
        for feed in mapping.feeds
    }
    header = {
        "name": mapping.name, "assumption": mapping.assumption, "complete_through": mapping.complete_through, "file": file or None,
        "constants": mapping.constants or None,
    }  # fmt: skip
    return tomli_w.dumps(_drop_blank(header) | {"tables": tables})


def _short_rules(feed: Feed) -> Rule:
    """Rules that only name a column, shortened to that name."""
    return {name: rule["column"] if set(rule) == {"column"} else rule for name, rule in feed.fields.items()}


def _drop_blank(settings: dict[str, Any]) -> dict[str, Any]:
    """Drop keys without value; tuples become lists for TOML."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in settings.items() if value is not None}
