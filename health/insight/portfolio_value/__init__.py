"""The value of all customers on a day: the part at risk, its spread, and its change between two days."""

from health.insight.portfolio_value.change import PARTS, Method, Move, method, moved
from health.insight.portfolio_value.spread import quantiles
from health.insight.portfolio_value.total import Worth, book, by_segment, placed, top

__all__ = ["PARTS", "Method", "Move", "Worth", "book", "by_segment", "method", "moved", "placed", "quantiles", "top"]
