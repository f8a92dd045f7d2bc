"""Why health changed between two days or two settings versions: lanes that add up exactly (docs/method.md, section 4)."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.score.bridge.causes import list_causes
from health.score.bridge.lanes import LANES, Bridges, build_lanes
from health.score.bridge.states import build_states
from health.score.settings import Settings
from health.warehouse import Session

__all__ = ["LANES", "Bridges", "build_bridges", "list_causes"]


def build_bridges(
    session: Session,
    t0: date,
    t1: date,
    before: Settings,
    after: Settings,
    customers: Sequence[str] | None = None,
    overrides: pl.DataFrame | None = None,
) -> Bridges:
    """Bridges from health on t0 under `before` to health on t1 under `after`; `customers` None: all. Raises ValueError if t0 is after t1.

    `overrides`: customer_id and health (hundredths; null: not overridden) in force on t1. Overrides on t0 are ignored: the bridge starts at
    the calculated health.
    """
    overridden_health = {} if overrides is None else dict(overrides.drop_nulls("health").select("customer_id", "health").iter_rows())
    return build_lanes(build_states(session, t0, t1, before, after, customers), t0, t1, before, after, overridden_health)
