"""Record customers who trigger a play, once per quarter and before anybody acts.

Opening My week with the right to write enrols the viewer's customers, the command line can enrol all customers; reading writes nothing.
Plays are offered only to enrolled customers, so that both arms are selected alike.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from health.access import Book
from health.desk.plays.catalogue import PLAYS, Play
from health.desk.plays.control_group import HELD_OUT, OFFERED, PLAY, URGENT, draw_control_group, quarter_of
from health.status import ACTIVE
from health.warehouse import Session, facts

KEY = ["customer_id", "play", "quarter"]
HOLDOUT_COLUMNS: dict[str, Any] = {
    "customer_id": pl.String, "play": pl.String, "quarter": pl.String, "triggered_on": pl.Date, "arm": pl.String,
    "made_at": pl.Datetime("us"),
}  # fmt: skip
"""Columns of the ledger; one row per customer, play and quarter.

A second, urgent row means that a customer of the control group entered the urgent lane and is offered the play from then on; in the
comparison it stays in the control group.
"""


def triggered_plays(customers: pl.DataFrame, triggers: pl.DataFrame, as_of: date, plays: Sequence[Play] = PLAYS) -> pl.DataFrame:
    """One row per active customer and play whose trigger holds, sorted by customer and then as declared: customer_id, play, urgent.

    `customers`: `portfolio.build` of the day; `triggers`: `urgent_triggers` or `Week.triggers` (customer_id, trigger). Plays that do not
    exist yet are left out.
    """
    lane = triggers.group_by("customer_id").agg(pl.col("trigger").alias("lane"))
    active = customers.filter(ACTIVE).join(lane, on="customer_id", how="left", maintain_order="left")
    with_lane = active.with_columns(pl.col("lane").is_not_null().alias("urgent"), pl.col("lane").fill_null([]))
    play_frames = [
        with_lane.filter(play.trigger).select("customer_id", pl.lit(play.key).alias("play"), "urgent", pl.lit(nth).alias("nth"))
        for nth, play in enumerate(plays)
        if play.since <= as_of
    ]
    no_rows = pl.DataFrame(schema={"customer_id": pl.String, "play": pl.String, "urgent": pl.Boolean, "nth": pl.Int32})
    return pl.concat([no_rows, *play_frames]).sort("customer_id", "nth").drop("nth")


def enrol(book: Book, customers: pl.DataFrame, triggers: pl.DataFrame, as_of: date, now: datetime, plays: Sequence[Play] = PLAYS) -> int:
    """Record customers who trigger a play for the first time in the quarter of `as_of`, with their arm; return the number of rows.

    Frames as in `triggered_plays`; customers outside the viewer's book are left out. Without new customers nothing is written and no right
    is needed. Days before the newest on file enrol nobody, because later events are known. While a play of an earlier quarter is running
    for a customer, it does not start again. Raises Forbidden.
    """
    triggered = triggered_plays(customers, triggers, as_of, plays)
    with book.reading() as session:
        if not _new_enrolments(book, session, triggered, as_of, plays).height:
            return 0
    with book.writing("write") as session:
        new_rows = _new_enrolments(book, session, triggered, as_of, plays)
        session.insert(
            "holdouts", new_rows.with_columns(pl.lit(now).alias("made_at")).select(pl.col(n).cast(t) for n, t in HOLDOUT_COLUMNS.items())
        )
    return new_rows.height


def _new_enrolments(book: Book, session: Session, triggered: pl.DataFrame, as_of: date, plays: Sequence[Play]) -> pl.DataFrame:
    """Rows to write: new customers with their arm, and customers of the control group who became urgent."""
    quarter = quarter_of(as_of)
    own_rows = book.own(session, triggered).with_columns(pl.lit(quarter).alias("quarter"), pl.lit(as_of).alias("triggered_on"))
    quarter_rows = session.rows("holdouts").filter(pl.col("quarter") == quarter)
    withheld = quarter_rows.group_by(KEY).agg((pl.col("arm") == HELD_OUT).all().alias("shut"))
    with_status = own_rows.join(withheld, on=KEY, how="left", maintain_order="left")
    now_urgent = with_status.filter(pl.col("shut").fill_null(False) & pl.col("urgent")).with_columns(pl.lit(URGENT).alias("arm"))
    new = with_status.filter(pl.col("shut").is_null()).join(
        running_cases(session), on=["customer_id", "play"], how="anti", maintain_order="left"
    )
    enrolments = pl.concat([new.pipe(_with_arms, quarter, plays), now_urgent])
    return enrolments if enrolments.is_empty() or _is_newest_day(session, as_of) else enrolments.clear()


def _is_newest_day(session: Session, as_of: date) -> bool:
    """Whether the day is the newest on file; reads every table, so it is checked last."""
    newest = facts.span(session).newest_day
    return newest is not None and as_of >= newest


def _with_arms(new: pl.DataFrame, quarter: str, plays: Sequence[Play]) -> pl.DataFrame:
    parts = [new.clear().with_columns(pl.lit(None, pl.String).alias("arm"))]
    for play in plays:
        rows = new.filter(pl.col("play") == play.key)
        is_held_out = pl.Series(draw_control_group(rows["customer_id"].to_list(), play.key, quarter, play.share), dtype=pl.Boolean)
        arm = pl.when("urgent").then(pl.lit(URGENT)).when(is_held_out).then(pl.lit(HELD_OUT)).otherwise(pl.lit(PLAY))
        parts.append(rows.with_columns(arm.alias("arm")))
    return pl.concat(parts)


def running_cases(session: Session) -> pl.DataFrame:
    """Accepted cases that are neither done nor stopped: customer_id, play, quarter."""
    last_moves = session.rows("play_moves").filter(pl.col("step").is_null()).sort("move_id").unique(KEY, keep="last", maintain_order=True)
    return last_moves.filter(pl.col("state") == "accepted").select(KEY)


def offered_plays(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per customer, play and quarter that is offered, with its first day. `rows`: of the ledger."""
    return rows.filter(pl.col("arm").is_in(OFFERED)).select(*KEY, "triggered_on")
