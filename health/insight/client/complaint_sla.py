"""Response times of complaints, to answer and to solve, as known at the end of a day (docs/method.md, section 1)."""

from datetime import date, time

import polars as pl

from health.access import Book
from health.score.settings import Settings
from health.warehouse import facts

LONG_HOURS = 48
"""Hours from which on a duration is shown in days."""
_END_SEEN = pl.col("seen_to").dt.combine(time.max)
"""The end of the day up to which the customer's complaints were seen."""


def customer_complaints(book: Book, customer_id: str, settings: Settings, as_of: date) -> pl.DataFrame:
    """One row per complaint that the customer raised by `as_of`, as `facts.complaints`.

    Raises NotFound outside the viewer's book.
    """
    with book.reading() as session:
        return facts.complaints(session, as_of, settings.terms, [book.own_id(session, customer_id)])


def open_complaints(book: Book, settings: Settings, as_of: date) -> pl.DataFrame:
    """One row per open complaint of the viewer's book, by customer and id, as `facts.complaints`."""
    with book.reading() as session:
        complaints = book.own(session, facts.complaints(session, as_of, settings.terms))
    return complaints.filter(pl.col("solved_at").is_null())


def with_running_deadline(complaints: pl.DataFrame) -> pl.DataFrame:
    """Add the current deadline of open complaints; least time left first, ties by id.

    clock ('answer' until it is answered, then 'solution'), used (share of the time allowed, 1 is all of it), left_hours (negative:
    overdue).
    """
    answered = pl.col("answered_at").is_not_null()
    due = pl.when(answered).then("solution_due_at").otherwise("answer_due_at")
    time_left, hours_allowed = _hours(due - _END_SEEN), _hours(due - pl.col("opened_at"))
    clock = pl.when(answered).then(pl.lit("solution")).otherwise(pl.lit("answer"))
    timed = complaints.with_columns(clock.alias("clock"), (1 - time_left / hours_allowed).alias("used"), time_left.alias("left_hours"))
    return timed.sort("left_hours", "complaint_id")


def theme_text() -> pl.Expr:
    """The theme of a complaint in words; without one, or where the source says "unsorted", it is uncategorised."""
    return pl.col("theme").replace({"unsorted": None}).fill_null("uncategorised").str.replace_all("_", " ")


def time_left_text(hours: float) -> str:
    """Format hours left: '5 h left', '3 days left', '4 h overdue', '1,081 days overdue'."""
    absolute_hours = abs(hours)
    duration = f"{absolute_hours:.0f} h" if absolute_hours < LONG_HOURS else f"{absolute_hours / 24:,.0f} days"
    return f"{duration} left" if hours >= 0 else f"{duration} overdue"


def with_deadline_texts(complaints: pl.DataFrame) -> pl.DataFrame:
    """Add the state of both deadlines in words, answer and solution; newest complaint first."""
    newest_first = complaints.sort("opened_at", "complaint_id", descending=[True, False])
    newest_first = newest_first.with_columns(theme_text())
    return newest_first.with_columns(_deadline_text("answer", "answered_at"), _deadline_text("solution", "solved_at"))


def _hours(length: pl.Expr) -> pl.Expr:
    return length.dt.total_microseconds() / 3_600_000_000


def _deadline_text(name: str, done_column: str) -> pl.Expr:
    """State of a deadline: '● On time: 8 h, limit 8 h', '◆ Open 250 days, limit 10 days'.

    From 48 hours on in days, unless both would read the same.
    """
    hours_taken = _hours(pl.coalesce(done_column, _END_SEEN) - pl.col("opened_at")).round(0).cast(pl.Int64)
    hours_allowed = _hours(pl.col(f"{name}_due_at") - pl.col("opened_at")).round(0).cast(pl.Int64)
    days_taken, days_allowed = ((hours / 24).round(0).cast(pl.Int64) for hours in (hours_taken, hours_allowed))
    is_long, same_days = hours_taken >= LONG_HOURS, days_taken == days_allowed
    taken = pl.when(is_long & ~same_days).then(pl.format("{} days", days_taken)).otherwise(pl.format("{} h", hours_taken))
    in_days = (hours_allowed >= LONG_HOURS) & ~(is_long & same_days)
    allowed = pl.when(in_days).then(pl.format("{} days", days_allowed)).otherwise(pl.format("{} h", hours_allowed))
    overdue = pl.when(pl.col(done_column).is_null()).then(pl.lit("◆ Open")).otherwise(pl.lit("◆ Late:"))
    state_text = pl.when(f"{name}_kept").then(pl.lit("● On time:")).when(f"{name}_broken").then(overdue).otherwise(pl.lit("■ Open"))
    return pl.format("{} {}, limit {}", state_text, taken, allowed).alias(name)
