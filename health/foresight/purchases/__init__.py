"""Customers without contracts: predicted purchases and their value (docs/method.md, section 6.4)."""

from health.foresight.purchases import bg_nbd, gamma_gamma
from health.foresight.purchases.counts import counts
from health.foresight.purchases.tracking import Tracking, check
from health.foresight.purchases.value import Models, fit, value

__all__ = ["Models", "Tracking", "bg_nbd", "check", "counts", "fit", "gamma_gamma", "value"]
