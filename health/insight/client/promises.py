"""Promises to one customer and their outcomes, and a timeline of contacts, complaints, promises and invoices."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import polars as pl

from health import format as fmt
from health.insight.client import complaint_sla

LANES = ("Contacts", "Complaints", "Promises", "Invoices")
_LANE_NOUNS = {"Contacts": "planned contact", "Complaints": "complaint", "Promises": "promise", "Invoices": "invoice"}
SIGNS = {"kept": "●", "late": "▲", "broken": "◆", "open": "■"}
SHOWN_DAYS = 365


def promise_table(promises: pl.DataFrame, interactions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per promise made by `as_of`, newest due date first.

    Columns of the table, kept (kept, late, broken, open), state (in words) and evidence: the delivery, or the first two-way contact since.
    """
    day_end = datetime.combine(as_of, datetime.max.time())
    delivered_at = pl.when(pl.col("delivered_at") <= day_end).then(pl.col("delivered_at"))
    status = (
        pl.when(delivered_at <= pl.col("due_at")).then(pl.lit("kept")).when(delivered_at.is_not_null()).then(pl.lit("late"))
        .when(pl.col("due_at") <= day_end).then(pl.lit("broken")).otherwise(pl.lit("open"))
    )  # fmt: skip
    promises_made = promises.filter(pl.col("promised_on") <= as_of).with_columns(status.alias("kept")).sort(
        "due_at", "promise_id", descending=[True, False]
    )  # fmt: skip
    conversations = interactions.filter(pl.col("two_way") & (pl.col("occurred_at") <= day_end)).sort("occurred_at", "interaction_id")
    texts = [(_state_text(row, day_end), _evidence_text(row, conversations, day_end)) for row in promises_made.iter_rows(named=True)]
    return promises_made.with_columns(
        pl.Series("state", [s for s, _ in texts], pl.String), pl.Series("evidence", [e for _, e in texts], pl.String)
    )


def _state_text(row: Mapping[str, object], day_end: datetime) -> str:
    due, delivered_at, status = row["due_at"], row["delivered_at"], str(row["kept"])
    assert isinstance(due, datetime)
    if status == "kept":
        return f"{SIGNS[status]} Kept"
    days_late = ((delivered_at if status == "late" and isinstance(delivered_at, datetime) else day_end) - due).days
    late_text = fmt.plural(days_late, "day") if days_late else "a few hours"
    texts = {"late": f"Kept {late_text} late", "broken": f"Broken, {late_text} overdue", "open": f"Open, due {fmt.day(due.date())}"}
    return f"{SIGNS[status]} {texts[status]}"


def _evidence_text(row: Mapping[str, object], conversations: pl.DataFrame, day_end: datetime) -> str:
    delivered_at, promised_on = row["delivered_at"], row["promised_on"]
    if isinstance(delivered_at, datetime) and delivered_at <= day_end:
        return f"delivered {fmt.instant(delivered_at)}"
    later = conversations.filter(pl.col("occurred_at").dt.date() > pl.lit(promised_on))
    if later.is_empty():
        return "nothing delivered, no contact since"
    first = later.row(0, named=True)
    return f"nothing delivered; {first['channel']} on {fmt.day(first['occurred_at'].date())}"


def finding(promises: pl.DataFrame) -> str:
    """Title of the list, from `promise_table`."""
    due_promises = promises.filter(pl.col("kept") != "open")
    if promises.is_empty():
        return "No promises on file"
    if due_promises.is_empty():
        return f"{fmt.plural(promises.height, 'promise')} open, none due yet"
    in_time, verb = due_promises.filter(kept="kept").height, "was" if due_promises.height == 1 else "were"
    return f"{in_time} of {fmt.plural(due_promises.height, 'promise')} due {verb} kept on time"


def lanes(planned: pl.DataFrame, complaints: pl.DataFrame, promises: pl.DataFrame, invoices: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per commitment of the year before `as_of` or ahead, sorted: lane, on, kept (kept, late, broken, open), words.

    Contacts by planned day, complaints by the day raised, promises and invoices by due day. `complaints`:
    `complaint_sla.customer_complaints`; `promises`: `promise_table`; `invoices`: `invoices.with_states`.
    """
    complaint_rows = complaint_sla.with_deadline_texts(complaints)
    late_status = pl.when(pl.col("solved_at").is_null()).then(pl.lit("broken")).otherwise(pl.lit("late"))
    complaint_status = pl.when("solution_kept").then(pl.lit("kept")).when("solution_broken").then(late_status)
    invoice_status = pl.col("state").str.head(1).replace_strict({v: k for k, v in SIGNS.items()}, return_dtype=pl.String)
    lane_frames = [
        _lane(
            "Contacts",
            planned.filter(pl.col("state") != "cancelled"),
            "planned_on",
            pl.col("state"),
            pl.col("channel").fill_null("contact"),
        ),
        _lane(
            "Complaints",
            complaint_rows,
            "opened_at",
            complaint_status.otherwise(pl.lit("open")),
            pl.concat_str("theme", "solution", separator=", "),
        ),
        _lane("Promises", promises, "due_at", pl.col("kept"), pl.concat_str("kind", "state", separator=", ")),
        _lane("Invoices", invoices, "falls_due_on", invoice_status, pl.col("state")),
    ]
    first_day, order = as_of - timedelta(days=SHOWN_DAYS), pl.col("lane").replace_strict({lane: n for n, lane in enumerate(LANES)})
    return pl.concat(lane_frames).filter(pl.col("on") >= first_day).sort(order, "on", "words")


def _lane(lane: str, frame: pl.DataFrame, date_column: str, status: pl.Expr, text: pl.Expr) -> pl.DataFrame:
    return frame.select(
        pl.lit(lane).alias("lane"),
        pl.col(date_column).cast(pl.Date).alias("on"),
        status.alias("kept").cast(pl.String),
        text.alias("words").cast(pl.String),
    )


def lanes_finding(frame: pl.DataFrame, as_of: date) -> str:
    """Title of the timeline: commitments missed in 90 days, and where most."""
    missed = frame.filter(pl.col("kept").is_in(["broken", "late"]) & (pl.col("on") > as_of - timedelta(days=90)) & (pl.col("on") <= as_of))
    if frame.is_empty():
        return "No commitments on file"
    if missed.is_empty():
        return "No missed commitments in 90 days"
    main_lane = missed["lane"].value_counts().sort(["count", "lane"], descending=[True, False]).row(0)[0]
    if missed["lane"].n_unique() > 1:
        return f"{fmt.plural(missed.height, 'missed commitment')} in 90 days, mostly {_LANE_NOUNS[main_lane]}s"
    return f"{fmt.plural(missed.height, _LANE_NOUNS[main_lane])} missed or late in 90 days"
