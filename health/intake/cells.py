"""Parse text columns into typed values by declared formats.

Formats: days YYYY-MM-DD; instants YYYY-MM-DD[ T]HH:MM[:SS], with or without an offset from UTC, or a day alone for its first moment. An
instant with an offset is read as local time in the zone of the book, and kept as an instant beside; without one, it is local time as it
stands. A day is never shifted, also where it is written as a midnight with an offset; only a day given by another moment with an offset is
the day of that moment in the zone of the book. Decimals have a point and no thousands separators, money with at most two, numbers with at
most four and rates with at most eight decimals (nothing is rounded); flags true, false, yes, no, 1, 0. Text is stripped. A blank stays
null: the score decides on defaults.
"""

from collections.abc import Sequence

import polars as pl

from health.columns import NEVER_YEAR, RECORDED_AT, UTC, Column

TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "text": pl.String, "date": pl.Date, "timestamp": pl.Datetime("us"), "money": pl.Decimal(14, 2), "number": pl.Decimal(18, 4),
    "rate": pl.Decimal(18, 8), "count": pl.Int64, "flag": pl.Boolean,
}  # fmt: skip
OFFSET = r" ?(?:(?i:Z|UTC|GMT)|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)"
"""How a time may state its offset from UTC: Z, +02:00, +0200, +02."""
_MIDNIGHT = r"[ T]00:00(?::00(?:\.0{1,6})?)?"
_MOMENT = rf"^(\d{{4}}-\d{{2}}-\d{{2}})(?:[ T](\d{{2}}:\d{{2}})(:[0-5]\d(?:\.\d{{1,6}})?)?({OFFSET})?)?$"
SCALES = {"money": 2, "number": 4, "rate": 8}
PATTERNS = {
    "date": rf"^\d{{4}}-\d{{2}}-\d{{2}}(?:{_MIDNIGHT}(?:{OFFSET})?)?$",
    "timestamp": _MOMENT,
    "money": r"^-?\d{1,12}(\.\d{0,2}0*)?$",
    "number": r"^-?\d{1,14}(\.\d{0,4}0*)?$",
    "rate": r"^\d{1,10}(\.\d{0,8}0*)?$",
    "count": r"^-?\d{1,15}(\.0*)?$",
    "flag": r"^(?i:true|false|yes|no|1|0)$",
}
TYPE_FAULTS = {
    "date": "is not a date in the format YYYY-MM-DD",
    "timestamp": "is not a time in the format YYYY-MM-DD HH:MM:SS",
    "money": "is not an amount with a decimal point and at most two decimals",
    "number": "is not a number with a decimal point and at most four decimals",
    "rate": "is not a rate with a decimal point and at most eight decimals",
    "count": "is not a whole number",
    "flag": "is not true or false",
}
_TEXT = "#text:"
_TIMED = ("date", "timestamp")


def text_column(name: str) -> pl.Expr:
    """The column that holds a field's stripped text next to its typed value; null where blank."""
    return pl.col(_TEXT + name)


def parse_columns(columns: Sequence[Column], rows: pl.DataFrame, passed_through: Sequence[str], zone: str = "UTC") -> pl.DataFrame:
    """Text rows as `passed_through` and, for each of these columns, its text and its value: null where the text is blank or unreadable.

    Beside each timestamp stands its instant in UTC if it was given with an offset, else null. `zone`: of the book.
    """
    present = [c.name for c in columns if c.name in rows.columns]
    absent = [pl.lit(None, pl.String).alias(_TEXT + c.name) for c in columns if c.name not in present]
    texts = rows.select(*passed_through, *(pl.col(name).str.strip_chars().alias(_TEXT + name) for name in present), *absent)
    texts = texts.with_columns(pl.when(text_column(name) != "").then(text_column(name)) for name in present)
    rows_typed = texts.with_columns(_parsed_value(column) for column in columns)
    unusual = [
        c for c in columns if c.type in _TIMED and rows_typed[c.name].null_count() > rows_typed[_TEXT + c.name].null_count()
    ]  # slower than the common form, so only for the columns that need it
    timestamps = [c.name for c in columns if c.type == "timestamp" and c.name != RECORDED_AT]
    rows_typed = rows_typed.with_columns(
        _instant(name) if any(c.name == name for c in unusual) else pl.lit(None, pl.Datetime("us")).alias(name + UTC) for name in timestamps
    )
    return rows_typed.with_columns(_moment(c, zone) for c in unusual)


def _parsed_value(column: Column) -> pl.Expr:
    """The typed value of a column; null where its text does not match the declared format."""
    matching_text = _matching_text(column.name, column.type)
    match column.type:
        case "date":
            value = _day(column, matching_text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False))
        case "timestamp":
            value = matching_text.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
        case "money" | "number" | "rate":
            value = matching_text.str.to_decimal(scale=SCALES[column.type])
        case "count":
            value = matching_text.str.extract(r"^(-?\d+)").cast(pl.Int64)
        case "flag":
            value = matching_text.str.to_lowercase().is_in(["true", "yes", "1"])
        case _:
            value = matching_text
    return value.cast(TYPES[column.type]).alias(column.name)


def is_never(column: Column) -> pl.Expr:
    """Whether a cell of a date column holds a day so far ahead that it means "never"."""
    day = _matching_text(column.name, column.type).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return (day.dt.year() >= NEVER_YEAR).fill_null(False)


def _matching_text(name: str, kind: str) -> pl.Expr:
    """The text where it matches the format of the type, else null."""
    return pl.when(text_column(name).str.contains(PATTERNS[kind])).then(text_column(name)) if kind in PATTERNS else text_column(name)


def _day(column: Column, day: pl.Expr) -> pl.Expr:
    """The day of a date column; a month is stored as its first day, a day that means "never" is blank."""
    value = day.dt.month_start() if column.name == "month" else day
    return pl.when(~is_never(column)).then(value) if column.never else value


def _moment(column: Column, zone: str) -> pl.Expr:
    """A value in any allowed form, in the zone of the book."""
    in_zone = _instant(column.name).dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    if column.type == "date":
        return pl.coalesce(column.name, _day(column, in_zone.dt.date())).alias(column.name)
    return pl.coalesce(in_zone, _written_moment(column.name)).alias(column.name)


def _written_moment(name: str) -> pl.Expr:
    """Date and time as written, whatever the offset; a day alone is its first moment."""
    parts = _matching_text(name, "timestamp").str.extract_groups(_MOMENT).struct
    day, minute, second = (parts.field(f"{n}") for n in (1, 2, 3))
    padded = pl.format("{} {}{}", day, minute.fill_null("00:00"), second.fill_null(":00"))
    return padded.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)


def _instant(name: str) -> pl.Expr:
    """The instant in UTC of a value with an offset; null for one without."""
    offset = _matching_text(name, "timestamp").str.extract(_MOMENT, 4).str.strip_chars()
    sign = pl.when(offset.str.starts_with("-")).then(-1).otherwise(1)
    digits = offset.str.replace_all("[^0-9]", "").str.pad_end(4, "0")
    minutes = sign * (digits.str.slice(0, 2).cast(pl.Int64) * 60 + digits.str.slice(2, 2).cast(pl.Int64))
    return (_written_moment(name) - pl.duration(minutes=minutes)).alias(name + UTC)
