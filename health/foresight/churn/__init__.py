"""Who leaves, and when: a landmark model of the monthly chance, fitted on the book's own months (METHOD section 6.1)."""

from health.foresight.churn.checking import Check, check
from health.foresight.churn.foreseen import mean_survival, predict, survival
from health.foresight.churn.hazard import Hazard
from health.foresight.churn.interval import ModelInterval, model_interval
from health.foresight.churn.learning import fit
from health.foresight.churn.reasons import reasons

__all__ = ["Check", "Hazard", "ModelInterval", "check", "fit", "mean_survival", "model_interval", "predict", "reasons", "survival"]
