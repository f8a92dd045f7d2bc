"""Warning time: how long before a decision to leave the score had stood at watch or worse (docs/method.md, Evidence)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl

from health.foresight.backtest.labels import INVOLUNTARY_REASONS
from health.foresight.stats.proportions import Rate, rate
from health.month_ends import last_month_end, months_from
from health.status import ACTIVE

WARNED_DAYS = (60, 90)
"""Warnings this long are counted."""
LEVELS: Mapping[str, tuple[str, ...]] = {"warning_days": ("watch", "at_risk"), "at_risk_days": ("at_risk",)}
"""Bands that warn, by the column that holds how long they did."""
LOSS_KEY = ["customer_id", "decided_on"]


@dataclass(frozen=True)
class WarningTimes:
    """Warning of the losses that had a score before the decision, at one level.

    `at_least`: by days, the share warned at least that long. `never`: the share not warned at the last month end before the decision.
    `median_days` counts these as 0. `losses`: all of them, `not_scored`: those left out. None where no loss had a score.
    """

    losses: int
    not_scored: int
    at_least: Mapping[int, Rate | None]
    never: Rate | None
    median_days: float | None

    def as_json(self) -> dict[str, Any]:
        """Shares by name with the ends of their intervals, and the median."""
        shares = {f"share_{days}": share for days, share in self.at_least.items()} | {"never": self.never}
        figures = {name: value for key, share in shares.items() for name, value in _rate_json(key, share).items()}
        return {"losses": self.losses, "not_scored": self.not_scored, "median_days": self.median_days} | figures


def with_warning_days(losses: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Add `warning_days` and `at_risk_days` to losses (customer_id, spell_start_on, decided_on).

    `scores`: one row per customer and month end (as_of, status, band). The warning begins at the first month end of the unbroken run of
    such bands that lasts until the decision. A month end without a band breaks it. 0 where there is no run; null without a band at any
    month end of the spell before the decision.
    """
    before = _scores_before_decision(losses, scores)
    for column, bands in LEVELS.items():
        losses = losses.join(_days_warned(before, bands).rename({"days": column}), on=LOSS_KEY, how="left", maintain_order="left")
    return losses


def _scores_before_decision(losses: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """One row per loss and month end with a band, latest first; `back`: months back from the last month end before the decision."""
    known = scores.filter(ACTIVE & (pl.col("band") != "unknown")).select("customer_id", "as_of", "band")
    in_spell = (pl.col("as_of") >= pl.col("spell_start_on")) & (pl.col("as_of") < pl.col("decided_on"))
    last_end = last_month_end(pl.col("decided_on") - timedelta(days=1))
    return (
        losses.select(*LOSS_KEY, "spell_start_on")
        .join(known, on="customer_id")
        .filter(in_spell)
        .with_columns(months_from(pl.col("as_of"), last_end).alias("back"))
        .sort(*LOSS_KEY, "back")
    )


def _days_warned(before: pl.DataFrame, bands: tuple[str, ...]) -> pl.DataFrame:
    """One row per loss that was scored: `days` from the first month end of its run in these bands to the decision; 0 without a run."""
    unbroken = (pl.col("band").is_in(bands) & (pl.col("back") == pl.int_range(pl.len()))).cast(pl.Int8).cum_min().over(LOSS_KEY) == 1
    days = (pl.col("decided_on") - pl.col("as_of")).dt.total_days()
    run = before.with_columns(unbroken.alias("unbroken"))
    return run.group_by(LOSS_KEY).agg(days.filter(pl.col("unbroken")).max().fill_null(0).alias("days"))


def warning_times(losses: pl.DataFrame, level: str = "warning_days") -> WarningTimes:
    """Summarise the churn ledger's losses at a level. Insolvencies and contracts that we ended are left out."""
    chosen = losses.filter(~pl.col("reason").is_in(INVOLUNTARY_REASONS).fill_null(False))
    days = chosen[level].drop_nulls()
    return WarningTimes(
        chosen.height,
        chosen.height - days.len(),
        {least: rate(int((days >= least).sum()), days.len()) for least in WARNED_DAYS},
        rate(int((days == 0).sum()), days.len()),
        float(median) if isinstance(median := days.median(), float) else None,
    )


def _rate_json(name: str, share: Rate | None) -> dict[str, float | None]:
    """A share under its name, with _low and _high."""
    if share is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: share.rate, f"{name}_low": share.low, f"{name}_high": share.high}
