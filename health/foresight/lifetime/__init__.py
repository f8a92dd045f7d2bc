"""Lifetime value, room to negotiate and cost of a loss, under stated assumptions (docs/method.md, section 6.2)."""

from health.foresight.lifetime.assumptions import Assumptions
from health.foresight.lifetime.models import FittedModels, fit
from health.foresight.lifetime.value import value

__all__ = ["Assumptions", "FittedModels", "fit", "value"]
