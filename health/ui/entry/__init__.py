"""Forms for entries, outcomes, corrections and removals, each with its Undo or its reason."""

from health.ui.entry.buttons import log_contact, new, of_row
from health.ui.entry.context import Desk, desk
from health.ui.entry.undo import confirmation

__all__ = ["Desk", "confirmation", "desk", "log_contact", "new", "of_row"]
