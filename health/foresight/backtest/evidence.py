"""Does the score tell who leaves? Held against what then happened, and against rules that cost nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from health.access import Book
from health.foresight.backtest import band_rates, verdict
from health.foresight.backtest import calibration as chance
from health.foresight.backtest import churn_ledger as lost
from health.foresight.backtest import learned_weights as learned
from health.foresight.backtest import thresholds as edges
from health.foresight.backtest.baselines import ALL_HEALTHY, HEALTH
from health.foresight.backtest.measures import Measures, measured
from health.foresight.backtest.panel import Panel, panel
from health.foresight.backtest.verdict import Grounds, Verdict
from health.foresight.stats.proportions import Rate
from health.score import settings
from health.score.settings import Settings

HEALTHY_DAYS = (90, 180)


@dataclass(frozen=True)
class Evidence:
    """A back-test. `models`: by key, health first; empty where there is no cut-off. `calibration` as of `chance.calibration`, `bands` as
    of `observed.by_band`, `gains`: model, share, found. `lost_while_healthy` by days before the decision."""

    panel: Panel
    grounds: Grounds
    models: Mapping[str, Measures]
    calibration: pl.DataFrame
    bands: pl.DataFrame
    gains: pl.DataFrame
    learned: learned.Learned | None
    edges: edges.Edges | None
    lost_while_healthy: Mapping[int, Rate | None]
    stayed: lost.Stayed | None

    @property
    def verdict(self) -> Verdict:
        """The verdict, one word."""
        return verdict.verdict(self.grounds)

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        return verdict.sentence(self.grounds)

    def as_json(self) -> dict[str, Any]:
        """What the command prints; nothing but the reason where there is too little history."""
        return {
            "verdict": self.verdict,
            "sentence": self.sentence,
            "horizon_days": self.panel.horizon_days,
            "cutoffs": [day.isoformat() for day in self.panel.cutoffs],
            "customers": self.panel.rows["customer_id"].n_unique(),
            "exits": self.panel.losses,
            "rows": self.panel.rows.height,
            "left_out": dict(self.panel.left_out) if self.panel.cutoffs else {},
            "models": {key: model.as_json() for key, model in self.models.items()},
            "learned": self.learned.as_json() if self.learned else None,
            "best_baseline": self.grounds.best_baseline,
            "bands": self.bands.to_dicts(),
            "calibration": self.calibration.to_dicts(),
            "edges": _edges(self.edges),
            "lost_while_healthy": _rates(self.lost_while_healthy),
            "stayed_at_risk": _stayed(self.stayed),
        }


def evidence(book: Book, horizon_days: int = 90, under: Settings | None = None) -> Evidence:
    """The back-test of some settings (those in force) on the book of a viewer. Reads only; the same bits on every run."""
    with book.reading() as session:
        tested = panel(session, horizon_days, under or settings.in_force(session)).own(book, session)
    if not tested.cutoffs:
        nothing = pl.DataFrame()
        grounds = Grounds(horizon_days, 0, 0, why_no_history=tested.why_none)
        return Evidence(tested, grounds, {}, nothing, nothing, nothing, None, None, {}, None)
    models, gains, chances = measured(tested)
    gone = lost.ledger(book, _newest(tested))
    return Evidence(
        panel=tested,
        grounds=_grounds(tested, models),
        models=models,
        calibration=chance.calibration(tested.rows["lost"].to_numpy(), chances),
        bands=band_rates.by_band(tested),
        gains=gains,
        learned=learned.learned(tested),
        edges=edges.proposed(tested),
        lost_while_healthy={days: lost.while_healthy(gone, days) for days in HEALTHY_DAYS},
        stayed=lost.stayed(book, _newest(tested)),
    )


def _newest(tested: Panel) -> date:
    day = tested.span.newest_day
    assert day is not None  # there is a cut-off
    return day


def _grounds(tested: Panel, models: Mapping[str, Measures]) -> Grounds:
    rivals = [m for key, m in models.items() if key not in (HEALTH, ALL_HEALTHY)]
    best = max(rivals, key=lambda m: -np.inf if m.auc is None else m.auc)
    health = models[HEALTH]
    return Grounds(
        tested.horizon_days, len(tested.cutoffs), tested.losses, health.auc, health.auc_low, health.auc_high, best.key, best.lead_low
    )


def _edges(found: edges.Edges | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"at_risk_below": found.at_risk_below, "healthy_from": found.healthy_from, "judged": found.judged.to_dicts()}


def _rates(found: Mapping[int, Rate | None]) -> dict[str, Any] | None:
    return {f"days_{days}": known.as_json() if known else None for days, known in found.items()} or None


def _stayed(found: lost.Stayed | None) -> dict[str, Any] | None:
    return {"since": found.since.isoformat()} | (found.share.as_json() if found.share else {}) if found else None
