"""Convert dates and amounts from an external file's format to ours: text in, text out, null if it does not parse."""

import re
from datetime import time

import polars as pl

from health.columns import Column
from health.currency import SYMBOLS
from health.intake.cells import OFFSET
from health.intake.mapping.formats import ValueFormat, date_words, has_time

_TIME = rf"(?:(?:,? |T)(?<H>[0-9]{{1,2}}):(?<M>[0-9]{{2}})(?::(?<S>[0-5][0-9](?:\.[0-9]{{1,6}})?))?(?<offset>{OFFSET})?)?$"
_TWO = "(?<{}>[0-9]{{1,2}})"
_MARK = "[/.-]"
_SHAPES = {
    "iso": r"^(?<y>[0-9]{4})-(?<m>[0-9]{1,2})-(?<d>[0-9]{1,2})" + _TIME,
    "day_first": f"^{_TWO.format('d')}{_MARK}{_TWO.format('m')}{_MARK}(?<y>[0-9]{{4}}){_TIME}",
    "month_first": f"^{_TWO.format('m')}{_MARK}{_TWO.format('d')}{_MARK}(?<y>[0-9]{{4}}){_TIME}",
}
_SPACES = " \u00a0\u2009\u202f"
_GROUPS = {" ": f"[{_SPACES}]", "'": "['\u2019]", ".": r"\.", ",": ","}
_MINUS = "-\u2212"
NUMBERS = ("money", "number", "rate", "count")
DAYS = ("date", "timestamp")


def convert(cell: pl.Expr, column: Column, writing: ValueFormat) -> pl.Expr | None:
    """The cell in our format, null if it does not parse; None if the column needs no conversion."""
    if column.type in DAYS and (writing.dates or writing.utc):
        return parse_day(cell, writing.dates or "iso", column.type, writing.utc)
    if column.type in NUMBERS and not writing.plain_numbers:
        return parse_number(cell, writing)
    return None


def mismatch_message(cell: pl.Expr, column: Column, writing: ValueFormat) -> pl.Expr:
    """Message for a cell that does not parse."""
    if column.type in DAYS:
        return pl.lit(f"is not a date written {date_words(writing.dates or 'iso')}")
    message = pl.lit(f"is not an amount written as in {writing.number_like}")
    if not writing.currency:
        return message
    foreign = cell.str.contains(foreign_marks(writing.currency))
    return pl.when(foreign).then(pl.lit(f"is not in {writing.currency}")).otherwise(message)


def parse_day(text: pl.Expr, form: str, kind: str, utc: bool = False) -> pl.Expr:
    """A date or timestamp in our format, with the offset that it states; `utc`: times without an offset are UTC.

    Date fields drop the time of day, unless it has an offset: then the day depends on the zone of the book.
    """
    if form not in _SHAPES:
        if not has_time(form):
            return text.str.to_date(form, strict=False).dt.to_string("%Y-%m-%d")
        pattern_offset = pl.lit("Z" if utc or form.endswith(("Z", "UTC")) else None, pl.String)
        return _day_text(text.str.to_datetime(form, time_unit="us", strict=False), pattern_offset, kind)
    parts = text.str.extract_groups(_SHAPES[form]).struct
    clock = [parts.field(name).fill_null("0") for name in "HMS"]
    instant_text = pl.format("{}-{}-{} {}:{}:{}", parts.field("y"), parts.field("m"), parts.field("d"), *clock)
    stated = parts.field("offset").str.strip_chars()
    offset = pl.coalesce(stated, pl.when(parts.field("H").is_not_null()).then(pl.lit("Z"))) if utc else stated
    return _day_text(instant_text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False), offset, kind)


def _day_text(instant: pl.Expr, offset: pl.Expr, kind: str) -> pl.Expr:
    """Text of a moment, or of the day alone where nothing depends on its time: without an offset, or at midnight."""
    moment, day = instant.dt.to_string("%Y-%m-%d %H:%M:%S%.6f") + offset.fill_null(""), instant.dt.to_string("%Y-%m-%d")
    if kind == "timestamp":
        return moment
    return pl.when(offset.is_not_null() & (instant.dt.time() != time(0))).then(moment).otherwise(day)


def parse_number(text: pl.Expr, writing: ValueFormat) -> pl.Expr:
    """A number with a decimal point and no separators. Thousands are grouped by three or not at all; -1, 1- and (1) are negative."""
    well_formed, currency_marks = text.str.contains(_number_pattern(writing)), _currency_marks(writing)
    digits = text.str.strip_chars(f"{_SPACES}{_MINUS}()" + "".join(currency_marks) + "".join(currency_marks).lower())
    if writing.thousands:
        digits = digits.str.replace_all(_GROUPS[writing.thousands], "")
    if writing.decimal == ",":
        digits = digits.str.replace(",", ".", literal=True)
    negative = text.str.contains(f"[{_MINUS}(]")
    return pl.when(well_formed & negative).then("-" + digits).when(well_formed).then(digits)


def _currency_marks(writing: ValueFormat) -> tuple[str, ...]:
    """Code and symbol of the format's currency, if any."""
    return (writing.currency, SYMBOLS.get(writing.currency, writing.currency)) if writing.currency else ()


def _number_pattern(writing: ValueFormat) -> str:
    """Pattern of a number in this format, with sign, currency and grouping."""
    decimals = rf"(?:{re.escape(writing.decimal or '.')}[0-9]+)?"
    body = f"[0-9]+{decimals}"
    if writing.thousands:
        body = f"(?:{body}|[1-9][0-9]{{0,2}}(?:{_GROUPS[writing.thousands]}[0-9]{{3}})+{decimals})"
    space, minus = f"[{_SPACES}]*", f"[{_MINUS}]"
    mark = f"(?i:{'|'.join(re.escape(mark) for mark in _currency_marks(writing))})?" if writing.currency else ""
    before, after = f"{mark}{space}", f"{space}{mark}"
    forms = (
        f"{minus}?{space}{before}{body}{after}",
        f"{before}{minus}{space}{body}{after}",
        f"{before}{body}{minus}{after}",
        f"{before}{body}{after}{space}{minus}",
        rf"\({space}{before}{body}{after}{space}\)",
    )
    return f"^(?:{'|'.join(forms)})$"


def foreign_marks(currency: str) -> str:
    """Pattern that matches the symbol or code of any other currency."""
    codes = "|".join(code for code in SYMBOLS if code != currency)
    return rf"[\p{{Sc}}--{re.escape(SYMBOLS.get(currency, currency))}]|(?i:\b(?:{codes})\b)"
