"""The fitted churn model: monthly churn hazard and survival."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from health.foresight.churn.features import LandmarkFeatures
from health.foresight.stats.arrays import Floats

HORIZON = 60
BLOCK = 20_000
"""Customers per block, so that customers x months of a whole book are never in memory at once."""


@dataclass(frozen=True)
class Hazard:
    """Landmark model of churn (van Houwelingen 2007).

    Log odds of deciding to leave in a month ahead = intercept + sum of coefficient x (feature - mean) / scale. `fitted_on`: nothing known
    later was read. `rows`: customer x month end x month ahead; `events`: churned customers (once per spell); `drawn`: share of customers
    fitted on.
    """

    features: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float
    fitted_on: date
    customers: int
    rows: int
    events: int
    drawn: float = 1.0

    @property
    def slopes(self) -> dict[str, float]:
        """By feature: change of the log odds per unit."""
        features = zip(self.features, self.coefficients, self.scale, strict=True)
        return {name: coefficient / scale for name, coefficient, scale in features}

    def log_odds(self, rows: LandmarkFeatures, lead: int) -> Floats:
        """Log odds per row of deciding to leave in month `lead` (from 1) after the landmark, having stayed until then."""
        columns = rows.columns(lead)
        odds = np.full(len(rows), self.intercept)
        for name, mean, scale, coefficient in zip(self.features, self.mean, self.scale, self.coefficients, strict=True):
            odds += coefficient / scale * (columns[name] - mean)
        return odds

    def survival(self, rows: LandmarkFeatures, months: int = HORIZON) -> Floats:
        """Survival probability, row x month 0 to `months`."""
        survival = np.ones((len(rows), months + 1))
        for lead in range(1, months + 1):
            survival[:, lead] = survival[:, lead - 1] / (1 + np.exp(self.log_odds(rows, lead)))
        return survival

    def with_fit(self, coefficients: Sequence[float], intercept: float) -> "Hazard":
        """The same model with other coefficients on the same scaling."""
        return replace(self, coefficients=tuple(coefficients), intercept=intercept)

    def as_json(self) -> dict[str, Any]:
        """The model's figures by name."""
        features = zip(self.features, self.coefficients, self.mean, self.scale, strict=True)
        terms = {name: {"coefficient": c, "mean": m, "scale": s} for name, c, m, s in features}
        figures = {name: value for name, value in asdict(self).items() if name not in ("features", "mean", "scale", "coefficients")}
        return figures | {"fitted_on": self.fitted_on.isoformat(), "terms": terms}

    def dumps(self) -> str:
        """Serialise without loss of precision."""
        return json.dumps(asdict(self) | {"fitted_on": self.fitted_on.isoformat()}, sort_keys=True)

    @classmethod
    def loads(cls, text: str) -> "Hazard":
        """Read what `dumps` wrote."""
        state = json.loads(text)
        lists = {name: tuple(value) for name, value in state.items() if isinstance(value, list)}
        return cls(**(state | lists | {"fitted_on": date.fromisoformat(state["fitted_on"])}))
