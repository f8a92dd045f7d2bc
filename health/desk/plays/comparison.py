"""Both arms held against each other, and what may be said of it."""

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
"""Customers in each arm, below which nothing is said."""
WIDE_SHARE = 0.5
"""Where not even a fall of losses by this share would have shown, an interval that spans 0 says too little to be called 'the same'."""


@dataclass(frozen=True)
class LossComparison:
    """Losses within 180 days in both arms. `fewer`: the hold-out's rate less the play's (above 0: fewer left with the play), with its 80
    and 95 % intervals (Newcombe 1998); `saved`: the share of losses that the play prevented, 1 - ratio of the rates, and its 95 % interval,
    null where nobody of the hold-out left; `visible`: to what the rate of both arms together would have to fall in the play's arm for it
    to show in 4 of 5 trials (null: not even 0 would)."""

    play: Rate
    held_out: Rate
    rate_difference: float
    interval_80: tuple[float, float]
    interval_95: tuple[float, float]
    prevented_share: tuple[float, float, float] | None
    detectable: float | None

    @property
    def verdict(self) -> Verdict:
        """In one word."""
        if min(self.play.n, self.held_out.n) < MIN_CUSTOMERS:
            return "early"
        if self.interval_95[0] > 0:
            return "fewer"
        if self.interval_95[1] < 0:
            return "more"
        return "early" if (self.detectable or 0) <= WIDE_SHARE * self.pooled else "same"

    @property
    def pooled(self) -> float:
        """The rate of both arms together."""
        return (self.play.k + self.held_out.k) / (self.play.n + self.held_out.n)

    @property
    def sentence(self) -> str:
        """The verdict with its numbers; it never says more than they do."""
        arms = f"{_arm_text(self.play)} with the play, {_arm_text(self.held_out)} in the hold-out"
        low, high = self.interval_95
        at = f"95{fmt.SPACE}%:"
        if self.verdict == "fewer":
            return (
                f"Fewer left than in the hold-out: {arms}; {_points(self.rate_difference)} fewer ({at} {_points(low)} to {_points(high)})."
            )
        if self.verdict == "more":
            return (
                f"More left than in the hold-out: {arms}; {_points(-self.rate_difference)} more ({at} {_points(-high)} to {_points(-low)})."
            )
        between = f"{at} from {_points(-low)} more to {_points(high)} fewer"
        if min(self.play.n, self.held_out.n) < MIN_CUSTOMERS:
            return f"Too early to say: {arms}; each needs at least {MIN_CUSTOMERS} customers."
        if self.verdict == "early":
            return f"Too early to say: {arms} ({between}). {self.power_sentence}"
        return f"Cannot be told apart from the hold-out: {arms} ({between}). {self.power_sentence}"

    @property
    def power_sentence(self) -> str:
        """What numbers like these would have shown."""
        before = fmt.rate(self.pooled)
        if not self.pooled:
            return "Nobody left in either, so no play could have shown."
        if self.detectable is None:
            return f"Not even a fall from {before} to none would have shown in 4 of 5 such trials."
        return (
            f"A fall from {before} to {fmt.rate(self.detectable)} or less would have shown in 4 of 5 such trials, a smaller one would not."
        )


@dataclass(frozen=True)
class HealthComparison:
    """Mean change of health after 90 days in both arms, of those still there on the day; `more`: the play's less the hold-out's, with its
    95 % interval (Welch's variance, normal)."""

    play: float
    held_out: float
    n_play: int
    n_held_out: int
    mean_difference: float
    interval_95: tuple[float, float]

    @property
    def sentence(self) -> str:
        """In words."""
        low, high = self.interval_95
        interval_text = f"95{fmt.SPACE}%: {fmt.signed(low, 1)} to {fmt.signed(high, 1)}"
        arms = ((self.play, self.n_play, "with the play"), (self.held_out, self.n_held_out, "in the hold-out"))
        changes_text = ", ".join(f"{fmt.signed(change, 1)} {words} ({n:,})" for change, n, words in arms)
        difference_text = (
            "cannot be told apart" if low <= 0 <= high else f"{fmt.signed(self.mean_difference, 1)} points against the hold-out"
        )
        return f"Health after 90 days, of those still there: {changes_text}; {difference_text} ({interval_text})."


def compare_losses(k_play: int, n_play: int, k_held_out: int, n_held_out: int) -> LossComparison | None:
    """The comparison of k of n in both arms; None while one of them is empty."""
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
    """The comparison of `change` between the arms, one row a customer; None where fewer than 20 of an arm can be told."""
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
