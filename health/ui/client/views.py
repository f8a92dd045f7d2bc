"""Views of a client and the choice between them, which the address keeps (`?view=`)."""

from health.ui.cards import choose_view
from health.ui.client import money, people, promises, similar, timeline, why
from health.ui.client.context import Client

VIEWS = {
    "why": "Why", "happened": "What happened", "promises": "Promises and plans", "money": "Money", "negotiation": "Negotiation",
    "people": "People",
    "similar": "Similar customers",
}  # fmt: skip
_SHOW = {
    "why": why.show, "happened": timeline.show, "promises": promises.show, "money": money.show, "negotiation": money.show_negotiation,
    "people": people.show,
    "similar": similar.show,
}  # fmt: skip


def show(client: Client) -> None:
    """Draw the choice and the chosen view; similar customers and negotiation only for active ones."""
    views = [key for key in VIEWS if client.is_customer or key not in ("similar", "negotiation")]
    _SHOW[choose_view("client", views, VIEWS.__getitem__)](client)
