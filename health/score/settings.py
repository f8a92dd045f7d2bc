"""Settings of the score as immutable versions: weights, band edges, cadences, clocks, knock-out rules."""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import polars as pl

from health.errors import Refused
from health.score.components import COMPONENTS
from health.warehouse import Session
from health.warehouse.facts import Terms


@dataclass(frozen=True)
class Settings:
    """One version. Weights are whole numbers that add up to 100; bands are cut on health; days and hours as named."""

    version: int = 1
    weights: dict[str, int] = field(default_factory=lambda: {c.key: c.weight for c in COMPONENTS})
    at_risk_below: int = 50
    healthy_from: int = 65
    coverage_least: int = 60
    cadence_days: dict[str, int] = field(default_factory=lambda: {"A": 30, "B": 45, "C": 90})
    default_cadence_days: int = 45
    response_hours: tuple[int, ...] = (24, 16, 8, 4)
    resolution_hours: tuple[int, ...] = (240, 120, 72, 48)
    cap_on_late_critical: bool = True
    cap_on_unpaid: bool = True

    def __post_init__(self) -> None:
        if sum(self.weights.values()) != 100 or min(self.weights.values()) < 0:
            raise Refused(f"Weights must be whole numbers that add up to 100; these add up to {sum(self.weights.values())}.")
        if unknown := set(self.weights) - {c.key for c in COMPONENTS}:
            raise Refused(f"There is no component called {', '.join(sorted(unknown))}; the method page lists those there are.")
        if not 0 < self.at_risk_below < self.healthy_from <= 100:
            raise Refused("Band edges must rise: 0 < at risk below < healthy from <= 100.")

    @property
    def terms(self) -> Terms:
        """The part that the facts depend on."""
        return Terms(self.cadence_days, self.default_cadence_days, self.response_hours, self.resolution_hours)


DEFAULT = Settings()


def in_force(session: Session) -> Settings:
    """The newest version; the declared defaults where none was saved."""
    saved = session.rows("settings").sort("version")
    if saved.is_empty():
        return DEFAULT
    newest = saved.row(-1, named=True)
    body: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(newest["body"]).items()}
    return Settings(**body, version=newest["version"])


def save(session: Session, settings: Settings, author: str, reason: str, now: datetime) -> Settings:
    """Adds a version built on `settings.version`; refused when somebody saved another in the meantime."""
    newest = in_force(session).version
    if settings.version != newest:
        raise Refused(f"The settings were changed meanwhile (version {newest}); look at those, then save again.")
    saved = replace(settings, version=newest + 1)
    body = {k: v for k, v in asdict(saved).items() if k != "version"}
    row = {"version": saved.version, "author": author, "reason": reason, "created_at": now, "body": json.dumps(body, sort_keys=True)}
    session.insert("settings", pl.DataFrame([row]))
    return saved
