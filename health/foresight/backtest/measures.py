"""Measures of every model on one panel, with bootstrap intervals."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from health.foresight.backtest import calibration, cutoffs
from health.foresight.backtest.baselines import ALL_HEALTHY, HEALTH, MODELS, risk_scores
from health.foresight.backtest.bootstrap import Sample, percentile_interval, sample
from health.foresight.backtest.panel import Panel
from health.foresight.backtest.ranking import Ranking, Tally
from health.foresight.stats.arrays import Floats, none_if_nan

_RANKING_MEASURES = {
    "auc": "auc",
    "average_precision": "average_precision",
    "lift_top_decile": "lift",
    "found_in_worst_fifth": "found_in_fifth",
}
_PROBABILITY_MEASURES = {"brier": "brier", "brier_skill": "skill", "expected_over_observed": "calibration"}


@dataclass(frozen=True)
class Measures:
    """Results of one model.

    `values`: each measure with its _low and _high; None is unknown (no loss, or no earlier cut-off to fit on). `lead`: AUC of health minus
    AUC of this model, paired. `by_cutoff`: cutoff, customers, lost, auc, auc_low, auc_high.
    """

    key: str
    label: str
    values: dict[str, float | None]
    lead: float | None
    lead_low: float | None
    lead_high: float | None
    by_cutoff: list[dict[str, Any]]

    @property
    def auc(self) -> float | None:
        """AUC pooled over the cut-offs."""
        return self.values["auc"]

    @property
    def auc_low(self) -> float | None:
        """Lower end of its interval."""
        return self.values["auc_low"]

    @property
    def auc_high(self) -> float | None:
        """Upper end of its interval."""
        return self.values["auc_high"]

    def as_json(self) -> dict[str, Any]:
        """The measures by name, and the lead of health."""
        lead = {"health_leads_by": self.lead, "health_leads_by_low": self.lead_low, "health_leads_by_high": self.lead_high}
        return self.values | ({} if self.key == HEALTH else lead) | {"by_cutoff": self.by_cutoff}


def measure_models(panel: Panel) -> tuple[dict[str, Measures], pl.DataFrame, Floats]:
    """(measures by model; gains curves: model, share, found; churn probability by health, one per row)."""
    resample = sample(panel.rows)
    base_rates = _base_rates(panel)
    measures: dict[str, Measures] = {}
    curves, health_probability, health = [], np.empty(0), None
    for model in MODELS:
        ranking = Ranking(resample, risk_scores(panel.rows, model))
        full_tally, draws = ranking.tally(resample.all_once), ranking.tally_draws(resample.draws)
        probability = base_rates if model.key == ALL_HEALTHY else calibration.churn_probabilities(panel, risk_scores(panel.rows, model))
        health = health or (full_tally, draws)
        values = _ranking_measures(full_tally, draws) | _probability_measures(resample, probability, base_rates)
        measures[model.key] = Measures(
            model.key, model.label, values, *_lead(health, (full_tally, draws)), _by_cutoff(panel.cutoffs, full_tally, draws)
        )
        curves += [(model.key, share, found) for share, found in ranking.gains()]
        health_probability = probability if model.key == HEALTH else health_probability
    return measures, pl.DataFrame(curves, schema=["model", "share", "found"], orient="row"), health_probability


def _base_rates(panel: Panel) -> Floats:
    """Loss rate of the cut-offs that matured before each row's own; NaN without any."""
    counts = {day: (n, k) for day, n, k in panel.rows.group_by("cutoff").agg(pl.len(), pl.col("lost").sum()).iter_rows()}
    rates = {}
    for day in panel.cutoffs:
        earlier = [
            counts[earlier_day] for earlier_day in cutoffs.matured_cutoffs(panel.cutoffs, day, panel.horizon_days) if earlier_day in counts
        ]
        n, k = sum(n for n, _ in earlier), sum(k for _, k in earlier)
        rates[day] = k / n if 0 < k < n else np.nan
    per_row: Floats = panel.rows["cutoff"].replace_strict(rates, return_dtype=pl.Float64).to_numpy()
    return per_row


def _ranking_measures(full_tally: Tally, draws: Tally) -> dict[str, float | None]:
    pooled, draws_pooled = full_tally.pooled(), draws.pooled()
    return _merge(
        _with_interval(name, getattr(pooled, attribute), getattr(draws_pooled, attribute)) for name, attribute in _RANKING_MEASURES.items()
    )


def _probability_measures(resample: Sample, probability: Floats, base_rates: Floats) -> dict[str, float | None]:
    sums = calibration.probability_sums(resample, probability, base_rates)
    full, draws = resample.all_once[None, :].astype(float), resample.draws.astype(float)
    return _merge(
        _with_interval(name, getattr(sums, method)(full)[0], getattr(sums, method)(draws)) for name, method in _PROBABILITY_MEASURES.items()
    )


def _with_interval(name: str, value: Floats, draw_values: Floats) -> dict[str, float | None]:
    low, high = percentile_interval(draw_values)
    return {name: none_if_nan(value), f"{name}_low": low, f"{name}_high": high}


def _merge(dictionaries: Any) -> dict[str, float | None]:
    return {name: value for dictionary in dictionaries for name, value in dictionary.items()}


def _lead(health: tuple[Tally, Tally], model: tuple[Tally, Tally]) -> tuple[float | None, float | None, float | None]:
    lead, lead_by_draw = (
        health_tally.pooled().auc - model_tally.pooled().auc for health_tally, model_tally in zip(health, model, strict=True)
    )
    return none_if_nan(lead), *percentile_interval(lead_by_draw)


def _by_cutoff(days: list[date], full_tally: Tally, draws: Tally) -> list[dict[str, Any]]:
    rows = zip(days, full_tally.customers, full_tally.losses, full_tally.auc, draws.auc.T, strict=True)
    return [
        {"cutoff": d.isoformat(), "customers": int(n), "lost": int(k)} | _with_interval("auc", auc, draw_values)
        for d, n, k, auc, draw_values in rows
    ]
