"""The fitted model: the chance of deciding to leave in each month ahead, and what follows from it for staying."""

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
"""Customers at a time: nothing of customers x months ever stands in memory for a whole book."""


@dataclass(frozen=True)
class Hazard:
    """A landmark model of leaving (van Houwelingen 2007): log odds of deciding in a month ahead = intercept + sum of
    coefficient x (feature - mean) / scale.

    `fitted_on`: nothing known later was read. `rows`: customer x month end x month ahead; `events`: customers that left (once a spell),
    `drawn`: the share of the customers that it was fitted on.
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
        """By feature: the change of the log odds a unit of it."""
        each = zip(self.features, self.coefficients, self.scale, strict=True)
        return {name: coefficient / scale for name, coefficient, scale in each}

    def log_odds(self, rows: LandmarkFeatures, lead: int) -> Floats:
        """Of deciding in the month `lead` (from 1) after the landmark, having stayed until then; one a row."""
        columns = rows.columns(lead)
        odds = np.full(len(rows), self.intercept)
        for name, mean, scale, coefficient in zip(self.features, self.mean, self.scale, self.coefficients, strict=True):
            odds += coefficient / scale * (columns[name] - mean)
        return odds

    def survival(self, rows: LandmarkFeatures, months: int = HORIZON) -> Floats:
        """Row x month 0 to `months`: the chance of still being there."""
        survival = np.ones((len(rows), months + 1))
        for lead in range(1, months + 1):
            survival[:, lead] = survival[:, lead - 1] / (1 + np.exp(self.log_odds(rows, lead)))
        return survival

    def with_fit(self, coefficients: Sequence[float], intercept: float) -> "Hazard":
        """The same model with other coefficients (of the same scaling)."""
        return replace(self, coefficients=tuple(coefficients), intercept=intercept)

    def as_json(self) -> dict[str, Any]:
        """The model's figures, by name."""
        each = zip(self.features, self.coefficients, self.mean, self.scale, strict=True)
        terms = {name: {"coefficient": c, "mean": m, "scale": s} for name, c, m, s in each}
        about = {name: value for name, value in asdict(self).items() if name not in ("features", "mean", "scale", "coefficients")}
        return about | {"fitted_on": self.fitted_on.isoformat(), "terms": terms}

    def dumps(self) -> str:
        """As text, to the last bit."""
        return json.dumps(asdict(self) | {"fitted_on": self.fitted_on.isoformat()}, sort_keys=True)

    @classmethod
    def loads(cls, text: str) -> "Hazard":
        """What `dumps` wrote."""
        state = json.loads(text)
        lists = {name: tuple(value) for name, value in state.items() if isinstance(value, list)}
        return cls(**(state | lists | {"fitted_on": date.fromisoformat(state["fitted_on"])}))
