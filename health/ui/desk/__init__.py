"""Writing from the screen: forms for what happened, what became of it, corrections and removals, each with its Undo or its reason."""

from health.ui.desk.buttons import log_contact, new, of_row
from health.ui.desk.person import Desk, desk
from health.ui.desk.saved import confirmation

__all__ = ["Desk", "confirmation", "desk", "log_contact", "new", "of_row"]
