"""Why one customer's health moved between two days: the bridge as steps to draw, and the events that caused it."""

from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl

from health import format as fmt
from health.access import Book
from health.insight.client import bridge_text
from health.score import bridge, overrides, settings
from health.score.components import COMPONENTS
from health.score.settings import DEFAULT, Settings
from health.warehouse import Session

MOST_STEPS = 9
LANE_WORDS = {
    "ageing": "Time passed", "data": "New data", "late": "Late data", "coverage": "Missing data",
    "settings": "Settings", "override": "Override",
}  # fmt: skip
STEPS = {"lane": pl.String, "component": pl.String, "words": pl.String, "tenths": pl.Int64}
_LABELS = {c.key: c.label for c in COMPONENTS}


@dataclass(frozen=True)
class HealthChange:
    """`sentence`: the finding. `before` and `after`: the machine's health in tenths, null where there is no bridge, and then `missing` says
    why. `steps`: one row a lane and component (lane, component, words, tenths), which lead exactly from before to after; an override
    comes last and leads on to what a person holds. `causes`: one row an event (day, lane, component, words, file, load_id, line).
    `versions`: of the settings, then and now. `frozen_on`: the day whose points stand, for the leaving.
    """

    t0: date
    t1: date
    sentence: str
    before: int | None
    after: int | None
    steps: pl.DataFrame
    causes: pl.DataFrame
    versions: tuple[int, int]
    frozen_on: date | None
    missing: str


def explain_change(book: Book, customer_id: str, t0: date, t1: date) -> HealthChange:
    """From the health on t0, under the settings in force then, to the one on t1 under those in force now, as the screens show it.

    Raises NotFound for an id outside the viewer's book.
    """
    with book.reading() as session:
        own, after = book.own_id(session, customer_id), settings.in_force(session)
        before = settings_on(session, t0)
        found = bridge.build_bridges(session, t0, t1, before, after, [own])
        total = found.totals.row(0, named=True) if found.totals.height else None
        caused = bridge.list_causes(session, own, t0, t1, before) if total else pl.DataFrame()
        held = overrides.overrides_on(session, t1).filter((pl.col("customer_id") == own) & pl.col("health").is_not_null())
    if total is None:
        left_out = found.left_out["why"]
        words = left_out[0] if left_out.len() else "not scored on both days"
        return HealthChange(
            t0,
            t1,
            bridge_text.sentence(found, own),
            None,
            None,
            pl.DataFrame(schema=STEPS),
            caused,
            (before.version, after.version),
            None,
            words,
        )
    last = total["after"] // 10
    said = held["health"][0] // 10 - last if held.height else 0
    return HealthChange(
        t0, t1, bridge_text.sentence(found, own), total["before"] // 10, last, steps(found.lanes, said), caused.pipe(_named),
        (before.version, after.version), total["frozen_on"], "",
    )  # fmt: skip


def settings_on(session: Session, day: date) -> Settings:
    """The settings in force at the end of that day."""
    saved = settings.versions(session).filter(pl.col("created_at") <= datetime.combine(day, time.max))
    return settings.version(session, saved["version"].max()) if saved.height else DEFAULT  # type: ignore[arg-type]


def steps(lanes: pl.DataFrame, override: int = 0) -> pl.DataFrame:
    """The lanes in their order, the least of many put together so that they still add up; those shown as 0.0 are left out.

    `override`: tenths that lead from the machine's health to the one a person holds.
    """
    moved = lanes.filter(pl.col("tenths") != 0).with_row_index("place")
    words = [bridge_text.lane_text(*row) for row in moved.select("lane", "component", "tenths").iter_rows()]
    named = moved.select("place", "lane", "component", pl.Series("words", words, pl.String), "tenths")
    if named.height > MOST_STEPS:
        largest = named.sort([pl.col("tenths").abs(), pl.col("place")], descending=[True, False]).head(MOST_STEPS - 1)
        rest = named.join(largest, on="place", how="anti")
        whole = int(rest["tenths"].sum())
        others = [{"lane": "others", "component": None, "words": f"{rest.height} smaller moves", "tenths": whole}] if whole else []
        named = pl.concat([largest.sort("place").select(list(STEPS)), pl.DataFrame(others, STEPS)])
    by_hand = [{"lane": "override", "component": None, "words": "override", "tenths": override}] if override else []
    return pl.concat([named.select(list(STEPS)), pl.DataFrame(by_hand, STEPS)])


def _named(causes: pl.DataFrame) -> pl.DataFrame:
    """Newest first, in words."""
    return causes.select(
        "day",
        pl.col("words").str.head(1).str.to_uppercase() + pl.col("words").str.slice(1),
        pl.col("component").replace(_LABELS),
        pl.col("lane").replace(LANE_WORDS),
        "file", "load_id", "line",
    ).sort(["day", "component", "words"], descending=[True, False, False], maintain_order=True)  # fmt: skip


def describe_basis(told: HealthChange) -> str:
    """What the card rests on, in a line."""
    days = f"{fmt.day(told.t0)} to {fmt.day(told.t1)}; every step is accounted for, in points of health"
    was, now = told.versions
    version = f"; settings version {was} then, {now} now" if was != now else ""
    frozen = f"; points stand as of {fmt.day(told.frozen_on)}" if told.frozen_on else ""
    return f"{days}{version}{frozen}"
