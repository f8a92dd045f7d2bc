"""Views below the lists of My week, and the choice between them, which the address keeps (`?view=`)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from health.access import Book
from health.ui.cards import choose_view
from health.ui.week import panels
from health.ui.week.plays import plays_card

VIEWS = {"contacts": "Contacts due", "complaints": "Complaints", "renewals": "Renewals", "handovers": "Handovers", "plays": "Plays"}


def show_view(book: Book, week_data: Mapping[str, Any], as_of: date, employee: str) -> None:
    """Draw the choice and the chosen view."""
    match choose_view("week", list(VIEWS), VIEWS.__getitem__):
        case "contacts":
            panels.contacts_view(book, week_data, as_of, employee)
        case "complaints":
            panels.complaints_view(week_data)
        case "renewals":
            panels.renewals_view(book, week_data)
        case "handovers":
            panels.handovers_view(week_data)
        case _:
            plays_card(book, week_data, as_of)
