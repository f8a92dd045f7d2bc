"""Headline of the overview: how long before the decision the score warned of the last twelve months' losses."""

from datetime import date

import polars as pl

from health import format as fmt
from health.foresight.backtest.warning import with_warning_days
from health.foresight.backtest.warning_curve import AHEAD_DAYS
from health.foresight.stats.proportions import rate
from health.insight import rates
from health.insight.headlines import Headline

KEY, LABEL = "warning", "Median warning"
_HELP = (
    f"Of the customers lost in the last {rates.YEAR_MONTHS} months: days from the first month end of the unbroken run of Watch or At risk "
    f"to the decision to leave; half had a longer warning. Below: the share warned {AHEAD_DAYS} days ahead or more."
)


def headline(history: pl.DataFrame, as_of: date, observed_from: date | None) -> Headline:
    """Compute the figure at the newest month end up to `as_of`. `history`: `portfolio.history`."""
    ends = rates.month_ends(history, as_of, observed_from)
    months = rates.observed_months(history, as_of, observed_from)
    if months < rates.YEAR_MONTHS:
        return _missing(f"Needs {rates.YEAR_MONTHS} months of history; there are {months}.")
    days = _warning_days(history, ends[-1])
    share = rate(int((days >= AHEAD_DAYS).sum()), days.len())
    if share is None:
        return _missing(f"No customer lost in the last {rates.YEAR_MONTHS} months had a score before the decision.")
    median = float(days.median())  # type: ignore[arg-type]
    sample = f" {share.k:,} of {days.len():,} losses; 95{fmt.SPACE}% interval {fmt.interval(share.low, share.high)}."
    ahead = f"{AHEAD_DAYS}+ days: {fmt.share(share.rate)}"
    return Headline(KEY, LABEL, fmt.plural(round(median), "day"), ahead, "off", [], _HELP + sample, number=median)


def _warning_days(history: pl.DataFrame, end: date) -> pl.Series:
    """Days of warning of each loss of the twelve months to a month end, as known then; losses without a score are left out.

    Between two contracts of a customer lies a month end without a band, so that no run reaches back into the earlier one.
    """
    within_year = pl.col("lost_on").is_between(rates.months_back(end, rates.YEAR_MONTHS), end, closed="right")
    losses = rates.losses(history).drop_nulls("decided_on").filter((pl.col("known_at") <= end) & within_year)
    earlier = losses.select("customer_id", "decided_on", pl.lit(date.min).alias("spell_start_on"))
    return with_warning_days(earlier, history)["warning_days"].drop_nulls()


def _missing(reason: str) -> Headline:
    return Headline(KEY, LABEL, fmt.UNKNOWN, None, "off", [], _HELP, missing=reason)
