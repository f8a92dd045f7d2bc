"""Who leaves, and when: a landmark model of the monthly chance, fitted on the book's own months (METHOD section 6.1)."""

from health.foresight.churn.bootstrap import ModelInterval, model_interval
from health.foresight.churn.hazard import Hazard
from health.foresight.churn.prediction import mean_survival, predict, survival
from health.foresight.churn.reasons import reasons
from health.foresight.churn.training import fit
from health.foresight.churn.validation import Check, check

__all__ = ["Check", "Hazard", "ModelInterval", "check", "fit", "mean_survival", "model_interval", "predict", "reasons", "survival"]
