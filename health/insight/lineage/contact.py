"""Source rows of the contact parts, counted as the facts count them (docs/method.md, section 2)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from health import format as fmt
from health.insight.lineage.sources import Behind, listed, together, worded

WINDOW = timedelta(days=180)
GAPS = 8


def contact(own: Mapping[str, pl.DataFrame], c: Mapping[str, Any], day: date) -> list[Behind]:
    """Recency, volume, rhythm, diary and answers on `day`; `c`: the facts of that day, `own`: the customer's rows by table."""
    touches = _touches(own["interactions"], day)
    recent = touches.filter(pl.col("on") > day - WINDOW)
    what = worded("channel", "direction", "outcome")
    talks = touches.filter("two_way")
    last = talks.filter(pl.col("on") == pl.lit(c["last_two_way_on"], pl.Date))
    counted, tried = recent.filter(pl.col("touch") > 0), recent.filter("attempt")
    agreed = pl.format("tier {}: how often is agreed", pl.col("tier").fill_null("none"))
    tier = listed(own["customers"], "customers", None, agreed)
    volume = listed(counted, "interactions", "on", what, pl.col("touch") / 10)
    answers = listed(tried, "interactions", "on", what, (pl.col("outcome") == "reached").cast(pl.Int64))
    diary = _diary(own["diary"], talks["on"], day)
    return [
        Behind("Recency", _recency(c), together(listed(last, "interactions", "on", what), tier)),
        Behind("Volume", f"What each contact of 180 days is worth, {c['touch_180'] / 10:g} in all", together(volume, tier)),
        Behind("Own rhythm", _rhythm(c), _gaps(talks, c["last_two_way_on"], what)),
        Behind("Diary kept", f"1 a planned contact that was kept: {c['kept_diary_180']} of {c['due_180']}", diary),
        Behind("Answers", f"1 an attempt that was answered: {c['answered_180']} of {c['attempts_180']}", answers),
    ]


def _touches(interactions: pl.DataFrame, day: date) -> pl.DataFrame:
    """The contacts up to `day` with what each counts for; `touch` in tenths of a talk."""
    outcome = pl.col("outcome").fill_null("unknown")
    meeting = pl.col("channel").is_in(["visit", "video"]) & (outcome != "no_reply")
    took_part = pl.col("direction").is_in(["in", "both"]) | (outcome == "reached") | meeting
    human = ~pl.coalesce("automated", pl.col("channel") == "newsletter")
    worth = pl.when(~human).then(1).when(took_part).then(10).otherwise(3)
    return interactions.with_columns(pl.col("occurred_at").dt.date().alias("on")).filter(pl.col("on") <= day).with_columns(
        (human & took_part).alias("two_way"),
        pl.when(pl.col("purpose").fill_null("") == "complaint").then(0).otherwise(worth).alias("touch"),
        (human & pl.col("direction").is_in(["out", "both"]) & outcome.is_in(["reached", "no_reply"])).alias("attempt"),
    )  # fmt: skip


def _recency(c: Mapping[str, Any]) -> str:
    if c["last_two_way_on"] is None:
        return "No contact in which the customer took part is on file: the days count from the start of both"
    return f"The last day on which the customer took part: {fmt.day(c['last_two_way_on'])}"


def _rhythm(c: Mapping[str, Any]) -> str:
    usual = f"the middle one is {c['rhythm_days']}" if c["rhythm_days"] is not None else "too few to call one usual"
    return f"Days between the last contacts in which the customer took part, {min(c['rhythm_gaps'], GAPS)} gaps: {usual}"


def _gaps(talks: pl.DataFrame, last: date | None, what: pl.Expr) -> pl.DataFrame:
    """The days that bound the last eight gaps; a gap stands with the first contact of the day that ended it."""
    days = talks.filter(pl.col("on") <= pl.lit(last, pl.Date)).select("on").unique().sort("on").tail(GAPS + 1)
    bounds = days.with_columns(pl.col("on").diff().dt.total_days().alias("gap"))
    told = talks.sort("occurred_at", "interaction_id").join(bounds, on="on", how="inner", maintain_order="left")
    return listed(told, "interactions", "on", what, pl.when(pl.col("on").cum_count().over("on") == 1).then("gap"))


def _diary(diary: pl.DataFrame, talks: pl.Series, day: date) -> pl.DataFrame:
    due = pl.col("planned_on") + pl.duration(days=3)
    standing = pl.col("cancelled_on").is_null() | (pl.col("cancelled_on") > due)
    inside = (pl.max_horizontal(due, "created_on") <= day) & (pl.col("planned_on") + pl.duration(days=183) > day)
    counted = diary.filter(standing & inside)
    kept = [any(on - timedelta(days=7) <= talk <= on + timedelta(days=3) for talk in talks) for on in counted["planned_on"]]
    told = counted.with_columns(pl.Series("kept", kept, pl.Boolean))
    what = pl.when("kept").then(pl.lit("planned, kept")).otherwise(pl.lit("planned, missed"))
    return listed(told, "diary", "planned_on", what, pl.col("kept").cast(pl.Int64))
