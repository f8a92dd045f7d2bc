"""The client's screen in views, each of which reads only its own."""

from health.ui.client.context import Client, head_of, opened
from health.ui.client.views import show

__all__ = ["Client", "head_of", "opened", "show"]
