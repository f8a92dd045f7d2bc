"""Text rows into accepted and refused: types by declared formats, ranges, allowed values, references, keys, rules; every reason is told.

Formats: days YYYY-MM-DD; instants YYYY-MM-DD[ T]HH:MM[:SS], or a day alone for its first moment; decimals with a point, no
thousands marks, money with at most two and numbers with at most four decimals (nothing is rounded); flags true, false, yes, no, 1, 0.
Text is stripped, never cast. A blank stays unknown: defaults are the score's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from health.intake.layout import Extract
from health.intake.rules import FAULTS
from health.intake.sheet import LINE
from health.tables import EARLIEST_YEAR, LATEST_YEAR, Column, Table

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
LONGEST_TEXT = 32_767
_TEXT = "#text:"


@dataclass(frozen=True)
class Checked:
    """`accepted`: the table's columns, typed, and `line`; `refused`: line, reasons, raw (one JSON object of the file's own cells)."""

    extract: Extract
    accepted: pl.DataFrame
    refused: pl.DataFrame


def check(extract: Extract, known: Mapping[str, pl.Series]) -> Checked:
    """Every row accepted or refused with all its reasons; `known` holds the ids that a reference to a table may name."""
    table = extract.table
    typed = extract.rows.select(LINE, *_texts(extract)).with_columns(_parsed(c) for c in table.columns)
    typed = typed.with_columns(pl.coalesce(_first_line(table), LINE).alias("#first"))
    faults = [*_own_faults(extract), *(fault for c in table.columns for fault in _faults(c, known)), *_row_faults(table)]
    flags = [f"#{n}" for n in range(len(faults))]
    typed = typed.with_columns(bad.fill_null(False).alias(flag) for flag, (bad, _) in zip(flags, faults, strict=True))
    bad = pl.any_horizontal(flags)
    told = [pl.when(flag).then(words) for flag, (_, words) in zip(flags, faults, strict=True)]
    reasons = typed.filter(bad).select(LINE, pl.concat_str(told, separator="; ", ignore_nulls=True).alias("reasons"))
    accepted = typed.filter(~bad).select(*table.names, pl.col(LINE).alias("line"))
    return Checked(extract, accepted, _refused(extract, reasons))


def _texts(extract: Extract) -> list[pl.Expr]:
    held = [pl.col(name).str.strip_chars() for name in extract.given]
    texts = [pl.when(value != "").then(value).alias(_TEXT + name) for name, value in zip(extract.given, held, strict=True)]
    absent = [pl.lit(None, pl.String).alias(_TEXT + name) for name in extract.table.names if name not in extract.given]
    return texts + absent + [pl.col(FAULTS) for _ in [0] if FAULTS in extract.rows.columns]


def _parsed(column: Column) -> pl.Expr:
    """The typed value; null where the text is blank or unreadable."""
    text = pl.col(_TEXT + column.name)
    fits = pl.when(text.str.contains(PATTERNS[column.type])).then(text) if column.type in PATTERNS else text
    match column.type:
        case "date":
            day = fits.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            value = day.dt.month_start() if column.name == "month" else day
        case "timestamp":
            padded = fits.str.replace("T", " ", literal=True) + pl.when(fits.str.len_bytes() == 10).then(pl.lit(" 00:00:00")).when(
                fits.str.len_bytes() == 16).then(pl.lit(":00")).otherwise(pl.lit(""))  # fmt: skip
            value = padded.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
        case "money" | "number":
            value = fits.str.to_decimal(scale=2 if column.type == "money" else 4)
        case "count":
            value = fits.str.extract(r"^(-?\d+)").cast(pl.Int64)
        case "flag":
            value = fits.str.to_lowercase().is_in(["true", "yes", "1"])
        case _:
            value = text
    return value.cast(TYPES[column.type]).alias(column.name)


Fault = tuple[pl.Expr, pl.Expr]
"""Where a row is refused (true, never mind null), and the words for it."""


def _faults(column: Column, known: Mapping[str, pl.Series]) -> list[Fault]:
    text, value = pl.col(_TEXT + column.name), pl.col(column.name)
    found: list[Fault] = []

    def add(bad: pl.Expr, words: str) -> None:
        found.append((bad, pl.format("{} '{}' {}", pl.lit(column.name), text.str.slice(0, 60), pl.lit(words))))

    if column.required:
        found.append((text.is_null(), pl.lit(f"{column.name} is missing")))
    if column.type in WORDS:
        add(text.is_not_null() & value.is_null(), WORDS[column.type])
    else:
        add(text.str.len_chars() > LONGEST_TEXT, f"is longer than {LONGEST_TEXT} characters")
        found.append((text.str.contains("\0", literal=True), pl.lit(f"{column.name} holds a NUL character")))
    if column.type in ("date", "timestamp"):
        add(~value.dt.year().is_between(EARLIEST_YEAR, LATEST_YEAR), f"lies outside the years {EARLIEST_YEAR} to {LATEST_YEAR}")
    if column.allowed:
        add(~value.is_in(column.allowed), f"is none of {', '.join(column.allowed)}")
    if column.least is not None:
        add(value < column.least, f"is less than {column.least}")
    if column.most is not None:
        add(value > column.most, f"is more than {column.most}")
    if column.refers:
        add(~value.is_in(known[column.refers].implode()), f"is not among the {column.refers}, load them first")
    return found


def _own_faults(extract: Extract) -> list[Fault]:
    return [(pl.col(FAULTS) != "", pl.col(FAULTS))] if FAULTS in extract.rows.columns else []


def _first_line(table: Table) -> pl.Expr:
    """The first line with the same key; null where a part of the key is missing that may not be."""
    needed = [name for name in table.key if table.column(name).required]
    return pl.when(pl.all_horizontal(pl.col(name).is_not_null() for name in needed)).then(pl.col(LINE).min().over(table.key))


def _row_faults(table: Table) -> list[Fault]:
    key = pl.concat_str([pl.col(_TEXT + name).fill_null("") for name in table.key], separator=", ")
    again = pl.format("{} '{}' stands in line {} already", pl.lit(", ".join(table.key)), key, "#first")
    return [(rule.broken, pl.lit(rule.words)) for rule in table.rules] + [(pl.col("#first") < pl.col(LINE), again)]


def _refused(extract: Extract, reasons: pl.DataFrame) -> pl.DataFrame:
    """Refused rows and broken records together; of a broken one the first cell holds the record as it stood."""
    sheet = extract.sheet
    cells = [pl.col(name).fill_null("") for name in sheet.columns]
    rows = reasons.join(sheet.rows, on=LINE, how="left", maintain_order="left").select(
        pl.col(LINE).alias("line"), "reasons", pl.struct(cells).struct.json_encode().alias("raw")
    )
    first = [pl.col("raw").alias(name) if n == 0 else pl.lit("").alias(name) for n, name in enumerate(sheet.columns)]
    lost = sheet.broken.select(pl.col(LINE).alias("line"), "reasons", pl.struct(first).struct.json_encode().alias("raw"))
    return pl.concat([rows, lost]).sort("line")
