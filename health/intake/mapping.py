"""A mapping: a TOML file that says how an outside file's columns feed our tables, checked against TABLES before any row is read.

[file]       header, columns, delimiter ("blanks" = runs of blanks), date_format
[constants]  days and words used by name
[tables.T]   only = {column, equals}, skip_when_blank = column, distinct = true
[tables.T.fields]  field = "column" or one of
  {column, map}                      rename, with a value map; a value that the map lacks refuses its row
  {value} / {constant}               the same for every row
  {months_before, column}            a constant day less the column's whole months
  {anniversary_after, from, months}  the first anniversary after a constant day, every so many months from another field; no months, no day
  {line = true, prefix}              the line number as id
and `when = {column, equals}` beside any of them: blank elsewhere.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from health.errors import NotFound, Refused
from health.intake.sheet import Form
from health.intake.textual import BLANKS, DELIMITERS
from health.tables import TABLES

Rule = dict[str, Any]
KINDS = ("months_before", "anniversary_after", "line", "value", "constant", "column")
_WITH = {
    "months_before": {"column"},
    "anniversary_after": {"from", "months"},
    "line": {"prefix"},
    "value": set(),
    "constant": set(),
    "column": {"map"},
}


@dataclass(frozen=True)
class Feed:
    """How one table is fed: a rule a field, and which rows are left out."""

    table: str
    fields: dict[str, Rule]
    only: Rule | None = None
    skip_when_blank: str | None = None
    distinct: bool = False


@dataclass(frozen=True)
class Mapping:
    """A mapping as read; `assumption` is what the file does not say and the mapping states, in words for the screen."""

    name: str
    form: Form
    feeds: tuple[Feed, ...]
    constants: dict[str, str] = field(default_factory=dict)
    date_format: str | None = None
    assumption: str | None = None


def read(path: str | Path) -> Mapping:
    """The mapping in this TOML file. Errors: NotFound, Refused naming the table and field."""
    path = Path(path)
    if not path.is_file():
        raise NotFound(f"{path}: there is no such mapping; check the path.")
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(toml: str, name: str) -> Mapping:
    """The mapping in this text."""
    try:
        raw = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as problem:
        raise Refused(f"{name}: this is not TOML ({problem}); mend the line.") from problem
    _keys(raw, {"file", "constants", "tables", "assumption", "name"}, name, "the mapping")
    file = raw.get("file", {})
    _keys(file, {"header", "columns", "delimiter", "date_format"}, name, "[file]")
    if file.get("delimiter") not in (None, BLANKS, *DELIMITERS):
        raise Refused(f"{name}: delimiter '{file['delimiter']}' is not known; take one of {' '.join(DELIMITERS)} or {BLANKS}.")
    form = Form(bool(file.get("header", True)), tuple(file.get("columns", ())), file.get("delimiter"))
    constants = {key: str(value) for key, value in raw.get("constants", {}).items()}
    feeds = tuple(_feed(table, raw["tables"][table], constants, name) for table in sorted(raw.get("tables", {}), key=_order))
    if not feeds:
        raise Refused(f"{name}: the mapping feeds no table; add [tables.customers.fields].")
    return Mapping(name, form, feeds, constants, file.get("date_format"), raw.get("assumption"))


def _order(table: str) -> int:
    return list(TABLES).index(table) if table in TABLES else len(TABLES)


def _feed(table: str, raw: Rule, constants: dict[str, str], name: str) -> Feed:
    if table not in TABLES:
        raise Refused(f"{name}: there is no table '{table}'; take one of {', '.join(TABLES)}.")
    _keys(raw, {"fields", "only", "skip_when_blank", "distinct"}, name, f"[tables.{table}]")
    fields = {key: {"column": rule} if isinstance(rule, str) else rule for key, rule in raw.get("fields", {}).items()}
    for key, rule in fields.items():
        if key not in TABLES[table].names:
            raise Refused(f"{name}: {table} has no field '{key}'; take one of {', '.join(TABLES[table].names)}.")
        _rule(rule, constants, fields, name, f"{table}.{key}")
    missing = [c.name for c in TABLES[table].columns if c.required and c.name not in fields]
    if missing:
        raise Refused(f"{name}: {table} needs {', '.join(missing)}; say in the mapping what feeds it.")
    return Feed(table, fields, raw.get("only"), raw.get("skip_when_blank"), bool(raw.get("distinct")))


def _rule(rule: Rule, constants: dict[str, str], fields: dict[str, Rule], name: str, where: str) -> None:
    kind = kind_of(rule)
    if kind is None:
        raise Refused(f"{name}: {where} has no rule; name a column, a value or a constant.")
    _keys(rule, {kind, "when"} | _WITH[kind], name, where)
    if kind in ("constant", "months_before", "anniversary_after") and rule[kind] not in constants:
        raise Refused(f"{name}: {where} names the constant '{rule[kind]}'; state it under [constants].")
    if kind in ("months_before", "anniversary_after"):
        _day(constants[rule[kind]], name, where)
    if kind == "anniversary_after" and (rule.get("from") not in fields or "column" not in rule.get("months", {})):
        raise Refused(f"{name}: {where} needs from = another field of the table and months = {{column = ..., map = ...}}.")
    if kind == "months_before" and "column" not in rule:
        raise Refused(f"{name}: {where} needs column = the one that holds the months.")


def kind_of(rule: Rule) -> str | None:
    """Which kind of rule it is."""
    return next((kind for kind in KINDS if kind in rule), None)


def _day(value: str, name: str, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as problem:
        raise Refused(f"{name}: {where} needs a day such as 2026-01-31, not '{value}'.") from problem


def _keys(found: Rule, known: set[str], name: str, where: str) -> None:
    odd = sorted(set(found) - known)
    if odd:
        raise Refused(f"{name}: {where} has '{odd[0]}', which means nothing there; take one of {', '.join(sorted(known))}.")
