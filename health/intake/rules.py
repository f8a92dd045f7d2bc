"""A mapping's rules as expressions over a sheet: each yields text, and a fault where it could not be followed."""

from dataclasses import dataclass

import polars as pl

from health.intake.conversions import converted
from health.intake.mapping import Feed, Mapping
from health.intake.rulebook import Rule, kind_of
from health.intake.sheet import LINE
from health.tables import Column

FAULTS = "#faults"


@dataclass(frozen=True, eq=False)
class Value:
    """A field's text, and what to say where it has none though it should."""

    text: pl.Expr
    faults: tuple[pl.Expr, ...] = ()


def value_of(feed: Feed, name: str, column: Column, mapping: Mapping) -> Value:
    """The value that feeds this field."""
    rule = feed.fields[name]
    value = _value(feed, rule, column, mapping)
    if when := rule.get("when"):
        held = _cell(when["column"]).eq_missing(pl.lit(when["equals"]))
        return Value(pl.when(held).then(value.text), tuple(pl.when(held).then(fault) for fault in value.faults))
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
    value = _looked_up(rule)
    text, faults = converted(value.text, column, mapping.writing(rule), rule["column"])
    return Value(text, (*value.faults, *faults))


def _cell(name: str) -> pl.Expr:
    """The cell, blank ones null."""
    stripped = pl.col(name).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


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
    words = pl.format("{} '{}' is not in the mapping", pl.lit(rule["column"]), cell.str.slice(0, 60))
    fault = pl.when(cell.is_not_null() & ~cell.is_in(known)).then(words)
    text = cell.replace_strict(known, [str(v) for v in rule["map"].values()], default=None, return_dtype=pl.String)
    return Value(pl.when(text != "").then(text), (fault,))


def _months(rule: Rule) -> tuple[pl.Expr, tuple[pl.Expr, ...]]:
    """Whole months as a number, and what is wrong where they are none."""
    value = _looked_up(rule)
    months = pl.when(value.text.str.contains(r"^\d{1,4}$")).then(value.text).cast(pl.Int64)
    odd = pl.when(value.text.is_not_null() & months.is_null())
    fault = odd.then(pl.format("{} '{}' is not a whole number of months", pl.lit(rule["column"]), value.text.str.slice(0, 60)))
    return months, (*value.faults, fault)


def _later(day: pl.Expr, months: pl.Expr) -> pl.Expr:
    return day.dt.offset_by(pl.format("{}mo", months))


def _months_before(rule: Rule, mapping: Mapping) -> Value:
    months, faults = _months(rule)
    return Value(_later(_day(mapping.constants[rule["months_before"]]), -months).cast(pl.String), faults)


def _anniversary(feed: Feed, rule: Rule, mapping: Mapping) -> Value:
    """The first day after the given one that lies a whole number of terms after the start; the term is taken to repeat."""
    start = _value(feed, feed.fields[rule["from"]], Column(rule["from"], "date", ""), mapping).text.str.to_date("%Y-%m-%d", strict=False)
    given, (term, faults) = _day(mapping.constants[rule["anniversary_after"]]), _months(rule["months"])
    term = pl.when(term > 0).then(term)
    apart = (given.dt.year() - start.dt.year()) * 12 + given.dt.month() - start.dt.month()
    full = apart - (_later(start, apart) > given).cast(pl.Int32)
    terms = pl.max_horizontal(full // term + 1, 1)
    return Value(pl.when(term.is_not_null()).then(_later(start, terms * term)).cast(pl.String), faults)


def _day(constant: str) -> pl.Expr:
    return pl.lit(constant).str.to_date("%Y-%m-%d")
