"""The client's screen. Each view reads only what it shows."""

from health.ui.client.context import Client, head_of, opened
from health.ui.client.views import show

__all__ = ["Client", "head_of", "opened", "show"]
