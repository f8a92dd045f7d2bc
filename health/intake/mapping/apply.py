"""Apply a mapping's rules to a sheet: the text of each field, and a message where a rule failed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from health.columns import Column
from health.intake.mapping import Feed, Mapping, columns_of
from health.intake.mapping.conversions import convert, mismatch_message
from health.intake.mapping.validation import Rule, kind_of
from health.intake.reading.sheet import LINE
from health.tables import TABLES

FAULTS = "#faults"
_CELL, _READ = "#cell:", "#read:"

Fault = tuple[pl.Expr, pl.Expr]
"""Condition under which a row cannot be read, and the message."""


@dataclass(frozen=True, eq=False)
class Value:
    """A field's text and its faults; `reads`: intermediate columns that both use, computed once."""

    text: pl.Expr
    faults: tuple[Fault, ...] = ()
    reads: dict[str, pl.Expr] = field(default_factory=dict)


def apply_feed(feed: Feed, mapping: Mapping, rows: pl.DataFrame) -> pl.DataFrame:
    """LINE, the text of each field, and FAULTS if any row has one. Columns used unchanged are not copied."""
    table = TABLES[feed.table]
    values = {name: _field_value(feed, name, table.column(name), mapping) for name in feed.fields}
    reads = {name: expression for value in values.values() for name, expression in value.reads.items()}
    roots = {root for v in values.values() for expression in (v.text, *v.reads.values()) for root in expression.meta.root_names()}
    roots |= {root for v in values.values() for bad, _ in v.faults for root in bad.meta.root_names()}
    cells = [_stripped(name).alias(_CELL + name) for name in dict.fromkeys(columns_of(feed)) if _CELL + name in roots]
    rows = rows.with_columns(cells).with_columns(**reads)
    fault_column = _fault_columns(rows, [fault for value in values.values() for fault in value.faults])
    return rows.select(LINE, *(value.text.alias(name) for name, value in values.items()), *fault_column)


def _fault_columns(rows: pl.DataFrame, faults: Iterable[Fault]) -> list[pl.Expr]:
    """The joined fault messages of each row as a column; an empty list if no row has a fault."""
    distinct_faults: list[Fault] = []
    for fault in faults:
        if not any(
            fault[0].meta.eq(bad) and fault[1].meta.eq(message) for bad, message in distinct_faults
        ):  # one column may feed two fields
            distinct_faults.append(fault)
    occurrences = rows.select(bad.any().alias(f"{n}") for n, (bad, _) in enumerate(distinct_faults)).row(0) if distinct_faults else ()
    messages = [pl.when(bad).then(message) for occurs, (bad, message) in zip(occurrences, distinct_faults, strict=True) if occurs]
    return [pl.concat_str(messages, separator="; ", ignore_nulls=True).alias(FAULTS)] if messages else []


def _field_value(feed: Feed, name: str, column: Column, mapping: Mapping) -> Value:
    """A field's value under its rule, null where its `when` condition fails."""
    rule = feed.fields[name]
    value = _rule_value(feed, rule, column, mapping)
    if condition_rule := rule.get("when"):
        condition = _cell_column(condition_rule["column"]).eq_missing(pl.lit(condition_rule["equals"]))
        return Value(pl.when(condition).then(value.text), tuple((bad & condition, message) for bad, message in value.faults), value.reads)
    return value


def _rule_value(feed: Feed, rule: Rule, column: Column, mapping: Mapping) -> Value:
    """The value of a rule, by its kind."""
    match kind_of(rule):
        case "value":
            return Value(pl.lit(str(rule["value"])))
        case "constant":
            return Value(pl.lit(mapping.constants[rule["constant"]]))
        case "line":
            return Value(pl.format("{}{}", pl.lit(rule.get("prefix", "")), pl.col(LINE)))
        case "joined":
            return Value(_joined_cells(rule))
        case "months_before":
            return _months_before(rule, mapping)
        case "anniversary_after":
            return _next_anniversary(feed, rule, mapping)
    if "map" in rule:
        return _translated(rule)
    return _converted(feed, rule, column, mapping)


def _stripped(name: str) -> pl.Expr:
    """The stripped cell; null if blank."""
    stripped = pl.col(name).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _cell_column(name: str) -> pl.Expr:
    return pl.col(_CELL + name)


def _cell_message(source: str, fault: pl.Expr) -> pl.Expr:
    """Message with column name and cell text."""
    return pl.format("{} '{}' {}", pl.lit(source), _cell_column(source).str.slice(0, 60), fault)


def _converted(feed: Feed, rule: Rule, column: Column, mapping: Mapping) -> Value:
    """A column converted to our format. Unreadable values stay unchanged and their rows are refused."""
    source, writing = rule["column"], mapping.writing(rule)
    converted = convert(_cell_column(source), column, writing)
    if converted is None:
        return Value(_cell_column(source) if feed.distinct else pl.col(source))
    name = f"{_READ}{source} {column.type} {writing}"
    bad = _cell_column(source).is_not_null() & pl.col(name).is_null()
    message = _cell_message(source, mismatch_message(_cell_column(source), column, writing))
    return Value(pl.coalesce(name, _cell_column(source)), ((bad, message),), {name: converted})


def _joined_cells(rule: Rule) -> pl.Expr:
    """The cells of a row joined into one text; null if all are blank."""
    cells = [_cell_column(name) for name in rule["joined"]]
    text = pl.concat_str([cell.fill_null("") for cell in cells], separator=rule.get("by", "-"))
    return pl.when(pl.any_horizontal(cell.is_not_null() for cell in cells)).then(text)


def _translated(rule: Rule) -> Value:
    """A column's text, translated by its value map if it has one."""
    cell = _cell_column(rule["column"])
    if "map" not in rule:
        return Value(cell)
    known_words = list(rule["map"])
    bad = cell.is_not_null() & ~cell.is_in(known_words)
    text = cell.replace_strict(known_words, [str(v) for v in rule["map"].values()], default=None, return_dtype=pl.String)
    return Value(pl.when(text != "").then(text), ((bad, _cell_message(rule["column"], pl.lit("is not in the mapping"))),))


def _whole_months(rule: Rule) -> tuple[pl.Expr, tuple[Fault, ...]]:
    """Whole months as a number, and the faults of values that are not."""
    value = _translated(rule)
    months = pl.when(value.text.str.contains(r"^[0-9]{1,4}$")).then(value.text).cast(pl.Int64)
    message = pl.format("{} '{}' is not a whole number of months", pl.lit(rule["column"]), value.text.str.slice(0, 60))
    return months, (*value.faults, (value.text.is_not_null() & months.is_null(), message))


def _add_months(day: pl.Expr, months: pl.Expr) -> pl.Expr:
    return day.dt.offset_by(pl.format("{}mo", months))


def _months_before(rule: Rule, mapping: Mapping) -> Value:
    """A constant day minus the column's months."""
    months, faults = _whole_months(rule)
    return Value(_add_months(_day(mapping.constants[rule["months_before"]]), -months).cast(pl.String), faults)


def _next_anniversary(feed: Feed, rule: Rule, mapping: Mapping) -> Value:
    """First day after the reference day that is a whole number of terms after the start; terms are assumed to repeat."""
    start_value = _rule_value(feed, feed.fields[rule["from"]], TABLES[feed.table].column(rule["from"]), mapping)
    start = start_value.text.str.to_date("%Y-%m-%d", strict=False)
    reference_day, (term, faults) = _day(mapping.constants[rule["anniversary_after"]]), _whole_months(rule["months"])
    term = pl.when(term > 0).then(term)
    months_elapsed = (reference_day.dt.year() - start.dt.year()) * 12 + reference_day.dt.month() - start.dt.month()
    full_months = months_elapsed - (_add_months(start, months_elapsed) > reference_day).cast(pl.Int32)
    terms = pl.max_horizontal(full_months // term + 1, 1)
    return Value(pl.when(term.is_not_null()).then(_add_months(start, terms * term)).cast(pl.String), faults, start_value.reads)


def _day(constant: str) -> pl.Expr:
    return pl.lit(constant).str.to_date("%Y-%m-%d")
