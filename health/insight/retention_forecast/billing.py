"""What the past says of bills: how long they go on after a decision to leave, and what becomes of them where customers stay."""

from datetime import date

import polars as pl

from health.foresight.backtest.labels import INVOLUNTARY_REASONS
from health.insight.rates import CUSTOMER, YEAR_MONTHS, losses, month_ends, months_back, retention
from health.score.components import DAYS_A_MONTH


def lag_months(history: pl.DataFrame) -> float:
    """The mean of months from decision to last day, of the losses known in a history; 0 where there are none."""
    told = losses(history).drop_nulls(["decided_on", "lost_on"])
    days = (told["lost_on"] - told["decided_on"]).dt.total_days()
    return max(int(days.sum()), 0) / told.height / DAYS_A_MONTH if told.height else 0.0


def bills_of_stayers(history: pl.DataFrame, day: date, observed_from: date | None) -> tuple[float, float] | None:
    """Gross and net: what customers who did not choose to leave in the twelve months to the newest month end are billed, of what they were.

    Ends that nobody chose (insolvency, or we ended it), which the chances leave out, count as billed 0. None without such months.
    """
    ends = month_ends(history, day, observed_from)
    if not ends or months_back(ends[-1], YEAR_MONTHS) not in ends:
        return None
    before, after = (history.filter(pl.col("as_of") == end) for end in (months_back(ends[-1], YEAR_MONTHS), ends[-1]))
    not_theirs = (pl.col("status") == "lost") & pl.col("exit_reason").is_in(INVOLUNTARY_REASONS)
    counted = after.filter(CUSTOMER | not_theirs.fill_null(False)).select("customer_id")
    return retention(before.join(counted, on="customer_id", how="semi"), after)
