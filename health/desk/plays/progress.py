"""Progress of suggested plays: accepted, declined, steps ticked, done or stopped. A ledger; rows are never deleted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from health import format as fmt
from health.access import Book
from health.desk.plays.catalogue import play_by_key
from health.desk.plays.enrolment import KEY, offered_plays
from health.errors import InvalidInput
from health.warehouse import Session

SUGGESTED, ACCEPTED, DECLINED, DONE, STOPPED = "suggested", "accepted", "declined", "done", "stopped"
TICKED, UNTICKED = "ticked", "unticked"
ALLOWED_FROM = {
    ACCEPTED: (SUGGESTED, DECLINED, STOPPED, DONE), DECLINED: (SUGGESTED,), DONE: (ACCEPTED,), STOPPED: (ACCEPTED,),
    TICKED: (ACCEPTED,), UNTICKED: (ACCEPTED,),
}  # fmt: skip
"""States from which each move is allowed; accepting again resumes a case where it was."""
MOVE_COLUMNS: dict[str, Any] = {
    "move_id": pl.Int64, "customer_id": pl.String, "play": pl.String, "quarter": pl.String, "state": pl.String, "step": pl.Int64,
    "author": pl.String, "reason": pl.String, "made_at": pl.Datetime("us"),
}  # fmt: skip
"""Columns of the ledger; `step` counts from 1 and is set only for ticked and unticked."""


@dataclass(frozen=True)
class Case:
    """A play suggested for a customer in a quarter."""

    customer_id: str
    play: str
    quarter: str


def accept(book: Book, case: Case, now: datetime) -> int:
    """Accept or resume a play and return the number of the move.

    Like all moves, raises Forbidden, NotFound for a customer outside the book, and InvalidInput for a play that is not suggested or a move
    that the current state does not allow.
    """
    return _record_move(book, case, ACCEPTED, now)


def decline(book: Book, case: Case, reason: str, now: datetime) -> int:
    """Decline a play, with a reason; in the comparison the customer stays in the play's arm."""
    return _record_move(book, case, DECLINED, now, reason)


def tick(book: Book, case: Case, step: int, now: datetime) -> int:
    """Mark a step, counted from 1, as done."""
    return _record_move(book, case, TICKED, now, step=step)


def untick(book: Book, case: Case, step: int, now: datetime) -> int:
    """Mark a step as not done."""
    return _record_move(book, case, UNTICKED, now, step=step)


def complete(book: Book, case: Case, now: datetime) -> int:
    """Mark the play as done."""
    return _record_move(book, case, DONE, now)


def stop(book: Book, case: Case, reason: str, now: datetime) -> int:
    """Stop a play before its end, with a reason."""
    return _record_move(book, case, STOPPED, now, reason)


def _record_move(book: Book, case: Case, state: str, now: datetime, reason: str = "", step: int | None = None) -> int:
    play = play_by_key(case.play)
    if state in (DECLINED, STOPPED) and not reason.strip():
        raise InvalidInput(f"A play cannot be {state} without a reason; enter one.")
    if step is not None and not 1 <= step <= len(play.steps):
        raise InvalidInput(f"'{play.name}' has steps 1 to {len(play.steps)}; there is no step {step}.")
    with book.writing("write") as session:
        customer = book.own_id(session, case.customer_id)
        key = pl.DataFrame({"customer_id": [customer], "play": [case.play], "quarter": [case.quarter]})
        if offered_plays(session.alike("holdouts", key)).is_empty():
            raise InvalidInput(f"'{play.name}' is not suggested for customer {customer} in {case.quarter}; choose a play that is.")
        _require_allowed_move(session, key, state, step, play.name)
        number = int(session.rows("play_moves").select(pl.col("move_id").max().fill_null(0) + 1).item())
        row = {
            "move_id": number, **key.row(0, named=True), "state": state, "step": step, "author": book.viewer.author,
            "reason": reason.strip() or None, "made_at": now,
        }  # fmt: skip
        session.insert("play_moves", pl.DataFrame([row], schema=MOVE_COLUMNS))
    return number


def _require_allowed_move(session: Session, key: pl.DataFrame, state: str, step: int | None, name: str) -> None:
    """Refuse a move that the current state does not allow, such as after a change by somebody else."""
    moves = session.alike("play_moves", key).sort("move_id")
    last_move = moves.filter(pl.col("step").is_null()).tail(1)
    current_state = last_move["state"][0] if last_move.height else SUGGESTED
    if current_state not in ALLOWED_FROM[state]:
        author_text = f" by {last_move['author'][0]} on {fmt.instant(last_move['made_at'][0])}" if last_move.height else ""
        raise InvalidInput(f"'{name}' was {current_state}{author_text}, so it cannot be {state} now; reload the page and check.")
    ticks = [UNTICKED, *moves.filter(pl.col("step").eq_missing(step))["state"]]
    if step is not None and ticks[-1] == state:
        raise InvalidInput(f"Step {step} of '{name}' is already {state}; reload the page and check.")


def case_states(moves: pl.DataFrame) -> pl.DataFrame:
    """One row per case with a move: KEY, state, reason, author, since (of the last move, ticks aside), accepted_at (the first)."""
    state_moves = moves.filter(pl.col("step").is_null()).sort("move_id")
    return state_moves.group_by(KEY, maintain_order=True).agg(
        pl.col("state", "reason", "author").last(), pl.col("made_at").last().alias("since"),
        pl.col("made_at").filter(pl.col("state") == ACCEPTED).first().alias("accepted_at"),
    )  # fmt: skip


def ticked_steps(moves: pl.DataFrame) -> pl.DataFrame:
    """One row per ticked step: KEY, step, ticked_by, ticked_at."""
    ticks = moves.filter(pl.col("step").is_not_null()).sort("move_id").unique([*KEY, "step"], keep="last", maintain_order=True)
    return ticks.filter(pl.col("state") == TICKED).select(
        *KEY, "step", pl.col("author").alias("ticked_by"), pl.col("made_at").alias("ticked_at")
    )
