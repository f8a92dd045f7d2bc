"""Handovers: time from signature to first operational contact, and a checklist for the start."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import polars as pl

from health.access import Book
from health.warehouse import Session, facts

LISTED_DAYS = 90


@dataclass(frozen=True)
class Step:
    """Step of the checklist: key in `handover_steps.sql`, label, and tables whose rows show that it is done."""

    key: str
    words: str
    tables: tuple[str, ...]


STEPS: tuple[Step, ...] = (
    Step("introduced", "Introduction: our first contact", ("interactions",)),
    Step("expectations", "Expectations agreed: a promise is on file", ("promises",)),
    Step("first_date", "Next contact planned", ("diary",)),
)


def handovers(book: Book, as_of: date) -> pl.DataFrame:
    """One row per handover of the viewer's book signed within LISTED_DAYS before `as_of`.

    Open ones first, then late and missing ones, late ones, kept ones; each by due_at. customer_id, contract_id, signed_on, due_at,
    first_contact_at, given (a promise is on file; otherwise a new customer's first contract implies it), promise_id, state ("kept", "late",
    "open"), kept_at, hours_left (from the end of `as_of` to due_at, negative if overdue; null when done), hours_taken (from the start of
    the day of signing to kept_at), done and of (steps of the checklist; `of` leaves out steps that cannot be known).
    """
    with book.reading() as session:
        handover_rows = _read_handovers(book, session, as_of)
        step_rows = _read_steps(session, handover_rows, as_of)
    moment = datetime.combine(as_of, time.max)
    is_overdue = pl.col("kept").is_not_null() & (pl.col("due_at") <= moment)
    state = pl.when(pl.col("kept").fill_null(False)).then(pl.lit("kept")).when(is_overdue).then(pl.lit("late")).otherwise(pl.lit("open"))
    step_counts = step_rows.group_by("nth").agg(pl.col("done").sum().cast(pl.Int64), pl.col("done").count().cast(pl.Int64).alias("of"))
    place = pl.col("state").replace_strict({"open": 0, "late": 1, "kept": 2}, return_dtype=pl.Int8)
    time_left, time_taken = pl.col("due_at") - moment, pl.col("kept_at") - pl.col("signed_on").cast(pl.Datetime("us"))
    return (
        handover_rows.join(step_counts, on="nth", how="left", maintain_order="left")
        .with_columns(state.alias("state"), pl.when(pl.col("kept_at").is_null()).then(_hours(time_left)).alias("hours_left"))
        .with_columns(_hours(time_taken).alias("hours_taken"))
        .sort(place, pl.col("kept_at").is_not_null(), "due_at", "customer_id", "nth")
        .select(
            "customer_id", "contract_id", "signed_on", "due_at", "first_contact_at", "given", "promise_id", "state", "kept_at",
            "hours_left", "hours_taken", "done", "of",
        )
    )  # fmt: skip


def checklist(book: Book, as_of: date) -> pl.DataFrame:
    """One row per handover and step, in the order of STEPS.

    customer_id, contract_id, promise_id, signed_on, step, words, done, evidence_table, evidence_id, done_on (of the earliest row that shows
    it). `done` is null where the tables that would show it are empty.
    """
    with book.reading() as session:
        handover_rows = _read_handovers(book, session, as_of)
        steps = handover_rows.join(_read_steps(session, handover_rows, as_of), on="nth", maintain_order="left_right")
    handover_columns, evidence_columns = (
        ("customer_id", "contract_id", "promise_id", "signed_on"),
        ("evidence_table", "evidence_id", "done_on"),
    )
    return steps.select(*handover_columns, "step", "words", "done", *evidence_columns)


def _read_handovers(book: Book, session: Session, as_of: date) -> pl.DataFrame:
    facts.prepare_grid(session, [as_of])
    handover_rows = book.own(session, session.frame("queries/handovers", as_of=as_of))
    return handover_rows.filter(pl.col("signed_on") > as_of - timedelta(days=LISTED_DAYS)).with_row_index("nth")


def _read_steps(session: Session, handover_rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per handover and step: nth, step, words, done, and its evidence."""
    session.temp("handed", handover_rows.select("nth", "customer_id", "signed_on", "promise_id"))
    evidence = session.frame("queries/handover_steps", as_of=as_of).with_columns(pl.col("nth").cast(pl.UInt32))
    has_rows = [any(session.count(table) for table in step.tables) for step in STEPS]
    steps = pl.DataFrame({"step": [s.key for s in STEPS], "words": [s.words for s in STEPS], "told": has_rows})
    is_done = pl.when(pl.col("evidence_id").is_not_null() | pl.col("told")).then(pl.col("evidence_id").is_not_null())
    return (
        handover_rows.select("nth")
        .join(steps, how="cross", maintain_order="left_right")
        .join(evidence, on=["nth", "step"], how="left", maintain_order="left")
        .select("nth", "step", "words", is_done.alias("done"), "evidence_table", "evidence_id", "done_on")
    )


def _hours(span: pl.Expr) -> pl.Expr:
    return span.dt.total_minutes() / 60
