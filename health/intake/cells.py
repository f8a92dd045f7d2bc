"""Text into typed values by declared formats, a column at a time.

Formats: days YYYY-MM-DD; instants YYYY-MM-DD[ T]HH:MM[:SS], or a day alone for its first moment; decimals with a point, no
thousands marks, money with at most two and numbers with at most four decimals (nothing is rounded); flags true, false, yes, no, 1, 0.
Text is stripped, never cast. A blank stays unknown: defaults are the score's business.
"""

from collections.abc import Sequence

import polars as pl

from health.columns import Column

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
WORDS = {
    "date": "is not a day written YYYY-MM-DD",
    "timestamp": "is not a time written YYYY-MM-DD HH:MM:SS",
    "money": "is not an amount with a point and at most two decimals",
    "number": "is not a number with a point and at most four decimals",
    "count": "is not a whole number",
    "flag": "is not true or false",
}
_TEXT = "#text:"


def text_of(name: str) -> pl.Expr:
    """The field's own text, beside its typed value; null where blank."""
    return pl.col(_TEXT + name)


def typed(columns: Sequence[Column], rows: pl.DataFrame, kept: Sequence[str]) -> pl.DataFrame:
    """Text rows as `kept` and, for each of these columns, its text and its value: null where the text is blank or unreadable."""
    given = [c.name for c in columns if c.name in rows.columns]
    absent = [pl.lit(None, pl.String).alias(_TEXT + c.name) for c in columns if c.name not in given]
    texts = rows.select(*kept, *(pl.col(name).str.strip_chars().alias(_TEXT + name) for name in given), *absent)
    texts = texts.with_columns(pl.when(text_of(name) != "").then(text_of(name)) for name in given)
    values = texts.with_columns(_value(column) for column in columns)
    loose = [c for c in columns if c.type == "timestamp" and values[c.name].null_count() > values[_TEXT + c.name].null_count()]
    return values.with_columns(_loose_instant(c.name) for c in loose)


def _value(column: Column) -> pl.Expr:
    fits = _fits(column.name, column.type)
    match column.type:
        case "date":
            day = fits.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            value = day.dt.month_start() if column.name == "month" else day
        case "timestamp":
            value = fits.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
        case "money" | "number":
            value = fits.str.to_decimal(scale=2 if column.type == "money" else 4)
        case "count":
            value = fits.str.extract(r"^(-?\d+)").cast(pl.Int64)
        case "flag":
            value = fits.str.to_lowercase().is_in(["true", "yes", "1"])
        case _:
            value = fits
    return value.cast(TYPES[column.type]).alias(column.name)


def _fits(name: str, kind: str) -> pl.Expr:
    return pl.when(text_of(name).str.contains(PATTERNS[kind])).then(text_of(name)) if kind in PATTERNS else text_of(name)


def _loose_instant(name: str) -> pl.Expr:
    """Instants in every allowed form; slower than the one way that nearly all files write them."""
    fits = _fits(name, "timestamp")
    rest = pl.when(fits.str.len_bytes() == 10).then(pl.lit(" 00:00:00")).when(fits.str.len_bytes() == 16).then(pl.lit(":00"))
    padded = fits.str.replace("T", " ", literal=True) + rest.otherwise(pl.lit(""))
    return padded.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False).alias(name)
