"""Rows of one customer, for the views of its page."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.access import Book
from health.desk import diary
from health.desk.entries import trail
from health.insight.client import complaint_sla
from health.score import overrides
from health.score.settings import Settings


def customer_rows(book: Book, customer_id: str, tables: Sequence[str]) -> dict[str, pl.DataFrame]:
    """The customer's rows of each table, from one snapshot. As `Session.of_customer`.

    Raises NotFound outside the viewer's book.
    """
    with book.reading() as session:
        customer = book.own_id(session, customer_id)
        return {name: session.of_customer(name, customer) for name in tables}


def planned_contacts(book: Book, customer_id: str, as_of: date) -> pl.DataFrame:
    """The customer's diary, as `diary.read_diary`. Raises NotFound outside the viewer's book."""
    with book.reading() as session:
        customer = book.own_id(session, customer_id)
        return diary.planned_contacts(session, as_of, [customer])


def read_ledgers(book: Book, customer_id: str) -> dict[str, pl.DataFrame]:
    """Read `notes` (removed ones too), `overrides` and the `trail` of entries. Raises NotFound outside the viewer's book."""
    with book.reading() as session:
        customer = book.own_id(session, customer_id)
        ledgers = {
            "notes": session.alike("notes", pl.DataFrame({"customer_id": [customer]})).sort("note_id", descending=True),
            "overrides": overrides.customer_overrides(session, customer),
        }
    return ledgers | {"trail": trail(book, customer_id)}


def employees(book: Book) -> dict[str, str]:
    """Names of all employees on file, by id."""
    with book.reading() as session:
        employee_rows = session.rows("employees").sort("name", "employee_id")
    return dict(employee_rows.select("employee_id", "name").iter_rows())


def themes(book: Book) -> list[str]:
    """Complaint themes of the viewer's book, most frequent first."""
    with book.reading() as session:
        theme_values = book.own(session, session.rows("complaints"))["theme"].drop_nulls()
    counts = theme_values.value_counts().sort(["count", "theme"], descending=[True, False])
    return counts["theme"].to_list()


def open_complaints(book: Book, customer_id: str, in_force: Settings, as_of: date) -> pl.DataFrame:
    """One row per complaint that is open at the end of a day, its theme in words. Raises NotFound outside the viewer's book."""
    complaints = complaint_sla.customer_complaints(book, customer_id, in_force, as_of)
    return complaints.filter(pl.col("solved_at").is_null()).with_columns(complaint_sla.theme_text())
