"""Check text rows: types, ranges, allowed values, references, keys and rules; every refusal lists all its reasons.

Rows with warnings are loaded and flagged. Messages are built only for the rows that need them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from health import format as fmt
from health.columns import EARLIEST_YEAR, LATEST_YEAR, NEVER_YEAR, Column, Table
from health.currency import DEFAULT
from health.intake import currencies
from health.intake.cells import TYPE_FAULTS, is_never, parse_columns, text_column
from health.intake.layout import Extract
from health.intake.mapping.apply import FAULTS
from health.intake.progress import ProgressCallback, ignore_progress
from health.intake.reading.sheet import LINE

LONGEST_TEXT = 32_767
CLOCK_LEEWAY = timedelta(days=1)
"""Tolerance for event dates after today: the file may come from a time zone that is a day ahead."""
CHUNK_ROWS = 200_000
REPEAT_PATTERN = r"(?:already appears in|stands in) line (\d+)(?: already)?$"  # the second form: corrections files of earlier versions
"""Matches the reason of a row that repeats an earlier line of its file; the group is that line number."""
REPEATED = "#repeated"
_SINCE, _FIRST = "#since", "#first"


@dataclass(frozen=True)
class CheckContext:
    """What a check reads besides the file.

    `zone`: the zone of the book, to which times with an offset are converted. `today`: None skips the check for future dates. `ids`: ids on
    file or in the file, by table, for columns with `mentions`. `since`: one row per customer with customer_id and customer_since.
    `uncorrected_repeats`: LINE of rows that were refused before as repeats and are unchanged in this file, and REPEATED, the line that each
    repeats. `currency`: that of the book; `rates`: currency and day of each rate.
    """

    zone: str = "UTC"
    today: date | None = None
    ids: Mapping[str, pl.Series] = field(default_factory=dict)
    since: pl.DataFrame | None = None
    uncorrected_repeats: pl.DataFrame | None = None
    currency: str = DEFAULT
    rates: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=currencies.RATES))


@dataclass(frozen=True)
class CheckedRows:
    """Result of a check: every row is accepted or refused.

    `accepted`: the table's typed columns and `line`. `refused`: line, reasons, raw (the file's own cells as one JSON object). `warned`:
    line and words, one row per flagged accepted row. `notices`: sentences about values that were read as something else.
    """

    extract: Extract
    accepted: pl.DataFrame
    refused: pl.DataFrame
    warned: pl.DataFrame
    notices: tuple[str, ...] = ()


Fault = tuple[pl.Expr, pl.Expr]
"""Condition under which a row is refused or flagged (null counts as false), and the message."""


def check(
    extract: Extract,
    known_ids: Mapping[str, pl.Series],
    context: CheckContext = CheckContext(),
    progress: ProgressCallback = ignore_progress,
) -> CheckedRows:
    """Every row accepted or refused with all its reasons; `known_ids` holds the ids that a reference to a table must name."""
    table, rows = extract.table, extract.rows.with_columns(_first_lines(extract, context.zone))
    mapping_faults = _mapping_faults(extract)
    faults = [
        *mapping_faults,
        *(f for c in table.columns for f in _column_faults(c, known_ids, context.today, bool(mapping_faults))),
        *currencies.faults(table, context.currency),
        *_row_faults(table),
    ]
    if context.uncorrected_repeats is not None:
        rows = rows.join(context.uncorrected_repeats, on=LINE, how="left", maintain_order="left")
        faults.append(_uncorrected_repeat(table))
    warnings, chunks = _warnings(extract, context), []
    for start in range(0, max(rows.height, 1), CHUNK_ROWS):
        progress(f"checking {table.name}", start / max(rows.height, 1))
        chunks.append(_check_chunk(table, rows.slice(start, CHUNK_ROWS), faults, warnings, context))
    accepted, reasons, warned = (pl.concat(frames, rechunk=False) for frames in zip(*chunks, strict=True))
    return CheckedRows(extract, accepted, _refused_rows(extract, reasons), warned, tuple(_never_notices(extract, accepted)))


def _check_chunk(
    table: Table, texts: pl.DataFrame, faults: list[Fault], warnings: list[Fault], context: CheckContext
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Check one chunk of rows: (accepted rows, reasons of refused rows, warnings of accepted rows). Chunks limit memory use."""
    passed_through = [name for name in (LINE, _FIRST, REPEATED, FAULTS) if name in texts.columns]
    rows = parse_columns(table.columns, texts, passed_through, context.zone)
    rows = currencies.in_book_terms(table, rows, context.currency, context.rates)
    is_refused, reasons = _faulty_rows(rows, faults, "reasons")
    accepted = rows if is_refused is None else rows.filter(~is_refused)
    if context.since is not None and "customer_id" in table.names:
        since = context.since.select("customer_id", pl.col("customer_since").alias(_SINCE))
        accepted = accepted.hstack(
            accepted.select("customer_id").join(since, on="customer_id", how="left", maintain_order="left").select(_SINCE)
        )
    _, warned = _faulty_rows(accepted, warnings, "words")
    return accepted.select(*table.stored, pl.col(LINE).alias("line")), reasons, warned


def _faulty_rows(rows: pl.DataFrame, faults: list[Fault], name: str) -> tuple[pl.Series | None, pl.DataFrame]:
    """(which rows have a fault, or None if none has; one row per faulty row with its line and joined messages)."""
    flags = [is_faulty.fill_null(False).alias(f"#{n}") for n, (is_faulty, _) in enumerate(faults)]
    occurs = rows.select(flag.any() for flag in flags).row(0) if faults else ()
    occurring = [n for n, occurs_here in enumerate(occurs) if occurs_here]
    if not occurring:
        return None, pl.DataFrame(schema={"line": pl.Int64, name: pl.String})
    fault_flags = rows.select(flags[n] for n in occurring)
    is_faulty = fault_flags.select(pl.any_horizontal(pl.all())).to_series()
    messages = [pl.when(f"#{n}").then(faults[n][1]) for n in occurring]
    faulty_rows = rows.filter(is_faulty).hstack(fault_flags.filter(is_faulty))
    return is_faulty, faulty_rows.select(pl.col(LINE).alias("line"), pl.concat_str(messages, separator="; ", ignore_nulls=True).alias(name))


def _cell_message(name: str, fault: str | pl.Expr) -> pl.Expr:
    """Message with column name and cell text: "start_on '31/12' is not a day ..."."""
    return pl.format("{} '{}' {}", pl.lit(name), text_column(name).str.slice(0, 60), pl.lit(fault) if isinstance(fault, str) else fault)


def _column_faults(column: Column, known_ids: Mapping[str, pl.Series], today: date | None, has_mapping_faults: bool) -> Iterable[Fault]:
    """Faults of one column, in the order in which they are reported."""
    name, text, value = column.name, text_column(column.name), pl.col(column.name)
    if column.required:
        yield text.is_null(), pl.lit(f"{name} is missing")
    if column.type in TYPE_FAULTS:
        is_unread = text.is_not_null() & value.is_null()
        yield is_unread & ~is_never(column) if column.never else is_unread, _type_message(column, has_mapping_faults)
    else:
        yield text.str.len_chars() > LONGEST_TEXT, _cell_message(name, f"is longer than {LONGEST_TEXT} characters")
        yield text.str.contains("\0", literal=True), pl.lit(f"{name} contains a NUL character")
    if column.type in ("date", "timestamp"):
        outside = (value < date(EARLIEST_YEAR, 1, 1)) | (value >= date(LATEST_YEAR + 1, 1, 1))
        yield outside, _cell_message(name, f"is outside the years {EARLIEST_YEAR} to {LATEST_YEAR}")
    if column.allowed:
        yield ~value.is_in(column.allowed), _cell_message(name, f"is not one of {', '.join(column.allowed)}")
    if column.least is not None:
        yield value < column.least, _cell_message(name, f"is less than {column.least}")
    if column.most is not None:
        yield value > column.most, _cell_message(name, f"is more than {column.most}")
    if column.refers:
        yield (
            ~value.is_in(known_ids[column.refers].implode()),
            _cell_message(name, f"does not exist in {column.refers}: load that table first"),
        )
    if column.event and today:
        yield from _future_date_faults(column, today)


def _type_message(column: Column, has_mapping_faults: bool) -> pl.Expr:
    """Message for a value that does not parse; null where the mapping has already reported that cell."""
    message = _cell_message(column.name, TYPE_FAULTS[column.type])
    reported_by_mapping = pl.col(FAULTS).str.contains(pl.format("'{}' is ", text_column(column.name).str.slice(0, 60)), literal=True)
    return pl.when(~reported_by_mapping.fill_null(False)).then(message) if has_mapping_faults else message


def _future_date_faults(column: Column, today: date) -> Iterable[Fault]:
    """Faults for event dates in the future: a single one would move the newest day of the whole warehouse."""
    first_refused_day, fault = today + CLOCK_LEEWAY + timedelta(days=1), f"is after the day of loading, {fmt.day(today)}"
    yield pl.col(column.name) >= first_refused_day, _cell_message(column.name, fault)
    if column.blank_is:
        remedy = f"{fault}, and {column.name} is blank: enter the date in {column.name}"
        yield text_column(column.name).is_null() & (pl.col(column.blank_is) >= first_refused_day), _cell_message(column.blank_is, remedy)


def _mapping_faults(extract: Extract) -> list[Fault]:
    """Faults that the mapping has already found, as one fault; empty without any."""
    return [(pl.col(FAULTS) != "", pl.col(FAULTS))] if FAULTS in extract.rows.columns else []


def _first_lines(extract: Extract, zone: str) -> pl.Series:
    """The first line with the same key; the row's own where it is the only one, or where a part of the key is missing that may not be."""
    table, rows = extract.table, extract.rows
    keys = parse_columns([table.column(name) for name in table.key], rows, [LINE], zone)
    if keys.select(table.key).n_unique() == rows.height:
        return rows[LINE].alias(_FIRST)
    key_complete = pl.all_horizontal(pl.col(name).is_not_null() for name in table.key if table.column(name).required)
    return keys.select(pl.when(key_complete).then(pl.col(LINE).min().over(table.key)).otherwise(LINE).alias(_FIRST)).to_series()


def _row_faults(table: Table) -> list[Fault]:
    """The table's row rules, and repeated keys."""
    repeat_message = pl.format("{} already appears in line {}", _key_text(table), _FIRST)
    return [(rule.broken, pl.lit(rule.words)) for rule in table.rules] + [(pl.col(_FIRST) < pl.col(LINE), repeat_message)]


def _uncorrected_repeat(table: Table) -> Fault:
    """Fault of a corrections file whose repeated row was not changed."""
    message = pl.format("{} repeats line {} of its file and is not corrected yet: change the row or delete it", _key_text(table), REPEATED)
    return pl.col(REPEATED).is_not_null() & (pl.col(_FIRST) >= pl.col(LINE)), message


def _key_text(table: Table) -> pl.Expr:
    """Key columns and their text in a row, for messages."""
    key = pl.concat_str([text_column(name).fill_null("") for name in table.key], separator=", ")
    return pl.format("{} '{}'", pl.lit(", ".join(table.key)), key)


def _warnings(extract: Extract, context: CheckContext) -> list[Fault]:
    """Conditions under which accepted rows are flagged; rules apply only if the file has all their columns."""
    table, provided = extract.table, {*extract.given, *extract.table.instants.values()}
    mentions = [(c, context.ids[c.mentions]) for c in table.columns if c.name in provided and len(context.ids.get(c.mentions, ()))]
    warnings = [(~pl.col(c.name).is_in(ids.implode()), _cell_message(c.name, f"does not exist in {c.mentions}")) for c, ids in mentions]
    warnings += [(rule.broken, pl.lit(rule.words)) for rule in table.warnings if set(rule.broken.meta.root_names()) <= provided]
    if context.since is not None and "customer_id" in table.names:
        message = pl.format("is before the customer's first day, {}", pl.col(_SINCE).dt.to_string("%-d %b %Y"))
        events = [c for c in table.columns if c.event and not c.opening and c.name in provided]
        warnings += [(pl.col(c.name) < pl.col(_SINCE), _cell_message(c.name, message)) for c in events]
    return warnings


def _never_notices(extract: Extract, accepted: pl.DataFrame) -> Iterable[str]:
    """One sentence per column in which accepted rows name a day that means "never"."""
    for column in extract.table.columns:
        if column.never and column.name in extract.given:
            cells = parse_columns([column], extract.rows, [LINE]).filter(is_never(column))
            if rows := cells.filter(pl.col(LINE).is_in(accepted["line"].implode())).height:
                place = f"{extract.sheet.file}: {column.name} is in {NEVER_YEAR} or later"
                yield f"{place} in {fmt.plural(rows, 'row')} of {extract.table.name}; that means {column.never}."


def _refused_rows(extract: Extract, reasons: pl.DataFrame) -> pl.DataFrame:
    """Refused rows and unreadable records, sorted by line; for the latter the first cell of `raw` holds the whole record."""
    sheet = extract.sheet
    rows = add_raw_cells(extract, reasons)
    raw_cells = [pl.col("raw").alias(name) if n == 0 else pl.lit("").alias(name) for n, name in enumerate(sheet.columns)]
    broken_records = sheet.broken.select(pl.col(LINE).alias("line"), "reasons", pl.struct(raw_cells).struct.json_encode().alias("raw"))
    return pl.concat([rows, broken_records]).sort("line")


def add_raw_cells(extract: Extract, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `raw` to rows with a `line`: the file's own cells of that line as one JSON object."""
    sheet = extract.sheet
    cells = pl.struct(pl.col(name).fill_null("") for name in sheet.columns).struct.json_encode()
    matching_rows = sheet.rows.filter(pl.col(LINE).is_in(rows["line"].implode())) if rows.height else sheet.rows.clear()
    raw = matching_rows.select(pl.col(LINE).alias("line"), cells.alias("raw"))
    return rows.join(raw, on="line", how="left", maintain_order="left")
