"""Every measure of every model on one panel, with intervals by drawing customers again and again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from health.foresight.backtest import calibration as chances
from health.foresight.backtest import cutoffs
from health.foresight.backtest.baselines import ALL_HEALTHY, HEALTH, MODELS, risk
from health.foresight.backtest.bootstrap import Sample, interval, sample
from health.foresight.backtest.panel import Panel
from health.foresight.backtest.ranking import Ranking, Tally
from health.foresight.stats.arrays import Floats, none_if_nan

_RANKED = {"auc": "auc", "average_precision": "average_precision", "lift_top_decile": "lift", "found_in_worst_fifth": "found_in_fifth"}
_CHANCED = {"brier": "brier", "brier_skill": "skill", "expected_over_observed": "calibration"}


@dataclass(frozen=True)
class Measures:
    """One model. `values`: measure, and measure_low and measure_high, by name; None is unknown (no loss, or no earlier cut-off to learn
    chances from). `lead`: how much greater the AUC of health is, paired. `by_cutoff`: cutoff, customers, lost, auc, auc_low, auc_high."""

    key: str
    label: str
    values: dict[str, float | None]
    lead: float | None
    lead_low: float | None
    lead_high: float | None
    by_cutoff: list[dict[str, Any]]

    @property
    def auc(self) -> float | None:
        """Pooled over the cut-offs."""
        return self.values["auc"]

    @property
    def auc_low(self) -> float | None:
        """The lower end of its interval."""
        return self.values["auc_low"]

    @property
    def auc_high(self) -> float | None:
        """The upper end of its interval."""
        return self.values["auc_high"]

    def as_json(self) -> dict[str, Any]:
        """The measures by name, and the lead of health."""
        lead = {"health_leads_by": self.lead, "health_leads_by_low": self.lead_low, "health_leads_by_high": self.lead_high}
        return self.values | ({} if self.key == HEALTH else lead) | {"by_cutoff": self.by_cutoff}


def measured(panel: Panel) -> tuple[dict[str, Measures], pl.DataFrame, Floats]:
    """(measures by model, gains curves: model, share, found; the chance of leaving by health of each row)."""
    drawn = sample(panel.rows)
    base = _earlier_rate(panel)
    found: dict[str, Measures] = {}
    curves, of_health, first = [], np.empty(0), None
    for model in MODELS:
        ranking = Ranking(drawn, risk(panel.rows, model))
        whole, draws = ranking.tally(drawn.whole), ranking.tallies(drawn.draws)
        foretold = base if model.key == ALL_HEALTHY else chances.chances(panel, risk(panel.rows, model))
        first = first or (whole, draws)
        values = _ranked(whole, draws) | _chanced(drawn, foretold, base)
        found[model.key] = Measures(model.key, model.label, values, *_lead(first, (whole, draws)), _by_cutoff(panel.cutoffs, whole, draws))
        curves += [(model.key, share, caught) for share, caught in ranking.gains()]
        of_health = foretold if model.key == HEALTH else of_health
    return found, pl.DataFrame(curves, schema=["model", "share", "found"], orient="row"), of_health


def _earlier_rate(panel: Panel) -> Floats:
    """The loss rate of the cut-offs matured before each row's own; NaN without any."""
    counted = {day: (n, k) for day, n, k in panel.rows.group_by("cutoff").agg(pl.len(), pl.col("lost").sum()).iter_rows()}
    rates = {}
    for day in panel.cutoffs:
        earlier = [counted[past] for past in cutoffs.matured(panel.cutoffs, day, panel.horizon_days) if past in counted]
        n, k = sum(n for n, _ in earlier), sum(k for _, k in earlier)
        rates[day] = k / n if 0 < k < n else np.nan
    found: Floats = panel.rows["cutoff"].replace_strict(rates, return_dtype=pl.Float64).to_numpy()
    return found


def _ranked(whole: Tally, draws: Tally) -> dict[str, float | None]:
    pooled, drawn = whole.pooled(), draws.pooled()
    return _merged(_with_ends(name, getattr(pooled, of), getattr(drawn, of)) for name, of in _RANKED.items())


def _chanced(drawn: Sample, foretold: Floats, base: Floats) -> dict[str, float | None]:
    sums = chances.judged(drawn, foretold, base)
    once, again = drawn.whole[None, :].astype(float), drawn.draws.astype(float)
    return _merged(_with_ends(name, getattr(sums, of)(once)[0], getattr(sums, of)(again)) for name, of in _CHANCED.items())


def _with_ends(name: str, value: Floats, drawn: Floats) -> dict[str, float | None]:
    low, high = interval(drawn)
    return {name: none_if_nan(value), f"{name}_low": low, f"{name}_high": high}


def _merged(parts: Any) -> dict[str, float | None]:
    return {name: value for part in parts for name, value in part.items()}


def _lead(health: tuple[Tally, Tally], model: tuple[Tally, Tally]) -> tuple[float | None, float | None, float | None]:
    whole, drawn = (one.pooled().auc - other.pooled().auc for one, other in zip(health, model, strict=True))
    return none_if_nan(whole), *interval(drawn)


def _by_cutoff(days: list[date], whole: Tally, draws: Tally) -> list[dict[str, Any]]:
    rows = zip(days, whole.customers, whole.losses, whole.auc, draws.auc.T, strict=True)
    return [{"cutoff": d.isoformat(), "customers": int(n), "lost": int(k)} | _with_ends("auc", auc, drawn) for d, n, k, auc, drawn in rows]
