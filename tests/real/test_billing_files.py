"""Made-up files in the formats of billing systems, each with its right answer: those of the folder data/field beside the repository.

Where there is none the tests are skipped, and say so.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from health.access import Book
from health.cli import main
from health.intake import layout, load
from health.intake.proposal import propose
from health.intake.reading import parse
from health.score.settings import DEFAULT
from health.warehouse import Warehouse, facts
from tests.books import analyst
from tests.real.test_outside_files import real

pytestmark = pytest.mark.usefixtures("childless")
BEFORE = (("customers", "customers.csv"), ("contracts", "contracts.csv"))
DAY, NOW = date(2026, 11, 28), datetime(2026, 11, 28, 12)


def field(case: str, file: str) -> Path:
    return real(f"field/{case}/{file}")


def loaded(tmp_path: Path, case: str, *files: tuple[str, str]) -> Book:
    """A book with these files (table, name) of a case, loaded by the command line."""
    book = tmp_path / "book.duckdb"
    for table, name in files:
        assert main(["--warehouse", str(book), "load", table, str(field(case, name))]) == 0
    return analyst(Warehouse(book))


def on_day(book: Book) -> dict[str, dict[str, Any]]:
    with book.reading() as session:
        return {row["customer_id"]: row for row in facts.at(session, [DAY], DEFAULT.terms).iter_rows(named=True)}


def owed(book: Book) -> dict[str, float]:
    with book.reading() as session:
        facts.prepare_grid(session, [DAY])
        return {customer: cents / 100 for customer, cents in session.frame("queries/owed").iter_rows()}


def reasons(book: Book, load_id: int) -> list[str]:
    return load.refused(book, load_id)["reasons"].to_list()


def test_credit_notes_pay_what_is_owed(tmp_path: Path) -> None:
    book = loaded(tmp_path, "credit-notes", *BEFORE, ("invoices", "credit.csv"))
    assert owed(book) == {"1001": 0, "1002": 0}
    assert [on_day(book)[i]["overdue_cents"] for i in ("1001", "1002", "1003")] == [0, 0, 0]
    assert reasons(book, 3) == ["due_on is before issued_on"]


def test_an_amount_in_another_currency_is_refused(tmp_path: Path) -> None:
    book = loaded(tmp_path, "currency-column", *BEFORE, ("invoices", "zuora_cur.csv"))
    assert owed(book) == {"1002": 100}
    [reason] = reasons(book, 3)
    assert reason.startswith("currency JPY is another than EUR")


def test_void_and_draft_invoices_are_no_debts_and_band_nobody(tmp_path: Path) -> None:
    book = loaded(tmp_path, "stripe-invoices", *BEFORE)
    sheet = parse.parse_file(field("stripe-invoices", "invoices.csv").read_bytes(), "invoices.csv")
    draft = propose(sheet, ("1001", "1002", "1003", "1004", "1005", "1006"))
    assert not [question for question in draft.questions if question.needed]
    batch = layout.batch_from_mapping(draft.mapping("invoices"), sheet)
    done = load.commit(book, load.prepare(book, batch, DAY), "test", NOW)
    assert (done.tables[0].accepted, done.tables[0].refused) == (5, 1)
    assert done.load_id is not None and reasons(book, done.load_id)[0].startswith("currency USD is another than EUR")
    now = on_day(book)
    assert {i: now[i]["overdue_cents"] / 100 for i in ("1001", "1003", "1004", "1006")} == {"1001": 0, "1003": 0, "1004": 0, "1006": 700}
    assert [i for i, row in now.items() if row["overdue_60"]] == ["1006"]
    with book.reading() as session:
        stored = session.staged("invoices")
    assert stored.filter("given_up")["invoice_id"].to_list() == ["in_6"]
    assert stored.filter(pl.col("falls_due_on") == pl.col("issued_on"))["invoice_id"].sort().to_list() == ["in_1", "in_4"]


def test_payments_for_a_year_are_asked_for_their_period_and_then_spread_over_it(tmp_path: Path) -> None:
    case = "annual-prepaid-invoices"
    book = loaded(tmp_path, case, ("customers", "customers.csv"))
    text = field(case, "invoices.csv").read_text(encoding="utf-8")
    plain = load.prepare(book, layout.batch_from_extract("invoices", parse.parse_file(text.encode(), "invoices.csv")), DAY)
    assert "(O1, Y1, Y2)" in " ".join(plain.notices)
    answers = {"Y1-1": "2026-02-01,2027-01-31,", "Y2-1": "2025-02-01,2026-01-31,", "Y2-2": "2026-02-01,2027-01-31,", "O1-1": ",,true"}
    head, *lines = text.splitlines()
    said = [f"{head},period_from,period_to,one_off", *(f"{line},{answers.get(line.split(',')[0], ',,')}" for line in lines)]
    batch = layout.batch_from_extract("invoices", parse.parse_file("\n".join(said).encode(), "invoices.csv"))
    preview = load.prepare(book, batch, DAY)
    assert preview.notices == ()
    load.commit(book, preview, "test", NOW)
    now = on_day(book)
    assert {i: now[i]["mrr_cents"] / 100 for i in ("Y1", "Y2", "O1", "M0")} == {"Y1": 1000, "Y2": 1000, "O1": 0, "M0": 100}
    assert {row["status"] for row in now.values()} == {"active"}


def test_items_of_an_accounting_system_are_read_in_its_own_currency(tmp_path: Path) -> None:
    book = loaded(tmp_path, "sap-open-items", ("customers", "customers.csv"))
    sheet = parse.parse_file(field("sap-open-items", "sap_alv2.csv").read_bytes(), "sap_alv2.csv")
    draft = propose(sheet, [f"000000100{n}" for n in range(1, 7)])
    chosen = {choice.field: choice.column for choice in draft.table_draft("invoices").choices if choice.column}
    assert (chosen["currency"], chosen["paid_on"], chosen["due_on"]) == ("Hauswaehrung", "Ausgleichsdatum", "Nettofaelligkeit")
    assert book.version
