"""Open complaints and the limit that each runs towards: how much of it is used, and how long is left."""

from datetime import date, datetime, time

import polars as pl

from health.score.settings import Settings

NORMAL = 2
"""The severity of a complaint that names none."""


def running(complaints: pl.DataFrame, settings: Settings, as_of: date) -> pl.DataFrame:
    """One row a complaint open at the end of `as_of`, the least time left first, ties by id: customer_id, complaint_id, theme, severity,
    opened_at, clock ('answer' until it is answered, then 'solution'), limit_hours, used (share of the limit; 1 is all of it), left_hours
    (below 0: past it).

    Reopened after its solution, a complaint runs on as if never solved (METHOD section 1).
    """
    end = datetime.combine(as_of, time.max)
    reopened = (pl.col("reopened_at") <= end) & (pl.col("resolved_at") <= pl.col("reopened_at"))
    solved = (pl.col("resolved_at") <= end).fill_null(False) & ~reopened.fill_null(False)
    answered = (pl.col("first_response_at") <= end).fill_null(False)
    severity = pl.col("severity").fill_null(NORMAL)
    limits = [
        severity.replace_strict(dict(enumerate(hours, 1)), return_dtype=pl.Int64)
        for hours in (settings.response_hours, settings.resolution_hours)
    ]
    limit = pl.when(answered).then(limits[1]).otherwise(limits[0])
    taken = (pl.lit(end) - pl.col("opened_at")).dt.total_minutes() / 60
    return (
        complaints.filter((pl.col("opened_at") <= end) & ~solved)
        .select(
            "customer_id", "complaint_id", pl.col("theme").fill_null("unsorted"), severity.alias("severity"), "opened_at",
            pl.when(answered).then(pl.lit("solution")).otherwise(pl.lit("answer")).alias("clock"), limit.alias("limit_hours"),
            (taken / limit).alias("used"), (limit - taken).alias("left_hours"),
        )
        .sort("left_hours", "complaint_id")
    )  # fmt: skip


def left(hours: float) -> str:
    """'5 h left', '3 days left', 'over by 4 h', 'over by 12 days'."""
    size = abs(hours)
    said = f"{size:.0f} h" if size < 48 else f"{size / 24:.0f} days"
    return f"{said} left" if hours >= 0 else f"over by {said}"
