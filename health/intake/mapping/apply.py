"""A mapping's rules applied to a sheet: each field's text, and the words where a rule could not be followed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from health.columns import Column
from health.intake.mapping import Feed, Mapping, columns_of
from health.intake.mapping.conversions import read, unlike
from health.intake.mapping.validation import Rule, kind_of
from health.intake.reading.sheet import LINE
from health.tables import TABLES

FAULTS = "#faults"
_CELL, _READ = "#cell:", "#read:"

Fault = tuple[pl.Expr, pl.Expr]
"""Where a row cannot be read, and the words for it."""


@dataclass(frozen=True, eq=False)
class Value:
    """A field's text, and where it has none though it should; `reads` are columns that both look at, so they are made once before."""

    text: pl.Expr
    faults: tuple[Fault, ...] = ()
    reads: dict[str, pl.Expr] = field(default_factory=dict)


def applied(feed: Feed, mapping: Mapping, rows: pl.DataFrame) -> pl.DataFrame:
    """LINE, each field's text, and FAULTS where some row has one. A column that is taken as it stands is not touched."""
    table = TABLES[feed.table]
    values = {name: _value_of(feed, name, table.column(name), mapping) for name in feed.fields}
    reads = {name: made for value in values.values() for name, made in value.reads.items()}
    roots = {root for v in values.values() for made in (v.text, *v.reads.values()) for root in made.meta.root_names()}
    roots |= {root for v in values.values() for bad, _ in v.faults for root in bad.meta.root_names()}
    cells = [_stripped(name).alias(_CELL + name) for name in dict.fromkeys(columns_of(feed)) if _CELL + name in roots]
    rows = rows.with_columns(cells).with_columns(**reads)
    told = _told(rows, [fault for value in values.values() for fault in value.faults])
    return rows.select(LINE, *(value.text.alias(name) for name, value in values.items()), *told)


def _told(rows: pl.DataFrame, faults: Iterable[Fault]) -> list[pl.Expr]:
    """All the words of each row's faults; nothing where no row has one."""
    own: list[Fault] = []
    for fault in faults:
        if not any(fault[0].meta.eq(bad) and fault[1].meta.eq(words) for bad, words in own):  # one column may feed two fields
            own.append(fault)
    hits = rows.select(bad.any().alias(f"{n}") for n, (bad, _) in enumerate(own)).row(0) if own else ()
    told = [pl.when(bad).then(words) for hit, (bad, words) in zip(hits, own, strict=True) if hit]
    return [pl.concat_str(told, separator="; ", ignore_nulls=True).alias(FAULTS)] if told else []


def _value_of(feed: Feed, name: str, column: Column, mapping: Mapping) -> Value:
    rule = feed.fields[name]
    value = _value(feed, rule, column, mapping)
    if when := rule.get("when"):
        held = _cell(when["column"]).eq_missing(pl.lit(when["equals"]))
        return Value(pl.when(held).then(value.text), tuple((bad & held, words) for bad, words in value.faults), value.reads)
    return value


def _value(feed: Feed, rule: Rule, column: Column, mapping: Mapping) -> Value:
    match kind_of(rule):
        case "value":
            return Value(pl.lit(str(rule["value"])))
        case "constant":
            return Value(pl.lit(mapping.constants[rule["constant"]]))
        case "line":
            return Value(pl.format("{}{}", pl.lit(rule.get("prefix", "")), pl.col(LINE)))
        case "joined":
            return Value(_joined(rule))
        case "months_before":
            return _months_before(rule, mapping)
        case "anniversary_after":
            return _anniversary(feed, rule, mapping)
    if "map" in rule:
        return _looked_up(rule)
    return _converted(feed, rule, column, mapping)


def _stripped(name: str) -> pl.Expr:
    """The cell, blank ones null."""
    stripped = pl.col(name).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _cell(name: str) -> pl.Expr:
    return pl.col(_CELL + name)


def _quoted(source: str, words: pl.Expr) -> pl.Expr:
    return pl.format("{} '{}' {}", pl.lit(source), _cell(source).str.slice(0, 60), words)


def _converted(feed: Feed, rule: Rule, column: Column, mapping: Mapping) -> Value:
    """A column's text as our tables write it. Where it cannot be read it stays as it is, and its row is refused."""
    source, writing = rule["column"], mapping.writing(rule)
    made = read(_cell(source), column, writing)
    if made is None:
        return Value(_cell(source) if feed.distinct else pl.col(source))
    name = f"{_READ}{source} {column.type} {writing}"
    bad = _cell(source).is_not_null() & pl.col(name).is_null()
    words = _quoted(source, unlike(_cell(source), column, writing))
    return Value(pl.coalesce(name, _cell(source)), ((bad, words),), {name: made})


def _joined(rule: Rule) -> pl.Expr:
    """The cells of a row in one text; none where all are blank."""
    cells = [_cell(name) for name in rule["joined"]]
    text = pl.concat_str([cell.fill_null("") for cell in cells], separator=rule.get("by", "-"))
    return pl.when(pl.any_horizontal(cell.is_not_null() for cell in cells)).then(text)


def _looked_up(rule: Rule) -> Value:
    """A column's text, through its value map where it has one."""
    cell = _cell(rule["column"])
    if "map" not in rule:
        return Value(cell)
    known = list(rule["map"])
    bad = cell.is_not_null() & ~cell.is_in(known)
    text = cell.replace_strict(known, [str(v) for v in rule["map"].values()], default=None, return_dtype=pl.String)
    return Value(pl.when(text != "").then(text), ((bad, _quoted(rule["column"], pl.lit("is not in the mapping"))),))


def _months(rule: Rule) -> tuple[pl.Expr, tuple[Fault, ...]]:
    """Whole months as a number, and what is wrong where they are none."""
    value = _looked_up(rule)
    months = pl.when(value.text.str.contains(r"^[0-9]{1,4}$")).then(value.text).cast(pl.Int64)
    words = pl.format("{} '{}' is not a whole number of months", pl.lit(rule["column"]), value.text.str.slice(0, 60))
    return months, (*value.faults, (value.text.is_not_null() & months.is_null(), words))


def _later(day: pl.Expr, months: pl.Expr) -> pl.Expr:
    return day.dt.offset_by(pl.format("{}mo", months))


def _months_before(rule: Rule, mapping: Mapping) -> Value:
    months, faults = _months(rule)
    return Value(_later(_day(mapping.constants[rule["months_before"]]), -months).cast(pl.String), faults)


def _anniversary(feed: Feed, rule: Rule, mapping: Mapping) -> Value:
    """The first day after the given one that lies a whole number of terms after the start; the term is taken to repeat."""
    begun = _value(feed, feed.fields[rule["from"]], TABLES[feed.table].column(rule["from"]), mapping)
    start = begun.text.str.to_date("%Y-%m-%d", strict=False)
    given, (term, faults) = _day(mapping.constants[rule["anniversary_after"]]), _months(rule["months"])
    term = pl.when(term > 0).then(term)
    apart = (given.dt.year() - start.dt.year()) * 12 + given.dt.month() - start.dt.month()
    full = apart - (_later(start, apart) > given).cast(pl.Int32)
    terms = pl.max_horizontal(full // term + 1, 1)
    return Value(pl.when(term.is_not_null()).then(_later(start, terms * term)).cast(pl.String), faults, begun.reads)


def _day(constant: str) -> pl.Expr:
    return pl.lit(constant).str.to_date("%Y-%m-%d")
