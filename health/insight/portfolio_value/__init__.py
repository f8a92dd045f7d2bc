"""Value of all customers on a day: the part at risk, its spread, and its change between two days."""

from health.insight.portfolio_value.change import PARTS, MethodEffect, ValueChange, method_effect, value_change
from health.insight.portfolio_value.exchange import exchange_effect
from health.insight.portfolio_value.mrr import mrr_change
from health.insight.portfolio_value.total import PortfolioValue, by_segment, customer_values, largest_at_risk, portfolio_value, quantiles

__all__ = [
    "PARTS",
    "MethodEffect",
    "ValueChange",
    "PortfolioValue",
    "portfolio_value",
    "by_segment",
    "method_effect",
    "value_change",
    "mrr_change",
    "exchange_effect",
    "customer_values",
    "quantiles",
    "largest_at_risk",
]
