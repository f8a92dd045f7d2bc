"""Everything that happened with one customer in one list: rows of all tables, and what people wrote beside them."""

import json
from collections.abc import Mapping
from datetime import date, datetime

import polars as pl

from health import format as fmt
from health import tables as declared
from health.desk.entries import KINDS
from health.insight.client import details, overrides
from health.insight.search import filter_by_text

TABLES = details.TIMELINE_TABLES
_DIARY = {"kept": "kept, planned for", "broken": "broken, planned for", "cancelled": "cancelled, planned for", "open": "planned for"}
_ACTS = {"corrected": "corrected", "removed": "removed", "undone": "undone", "replaced": "replaced by a file"}
_NAMED = {"customer_id", *(declared.TABLES[name].key[0] for name in KINDS)}
_SAID = ["kind", "what", "said", "who", "file"]


def build_timeline(
    rows: Mapping[str, pl.DataFrame], planned: pl.DataFrame, ledgers: Mapping[str, pl.DataFrame], as_of: date, names: Mapping[str, str],
    newest: bool = True,
) -> pl.DataFrame:  # fmt: skip
    """One row a thing that happened by `as_of`, newest first: the columns of `record.TIMELINE`.

    `rows`: of TABLES; `planned`: `own.planned`; `ledgers`: `own.ledgers`; `names`: of employees. On the book's `newest` day what people
    wrote since is here too: a note is of the day it was written, which may lie after all that happened.
    """
    written = pl.concat([_notes(ledgers["notes"]), _acts(ledgers["trail"])])
    by_then = details.sort_timeline([*details.events(rows), _diary(planned, as_of), _held(ledgers["overrides"])], as_of, names)
    return details.sort_timeline([by_then, written], date.max if newest else as_of, names)


def filter_timeline(timeline: pl.DataFrame, kinds: list[str], words: str, since: date | None) -> pl.DataFrame:
    """The rows of the chosen kinds (none: all) that hold the words, from a day on."""
    chosen = timeline.filter(pl.col("kind").is_in(kinds)) if kinds else timeline
    recent = chosen.filter(pl.col("at") >= datetime.combine(since, datetime.min.time())) if since else chosen
    return filter_by_text(recent, words, _SAID)


def finding(timeline: pl.DataFrame, as_of: date) -> str:
    """The head of the list."""
    if timeline.is_empty():
        return "Nothing that happened is on file"
    last = timeline.row(0, named=True)
    days = (as_of - last["at"].date()).days
    when = f"on {fmt.day(last['at'].date())}" if days < 0 else "today" if not days else f"{fmt.plural(days, 'day')} ago"
    return f"{fmt.plural(timeline.height, 'thing')} on file, the last {when}"


def _told(frame: pl.DataFrame, at: str, kind: str, **said: pl.Expr) -> pl.DataFrame:
    given = {"kind": pl.lit(kind), "at": pl.col(at).cast(pl.Datetime("us"))} | said
    return frame.filter(pl.col(at).is_not_null()).select(
        given.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in details.TIMELINE.items()
    )


def _diary(planned: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Each planned contact on the day it was entered, or planned for; what became of it stands beside."""
    day = pl.col("planned_on").map_elements(fmt.day, return_dtype=pl.String)
    state = pl.col("state").replace_strict(_DIARY, return_dtype=pl.String)
    on = pl.when(pl.col("planned_on") <= as_of).then("planned_on").otherwise(pl.coalesce("created_on", pl.lit(as_of)))
    source = {name: pl.col(name) for name in details.SOURCE}
    what = pl.concat_str(pl.concat_str(state, day, separator=" "), "channel", separator=", ", ignore_nulls=True)
    return _told(
        planned.with_columns(pl.coalesce(pl.min_horizontal("cancelled_on", on), on).alias("_on")), "_on", "Diary",
        what=what, who=pl.col("employee_id"), table=pl.lit("diary"), key=pl.col("diary_id"), **source,
    )  # fmt: skip


def _notes(notes: pl.DataFrame) -> pl.DataFrame:
    standing = notes.filter(pl.col("removed_at").is_null())
    return _told(
        standing,
        "made_at",
        "Note",
        what=pl.lit("note"),
        said=pl.col("words"),
        who=pl.col("author"),
        table=pl.lit("notes"),
        key=pl.col("note_id"),
    )


def _held(ledger: pl.DataFrame) -> pl.DataFrame:
    rows = [
        {"on": row["from_on"], "what": f"held {overrides.override_text(row)}", "said": row["reason"], "who": row["author"]}
        for row in ledger.iter_rows(named=True)
    ] + [
        {"on": row["withdrawn_on"], "what": "override taken back", "said": row["withdrawn_why"], "who": row["withdrawn_by"]}
        for row in ledger.iter_rows(named=True)
        if row["withdrawn_on"]
    ]
    frame = pl.DataFrame(rows, schema={"on": pl.Date, "what": pl.String, "said": pl.String, "who": pl.String})
    return _told(frame, "on", "Override", what=pl.col("what"), said=pl.col("said"), who=pl.col("who"))


def _acts(trail: pl.DataFrame) -> pl.DataFrame:
    """What was changed at the desk afterwards; what was written stands in the list as what it is."""
    changed = trail.filter(pl.col("what").is_in(list(_ACTS)))
    named = changed.with_columns(
        pl.concat_str(
            pl.col("table").replace(KINDS), pl.col("key"), pl.col("what").replace_strict(_ACTS, return_dtype=pl.String), separator=" "
        ).alias("_what")
    )
    return _told(named, "when", "Desk", what=pl.col("_what"), said=pl.col("why"), who=pl.col("who"))


def change_log(trail: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """The trail for a reader, newest first: when, who, what ('contact desk-7 corrected'), before, after (in words), why."""
    words = [_values(text) for text in trail["before"]], [_values(text) for text in trail["after"]]
    return trail.with_columns(
        pl.concat_str(pl.col("table").replace(KINDS), "key", "what", separator=" ").alias("what"),
        pl.col("who").replace(dict(names)),
        pl.Series("before", words[0], pl.String),
        pl.Series("after", words[1], pl.String),
    ).select("when", "who", "what", "before", "after", "why")


def _values(text: str | None) -> str | None:
    """The JSON of a trail as 'channel call, outcome reached', without what every row has."""
    if not text:
        return None
    told = {name: value for name, value in json.loads(text).items() if name not in _NAMED}
    return ", ".join(f"{name.replace('_', ' ')}: {fmt.UNKNOWN if value is None else value}" for name, value in told.items())
