"""Text rows into accepted and refused: types, ranges, allowed values, references, keys, rules; every reason is told.

A warning refuses nothing: its row is loaded and flagged. Words are made for the rows they are about and for no others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from health import format as fmt
from health.columns import EARLIEST_YEAR, LATEST_YEAR, Column, Table
from health.intake.cells import WORDS, text_of, typed
from health.intake.layout import Extract
from health.intake.mapping.apply import FAULTS
from health.intake.progress import Tell, silent
from health.intake.reading.sheet import LINE

LONGEST_TEXT = 32_767
LEEWAY = timedelta(days=1)
"""It may be tomorrow where the file was written."""
CHUNK_ROWS = 200_000
REPEATS = r"stands in line (\d+) already$"
"""What the reasons of a row end with that repeats another of its file, and which line that is."""
REPEATED = "#repeated"
_SINCE, _FIRST = "#since", "#first"


@dataclass(frozen=True)
class Beside:
    """What a check looks at beside the file: `today` (None: days to come are not looked for), `ids` on file or in the file by table, for
    columns that should name one, `since`: one row a customer, customer_id and customer_since, and `unmended`: LINE of rows that were
    refused before as repeats and stand there as they were, and REPEATED, the line that each repeats."""

    today: date | None = None
    ids: Mapping[str, pl.Series] = field(default_factory=dict)
    since: pl.DataFrame | None = None
    unmended: pl.DataFrame | None = None


@dataclass(frozen=True)
class Checked:
    """`accepted`: the table's columns, typed, and `line`; `refused`: line, reasons, raw (one JSON object of the file's own cells);
    `warned`: line, words of accepted rows."""

    extract: Extract
    accepted: pl.DataFrame
    refused: pl.DataFrame
    warned: pl.DataFrame


Fault = tuple[pl.Expr, pl.Expr]
"""Where a row is refused or flagged (true, never mind null), and the words for it."""


def check(extract: Extract, known: Mapping[str, pl.Series], beside: Beside = Beside(), tell: Tell = silent) -> Checked:
    """Every row accepted or refused with all its reasons; `known` holds the ids that a reference to a table must name."""
    table, rows = extract.table, extract.rows.with_columns(_first_lines(extract))
    own = _own_faults(extract)
    faults = [*own, *(f for c in table.columns for f in _faults(c, known, beside.today, bool(own))), *_row_faults(table)]
    if beside.unmended is not None:
        rows = rows.join(beside.unmended, on=LINE, how="left", maintain_order="left")
        faults.append(_unmended(table))
    warnings, parts = _warnings(extract, beside), []
    for start in range(0, max(rows.height, 1), CHUNK_ROWS):
        tell(f"checking {table.name}", start / max(rows.height, 1))
        parts.append(_sorted_out(table, rows.slice(start, CHUNK_ROWS), faults, warnings, beside))
    accepted, reasons, warned = (pl.concat(frames, rechunk=False) for frames in zip(*parts, strict=True))
    return Checked(extract, accepted, _refused(extract, reasons), warned)


def _sorted_out(
    table: Table, texts: pl.DataFrame, faults: list[Fault], warnings: list[Fault], beside: Beside
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Accepted rows, and the words of the refused and of the flagged ones; a part of the rows at a time, to be sparing with memory."""
    rows = typed(table.columns, texts, [name for name in (LINE, _FIRST, REPEATED, FAULTS) if name in texts.columns])
    bad, reasons = _told(rows, faults, "reasons")
    fine = rows if bad is None else rows.filter(~bad)
    if beside.since is not None and "customer_id" in table.names:
        since = beside.since.select("customer_id", pl.col("customer_since").alias(_SINCE))
        fine = fine.hstack(fine.select("customer_id").join(since, on="customer_id", how="left", maintain_order="left").select(_SINCE))
    _, warned = _told(fine, warnings, "words")
    return fine.select(*table.names, pl.col(LINE).alias("line")), reasons, warned


def _told(rows: pl.DataFrame, faults: list[Fault], name: str) -> tuple[pl.Series | None, pl.DataFrame]:
    """Which rows have a fault (None: not one), and line and all the words of each that has."""
    flags = [bad.fill_null(False).alias(f"#{n}") for n, (bad, _) in enumerate(faults)]
    seen = rows.select(flag.any() for flag in flags).row(0) if faults else ()
    found = [n for n, hit in enumerate(seen) if hit]
    if not found:
        return None, pl.DataFrame(schema={"line": pl.Int64, name: pl.String})
    marks = rows.select(flags[n] for n in found)
    bad = marks.select(pl.any_horizontal(pl.all())).to_series()
    told = [pl.when(f"#{n}").then(faults[n][1]) for n in found]
    ours = rows.filter(bad).hstack(marks.filter(bad))
    return bad, ours.select(pl.col(LINE).alias("line"), pl.concat_str(told, separator="; ", ignore_nulls=True).alias(name))


def _quoted(name: str, words: str | pl.Expr) -> pl.Expr:
    return pl.format("{} '{}' {}", pl.lit(name), text_of(name).str.slice(0, 60), pl.lit(words) if isinstance(words, str) else words)


def _faults(column: Column, known: Mapping[str, pl.Series], today: date | None, own: bool) -> Iterable[Fault]:
    name, text, value = column.name, text_of(column.name), pl.col(column.name)
    if column.required:
        yield text.is_null(), pl.lit(f"{name} is missing")
    if column.type in WORDS:
        yield text.is_not_null() & value.is_null(), _unreadable(column, own)
    else:
        yield text.str.len_chars() > LONGEST_TEXT, _quoted(name, f"is longer than {LONGEST_TEXT} characters")
        yield text.str.contains("\0", literal=True), pl.lit(f"{name} holds a NUL character")
    if column.type in ("date", "timestamp"):
        outside = (value < date(EARLIEST_YEAR, 1, 1)) | (value >= date(LATEST_YEAR + 1, 1, 1))
        yield outside, _quoted(name, f"lies outside the years {EARLIEST_YEAR} to {LATEST_YEAR}")
    if column.allowed:
        yield ~value.is_in(column.allowed), _quoted(name, f"is none of {', '.join(column.allowed)}")
    if column.least is not None:
        yield value < column.least, _quoted(name, f"is less than {column.least}")
    if column.most is not None:
        yield value > column.most, _quoted(name, f"is more than {column.most}")
    if column.refers:
        yield ~value.is_in(known[column.refers].implode()), _quoted(name, f"is not among the {column.refers}, load them first")
    if column.event and today:
        yield from _to_come(column, today)


def _unreadable(column: Column, own: bool) -> pl.Expr:
    """The words for a value of another form than ours; none where the mapping has told of that cell, by the form it asks for."""
    words = _quoted(column.name, WORDS[column.type])
    told = pl.col(FAULTS).str.contains(pl.format("'{}' is ", text_of(column.name).str.slice(0, 60)), literal=True)
    return pl.when(~told.fill_null(False)).then(words) if own else words


def _to_come(column: Column, today: date) -> Iterable[Fault]:
    """What has happened cannot lie in the future: one such day would age everybody's record."""
    first, words = today + LEEWAY + timedelta(days=1), f"lies after the day of loading, {fmt.day(today)}"
    yield pl.col(column.name) >= first, _quoted(column.name, words)
    if column.blank_is:
        remedy = f"{words}, and {column.name} is blank; say there when that was"
        yield text_of(column.name).is_null() & (pl.col(column.blank_is) >= first), _quoted(column.blank_is, remedy)


def _own_faults(extract: Extract) -> list[Fault]:
    return [(pl.col(FAULTS) != "", pl.col(FAULTS))] if FAULTS in extract.rows.columns else []


def _first_lines(extract: Extract) -> pl.Series:
    """The first line with the same key; the row's own where it is the only one, or where a part of the key is missing that may not be."""
    table, rows = extract.table, extract.rows
    keys = typed([table.column(name) for name in table.key], rows, [LINE])
    if keys.select(table.key).n_unique() == rows.height:
        return rows[LINE].alias(_FIRST)
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in table.key if table.column(name).required)
    return keys.select(pl.when(whole).then(pl.col(LINE).min().over(table.key)).otherwise(LINE).alias(_FIRST)).to_series()


def _row_faults(table: Table) -> list[Fault]:
    again = pl.format("{} stands in line {} already", _key(table), _FIRST)
    return [(rule.broken, pl.lit(rule.words)) for rule in table.rules] + [(pl.col(_FIRST) < pl.col(LINE), again)]


def _unmended(table: Table) -> Fault:
    words = pl.format("{} repeats line {} of its file and is not mended yet, change the row or leave it out", _key(table), REPEATED)
    return pl.col(REPEATED).is_not_null() & (pl.col(_FIRST) >= pl.col(LINE)), words


def _key(table: Table) -> pl.Expr:
    key = pl.concat_str([text_of(name).fill_null("") for name in table.key], separator=", ")
    return pl.format("{} '{}'", pl.lit(", ".join(table.key)), key)


def _warnings(extract: Extract, beside: Beside) -> list[Fault]:
    """What an accepted row is flagged for; a rule is not asked where the file does not speak of its columns."""
    table, given = extract.table, set(extract.given)
    mentions = [(c, beside.ids[c.mentions]) for c in table.columns if c.name in given and len(beside.ids.get(c.mentions, ()))]
    found = [(~pl.col(c.name).is_in(ids.implode()), _quoted(c.name, f"is not among the {c.mentions}")) for c, ids in mentions]
    found += [(rule.broken, pl.lit(rule.words)) for rule in table.warnings if set(rule.broken.meta.root_names()) <= given]
    if beside.since is not None and "customer_id" in table.names:
        words = pl.format("lies before the customer's first day, {}", pl.col(_SINCE).dt.to_string("%-d %b %Y"))
        events = [c for c in table.columns if c.event and not c.opening and c.name in given]
        found += [(pl.col(c.name) < pl.col(_SINCE), _quoted(c.name, words)) for c in events]
    return found


def _refused(extract: Extract, reasons: pl.DataFrame) -> pl.DataFrame:
    """Refused rows and broken records together; of a broken one the first cell holds the record as it stood."""
    sheet = extract.sheet
    rows = with_raw(extract, reasons)
    first = [pl.col("raw").alias(name) if n == 0 else pl.lit("").alias(name) for n, name in enumerate(sheet.columns)]
    lost = sheet.broken.select(pl.col(LINE).alias("line"), "reasons", pl.struct(first).struct.json_encode().alias("raw"))
    return pl.concat([rows, lost]).sort("line")


def with_raw(extract: Extract, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that have a line, with `raw`: that line's own cells as one JSON object."""
    sheet = extract.sheet
    cells = pl.struct(pl.col(name).fill_null("") for name in sheet.columns).struct.json_encode()
    ours = sheet.rows.filter(pl.col(LINE).is_in(rows["line"].implode())) if rows.height else sheet.rows.clear()
    raw = ours.select(pl.col(LINE).alias("line"), cells.alias("raw"))
    return rows.join(raw, on="line", how="left", maintain_order="left")
