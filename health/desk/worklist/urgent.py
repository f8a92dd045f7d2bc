"""Urgent list: cases that need action now, each with its day and deadline (docs/method.md, section 8)."""

from datetime import date
from typing import Any

import polars as pl

from health.desk.worklist.inputs import ReasonInputs
from health.score.wording import count_words, day_words, tenths_words
from health.status import ACTIVE, LEAVING, NOT_LOST

TRIGGERS = {
    "critical": "open critical complaint",
    "limit": "missed deadline of a complaint that is still open",
    "answer": "survey answer of 6 of 10 or less in 30 days, and no personal contact since",
    "notice": "notice given within 14 days",
    "renewal": "last day for notice within 30 days, or past and the contract ends; and no two-way contact within the agreed interval",
    "handover": "handover overdue",
}
"""In display order."""
ABOUT = dict(zip(TRIGGERS, ("complaints", "complaints", "satisfaction", "notice", "renewal", "promises"), strict=True))
"""Topic of each trigger; a reason of the score about the same topic is left out."""
NOTICE_DAYS, RENEWAL_DAYS = 14, 30
COLUMNS: dict[str, Any] = {
    "customer_id": pl.String, "trigger": pl.String, "about": pl.String, "place": pl.Int64, "key": pl.String, "day": pl.Date,
    "clock": pl.Datetime("us"), "days": pl.Int64, "words": pl.String,
}  # fmt: skip


def urgent_triggers(now: pl.DataFrame, rows: ReasonInputs, as_of: date) -> pl.DataFrame:
    """One row per trigger of a customer who is not lost, sorted by customer, place, day and key.

    customer_id, trigger (of TRIGGERS), about (ABOUT), place (its order), key (identifies the event permanently, so that new ones are
    recognised), day (of the event), clock (the deadline), days (past the deadline; negative: ahead), words. `now`: `portfolio.build`; a
    prospect may have signed, and so be due a handover.
    """
    customers = now.filter(NOT_LOST).select("customer_id")
    trigger_rows = [
        *_complaint_triggers(rows.complaints),
        _answer_triggers(rows.answers),
        _notice_triggers(now, as_of),
        _renewal_triggers(now),
        _handover_triggers(rows.handovers),
    ]
    order = {name: place for place, name in enumerate(TRIGGERS)}
    days = (pl.coalesce("seen_to", pl.lit(as_of)) - pl.col("clock").dt.date()).dt.total_days().alias("days")
    with_texts = pl.concat(frame.with_columns(days).with_columns(_trigger_text(trigger, as_of)) for trigger, frame in trigger_rows)
    return (
        with_texts.with_columns(
            pl.col("trigger").replace_strict(order, return_dtype=pl.Int64).alias("place"),
            pl.col("trigger").replace_strict(ABOUT, return_dtype=pl.String).alias("about"),
        )
        .join(customers, on="customer_id", how="semi")
        .select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
        .sort("customer_id", "place", "day", "key")
    )


TriggerRows = tuple[str, pl.DataFrame]


def _rows_of_trigger(trigger: str, frame: pl.DataFrame, key: pl.Expr, day: pl.Expr, clock: pl.Expr, *extra_columns: pl.Expr) -> TriggerRows:
    """Rows of one trigger; `extra_columns`: what its text needs besides (late: text, figure: float), and seen_to, the
    day on which its deadline was last seen running (null: as_of)."""
    extra_names = {expression.meta.output_name() for expression in extra_columns}
    optional = {"late": pl.String, "figure": pl.Float64, "seen_to": pl.Date}
    blank_columns = [pl.lit(None, kind).alias(name) for name, kind in optional.items() if name not in extra_names]
    rows = frame.select(
        "customer_id", pl.lit(trigger).alias("trigger"), pl.format(f"{trigger}:{{}}", key).alias("key"), day.cast(pl.Date).alias("day"),
        clock.cast(pl.Datetime("us")).alias("clock"), *extra_columns, *blank_columns,
    )  # fmt: skip
    return trigger, rows.select("customer_id", "trigger", "key", "day", "clock", "late", "figure", "seen_to")


def _complaint_triggers(complaints: pl.DataFrame) -> list[TriggerRows]:
    """Complaint triggers; a reopened complaint is a new event, and so is each missed deadline."""
    since = pl.coalesce("reopened_at", "opened_at")
    is_late = pl.when(pl.col("solution_broken")).then(pl.lit("unsolved")).when(pl.col("answer_broken") & pl.col("answered_at").is_null())
    state = is_late.then(pl.lit("unanswered")).when(pl.col("answer_broken")).then(pl.lit("answered late")).alias("late")
    overdue = complaints.filter(pl.col("answer_broken") | pl.col("solution_broken")).with_columns(state)
    due = pl.when(pl.col("late") == "unsolved").then("solution_due_at").otherwise("answer_due_at")
    return [
        _rows_of_trigger("critical", complaints.filter(pl.col("severity") == 4), pl.format("{}:{}", "complaint_id", since.dt.date()), since,
            pl.col("solution_due_at"), state, pl.col("seen_to")),
        _rows_of_trigger("limit", overdue, pl.format("{}:{}:{}", "complaint_id", since.dt.date(), "late"), since, due, pl.col("late"),
            pl.col("seen_to")),
    ]  # fmt: skip


def _answer_triggers(answers: pl.DataFrame) -> TriggerRows:
    return _rows_of_trigger(
        "answer", answers, pl.col("survey_id"), pl.col("answered_on"), pl.col("answered_on"), pl.col("answer").alias("figure")
    )


def _notice_triggers(now: pl.DataFrame, as_of: date) -> TriggerRows:
    """Customers known to leave; notice on one of several lines, or on a renewed one, does not count."""
    since = (pl.lit(as_of) - pl.col("known_on")).dt.total_days()
    leaving = now.filter(LEAVING & (since < NOTICE_DAYS))
    return _rows_of_trigger("notice", leaving, pl.col("known_on"), pl.col("known_on"), pl.col("lost_on"))


def _renewal_triggers(now: pl.DataFrame) -> TriggerRows:
    """Active customers whose last day for notice is near; once it has passed, those whose contract ends, up to the day before its end.

    From the end on the customer is in grace. A contract that renews itself moves on to its next term after its last day for notice. The
    end names the event, since a notice period may be corrected.
    """
    has_passed = pl.col("days_to_notice") < 0
    is_due = (pl.col("days_to_notice").is_between(0, RENEWAL_DAYS) | has_passed) & ACTIVE
    renewing = now.filter(is_due & (pl.col("days_since") > pl.col("cadence_days")))
    deadline = pl.when(has_passed).then("agreed_until").otherwise("notice_by")
    assumed = pl.when("notice_assumed").then(pl.lit(" (assumed)")).otherwise(pl.lit(""))
    what = pl.when(has_passed).then(pl.lit("Ends")).otherwise(pl.concat_str(pl.lit("Last day for notice"), assumed)).alias("late")
    figure = pl.col("days_since").cast(pl.Float64).alias("figure")
    return _rows_of_trigger("renewal", renewing, pl.col("agreed_until"), deadline, deadline, what, figure)


def _handover_triggers(handovers: pl.DataFrame) -> TriggerRows:
    overdue = handovers.filter(pl.col("kept").eq(False) & pl.col("kept_at").is_null())
    return _rows_of_trigger("handover", overdue, pl.format("{}:{}", pl.coalesce("promise_id", "contract_id", pl.lit("")), "signed_on"),
               pl.col("signed_on"), pl.col("due_at"), pl.col("seen_to"))  # fmt: skip


def _trigger_text(trigger: str, as_of: date) -> pl.Expr:
    day, clock, days = day_words(pl.col("day"), as_of), day_words(pl.col("clock"), as_of), pl.col("days")
    overdue_text = pl.when(days == 0).then(pl.lit("overdue since today")).otherwise(pl.format("overdue by {}", count_words(days, "day")))
    due_text = pl.when(days == 0).then(pl.lit("today")).otherwise(pl.format("in {}", count_words(-days, "day")))
    late_texts = {
        "unsolved": pl.format("Complaint of {} unresolved, {}", day, overdue_text),
        "unanswered": pl.format("Complaint of {} unanswered, {}", day, overdue_text),
        "answered late": pl.format("Complaint of {}: late reply, still unresolved", day),
    }
    texts = {
        "critical": pl.when(pl.col("late") == "unsolved").then(pl.format("Critical complaint of {} open, {}", day, overdue_text))
        .otherwise(pl.format("Critical complaint of {} open, solution due {}", day, clock)),
        "limit": pl.coalesce(pl.when(pl.col("late") == name).then(text) for name, text in late_texts.items()),
        "answer": pl.format("Survey answer {} of 10 on {}; no contact since", tenths_words(pl.col("figure")), day),
        "notice": pl.format("Gave notice on {}; last day {}", day, clock),
        "renewal": pl.format("{} {}; no contact for {}", pl.col("late"), due_text, count_words(pl.col("figure").cast(pl.Int64), "day")),
        "handover": pl.when(days == 0).then(pl.format("Signed on {}; handover call due today", day))
        .otherwise(pl.format("Signed on {}; handover call overdue by {}", day, count_words(days, "day"))),
    }  # fmt: skip
    return texts[trigger].alias("words")
