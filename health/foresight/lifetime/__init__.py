"""What a customer is worth: margin x survival x discount; how large a discount may be, and what a loss costs. Assumptions are stated."""

from health.foresight.lifetime.assumptions import Assumptions
from health.foresight.lifetime.models import FittedModels, fit
from health.foresight.lifetime.value import value

__all__ = ["Assumptions", "FittedModels", "fit", "value"]
