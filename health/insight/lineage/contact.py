"""Source rows of the contact parts, counted as the facts count them (docs/method.md, section 2)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from health import format as fmt
from health.insight.lineage.sources import SourceRows, concat_rows, join_words, source_rows

WINDOW = timedelta(days=180)
GAPS = 8


def contact(tables: Mapping[str, pl.DataFrame], facts: Mapping[str, Any]) -> list[SourceRows]:
    """Recency, volume, rhythm, diary and answers on the day of `facts`; `tables`: `portfolio.client`."""
    day = facts["interactions_seen_to"]
    contacts = tables["interactions"].filter(pl.col("day") <= day)
    recent = contacts.filter(pl.col("day") > day - WINDOW)
    description = join_words("channel", "direction", "outcome")
    two_way = contacts.filter("two_way")
    last_contacts = two_way.filter(pl.col("day") == pl.lit(facts["last_two_way_on"], pl.Date))
    cadence_text = pl.format("tier {}: agreed interval", pl.col("tier").fill_null("none"))
    tier_row = source_rows(tables["customers"], "customers", None, cadence_text)
    volume_rows = source_rows(recent.filter(pl.col("touch") > 0), "interactions", "day", description, pl.col("touch") / 10)
    answer_rows = source_rows(recent.filter("attempt"), "interactions", "day", description, pl.col("answered").cast(pl.Int64))
    return [
        SourceRows("Recency", _recency_text(facts), concat_rows(source_rows(last_contacts, "interactions", "day", description), tier_row)),
        SourceRows(
            "Volume", f"Weight of each contact in 180 days, {facts['touch_180'] / 10:g} in total", concat_rows(volume_rows, tier_row)
        ),
        SourceRows("Usual interval", _rhythm_text(facts), _gap_rows(two_way, facts["last_two_way_on"], description)),
        SourceRows(
            "Planned contacts kept",
            f"1 for each planned contact kept: {facts['kept_diary_180']} of {facts['due_180']}",
            _diary_rows(tables["planned_contacts"]),
        ),
        SourceRows("Attempts answered", f"1 for each attempt answered: {facts['answered_180']} of {facts['attempts_180']}", answer_rows),
    ]


def _recency_text(facts: Mapping[str, Any]) -> str:
    if facts["last_two_way_on"] is None:
        return "No two-way contact on file: days count from the start of the relationship or of the contact data, whichever is later"
    return f"Last two-way contact: {fmt.day(facts['last_two_way_on'])}"


def _rhythm_text(facts: Mapping[str, Any]) -> str:
    usual = f"the median is {facts['rhythm_days']}" if facts["rhythm_days"] is not None else "too few for a usual interval"
    return f"Days between the latest two-way contacts, {min(facts['rhythm_gaps'], GAPS)} intervals: {usual}"


def _gap_rows(two_way: pl.DataFrame, last_day: date | None, description: pl.Expr) -> pl.DataFrame:
    """Days that bound the last eight gaps; a gap is listed with the first contact of the day that ended it."""
    days = two_way.filter(pl.col("day") <= pl.lit(last_day, pl.Date)).select("day").unique().sort("day").tail(GAPS + 1)
    bounds = days.with_columns(pl.col("day").diff().dt.total_days().alias("gap"))
    contacts = two_way.sort("occurred_at", "interaction_id").join(bounds, on="day", how="inner", maintain_order="left")
    return source_rows(contacts, "interactions", "day", description, pl.when(pl.col("day").cum_count().over("day") == 1).then("gap"))


def _diary_rows(planned: pl.DataFrame) -> pl.DataFrame:
    """Planned contacts that count in the kept share, from `diary.read_diary`."""
    is_kept = pl.col("state") == "kept"
    description = pl.when(is_kept).then(pl.lit("planned, kept")).otherwise(pl.lit("planned, missed"))
    return source_rows(planned.filter("counted"), "diary", "planned_on", description, is_kept.cast(pl.Int64))
