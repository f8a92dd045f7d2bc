"""Response times of complaints, to answer and to solve, as known at the end of a day (docs/method.md, section 1).

Hours are hours of service; around the clock these are all hours.
"""

from datetime import date

import polars as pl

from health.access import Book
from health.score.settings import Settings
from health.status import CUSTOMER
from health.warehouse import facts

LONG_HOURS = 48
"""Hours from which on a duration around the clock is shown in days."""
_US_PER_HOUR = 3_600_000_000


def customer_complaints(book: Book, customer_id: str, settings: Settings, as_of: date) -> pl.DataFrame:
    """One row per complaint that the customer raised by `as_of`, as `facts.complaints`.

    Raises NotFound outside the viewer's book.
    """
    with book.reading() as session:
        return facts.complaints(session, as_of, settings.terms, [book.own_id(session, customer_id)])


def of_present_customers(complaints: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """The complaints of those who are customers on the day, with `name`; `now`: `portfolio.build`."""
    names = now.filter(CUSTOMER).select("customer_id", "name")
    return complaints.join(names, on="customer_id", how="inner", maintain_order="left")


def with_running_deadline(complaints: pl.DataFrame, service_hours: str = "") -> pl.DataFrame:
    """Add the current deadline of open complaints; least time left first, ties by id.

    clock ('answer' until it is answered, then 'solution'), used (share of the time allowed, 1 is all of it), left_hours (negative: past
    the deadline), left (in words), overdue (the deadline has passed). `service_hours`: as in the settings.
    """
    answered = pl.col("answered_at").is_not_null()
    limit, used = (pl.when(answered).then(f"solution_{name}_us").otherwise(f"answer_{name}_us") for name in ("limit", "used"))
    clock = pl.when(answered).then(pl.lit("solution")).otherwise(pl.lit("answer"))
    left_hours = ((limit - used) / _US_PER_HOUR).alias("left_hours")
    overdue = pl.when(answered).then("solution_broken").otherwise("answer_broken").alias("overdue")
    timed = complaints.with_columns(clock.alias("clock"), (used / limit).alias("used"), left_hours, overdue)
    left = pl.Series("left", [time_left_text(hours, service_hours) for hours in timed["left_hours"]], pl.String)
    return timed.with_columns(left).sort("left_hours", "complaint_id")


def theme_text() -> pl.Expr:
    """The theme of a complaint in words; without one, or where the source says "unsorted", it is uncategorised."""
    return pl.col("theme").replace({"unsorted": None}).fill_null("uncategorised").str.replace_all("_", " ")


def time_left_text(hours: float, service_hours: str = "") -> str:
    """Format hours left: '5 h left', '3 days left', '4 h overdue', '1,081 days overdue'; in hours of service '60 h of service left'."""
    absolute_hours = abs(hours)
    duration = f"{absolute_hours:.0f} h" if absolute_hours < LONG_HOURS else f"{absolute_hours / 24:,.0f} days"
    if service_hours:
        duration = f"{absolute_hours:,.0f} h of service"
    return f"{duration} left" if hours >= 0 else f"{duration} overdue"


def with_deadline_texts(complaints: pl.DataFrame, service_hours: str = "") -> pl.DataFrame:
    """Add the state of both deadlines in words, answer and solution; newest complaint first. `service_hours`: as in the settings."""
    newest_first = complaints.sort("opened_at", "complaint_id", descending=[True, False])
    newest_first = newest_first.with_columns(theme_text())
    return newest_first.with_columns(
        _deadline_text("answer", "answered_at", bool(service_hours)), _deadline_text("solution", "solved_at", bool(service_hours))
    )


def _deadline_text(name: str, done_column: str, of_service: bool) -> pl.Expr:
    """State of a deadline: '● On time: 8 h, limit 8 h', '◆ Open 250 days, limit 10 days', '○ Unknown: before the complaint'.

    From 48 hours on in days, unless both would read the same or hours of service are counted.
    """
    hours_taken, hours_allowed = ((pl.col(f"{name}_{part}_us") / _US_PER_HOUR).round(0).cast(pl.Int64) for part in ("used", "limit"))
    days_taken, days_allowed = ((hours / 24).round(0).cast(pl.Int64) for hours in (hours_taken, hours_allowed))
    is_long, same_days = (hours_taken >= LONG_HOURS) & (not of_service), days_taken == days_allowed
    taken = pl.when(is_long & ~same_days).then(pl.format("{} days", days_taken)).otherwise(pl.format("{} h", hours_taken))
    in_days = (hours_allowed >= LONG_HOURS) & (not of_service) & ~(is_long & same_days)
    allowed = pl.when(in_days).then(pl.format("{} days", days_allowed)).otherwise(pl.format("{} h", hours_allowed))
    overdue = pl.when(pl.col(done_column).is_null()).then(pl.lit("◆ Open")).otherwise(pl.lit("◆ Late:"))
    state_text = pl.when(f"{name}_kept").then(pl.lit("● On time:")).when(f"{name}_broken").then(overdue).otherwise(pl.lit("■ Open"))
    words = pl.format(f"{{}} {{}}{' of service' if of_service else ''}, limit {{}}", state_text, taken, allowed)
    return pl.coalesce(words, pl.lit("○ Unknown: dated before the complaint")).alias(name)
