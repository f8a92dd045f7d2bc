"""Effect of each play, measured against its control group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from health import format as fmt
from health.access import Book
from health.desk.plays.catalogue import PLAYS, Play
from health.desk.plays.comparison import HealthComparison, LossComparison, Verdict, compare_health, compare_losses
from health.desk.plays.control_group import HELD_OUT, PLAY
from health.desk.plays.outcomes import counted_enrolments, health_read_on, losses_read_on, with_health, with_losses


@dataclass(frozen=True)
class Effect:
    """Comparison of a play with its control group, over all customers and all quarters that can be evaluated.

    Chance remains: about 3 in 100 plays without any effect appear to work at one look, 9 in 100 at one of eight quarterly looks.

    `losses`: None until both arms have customers; `health`: None with fewer than 20 customers in an arm; `accepted`: customers of the
    play's arm for whom it was accepted; `waiting`: customers enrolled in quarters that cannot be evaluated yet, and `next_on`, the day of
    the first of these; `left_out`: customers who merged, went bankrupt, were terminated by us or are no longer on file.
    """

    play: Play
    losses: LossComparison | None
    health: HealthComparison | None
    accepted: int
    waiting: int
    next_on: date | None
    left_out: int

    @property
    def verdict(self) -> Verdict:
        """One of none (no control group), early, fewer, more or same."""
        if not self.play.share:
            return "none"
        return self.losses.verdict if self.losses else "early"

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if not self.play.share:
            return "This play has no control group, so its effect is not measured."
        if self.losses:
            return self.losses.sentence
        if self.next_on is None:
            return "Too early to tell: no completed quarter has customers both with the play and in the control group."
        waiting_text = fmt.plural(self.waiting, "customer")
        return f"Too early to tell: {waiting_text} met its condition so far; the next quarter can be evaluated on {fmt.day(self.next_on)}."


def effects(book: Book, as_of: date, plays: Sequence[Play] = PLAYS) -> list[Effect]:
    """Compute each play's effect as known on `as_of`, in the declared order; over all customers, without any customer's rows."""
    with book.reading() as session:
        enrolments = counted_enrolments(session, as_of)
        loss_rows = with_losses(session, _readable_rows(enrolments, as_of, losses_read_on), as_of)
        health_rows = with_health(session, _readable_rows(enrolments, as_of, health_read_on))
    return [
        _effect(play, as_of, *(frame.filter(pl.col("play") == play.key) for frame in (enrolments, loss_rows, health_rows)))
        for play in plays
    ]


def _effect(play: Play, as_of: date, enrolments: pl.DataFrame, loss_rows: pl.DataFrame, health_rows: pl.DataFrame) -> Effect:
    readable = loss_rows.drop_nulls("lost")
    counts = [count for arm in (PLAY, HELD_OUT) for count in _counts(readable.filter(pl.col("arm") == arm))]
    waiting_by_quarter = {quarter: n for quarter, n in enrolments.group_by("quarter").len().iter_rows() if losses_read_on(quarter) > as_of}
    return Effect(
        play=play,
        losses=compare_losses(*counts) if play.share else None,
        health=compare_health(health_rows.drop_nulls("change")) if play.share else None,
        accepted=readable.filter(pl.col("accepted") & (pl.col("arm") == PLAY)).height,
        waiting=sum(waiting_by_quarter.values()),
        next_on=min(map(losses_read_on, waiting_by_quarter), default=None),
        left_out=loss_rows.height - readable.height,
    )


def _counts(rows: pl.DataFrame) -> tuple[int, int]:
    return int(rows["lost"].sum()), rows.height


def _readable_rows(rows: pl.DataFrame, as_of: date, read_on: Callable[[str], date]) -> pl.DataFrame:
    quarters = [quarter for quarter in rows["quarter"].unique() if read_on(quarter) <= as_of]
    return rows.filter(pl.col("quarter").is_in(quarters))
