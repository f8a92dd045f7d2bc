"""Who writes at the desk, of whom, and on which day: what every form takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from health.access import Book

RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Desk:
    """The book, the customer, and the days: `as_of` the book's newest, `today` by the clock, `day` the one that a form begins with."""

    book: Book
    customer_id: str
    name: str
    as_of: date
    today: date

    @property
    def day(self) -> date:
        """The book's newest day where it lies more than a week back, as in a demo, else today; never later than today."""
        return min(self.as_of, self.today) if self.today - self.as_of > RECENT else self.today

    @property
    def moment(self) -> datetime:
        """Now, where the day is today; else that day's noon."""
        now = datetime.now().replace(second=0, microsecond=0)
        return now if self.day == self.today else datetime.combine(self.day, time(12))


def desk(book: Book, customer: Mapping[str, Any], newest: date | None, as_of: date) -> Desk | None:
    """The desk of a customer; None where the viewer may not write, or looks at an earlier day than the book's newest."""
    if not book.may("write") or newest is None or as_of != newest:
        return None
    return Desk(book, str(customer["customer_id"]), str(customer["name"]), as_of, date.today())
