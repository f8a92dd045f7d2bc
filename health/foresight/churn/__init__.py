"""Churn model for customers with contracts, fitted on the company's own months (docs/method.md, section 6.1)."""

from health.foresight.churn.bootstrap import ModelInterval, model_interval
from health.foresight.churn.hazard import Hazard
from health.foresight.churn.prediction import mean_survival, predict, survival
from health.foresight.churn.reasons import reasons
from health.foresight.churn.training import fit
from health.foresight.churn.validation import Check, check

__all__ = ["Check", "Hazard", "ModelInterval", "check", "fit", "mean_survival", "model_interval", "predict", "reasons", "survival"]
