"""What came of a play, held against those it was withheld from; nothing else is called its effect."""

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
    """A play held against its hold-out, over the whole book and all quarters that can be read.

    Luck is not ruled out: of plays that do nothing about 3 in 100 are said to work at one look, 9 in 100 at one of eight quarterly looks.

    `losses`: null until both arms have somebody; `health`: null where fewer than 20 of an arm can be told; `accepted`: with how many of the
    play's arm somebody took it on; `waiting`: customers enrolled whose quarter cannot be read yet, and `next_on`, when the first of them
    can; `left_out`: who merged, went bankrupt, was sent away or is no longer on file.
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
        """none (no hold-out), early, fewer, more or same."""
        if not self.play.share:
            return "none"
        return self.losses.verdict if self.losses else "early"

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if not self.play.share:
            return "Nobody is held out of this play, so what came after it is not called its effect."
        if self.losses:
            return self.losses.sentence
        if self.next_on is None:
            return "Too early to say: no quarter that can be read has customers both with the play and in the hold-out."
        waiting_text = fmt.plural(self.waiting, "customer")
        return f"Too early to say: {waiting_text} triggered it, and the next quarter can be read on {fmt.day(self.next_on)}."


def effects(book: Book, as_of: date, plays: Sequence[Play] = PLAYS) -> list[Effect]:
    """Each play's effect as known on `as_of`, in the order declared. Of the whole book, whoever looks: no row of a customer leaves this."""
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
