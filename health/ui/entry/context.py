"""Context of every entry form: book, customer and day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from health.access import Book

RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Desk:
    """Where a customer's entries are written. `as_of`: newest day of the book; `today`: by the clock."""

    book: Book
    customer_id: str
    name: str
    as_of: date
    today: date

    @property
    def day(self) -> date:
        """Day that a form starts with: today, or the book's newest day if that is more than a week old, as in a demo."""
        return min(self.as_of, self.today) if self.today - self.as_of > RECENT else self.today

    @property
    def moment(self) -> datetime:
        """Time that a form starts with: now if its day is today, else noon of its day."""
        now = datetime.now().replace(second=0, microsecond=0)
        return now if self.day == self.today else datetime.combine(self.day, time(12))


def desk(book: Book, customer: Mapping[str, Any], newest: date | None, as_of: date) -> Desk | None:
    """Return the desk of a customer; None if the viewer may not write, or looks at an earlier day than the book's newest."""
    if not book.may("write") or newest is None or as_of != newest:
        return None
    return Desk(book, str(customer["customer_id"]), str(customer["name"]), as_of, date.today())
