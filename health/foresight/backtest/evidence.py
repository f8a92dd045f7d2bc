"""Back-test of the score against what happened next and against simple baselines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from health.access import Book
from health.foresight.backtest import band_rates, calibration, churn_ledger, learned_weights, thresholds, verdict
from health.foresight.backtest.baselines import ALL_HEALTHY, HEALTH
from health.foresight.backtest.churn_ledger import StayedAtRisk
from health.foresight.backtest.downsell import DownsellEvidence, downsell_evidence, downsell_panel
from health.foresight.backtest.learned_weights import LearnedWeights
from health.foresight.backtest.measures import Measures, measure_models
from health.foresight.backtest.panel import Panel, panel
from health.foresight.backtest.thresholds import BandThresholds
from health.foresight.backtest.verdict import Verdict, VerdictInputs
from health.foresight.stats.proportions import Rate
from health.score import settings
from health.score.settings import Settings

HEALTHY_DAYS = (90, 180)


@dataclass(frozen=True)
class Evidence:
    """Results of a back-test.

    `models` by key, health first; empty without a cut-off. `calibration`: `calibration.calibration_by_decile`; `bands`:
    `band_rates.by_band`; `gains`: model, share, found; `lost_while_healthy` by days before the decision; `downsell`: the
    same test with falls of MRR in place of churn.
    """

    panel: Panel
    grounds: VerdictInputs
    models: Mapping[str, Measures]
    calibration: pl.DataFrame
    bands: pl.DataFrame
    gains: pl.DataFrame
    learned_weights: LearnedWeights | None
    thresholds: BandThresholds | None
    lost_while_healthy: Mapping[int, Rate | None]
    stayed: StayedAtRisk | None
    downsell: DownsellEvidence | None = None

    @property
    def verdict(self) -> Verdict:
        """Key of the verdict."""
        return verdict.verdict(self.grounds)

    @property
    def sentence(self) -> str:
        """The verdict in a sentence."""
        return verdict.verdict_text(self.grounds)

    def as_json(self) -> dict[str, Any]:
        """Output of the command; only the verdict and its reason where history is too short."""
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
            "learned": self.learned_weights.as_json() if self.learned_weights else None,
            "best_baseline": self.grounds.best_baseline,
            "bands": self.bands.to_dicts(),
            "calibration": self.calibration.to_dicts(),
            "edges": _thresholds_json(self.thresholds),
            "lost_while_healthy": _rates_json(self.lost_while_healthy),
            "stayed_at_risk": _stayed_json(self.stayed),
            "downsell": self.downsell.as_json() if self.downsell else None,
        }


def evidence(book: Book, horizon_days: int = 90, tested_settings: Settings | None = None) -> Evidence:
    """Back-test settings (default: those in force) on the viewer's customers. Reads only; bit-identical on every run."""
    with book.reading() as session:
        tested = panel(session, horizon_days, tested_settings or settings.in_force(session)).own(book, session)
        falls = downsell_panel(session, tested) if tested.cutoffs else None
    if not tested.cutoffs:
        no_rows = pl.DataFrame()
        grounds = VerdictInputs(horizon_days, 0, 0, why_no_history=tested.why_empty)
        return Evidence(tested, grounds, {}, no_rows, no_rows, no_rows, None, None, {}, None)
    models, gains, probabilities = measure_models(tested)
    ledger = churn_ledger.ledger(book, _last_known_day(tested))
    return Evidence(
        panel=tested,
        grounds=_verdict_inputs(tested, models),
        models=models,
        calibration=calibration.calibration_by_decile(tested.rows["lost"].to_numpy(), probabilities),
        bands=band_rates.by_band(tested),
        gains=gains,
        learned_weights=learned_weights.learn_weights(tested),
        thresholds=thresholds.propose_thresholds(tested),
        lost_while_healthy={days: churn_ledger.lost_while_healthy(ledger, days) for days in HEALTHY_DAYS},
        stayed=churn_ledger.stayed_at_risk(book, _last_known_day(tested)),
        downsell=downsell_evidence(falls) if falls else None,
    )


def _last_known_day(tested: Panel) -> date:
    day = tested.span.outcomes_until
    assert day is not None  # there is a cut-off
    return day


def _verdict_inputs(tested: Panel, models: Mapping[str, Measures]) -> VerdictInputs:
    baselines = [m for key, m in models.items() if key not in (HEALTH, ALL_HEALTHY)]
    best = max(baselines, key=lambda m: -np.inf if m.auc is None else m.auc)
    health = models[HEALTH]
    return VerdictInputs(
        tested.horizon_days, len(tested.cutoffs), tested.losses, health.auc, health.auc_low, health.auc_high, best.key, best.lead_low
    )


def _thresholds_json(proposal: BandThresholds | None) -> dict[str, Any] | None:
    if proposal is None:
        return None
    return {"at_risk_below": proposal.at_risk_below, "healthy_from": proposal.healthy_from, "judged": proposal.judged.to_dicts()}


def _rates_json(rates: Mapping[int, Rate | None]) -> dict[str, Any] | None:
    return {f"days_{days}": rate.as_json() if rate else None for days, rate in rates.items()} or None


def _stayed_json(retained: StayedAtRisk | None) -> dict[str, Any] | None:
    return {"since": retained.since.isoformat()} | (retained.share.as_json() if retained.share else {}) if retained else None
