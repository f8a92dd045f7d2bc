"""Causes of a change in one customer's health between two days: new rows, and ageing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from health.score import settings
from health.score.bridge.lanes import Bridges, build_lanes
from health.score.bridge.states import build_states
from health.score.components import COMPONENTS, Component
from health.score.settings import Settings
from health.warehouse import Session, facts

CAUSES = {
    "lane": pl.String, "component": pl.String, "table_name": pl.String, "day": pl.Date, "words": pl.String, "file": pl.String,
    "load_id": pl.Int64, "line": pl.Int64,
}  # fmt: skip


def _joined_text(*columns: str) -> pl.Expr:
    """Columns as text, joined by commas, underscores as blanks."""
    return pl.concat_str(*(pl.col(c).cast(pl.String).str.replace_all("_", " ") for c in columns), separator=", ", ignore_nulls=True)


def _label_with_detail(label: str, column: str, blank: str = "") -> pl.Expr:
    """'complaint solved: delivery'."""
    detail = pl.col(column).cast(pl.String)
    return pl.concat_str(pl.lit(f"{label}: "), detail.fill_null(blank) if blank else detail).fill_null(label)


def _day(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Date)


@dataclass(frozen=True, eq=False)
class _Event:
    """One way in which a row becomes known or changes: day, text, and the day it is about, if that can be earlier."""

    table: str
    day: pl.Expr
    words: pl.Expr
    about: pl.Expr | None = None


_ANSWER = pl.concat_str(pl.col("kind"), pl.lit(" "), pl.col("score").cast(pl.Float64).cast(pl.String).str.replace(r"\.0$", ""))
_EVENTS = (
    _Event("interactions", _day("occurred_at"), _joined_text("channel", "outcome")),
    _Event("complaints", _day("opened_at"), _label_with_detail("complaint raised", "theme", "uncategorised")),
    _Event("complaints", _day("first_response_at"), _label_with_detail("complaint answered", "theme", "uncategorised")),
    _Event("complaints", _day("resolved_at"), _label_with_detail("complaint solved", "theme", "uncategorised")),
    _Event("complaints", _day("reopened_at"), _label_with_detail("complaint reopened", "theme", "uncategorised")),
    _Event("contracts", pl.coalesce("signed_on", "start_on"), _label_with_detail("signed", "product"), pl.col("start_on")),
    _Event("contracts", pl.coalesce("notice_on", "terminated_on"), _label_with_detail("notice given", "product")),
    _Event("diary", pl.coalesce("created_on", "planned_on"), pl.lit("contact planned"), pl.col("planned_on")),
    _Event("diary", pl.col("cancelled_on"), pl.lit("planned contact cancelled")),
    _Event("surveys", pl.col("answered_on"), pl.concat_str(pl.lit("answered: "), _ANSWER.fill_null(pl.col("kind")))),
    _Event("invoices", pl.col("issued_on"), pl.lit("invoice issued")),
    _Event("invoices", pl.col("paid_on"), pl.lit("invoice paid")),
    _Event("promises", pl.col("promised_on"), _label_with_detail("promise made", "kind")),
    _Event("promises", _day("delivered_at"), _label_with_detail("promise kept", "kind")),
    _Event("usage", pl.col("month").dt.month_end(), _label_with_detail("usage recorded", "product")),
    _Event("contacts", pl.col("active_from"), pl.lit("contact person added")),
    _Event("contacts", pl.col("active_to"), pl.lit("contact person left")),
    _Event("referrals", pl.col("made_on"), pl.lit("referral made")),
    _Event("market_prices", pl.coalesce("observed_on", pl.col("month").dt.month_end()), _label_with_detail("market price", "product"),
           pl.col("month").dt.month_end()),
)  # fmt: skip


def list_causes(session: Session, customer_id: str, t0: date, t1: date, in_force: Settings | None = None) -> pl.DataFrame:
    """One row per source row that became known between the days (or was answered, paid, solved), of components that new rows changed.

    Columns: lane ("data", "late" or "ageing"), component, table_name, day, words, file, load_id, line; sorted by component (as declared),
    ageing first, then day. Ageing has one row per component, dated t1 (or the day the points are frozen at), without a source.
    `score_settings` None: those in force. Empty if there is no bridge.
    """
    score_settings = in_force or settings.in_force(session)
    bridge_states = build_states(session, t0, t1, score_settings, score_settings, [customer_id])
    bridges = build_lanes(bridge_states, t0, t1, score_settings, score_settings, {})
    if bridges.totals.is_empty():
        return pl.DataFrame(schema=CAUSES)
    row_before, row_after = bridge_states.before.row(0, named=True), bridge_states.after.row(0, named=True)
    last_day = row_after["facts_as_of"]
    cause_frames = [
        _ageing_causes(bridges, row_before, row_after, t0, max(last_day, t0)),
        *_data_causes(session, bridges, customer_id, t0, last_day),
    ]
    order = {c.key: place for place, c in enumerate(COMPONENTS)}
    return pl.concat(cause_frames).sort(
        pl.col("component").replace_strict(order, return_dtype=pl.Int64), pl.col("lane") != "ageing", "day", "table_name", "words", "line"
    )


def _components_moved(bridges: Bridges, *lane_names: str) -> list[Component]:
    """Components with an effect in one of these lanes, in declared order."""
    keys = set(bridges.lanes.filter(pl.col("lane").is_in(lane_names))["component"])
    return [c for c in COMPONENTS if c.key in keys]


def _data_causes(session: Session, bridges: Bridges, customer_id: str, t0: date, last_day: date) -> Iterator[pl.DataFrame]:
    """Causes from rows, one frame per component and event."""
    component_tables = [(c, table) for c in _components_moved(bridges, "data", "late", "coverage") for table in (c.needs, *c.also_reads)]
    rows = {table: _rows(session, table, customer_id, last_day) for table in {table for _, table in component_tables}}
    for component, table in component_tables:
        for event in (e for e in _EVENTS if e.table == table):
            yield _event_rows(rows[table], event, component, t0, last_day)


def _rows(session: Session, table: str, customer_id: str, last_day: date) -> pl.DataFrame:
    """The customer's rows of a table; of market prices, the benchmarks of the customer's contract lines."""
    if table == "market_prices":
        facts.prepare_benchmarks(session, last_day, [customer_id])
        return session.frame("queries/benchmark_rows")
    rows = session.of_customer(table, customer_id)
    return rows.filter(pl.col("planned_on") <= last_day - timedelta(days=3)) if table == "diary" else rows


def _event_rows(rows: pl.DataFrame, event: _Event, component: Component, t0: date, last_day: date) -> pl.DataFrame:
    """Rows whose event is in the period, as causes; late if it is about a day up to t0."""
    is_late = (event.about <= t0) if event.about is not None else pl.lit(False)
    return (
        rows.with_columns(event.day.alias("day"))
        .filter((pl.col("day") > t0) & (pl.col("day") <= last_day))
        .select(
            pl.when(is_late.fill_null(False)).then(pl.lit("late")).otherwise(pl.lit("data")).alias("lane"),
            pl.lit(component.key).alias("component"), pl.lit(event.table).alias("table_name"), pl.col("day").cast(pl.Date),
            event.words.cast(pl.String).alias("words"), pl.col("file").cast(pl.String), "load_id", "line",
        )
    )  # fmt: skip


def _ageing_causes(bridges: Bridges, row_before: dict[str, Any], row_after: dict[str, Any], t0: date, day: date) -> pl.DataFrame:
    """Causes from ageing, one row per component."""
    has_lost = {key: n < 0 for key, n in bridges.lanes.filter(pl.col("lane") == "ageing").select("component", "numerator").iter_rows()}
    rows = [
        ("ageing", c.key, None, day, _ageing_words(c, row_before, row_after, (day - t0).days, has_lost[c.key]), None, None, None)
        for c in _components_moved(bridges, "ageing")
    ]
    return pl.DataFrame(rows, CAUSES, orient="row")


def _ageing_words(component: Component, row_before: dict[str, Any], row_after: dict[str, Any], days: int, has_lost: bool) -> str:
    """The component's text for ageing, or a general one."""
    return component.ageing(row_before, row_after, days, has_lost) if component.ageing else f"{component.label}: older rows no longer count"
