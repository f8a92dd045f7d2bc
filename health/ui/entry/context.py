"""Context of every entry form: book, customer and day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from health.access import Book


@dataclass(frozen=True)
class Desk:
    """Where a customer's entries are written. `as_of`: newest day of the book; `today`: by the clock."""

    book: Book
    customer_id: str
    name: str
    as_of: date
    today: date

    @property
    def moment(self) -> datetime:
        """Time that a form starts with: now."""
        return datetime.combine(self.today, datetime.now().time().replace(second=0, microsecond=0))


def desk(book: Book, customer: Mapping[str, Any], newest: date | None, as_of: date) -> Desk | None:
    """Return the desk of a customer; None if the viewer may not write, or looks at an earlier day than the book's newest."""
    if not book.may("write") or newest is None or as_of != newest:
        return None
    return Desk(book, str(customer["customer_id"]), str(customer["name"]), as_of, date.today())
