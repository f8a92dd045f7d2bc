"""Source rows of the contact parts, counted as the facts count them (docs/method.md, section 2)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from health import format as fmt
from health.insight.lineage.sources import SourceRows, concat_rows, join_words, source_rows

WINDOW = timedelta(days=180)
GAPS = 8


def contact(own: Mapping[str, pl.DataFrame], c: Mapping[str, Any], day: date) -> list[SourceRows]:
    """Recency, volume, rhythm, diary and answers on `day`; `c`: the facts of that day, `own`: as `portfolio.client`."""
    contacts = own["interactions"].filter(pl.col("day") <= day)
    recent = contacts.filter(pl.col("day") > day - WINDOW)
    what = join_words("channel", "direction", "outcome")
    two_way = contacts.filter("two_way")
    last = two_way.filter(pl.col("day") == pl.lit(c["last_two_way_on"], pl.Date))
    agreed = pl.format("tier {}: how often is agreed", pl.col("tier").fill_null("none"))
    tier = source_rows(own["customers"], "customers", None, agreed)
    volume = source_rows(recent.filter(pl.col("touch") > 0), "interactions", "day", what, pl.col("touch") / 10)
    answers = source_rows(recent.filter("attempt"), "interactions", "day", what, pl.col("answered").cast(pl.Int64))
    return [
        SourceRows("Recency", _recency(c), concat_rows(source_rows(last, "interactions", "day", what), tier)),
        SourceRows("Volume", f"What each contact of 180 days is worth, {c['touch_180'] / 10:g} in all", concat_rows(volume, tier)),
        SourceRows("Own rhythm", _rhythm(c), _gaps(two_way, c["last_two_way_on"], what)),
        SourceRows(
            "Diary kept", f"1 a planned contact that was kept: {c['kept_diary_180']} of {c['due_180']}", _diary(own["planned_contacts"])
        ),
        SourceRows("Answers", f"1 an attempt that was answered: {c['answered_180']} of {c['attempts_180']}", answers),
    ]


def _recency(c: Mapping[str, Any]) -> str:
    if c["last_two_way_on"] is None:
        return "No contact in which the customer took part is on file: the days count from the start of both"
    return f"The last day on which the customer took part: {fmt.day(c['last_two_way_on'])}"


def _rhythm(c: Mapping[str, Any]) -> str:
    usual = f"the middle one is {c['rhythm_days']}" if c["rhythm_days"] is not None else "too few to call one usual"
    return f"Days between the last contacts in which the customer took part, {min(c['rhythm_gaps'], GAPS)} gaps: {usual}"


def _gaps(two_way: pl.DataFrame, last: date | None, what: pl.Expr) -> pl.DataFrame:
    """The days that bound the last eight gaps; a gap is listed with the first contact of the day that ended it."""
    days = two_way.filter(pl.col("day") <= pl.lit(last, pl.Date)).select("day").unique().sort("day").tail(GAPS + 1)
    bounds = days.with_columns(pl.col("day").diff().dt.total_days().alias("gap"))
    contacts = two_way.sort("occurred_at", "interaction_id").join(bounds, on="day", how="inner", maintain_order="left")
    return source_rows(contacts, "interactions", "day", what, pl.when(pl.col("day").cum_count().over("day") == 1).then("gap"))


def _diary(planned: pl.DataFrame) -> pl.DataFrame:
    """The planned contacts that count, of `diary.entries`."""
    kept = pl.col("state") == "kept"
    what = pl.when(kept).then(pl.lit("planned, kept")).otherwise(pl.lit("planned, missed"))
    return source_rows(planned.filter("counted"), "diary", "planned_on", what, kept.cast(pl.Int64))
