"""Plays as the worklist shows them: suggested, running, and the control groups of past quarters."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.access import Book
from health.desk.plays import progress
from health.desk.plays.catalogue import PLAYS, Play
from health.desk.plays.control_group import HELD_OUT, quarter_end, quarter_of
from health.desk.plays.enrolment import KEY, offered_plays
from health.warehouse import Session

CASE_COLUMNS = [
    *KEY, "name", "owner", "triggered_on", "state", "reason", "author", "since", "accepted_at", "steps", "ticked", "next_step",
    "next_words", "next_on", "hours_left",
]  # fmt: skip


def play_cases(book: Book, as_of: date, plays: Sequence[Play] = PLAYS) -> pl.DataFrame:
    """One row per play suggested to a customer of the viewer's book, latest first, then by customer and as declared.

    customer_id, play, quarter, name, owner (role), triggered_on, state (suggested, accepted, declined, done, stopped, or lapsed: its
    quarter is over), reason, author and since (of the last move), accepted_at, steps and ticked (numbers), and for accepted plays
    next_step, next_words, next_on (its day) and hours_left.
    """
    with book.reading() as session:
        return _read_cases(book, session, as_of, plays).select(CASE_COLUMNS)


def suggested_plays(book: Book, as_of: date, triggered: pl.DataFrame, plays: Sequence[Play] = PLAYS) -> pl.DataFrame:
    """One row per customer of the viewer's book and play suggested now, sorted by customer and then as declared.

    customer_id, play, quarter, name, when, hopes, owner, triggered_on. `triggered`: `triggered_plays` of the day; plays whose trigger no
    longer holds are left out.
    """
    with book.reading() as session:
        cases = _read_cases(book, session, as_of, plays)
    descriptions = pl.DataFrame({"play": [p.key for p in plays], "when": [p.when for p in plays], "hopes": [p.goal for p in plays]})
    open_suggestions = cases.filter(pl.col("state") == progress.SUGGESTED).join(triggered, on=["customer_id", "play"], how="semi")
    suggestions = open_suggestions.join(descriptions, on="play", how="left", maintain_order="left").sort("customer_id", "nth")
    return suggestions.select(*KEY, "name", "when", "hopes", "owner", "triggered_on")


def case_steps(book: Book, case: progress.Case) -> pl.DataFrame:
    """One row per step of a case, in order: step (from 1), words, hours, due_on (null until accepted), ticked_by, ticked_at.

    Raises NotFound for a customer outside the book.
    """
    key = {"customer_id": case.customer_id, "play": case.play, "quarter": case.quarter}
    with book.reading() as session:
        book.own_id(session, case.customer_id)
        moves = session.alike("play_moves", pl.DataFrame([key]))
    accepted = progress.case_states(moves).select(*KEY, "accepted_at")
    return (
        _step_frame(PLAYS).filter(pl.col("play") == case.play)
        .join(accepted, on="play", how="left", maintain_order="left")
        .join(progress.ticked_steps(moves), on=["play", "step"], how="left", maintain_order="left")
        .select("step", "words", "hours", _due_day().alias("due_on"), "ticked_by", "ticked_at")
    )  # fmt: skip


def past_control_group(book: Book, as_of: date) -> pl.DataFrame:
    """Control groups of past quarters in the viewer's book: customer_id, play, quarter, triggered_on.

    Current ones stay hidden: people who know the control group treat it differently, and the comparison would measure that.
    """
    with book.reading() as session:
        rows = book.own(session, session.rows("holdouts").filter(pl.col("arm") == HELD_OUT))
    past_quarters = [quarter for quarter in rows["quarter"].unique() if quarter_end(quarter) < as_of]
    return rows.filter(pl.col("quarter").is_in(past_quarters)).select(*KEY, "triggered_on").sort("quarter", "play", "customer_id")


def _read_cases(book: Book, session: Session, as_of: date, plays: Sequence[Play]) -> pl.DataFrame:
    rows, moves = (book.own(session, session.rows(name)) for name in ("holdouts", "play_moves"))
    offers = offered_plays(rows.filter(pl.col("triggered_on") <= as_of))
    lapsed = pl.when(pl.col("quarter") == quarter_of(as_of)).then(pl.lit(progress.SUGGESTED)).otherwise(pl.lit("lapsed"))
    cases = (
        offers.join(_play_frame(plays), on="play", how="inner", maintain_order="left")
        .join(progress.case_states(moves), on=KEY, how="left", maintain_order="left")
        .with_columns(pl.coalesce("state", lapsed).alias("state"))
    )
    return (
        cases.join(_remaining_steps(cases, progress.ticked_steps(moves), plays), on=KEY, how="left", maintain_order="left")
        .with_columns(pl.col("ticked").fill_null(0))
        .sort(["quarter", "triggered_on", "customer_id", "nth"], descending=[True, True, False, False])
    )


def _remaining_steps(cases: pl.DataFrame, ticks: pl.DataFrame, plays: Sequence[Play]) -> pl.DataFrame:
    """Progress of accepted cases: number of steps ticked, and the first open step."""
    accepted_cases = cases.filter(pl.col("accepted_at").is_not_null()).select(*KEY, "state", "accepted_at")
    step_rows = (
        accepted_cases.join(_step_frame(plays), on="play", how="inner").join(ticks, on=[*KEY, "step"], how="left").sort(*KEY, "step")
    )
    is_open = pl.col("ticked_at").is_null() & (pl.col("state") == progress.ACCEPTED)
    return step_rows.group_by(KEY, maintain_order=True).agg(
        pl.col("ticked_at").count().cast(pl.Int64).alias("ticked"),
        pl.col("step").filter(is_open).first().alias("next_step"), pl.col("words").filter(is_open).first().alias("next_words"),
        _due_day().filter(is_open).first().alias("next_on"), pl.col("hours").filter(is_open).sum().alias("hours_left"),
    )  # fmt: skip


def _due_day() -> pl.Expr:
    return (pl.col("accepted_at").dt.date() + pl.duration(days=pl.col("day"))).cast(pl.Date)


def _play_frame(plays: Sequence[Play]) -> pl.DataFrame:
    rows = [(p.key, p.name, p.owner, len(p.steps), nth) for nth, p in enumerate(plays)]
    schema = {"play": pl.String, "name": pl.String, "owner": pl.String, "steps": pl.Int64, "nth": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _step_frame(plays: Sequence[Play]) -> pl.DataFrame:
    rows = [(p.key, nth, s.words, s.day, s.hours) for p in plays for nth, s in enumerate(p.steps, 1)]
    schema = {"play": pl.String, "step": pl.Int64, "words": pl.String, "day": pl.Int64, "hours": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
