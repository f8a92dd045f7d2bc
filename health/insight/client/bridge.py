"""Change of one customer's health between two days: steps to draw, and the events behind them."""

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
    "ageing": "Time passed", "data": "New data", "late": "Late data", "coverage": "Data coverage",
    "settings": "Settings", "override": "Override",
}  # fmt: skip
STEPS = {"lane": pl.String, "component": pl.String, "words": pl.String, "tenths": pl.Int64}
_LABELS = {c.key: c.label for c in COMPONENTS}


@dataclass(frozen=True)
class HealthChange:
    """Change of health from `t0` to `t1`.

    `sentence`: the finding. `before`, `after`: calculated health in tenths; None without a bridge, and then `missing` says why. `steps`:
    one row per lane and component (lane, component, words, tenths) that add up exactly from before to after; an override is the last step.
    `causes`: one row per event (day, lane, component, words, file, load_id, line). `versions`: of the settings, then and now. `frozen_on`:
    day of the points of a leaving customer.
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
    """Explain the change of health from t0, under the settings in force then, to t1, under those in force now.

    Raises NotFound outside the viewer's book.
    """
    with book.reading() as session:
        customer, settings_now = book.own_id(session, customer_id), settings.in_force(session)
        settings_then = settings_on(session, t0)
        bridges = bridge.build_bridges(session, t0, t1, settings_then, settings_now, [customer])
        total = bridges.totals.row(0, named=True) if bridges.totals.height else None
        causes = bridge.list_causes(session, customer, t0, t1, settings_then) if total else pl.DataFrame()
        override = overrides.overrides_on(session, t1).filter((pl.col("customer_id") == customer) & pl.col("health").is_not_null())
    if total is None:
        reasons = bridges.left_out["why"]
        reason = reasons[0] if reasons.len() else "not scored on both days"
        return HealthChange(
            t0,
            t1,
            bridge_text.sentence(bridges, customer),
            None,
            None,
            pl.DataFrame(schema=STEPS),
            causes,
            (settings_then.version, settings_now.version),
            None,
            reason,
        )
    final_tenths = total["after"] // 10
    override_tenths = override["health"][0] // 10 - final_tenths if override.height else 0
    return HealthChange(
        t0, t1, bridge_text.sentence(bridges, customer), total["before"] // 10, final_tenths,
        steps(bridges.lanes, override_tenths), causes.pipe(_describe_causes), (settings_then.version, settings_now.version),
        total["frozen_on"], "",
    )  # fmt: skip


def settings_on(session: Session, day: date) -> Settings:
    """Settings in force at the end of a day."""
    saved = settings.versions(session).filter(pl.col("created_at") <= datetime.combine(day, time.max))
    return settings.version(session, saved["version"].max()) if saved.height else DEFAULT  # type: ignore[arg-type]


def steps(lanes: pl.DataFrame, override: int = 0) -> pl.DataFrame:
    """Lanes in their order; the smallest of many are merged so that the steps still add up, those shown as 0.0 are left out.

    `override`: tenths from the calculated health to the overridden one.
    """
    changed = lanes.filter(pl.col("tenths") != 0).with_row_index("place")
    labels = [bridge_text.lane_text(*row) for row in changed.select("lane", "component", "tenths").iter_rows()]
    labelled = changed.select("place", "lane", "component", pl.Series("words", labels, pl.String), "tenths")
    if labelled.height > MOST_STEPS:
        largest = labelled.sort([pl.col("tenths").abs(), pl.col("place")], descending=[True, False]).head(MOST_STEPS - 1)
        smaller = labelled.join(largest, on="place", how="anti")
        rest_tenths = int(smaller["tenths"].sum())
        rest_row = (
            [{"lane": "others", "component": None, "words": f"{smaller.height} smaller changes", "tenths": rest_tenths}]
            if rest_tenths
            else []
        )
        labelled = pl.concat([largest.sort("place").select(list(STEPS)), pl.DataFrame(rest_row, STEPS)])
    override_row = [{"lane": "override", "component": None, "words": "override", "tenths": override}] if override else []
    return pl.concat([labelled.select(list(STEPS)), pl.DataFrame(override_row, STEPS)])


def _describe_causes(causes: pl.DataFrame) -> pl.DataFrame:
    """Causes in words, newest first."""
    return causes.select(
        "day",
        pl.col("words").str.head(1).str.to_uppercase() + pl.col("words").str.slice(1),
        pl.col("component").replace(_LABELS),
        pl.col("lane").replace(LANE_WORDS),
        "file", "load_id", "line",
    ).sort(["day", "component", "words"], descending=[True, False, False], maintain_order=True)  # fmt: skip


def describe_basis(change: HealthChange) -> str:
    """Describe what the card is based on: days, versions of the settings, day of frozen points."""
    days = f"{fmt.day(change.t0)} to {fmt.day(change.t1)}; in points of health"
    version_then, version_now = change.versions
    version_text = f"; settings version {version_then} before, {version_now} now" if version_then != version_now else ""
    frozen_text = f"; points frozen as of {fmt.day(change.frozen_on)}" if change.frozen_on else ""
    return f"{days}{version_text}{frozen_text}"
