"""What a customer is worth: margin x survival x discount; how large a discount may be, and what a loss costs. Assumptions are stated."""

from health.foresight.lifetime.assumptions import Assumptions

__all__ = ["Assumptions"]
