"""Parts of My customers."""

from health.ui.customers.list import show

__all__ = ["show"]
