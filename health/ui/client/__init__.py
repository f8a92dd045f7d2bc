"""The client screen. Each view reads only what it shows."""

from health.ui.client.context import Client, draw_header, read_header
from health.ui.client.views import show

__all__ = ["Client", "draw_header", "read_header", "show"]
