"""Profile of a file's columns: fill rate, distinct values, and how they read as dates, amounts, e-mail addresses or words."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl

from health.currency import SYMBOLS
from health.currency import code as own_currency
from health.intake.cells import PATTERNS
from health.intake.mapping.conversions import foreign_marks, parse_day, parse_number
from health.intake.mapping.formats import ZERO, ValueFormat
from health.intake.reading.sheet import Sheet

MOST_DISTINCT_WORDS, SAMPLES, ROWS_TRIED, MOSTLY = 40, 5, 300, 0.8
_PATTERNS = (
    "%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y%m%d", "%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
    "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p",
)  # fmt: skip
_SHORT_YEARS = tuple((f"%d{mark}%m{mark}%y", f"%m{mark}%d{mark}%y") for mark in "/.-")
_MARKS = ((".", None), (",", None), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"))
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


@dataclass(frozen=True)
class Reading:
    """One way to read a column: its format for the mapping, how many distinct values it fits, and a value that distinguishes it."""

    form: str
    fits: int
    sample: str = ""


@dataclass(frozen=True)
class Readings:
    """The ways a column can be read. `settled`: the only format that the values allow; None if none, several, or contradictory."""

    options: tuple[Reading, ...] = ()
    settled: str | None = None
    contradictory: bool = False

    @property
    def open(self) -> bool:
        """Whether the user must choose a format."""
        return self.settled is None and bool(self.options)


@dataclass(frozen=True)
class ColumnProfile:
    """Profile of one column.

    `words`: rows by value, if there are few distinct values; `own_form`: the types whose format all values have; `currency`: amounts have
    currency marks; `foreign`: some of another currency; `customers`: number of distinct values that are customer ids;
    `zeros`: rows with an amount of 0.
    """

    name: str
    rows: int
    blank: int
    distinct: int
    samples: tuple[str, ...] = ()
    words: dict[str, int] = field(default_factory=dict)
    own_form: frozenset[str] = frozenset()
    days: Readings = Readings()
    numbers: Readings = Readings()
    emails: bool = False
    currency: bool = False
    foreign: bool = False
    customers: int = 0
    zeros: int = 0

    @property
    def unique(self) -> bool:
        """Whether all values are distinct."""
        return 0 < self.distinct == self.rows - self.blank


def profile_columns(sheet: Sheet, customers: Collection[str] = ()) -> tuple[ColumnProfile, ...]:
    """Profile every column of the file; `customers`: the customer ids on file."""
    ids = pl.Series(list(customers), dtype=pl.String)
    return tuple(_profile_column(name, sheet.rows[name], ids) for name in sheet.columns)


def _profile_column(name: str, cells: pl.Series, customers: pl.Series) -> ColumnProfile:
    """Profile one column."""
    text = cells.str.strip_chars()
    counts = pl.DataFrame({"text": text.filter(text != "")}).group_by("text", maintain_order=True).len()
    values, filled_rows = counts["text"], int(counts["len"].sum())
    words = dict(counts.iter_rows()) if counts.height <= MOST_DISTINCT_WORDS else {}
    sample = values.head(ROWS_TRIED)
    foreign = _share(sample, pl.col("text").str.contains(foreign_marks(own_currency())) & _has_digit()) > 0
    has_currency = (
        foreign
        or _share(
            sample,
            pl.col("text").str.contains(f"(?i){own_currency()}|{re.escape(SYMBOLS.get(own_currency(), own_currency()))}") & _has_digit(),
        )
        > 0
    )
    return ColumnProfile(
        name, len(cells), len(cells) - filled_rows, counts.height, tuple(values.head(SAMPLES)), words, _own_form(values),
        _day_readings(values), _number_readings(values, has_currency, foreign),
        _share(sample, pl.col("text").str.contains(_EMAIL)) >= MOSTLY, has_currency, foreign,
        int(values.is_in(customers.implode()).sum()) if customers.len() else 0,
        int(counts.filter(pl.col("text").str.contains(ZERO))["len"].sum()),
    )  # fmt: skip


def _has_digit() -> pl.Expr:
    return pl.col("text").str.contains("[0-9]")


def _share(values: pl.Series, fits: pl.Expr) -> float:
    """Share of values that satisfy an expression; 0 without values."""
    return float(pl.DataFrame({"text": values}).select(fits.fill_null(False).mean()).item() or 0)


def _own_form(values: pl.Series) -> frozenset[str]:
    """Types whose format all values have."""
    matching_patterns = [(kind, pattern) for kind, pattern in PATTERNS.items() if values.head(ROWS_TRIED).str.contains(pattern).all()]
    return frozenset(kind for kind, pattern in matching_patterns if values.str.contains(pattern).all())


def _day_expression(text: str, form: str) -> pl.Expr:
    return parse_day(pl.col(text), form, "timestamp")


def _day_readings(values: pl.Series) -> Readings:
    """How the values read as dates: ISO, day or month first (if the values can tell), or another pattern."""
    sample = values.head(ROWS_TRIED)
    if not sample.str.contains("[0-9]").mean():
        return Readings()
    if _share(sample, _day_expression("text", "iso").is_not_null()) >= MOSTLY:
        return Readings((Reading("iso", values.len()),), "iso")
    for pair in (("day_first", "month_first"), *_SHORT_YEARS):
        if _share(sample, _day_expression("text", pair[0]).is_not_null() | _day_expression("text", pair[1]).is_not_null()) >= MOSTLY:
            return _day_or_month_first(values, pair)
    fitting_patterns = (form for form in _PATTERNS if _share(sample, _day_expression("text", form).is_not_null()) >= MOSTLY)
    form = next(fitting_patterns, None)
    return Readings((Reading(form, values.len()),), form) if form else Readings()


def _day_or_month_first(values: pl.Series, pair: tuple[str, str]) -> Readings:
    """Readings of dates whose order of day and month must be decided by the values."""
    readings = pl.DataFrame({"text": values}).with_columns(_day_expression("text", form).alias(form) for form in pair)
    ways = tuple(Reading(form, readings.height - readings[form].null_count()) for form in pair)
    fits_one_only = [readings.filter(pl.col(a).is_not_null() & pl.col(b).is_null())["text"] for a, b in (pair, pair[::-1])]
    if fits_one_only[0].is_empty() != fits_one_only[1].is_empty():
        return Readings(ways, pair[0] if fits_one_only[1].is_empty() else pair[1])
    differing = readings.filter(pl.col(pair[0]) != pl.col(pair[1]))["text"]
    examples = [
        values_fitting[0] if values_fitting.len() else differing[0] if differing.len() else values[0] for values_fitting in fits_one_only
    ]
    return Readings(
        tuple(Reading(w.form, w.fits, s) for w, s in zip(ways, examples, strict=True)), contradictory=not fits_one_only[0].is_empty()
    )


def _number_readings(values: pl.Series, has_currency: bool, foreign: bool) -> Readings:
    """How the values read as amounts.

    Settled if one pair of separators fits every value that any other pair fits, and pairs that fit as many read the same amounts.
    """
    writings = {
        f"{decimal}{group or ''}": ValueFormat(None, decimal, group, own_currency() if has_currency else None) for decimal, group in _MARKS
    }
    if foreign:
        values = values.str.replace_all(foreign_marks(own_currency()), "")
    expressions = [parse_number(pl.col("text"), writing).alias(form) for form, writing in writings.items()]
    if not values.len() or _share(values.head(ROWS_TRIED), pl.coalesce(expressions).is_not_null()) < MOSTLY:
        return Readings()
    if not has_currency and not values.str.contains(r"[^0-9.]|\..*\.|^[0-9]{1,3}\.[0-9]{3}$").any():
        return Readings((Reading(".", values.len()),), ".")
    frame = pl.DataFrame({"text": values}).with_columns(expressions)
    fits = {form: frame.height - frame[form].null_count() for form in writings}
    ways = [form for form in writings if fits[form]]
    is_contradicted = {form: _is_contradicted(frame, form, ways) for form in ways}
    best_form = next((form for form in ways if fits[form] == max(fits.values()) and not is_contradicted[form]), None)
    if best_form:
        return Readings((Reading(best_form, fits[best_form]),), best_form)
    distinct_forms = _distinct_ways(frame, sorted(ways, key=lambda form: -fits[form]))
    return Readings(
        tuple(Reading(form, fits[form], _distinguishing_sample(frame, form, ways)) for form in distinct_forms),
        contradictory=max(fits.values()) < frame.height,
    )


def _is_contradicted(frame: pl.DataFrame, form: str, ways: list[str]) -> bool:
    """Whether another format reads a value that this one cannot, or reads as many values differently."""
    readable_rows = frame.height - frame[form].null_count()
    for other in ways:
        extra_rows = frame.filter(pl.col(other).is_not_null() & pl.col(form).is_null()).height
        differs = frame.filter(pl.col(other) != pl.col(form)).height
        if extra_rows or (differs and frame.height - frame[other].null_count() >= readable_rows):
            return True
    return False


def _distinct_ways(frame: pl.DataFrame, ways: list[str]) -> list[str]:
    """Formats that read at least one value differently from all chosen before."""
    distinct_forms: list[str] = []
    for form in ways:
        if not any(
            frame.filter(pl.col(form).is_not_null() & pl.col(form).ne_missing(pl.col(chosen_form))).is_empty()
            for chosen_form in distinct_forms
        ):
            distinct_forms.append(form)
    return distinct_forms


def _distinguishing_sample(frame: pl.DataFrame, form: str, ways: list[str]) -> str:
    """A value that this format reads differently from another one."""
    distinguishing_rows = frame.filter(
        pl.col(form).is_not_null() & pl.any_horizontal(pl.col(form).ne_missing(pl.col(other)) for other in ways)
    )
    return str(distinguishing_rows["text"][0]) if distinguishing_rows.height else str(frame["text"][0])
