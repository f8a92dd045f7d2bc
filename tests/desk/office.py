"""A small book with two account managers, each with one client, loaded as files are."""

import shutil
from datetime import datetime
from functools import cache
from pathlib import Path

import polars as pl

from health.access import Book, Viewer
from health.intake import layout, load
from health.warehouse import Warehouse
from tests.books import analyst, rows, small_book
from tests.intake.files import new_folder

NOW = datetime(2024, 6, 20, 15, 0)
CALL = {"customer_id": "A", "occurred_at": datetime(2024, 6, 20, 14, 30), "channel": "call", "direction": "out", "outcome": "reached"}


def loaded(book: Book, tables: dict[str, pl.DataFrame], file: str) -> int | None:
    """Loads these frames as a file of that name; the load's number."""
    return load.commit(book, load.prepare(book, layout.batch_from_frames(tables, file, "extract")), "sync", NOW).load_id


@cache
def _office_file() -> Path:
    """The book of the office, loaded once in this process."""
    path = new_folder() / "office.duckdb"
    office(Warehouse(path)).close()
    return path


def office(warehouse: Warehouse | None = None) -> Warehouse:
    """The book of load 1: A of E0, B of E1, with a person, a complaint and a promise each. Without a warehouse, in a file of its own."""
    if warehouse is None:
        return Warehouse(Path(shutil.copy(_office_file(), new_folder())))
    own = warehouse
    people = [{"contact_id": f"P{i}", "customer_id": i, "name": "Ida", "email": "i@x.example"} for i in "AB"]
    raised = [{"complaint_id": f"Q{i}", "customer_id": i, "opened_at": datetime(2024, 4, 1, 10), "severity": 3} for i in "AB"]
    promised = [
        {"promise_id": f"V{i}", "customer_id": i, "kind": "delivery", "promised_on": NOW.date(), "due_at": datetime(2024, 6, 25, 17)}
        for i in "AB"
    ]
    tables = small_book() | {
        "contacts": rows("contacts", *people), "complaints": rows("complaints", *raised), "promises": rows("promises", *promised),
    }  # fmt: skip
    loaded(analyst(own), tables, "crm.csv")
    return own


def manager(warehouse: Warehouse, employee: str = "E0") -> Book:
    """The book of one account manager."""
    return Book(Viewer(f"name of {employee}", "account_manager", employee), warehouse)


def content(warehouse: Warehouse) -> list[object]:
    """All rows and the history, free of their order."""
    with warehouse.reading() as session:
        return [session.content_hash().rows(), sorted(session.rows("history").rows(), key=str)]
