"""What was promised to one customer and what became of it, and the same of contacts, complaints and invoices on one line of time."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import polars as pl

from health import format as fmt
from health.insight.client import complaint_sla, details

LANES = ("Contacts", "Complaints", "Promises", "Invoices")
SIGNS = {"kept": "●", "late": "▲", "broken": "◆", "open": "■"}
SHOWN_DAYS = 365


def promise_table(promises: pl.DataFrame, interactions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a promise made by `as_of`, the newest first: the table's columns, kept (kept, late, broken, open), state (in words) and
    evidence: what shows it, or the first contact since in which the customer took part."""
    end = datetime.combine(as_of, datetime.max.time())
    done = pl.when(pl.col("delivered_at") <= end).then(pl.col("delivered_at"))
    kept = (
        pl.when(done <= pl.col("due_at")).then(pl.lit("kept")).when(done.is_not_null()).then(pl.lit("late"))
        .when(pl.col("due_at") <= end).then(pl.lit("broken")).otherwise(pl.lit("open"))
    )  # fmt: skip
    own = promises.filter(pl.col("promised_on") <= as_of).with_columns(kept.alias("kept")).sort(
        "due_at", "promise_id", descending=[True, False]
    )  # fmt: skip
    spoken = interactions.filter(pl.col("two_way") & (pl.col("occurred_at") <= end)).sort("occurred_at", "interaction_id")
    told = [(_state(row, end), _evidence(row, spoken, end)) for row in own.iter_rows(named=True)]
    return own.with_columns(pl.Series("state", [s for s, _ in told], pl.String), pl.Series("evidence", [e for _, e in told], pl.String))


def _state(row: Mapping[str, object], end: datetime) -> str:
    due, done, kept = row["due_at"], row["delivered_at"], str(row["kept"])
    assert isinstance(due, datetime)
    if kept == "kept":
        return f"{SIGNS[kept]} Kept"
    over = ((done if kept == "late" and isinstance(done, datetime) else end) - due).days
    late = fmt.plural(over, "day") if over else "hours"
    words = {"late": f"Kept, {late} late", "broken": f"Broken, {late} over", "open": f"Open, due {fmt.day(due.date())}"}
    return f"{SIGNS[kept]} {words[kept]}"


def _evidence(row: Mapping[str, object], spoken: pl.DataFrame, end: datetime) -> str:
    done, made = row["delivered_at"], row["promised_on"]
    if isinstance(done, datetime) and done <= end:
        return f"delivered {fmt.instant(done)}"
    after = spoken.filter(pl.col("occurred_at").dt.date() > pl.lit(made))
    if after.is_empty():
        return "nothing delivered, no contact since"
    first = after.row(0, named=True)
    return f"nothing delivered; {first['channel']} on {fmt.day(first['occurred_at'].date())}"


def finding(promises: pl.DataFrame) -> str:
    """The head of the list, from `promised`."""
    due = promises.filter(pl.col("kept") != "open")
    if promises.is_empty():
        return "No promise is on file"
    if due.is_empty():
        return f"{fmt.plural(promises.height, 'promise')} open, none due yet"
    return (
        f"{due.filter(kept='kept').height} of {fmt.plural(due.height, 'promise')} due {'was' if due.height == 1 else 'were'} kept in time"
    )


def lanes(planned: pl.DataFrame, complaints: pl.DataFrame, promises: pl.DataFrame, invoices: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a thing agreed in a year before `as_of` or still ahead, sorted: lane, on, kept (kept, late, broken, open), words.

    Contacts by the day planned, complaints by the day raised, promises and invoices by the day due.
    `complaints`: of `complaint_sla.of_customer`; `promises`: of `promised`.
    """
    clocks = complaint_sla.with_deadline_texts(complaints, as_of)
    over = pl.when(pl.col("solved_at").is_null()).then(pl.lit("broken")).otherwise(pl.lit("late"))
    solved = pl.when("solution_kept").then(pl.lit("kept")).when("solution_broken").then(over)
    bills = details.invoices(invoices, as_of)
    paid = pl.col("state").str.head(1).replace_strict({v: k for k, v in SIGNS.items()}, return_dtype=pl.String)
    parts = [
        _lane(
            "Contacts",
            planned.filter(pl.col("state") != "cancelled"),
            "planned_on",
            pl.col("state"),
            pl.col("channel").fill_null("contact"),
        ),
        _lane("Complaints", clocks, "opened_at", solved.otherwise(pl.lit("open")), pl.concat_str("theme", "solution", separator=", ")),
        _lane("Promises", promises, "due_at", pl.col("kept"), pl.concat_str("kind", "state", separator=", ")),
        _lane("Invoices", bills, "due_on", paid, pl.col("state")),
    ]
    since, order = as_of - timedelta(days=SHOWN_DAYS), pl.col("lane").replace_strict({lane: n for n, lane in enumerate(LANES)})
    return pl.concat(parts).filter(pl.col("on") >= since).sort(order, "on", "words")


def _lane(lane: str, frame: pl.DataFrame, on: str, kept: pl.Expr, words: pl.Expr) -> pl.DataFrame:
    return frame.select(
        pl.lit(lane).alias("lane"),
        pl.col(on).cast(pl.Date).alias("on"),
        kept.alias("kept").cast(pl.String),
        words.alias("words").cast(pl.String),
    )


def lanes_finding(frame: pl.DataFrame, as_of: date) -> str:
    """How much that was agreed was broken in 90 days, and where most."""
    recent = frame.filter(pl.col("kept").is_in(["broken", "late"]) & (pl.col("on") > as_of - timedelta(days=90)) & (pl.col("on") <= as_of))
    if frame.is_empty():
        return "Nothing that was agreed is on file"
    if recent.is_empty():
        return "Nothing agreed was broken or late in 90 days"
    most = recent["lane"].value_counts().sort(["count", "lane"], descending=[True, False]).row(0)[0]
    where = (
        f", most of them {most.lower()}"
        if recent["lane"].n_unique() > 1
        else f", all {most.lower()}"
        if recent.height > 1
        else f": {most.lower()}"
    )
    return f"{fmt.plural(recent.height, 'thing')} agreed broken or late in 90 days{where}"
