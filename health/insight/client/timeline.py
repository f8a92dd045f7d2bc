"""Timeline of one customer: events of all tables, notes, overrides and changes by hand."""

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
_DIARY_TEXTS = {"kept": "kept, planned for", "broken": "broken, planned for", "cancelled": "cancelled, planned for", "open": "planned for"}
_CHANGE_TEXTS = {"corrected": "corrected", "removed": "removed", "undone": "undone", "replaced": "replaced by a file"}
_HIDDEN_FIELDS = {"customer_id", *(declared.TABLES[name].key[0] for name in KINDS)}
_SEARCH_COLUMNS = ["kind", "what", "said", "who", "file"]


def build_timeline(
    rows: Mapping[str, pl.DataFrame], planned: pl.DataFrame, ledgers: Mapping[str, pl.DataFrame], as_of: date, names: Mapping[str, str],
    is_newest_day: bool = True,
) -> pl.DataFrame:  # fmt: skip
    """One row per event by `as_of`, newest first, in the columns of `details.TIMELINE`.

    `rows`: of TABLES; `planned`: `rows.planned_contacts`; `ledgers`: `rows.read_ledgers`; `names`: of employees. On the newest day
    (`is_newest`) notes and changes written since are included.
    """
    desk_events = pl.concat([_note_events(ledgers["notes"]), _desk_change_events(ledgers["trail"])])
    dated_events = details.sort_timeline(
        [*details.events(rows), _diary_events(planned, as_of), _override_events(ledgers["overrides"])], as_of, names
    )
    return details.sort_timeline([dated_events, desk_events], date.max if is_newest_day else as_of, names)


def filter_timeline(timeline: pl.DataFrame, kinds: list[str], text: str, since: date | None) -> pl.DataFrame:
    """Rows of the chosen kinds (none: all) that contain the text, from a day on."""
    of_kinds = timeline.filter(pl.col("kind").is_in(kinds)) if kinds else timeline
    recent = of_kinds.filter(pl.col("at") >= datetime.combine(since, datetime.min.time())) if since else of_kinds
    return filter_by_text(recent, text, _SEARCH_COLUMNS)


def finding(timeline: pl.DataFrame, as_of: date) -> str:
    """Title of the list."""
    if timeline.is_empty():
        return "No entries on file"
    last = timeline.row(0, named=True)
    days = (as_of - last["at"].date()).days
    when_text = f"on {fmt.day(last['at'].date())}" if days < 0 else "today" if not days else f"{fmt.plural(days, 'day')} ago"
    return f"{fmt.plural(timeline.height, 'entry', 'entries')}, latest {when_text}"


def _timeline_rows(frame: pl.DataFrame, date_column: str, kind: str, **columns: pl.Expr) -> pl.DataFrame:
    """Rows with a date, in the columns of TIMELINE; columns not given are null."""
    values = {"kind": pl.lit(kind), "at": pl.col(date_column).cast(pl.Datetime("us"))} | columns
    return frame.filter(pl.col(date_column).is_not_null()).select(
        values.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in details.TIMELINE.items()
    )


def _diary_events(planned: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Planned contacts with their state, on the day entered or planned."""
    planned_day = pl.col("planned_on").map_elements(fmt.day, return_dtype=pl.String)
    state_text = pl.col("state").replace_strict(_DIARY_TEXTS, return_dtype=pl.String)
    shown_on = pl.when(pl.col("planned_on") <= as_of).then("planned_on").otherwise(pl.coalesce("created_on", pl.lit(as_of)))
    source_columns = {name: pl.col(name) for name in details.SOURCE}
    description = pl.concat_str(pl.concat_str(state_text, planned_day, separator=" "), "channel", separator=", ", ignore_nulls=True)
    return _timeline_rows(
        planned.with_columns(pl.coalesce(pl.min_horizontal("cancelled_on", shown_on), shown_on).alias("_on")), "_on", "Diary",
        what=description, who=pl.col("employee_id"), table=pl.lit("diary"), key=pl.col("diary_id"), **source_columns,
    )  # fmt: skip


def _note_events(notes: pl.DataFrame) -> pl.DataFrame:
    present_notes = notes.filter(pl.col("removed_at").is_null())
    return _timeline_rows(
        present_notes,
        "made_at",
        "Note",
        what=pl.lit("note"),
        said=pl.col("words"),
        who=pl.col("author"),
        table=pl.lit("notes"),
        key=pl.col("note_id"),
    )


def _override_events(ledger: pl.DataFrame) -> pl.DataFrame:
    rows = [
        {"on": row["from_on"], "what": f"override: {overrides.override_text(row)}", "said": row["reason"], "who": row["author"]}
        for row in ledger.iter_rows(named=True)
    ] + [
        {"on": row["withdrawn_on"], "what": "override withdrawn", "said": row["withdrawn_why"], "who": row["withdrawn_by"]}
        for row in ledger.iter_rows(named=True)
        if row["withdrawn_on"]
    ]
    frame = pl.DataFrame(rows, schema={"on": pl.Date, "what": pl.String, "said": pl.String, "who": pl.String})
    return _timeline_rows(frame, "on", "Override", what=pl.col("what"), said=pl.col("said"), who=pl.col("who"))


def _desk_change_events(trail: pl.DataFrame) -> pl.DataFrame:
    """Corrections and removals by hand; new entries appear as the event they record."""
    changes = trail.filter(pl.col("what").is_in(list(_CHANGE_TEXTS)))
    described = changes.with_columns(
        pl.concat_str(
            pl.col("table").replace(KINDS),
            pl.col("key"),
            pl.col("what").replace_strict(_CHANGE_TEXTS, return_dtype=pl.String),
            separator=" ",
        ).alias("_what")
    )
    return _timeline_rows(described, "when", "Desk", what=pl.col("_what"), said=pl.col("why"), who=pl.col("who"))


def change_log(trail: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Change log for readers, newest first: when, who, what ('contact desk-7 corrected'), before, after (in words), why."""
    value_texts = [_values_text(text) for text in trail["before"]], [_values_text(text) for text in trail["after"]]
    return trail.with_columns(
        pl.concat_str(pl.col("table").replace(KINDS), "key", "what", separator=" ").alias("what"),
        pl.col("who").replace(dict(names)),
        pl.Series("before", value_texts[0], pl.String),
        pl.Series("after", value_texts[1], pl.String),
    ).select("when", "who", "what", "before", "after", "why")


def _values_text(text: str | None) -> str | None:
    """Format JSON values of the trail: 'channel: call, outcome: reached', without key fields."""
    if not text:
        return None
    values = {name: value for name, value in json.loads(text).items() if name not in _HIDDEN_FIELDS}
    return ", ".join(f"{name.replace('_', ' ')}: {fmt.UNKNOWN if value is None else value}" for name, value in values.items())
