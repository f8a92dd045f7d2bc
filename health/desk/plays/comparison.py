"""Comparison of a play with its control group, and the sentence that the numbers support."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import polars as pl

from health import format as fmt
from health.desk.plays import proportion_difference
from health.desk.plays.control_group import HELD_OUT, PLAY
from health.foresight.stats.proportions import Rate, rate

Verdict = Literal["none", "early", "fewer", "more", "same"]
MIN_CUSTOMERS = 20
"""Customers needed in each arm for a verdict."""
WIDE_SHARE = 0.5
"""If not even a fall of losses by this share would be detectable, an interval around 0 is 'early', not 'same'."""


@dataclass(frozen=True)
class LossComparison:
    """Losses within 180 days in both arms.

    `rate_difference`: control rate minus the play's (positive: fewer left with the play), with its 80 and 95 % intervals (Newcombe 1998);
    `prevented_share`: share of losses that the play prevented, 1 - ratio of the rates, with its 95 % interval; None without losses in the
    control group. `detectable`: highest rate with the play that would be detected in 4 of 5 trials, given the pooled rate (None: not even
    0).
    """

    play: Rate
    held_out: Rate
    rate_difference: float
    interval_80: tuple[float, float]
    interval_95: tuple[float, float]
    prevented_share: tuple[float, float, float] | None
    detectable: float | None

    @property
    def verdict(self) -> Verdict:
        """The verdict in one word."""
        if min(self.play.n, self.held_out.n) < MIN_CUSTOMERS:
            return "early"
        if self.interval_95[0] > 0:
            return "fewer"
        if self.interval_95[1] < 0:
            return "more"
        return "early" if (self.detectable or 0) <= WIDE_SHARE * self.pooled else "same"

    @property
    def pooled(self) -> float:
        """Loss rate of both arms together."""
        return (self.play.k + self.held_out.k) / (self.play.n + self.held_out.n)

    @property
    def sentence(self) -> str:
        """The verdict with its numbers."""
        arms = f"{_arm_text(self.play)} with the play, {_arm_text(self.held_out)} in the control group"
        low, high = self.interval_95
        at = f"95{fmt.SPACE}%:"
        if self.verdict == "fewer":
            return (
                f"Less churn than in the control group: {arms}; {_points(self.rate_difference)} fewer ({at} {_points(low)} to "
                f"{_points(high)})."
            )
        if self.verdict == "more":
            return (
                f"More churn than in the control group: {arms}; {_points(-self.rate_difference)} more ({at} {_points(-high)} to "
                f"{_points(-low)})."
            )
        between = f"{at} from {_points(-low)} more to {_points(high)} fewer"
        if min(self.play.n, self.held_out.n) < MIN_CUSTOMERS:
            return f"Too early to tell: {arms}; each group needs at least {MIN_CUSTOMERS} customers."
        if self.verdict == "early":
            return f"Too early to tell: {arms} ({between}). {self.power_sentence}"
        return f"No clear difference from the control group: {arms} ({between}). {self.power_sentence}"

    @property
    def power_sentence(self) -> str:
        """The effect that would have been detectable with these numbers."""
        before = fmt.rate(self.pooled)
        if not self.pooled:
            return "No churn in either group, so no effect can be detected."
        if self.detectable is None:
            return f"With these numbers, even a fall from {before} to zero would be missed in more than 1 of 5 trials."
        return f"With these numbers, only a fall from {before} to {fmt.rate(self.detectable)} or less would be detected in 4 of 5 trials."


@dataclass(frozen=True)
class HealthComparison:
    """Mean change of health after 90 days in both arms, of customers still there.

    `mean_difference`: the play's minus the control group's, with its 95 % interval (Welch's variance, normal).
    """

    play: float
    held_out: float
    n_play: int
    n_held_out: int
    mean_difference: float
    interval_95: tuple[float, float]

    @property
    def sentence(self) -> str:
        """The difference with its numbers."""
        low, high = self.interval_95
        interval_text = f"95{fmt.SPACE}%: {fmt.signed(low, 1)} to {fmt.signed(high, 1)}"
        arms = ((self.play, self.n_play, "with the play"), (self.held_out, self.n_held_out, "in the control group"))
        changes_text = ", ".join(f"{fmt.signed(change, 1)} {words} ({n:,})" for change, n, words in arms)
        difference_text = (
            "no clear difference" if low <= 0 <= high else f"{fmt.signed(self.mean_difference, 1)} points against the control group"
        )
        return f"Health after 90 days, of customers still active: {changes_text}; {difference_text} ({interval_text})."


def compare_losses(k_play: int, n_play: int, k_held_out: int, n_held_out: int) -> LossComparison | None:
    """Compare k losses of n customers in both arms; None if one is empty."""
    play_rate, control_rate = rate(k_play, n_play), rate(k_held_out, n_held_out)
    if play_rate is None or control_rate is None:
        return None
    counts = (k_held_out, n_held_out, k_play, n_play)
    prevented_share = None
    if k_held_out:
        low, high = proportion_difference.ratio_interval(k_play, n_play, k_held_out, n_held_out)
        prevented_share = (1 - play_rate.rate / control_rate.rate, 1 - high, 1 - low)
    pooled = (k_play + k_held_out) / (n_play + n_held_out)
    return LossComparison(
        play_rate, control_rate, control_rate.rate - play_rate.rate,
        proportion_difference.difference_interval(*counts, level=0.80), proportion_difference.difference_interval(*counts), prevented_share,
        proportion_difference.detectable_rate(pooled, n_play, n_held_out),
    )  # fmt: skip


def compare_health(rows: pl.DataFrame) -> HealthComparison | None:
    """Compare `change` between the arms, one row per customer; None with fewer than 20 customers in an arm."""
    play_changes, control_changes = (rows.filter(pl.col("arm") == arm)["change"].sort().to_numpy() for arm in (PLAY, HELD_OUT))
    if min(len(play_changes), len(control_changes)) < MIN_CUSTOMERS:
        return None
    difference = float(play_changes.mean() - control_changes.mean())
    half_width = proportion_difference.z_value(proportion_difference.LEVEL) * sqrt(
        play_changes.var(ddof=1) / len(play_changes) + control_changes.var(ddof=1) / len(control_changes)
    )
    return HealthComparison(
        float(play_changes.mean()),
        float(control_changes.mean()),
        len(play_changes),
        len(control_changes),
        difference,
        (difference - half_width, difference + half_width),
    )


def _points(share: float) -> str:
    return fmt.pts(share).removeprefix("+")


def _arm_text(rate: Rate) -> str:
    return f"{fmt.rate(rate.rate)}, {rate.k:,} of {rate.n:,},"
