"""Parse text columns into typed values by declared formats.

Formats: days YYYY-MM-DD; instants YYYY-MM-DD[ T]HH:MM[:SS], or a day alone for its first moment; decimals with a point, no
thousands separators, money with at most two and numbers with at most four decimals (nothing is rounded); flags true, false, yes, no, 1, 0.
Text is stripped. A blank stays null: the score decides on defaults.
"""

from collections.abc import Sequence

import polars as pl

from health.columns import NEVER_YEAR, Column

TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "text": pl.String, "date": pl.Date, "timestamp": pl.Datetime("us"), "money": pl.Decimal(14, 2), "number": pl.Decimal(18, 4),
    "count": pl.Int64, "flag": pl.Boolean,
}  # fmt: skip
PATTERNS = {
    "date": r"^\d{4}-\d{2}-\d{2}([ T]00:00(:00(\.0{1,6})?)?)?$",
    "timestamp": r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:[0-5]\d(\.\d{1,6})?)?)?$",
    "money": r"^-?\d{1,12}(\.\d{0,2}0*)?$",
    "number": r"^-?\d{1,14}(\.\d{0,4}0*)?$",
    "count": r"^-?\d{1,15}(\.0*)?$",
    "flag": r"^(?i:true|false|yes|no|1|0)$",
}
TYPE_FAULTS = {
    "date": "is not a date in the format YYYY-MM-DD",
    "timestamp": "is not a time in the format YYYY-MM-DD HH:MM:SS",
    "money": "is not an amount with a decimal point and at most two decimals",
    "number": "is not a number with a decimal point and at most four decimals",
    "count": "is not a whole number",
    "flag": "is not true or false",
}
_TEXT = "#text:"


def text_column(name: str) -> pl.Expr:
    """The column that holds a field's stripped text next to its typed value; null where blank."""
    return pl.col(_TEXT + name)


def parse_columns(columns: Sequence[Column], rows: pl.DataFrame, passed_through: Sequence[str]) -> pl.DataFrame:
    """Text rows as `passed_through` and, for each of these columns, its text and its value: null where the text is blank or unreadable."""
    present = [c.name for c in columns if c.name in rows.columns]
    absent = [pl.lit(None, pl.String).alias(_TEXT + c.name) for c in columns if c.name not in present]
    texts = rows.select(*passed_through, *(pl.col(name).str.strip_chars().alias(_TEXT + name) for name in present), *absent)
    texts = texts.with_columns(pl.when(text_column(name) != "").then(text_column(name)) for name in present)
    rows_typed = texts.with_columns(_parsed_value(column) for column in columns)
    unusual_instants = [
        c for c in columns if c.type == "timestamp" and rows_typed[c.name].null_count() > rows_typed[_TEXT + c.name].null_count()
    ]
    return rows_typed.with_columns(_any_instant(c.name) for c in unusual_instants)


def _parsed_value(column: Column) -> pl.Expr:
    """The typed value of a column; null where its text does not match the declared format."""
    matching_text = _matching_text(column.name, column.type)
    match column.type:
        case "date":
            day = matching_text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            value = day.dt.month_start() if column.name == "month" else day
            value = pl.when(~is_never(column)).then(value) if column.never else value
        case "timestamp":
            value = matching_text.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
        case "money" | "number":
            value = matching_text.str.to_decimal(scale=2 if column.type == "money" else 4)
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


def _any_instant(name: str) -> pl.Expr:
    """Timestamps in any allowed form; slower than the common form, so used only for columns that need it."""
    matching_text = _matching_text(name, "timestamp")
    missing_time = (
        pl.when(matching_text.str.len_bytes() == 10).then(pl.lit(" 00:00:00")).when(matching_text.str.len_bytes() == 16).then(pl.lit(":00"))
    )
    padded = matching_text.str.replace("T", " ", literal=True) + missing_time.otherwise(pl.lit(""))
    return padded.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False).alias(name)
