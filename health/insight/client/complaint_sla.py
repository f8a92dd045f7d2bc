"""A complaint's two deadlines, to answer and to solve, as known at the end of a day (docs/method.md, section 1)."""

from datetime import date, datetime

import polars as pl

from health.access import Book
from health.score.settings import Settings

NORMAL, UNSORTED = 2, "unsorted"
"""Severity and theme of a complaint that names none."""


def still_open(book: Book, settings: Settings, as_of: date) -> pl.DataFrame:
    """One row a complaint of the viewer's book that is open at the end of a day, by customer: as open_complaints.sql."""
    with book.reading() as session:
        return book.own(session, session.frame("queries/open_complaints", as_of=as_of, **settings.hours))


def running(opened: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`still_open` with the clock that runs, the least time left first, ties by id: clock ('answer' until it is answered, then 'solution'),
    used (share of the limit; 1 is all of it) and left_hours (below 0: past it).
    """
    answered = pl.col("answered_at").is_not_null()
    due = pl.when(answered).then("solution_due_at").otherwise("answer_due_at")
    left, limit = _hours(due - _end(as_of)), _hours(due - pl.col("opened_at"))
    clock = pl.when(answered).then(pl.lit("solution")).otherwise(pl.lit("answer"))
    told = opened.with_columns(clock.alias("clock"), (1 - left / limit).alias("used"), left.alias("left_hours"))
    return told.sort("left_hours", "complaint_id")


def left(hours: float) -> str:
    """'5 h left', '3 days left', 'over by 4 h', 'over by 12 days'."""
    size = abs(hours)
    said = f"{size:.0f} h" if size < 48 else f"{size / 24:.0f} days"
    return f"{said} left" if hours >= 0 else f"over by {said}"


def known(complaints: pl.DataFrame, settings: Settings, as_of: date) -> pl.DataFrame:
    """One row a complaint opened by `as_of`, in the order given, severity and theme never blank, and as known at the end of that day:
    solved, answered (a solution is one), answer_due, answer_kept, answer_broken (neither: it runs), and the same of the solution.

    Reopened after its solution, a complaint runs on as if never solved.
    """
    end = _end(as_of)
    reopened = (pl.col("reopened_at") <= end) & (pl.col("resolved_at") <= pl.col("reopened_at"))
    solved = pl.when(~reopened.fill_null(False) & (pl.col("resolved_at") <= end)).then("resolved_at")
    first = pl.when(pl.col("first_response_at") <= end).then("first_response_at")
    return (
        complaints.filter(pl.col("opened_at") <= end)
        .with_columns(
            pl.col("severity").fill_null(NORMAL), pl.col("theme").fill_null(UNSORTED),
            solved.alias("solved"), pl.min_horizontal(first, solved).alias("answered"),
        )
        .with_columns(_due("answer", settings.response_hours), _due("solution", settings.resolution_hours))
        .with_columns(*_limit("answer", "answered", as_of), *_limit("solution", "solved", as_of))
    )  # fmt: skip


def clocks(complaints: pl.DataFrame, settings: Settings, as_of: date) -> pl.DataFrame:
    """`known`, newest first, with what became of both clocks in words: answer and solution."""
    newest = known(complaints, settings, as_of).sort("opened_at", "complaint_id", descending=[True, False])
    return newest.with_columns(_words("answer", "answered", as_of), _words("solution", "solved", as_of))


def _end(as_of: date) -> pl.Expr:
    return pl.lit(datetime.combine(as_of, datetime.max.time()))


def _hours(length: pl.Expr) -> pl.Expr:
    return length.dt.total_microseconds() / 3_600_000_000


def _due(name: str, hours: tuple[int, ...]) -> pl.Expr:
    allowed = pl.col("severity").replace_strict(dict(enumerate(hours, 1)), return_dtype=pl.Int64)
    return (pl.col("opened_at") + pl.duration(hours=allowed)).alias(f"{name}_due")


def _limit(name: str, done: str, as_of: date) -> tuple[pl.Expr, pl.Expr]:
    kept = (pl.col(done) <= pl.col(f"{name}_due")).fill_null(False)
    return kept.alias(f"{name}_kept"), (~kept & (pl.col(f"{name}_due").dt.date() <= as_of)).alias(f"{name}_broken")


def _words(name: str, done: str, as_of: date) -> pl.Expr:
    """'● Kept: 8 h of 8', '◆ Open, late: 96 h of 72'."""
    taken = _hours(pl.coalesce(done, _end(as_of)) - pl.col("opened_at")).round(0).cast(pl.Int64)
    limit = _hours(pl.col(f"{name}_due") - pl.col("opened_at")).round(0).cast(pl.Int64)
    broken = pl.when(pl.col(done).is_null()).then(pl.lit("◆ Open, late")).otherwise(pl.lit("◆ Broken"))
    state = pl.when(f"{name}_kept").then(pl.lit("● Kept")).when(f"{name}_broken").then(broken).otherwise(pl.lit("■ Open"))
    return pl.format("{}: {} h of {}", state, taken, limit).alias(name)
