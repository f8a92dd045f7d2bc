"""Entry forms: new rows, steps, corrections and removals, each with its Undo or a reason."""

from health.ui.entry.buttons import entry_buttons, log_contact, row_actions
from health.ui.entry.context import Desk, desk
from health.ui.entry.undo import confirmation

__all__ = ["Desk", "confirmation", "desk", "log_contact", "entry_buttons", "row_actions"]
