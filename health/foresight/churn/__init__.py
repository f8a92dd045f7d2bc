"""Who leaves, and when: a landmark model of the monthly chance, fitted on the book's own months (METHOD section 6.1)."""

from health.foresight.churn.checking import Check, check
from health.foresight.churn.foreseen import mean_survival, predict, survival
from health.foresight.churn.hazard import Hazard
from health.foresight.churn.learning import fit

__all__ = ["Check", "Hazard", "check", "fit", "mean_survival", "predict", "survival"]
