"""Files of billing systems: lines of one invoice, statuses, missing due dates, and payments for several months at once."""

from decimal import Decimal

import polars as pl

from health.access import Book
from health.intake import layout, load
from health.intake.proposal import propose
from health.intake.proposal.draft import Draft
from health.intake.reading import parse
from health.warehouse import facts
from tests.intake.files import CUSTOMERS, NOW, empty_book, feed, feed_mapped, previewed

LINES = (
    "invoice_id,customer_id,issued_on,due_on,amount,paid_on\n"
    "R1,C1,2026-09-01,2026-10-01,100.00,\nR2,C2,2026-09-01,2026-10-01,40.00,\nR1,C1,2026-09-01,2026-10-01,20.50,2026-09-20\n"
)
ADD_UP = (
    "[tables.invoices]\nadd_up = true\n[tables.invoices.fields]\n"
    + "\n".join(f'{name} = "{name}"' for name in ("invoice_id", "customer_id", "issued_on", "due_on", "amount", "paid_on"))
)  # fmt: skip
BILLS = (
    "id,Customer,Date (UTC),Due Date (UTC),Amount Due,Amount Paid,Status,Paid At (UTC)\n"
    "in_1,C1,2026-09-30 09:00,,300.00,300.00,paid,2026-09-30 10:01\nin_2,C2,2026-02-28 10:15,2026-03-30 10:15,12000.00,0.00,void,\n"
    "in_3,0007,2026-08-04 09:00,2026-09-03 09:00,100.00,40.00,open,\n"
)


def book_with_customers() -> Book:
    book = empty_book()
    feed(book, "customers", CUSTOMERS)
    return book


def stored(book: Book) -> pl.DataFrame:
    with book.reading() as session:
        return session.rows("invoices").sort("invoice_id")


def draft_of(text: str, file: str = "invoices.csv") -> Draft:
    return propose(parse.parse_file(text.encode(), file), ("C1", "C2", "0007"))


def test_rows_with_one_number_are_refused_where_no_mapping_says_that_they_are_lines() -> None:
    preview = previewed(book_with_customers(), "invoices", LINES)
    assert preview.refused["reasons"].to_list() == ["invoice_id 'R1' already appears in line 2"]


def test_lines_of_one_invoice_add_up_where_the_mapping_says_so() -> None:
    book = book_with_customers()
    [count] = feed_mapped(book, ADD_UP, LINES).tables
    assert (count.read, count.accepted, count.refused, count.skipped) == (2, 2, 0, 1)
    assert stored(book).select("invoice_id", "amount", "line").rows() == [("R1", Decimal("120.50"), 2), ("R2", Decimal("40.00"), 3)]
    assert str(stored(book)["paid_on"][0]) == "2026-09-20", "what one line says holds for the invoice"


def test_lines_that_disagree_and_lines_that_cannot_be_read_refuse_their_invoice() -> None:
    bad = LINES.replace("R1,C1,2026-09-01,2026-10-01,20.50", "R1,C2,2026-09-01,2026-10-01,20.50").replace(
        "40.00,", "40.00,\nR2,C2,2026-09-01,2026-10-01,x,"
    )
    preview_batch = layout.batch_from_mapping(layout.mappings.parse(ADD_UP, "lines"), parse.parse_file(bad.encode(), "lines.csv"))
    preview = load.prepare(book_with_customers(), preview_batch, NOW.date())
    assert preview.refused["reasons"].to_list() == [
        "the lines of invoice_id 'R1' differ in customer_id",
        "amount 'x' is not an amount with a decimal point and at most two decimals",
    ]


def test_repeated_numbers_are_asked_about_and_the_answer_is_kept_in_the_mapping() -> None:
    draft = draft_of(LINES)
    [question] = [q for q in draft.questions if q.about == "lines"]
    answered = draft.answered(question, "true")
    assert not [q for q in answered.questions if q.about == "lines"]
    assert answered.mapping("lines").feeds[0].add_up and layout.mappings.parse(layout.mappings.dumps(answered.mapping("lines")), "lines")
    left = draft.answered(question)
    assert left.questions == () or question not in left.questions
    assert not left.mapping("lines").feeds[0].add_up


def test_headings_and_statuses_of_a_billing_system_are_recognised() -> None:
    draft = draft_of(BILLS)
    chosen = {choice.field: choice.column for choice in draft.table_draft("invoices").choices if choice.column}
    assert chosen == {
        "invoice_id": "id", "customer_id": "Customer", "issued_on": "Date (UTC)", "due_on": "Due Date (UTC)", "amount": "Amount Due",
        "paid_amount": "Amount Paid", "status": "Status", "paid_on": "Paid At (UTC)",
    }  # fmt: skip
    book = book_with_customers()
    batch = layout.batch_from_mapping(draft.mapping("bills"), parse.parse_file(BILLS.encode(), "bills.csv"))
    done = load.commit(book, load.prepare(book, batch, NOW.date()), "test", NOW)
    assert (done.tables[0].accepted, done.warned) == (3, 2), "one without a due day, one part payment without a day"
    with book.reading() as session:
        facts.prepare_grid(session, [NOW.date()])
        owed = dict(session.frame("queries/owed").iter_rows())
    assert owed == {"0007": 6000}


def test_a_file_without_due_dates_says_what_that_means() -> None:
    text = "invoice_id,customer_id,issued_on,amount\nR1,C1,2026-09-01,100.00\n"
    assert previewed(book_with_customers(), "invoices", text).notices == (
        "invoices: no due dates are given, so each invoice is due on its invoice date.",
    )


def test_an_invoice_due_before_it_was_issued_is_refused() -> None:
    text = "invoice_id,customer_id,issued_on,due_on,amount\nR1,C1,2026-09-02,2026-09-01,100.00\n"
    assert previewed(book_with_customers(), "invoices", text).refused["reasons"].to_list() == ["due_on is before issued_on"]


def yearly(more: str = "", head: str = "") -> str:
    monthly = "".join(f"M{m},C1,2026-{m:02}-01,2026-{m:02}-15,100.00{',' * head.count(',')}\n" for m in range(1, 11))
    return f"invoice_id,customer_id,issued_on,due_on,amount{head}\n{monthly}{more}"


def test_invoices_that_come_once_a_year_are_asked_for_their_period() -> None:
    book = book_with_customers()
    [notice] = previewed(book, "invoices", yearly("Y1,C2,2025-02-01,2025-03-01,12000.00\nY2,C2,2026-02-01,2026-03-01,12000.00\n")).notices
    assert "1 customer without a contract may pay for several months at once (C2)" in notice
    [single] = previewed(book, "invoices", yearly("Y1,0007,2026-02-01,2026-03-01,12000.00\n")).notices
    assert "(0007)" in single
    said = yearly("Y1,0007,2026-02-01,2026-03-01,12000.00,2026-02-01,2027-01-31\n", ",period_from,period_to")
    assert previewed(book, "invoices", said).notices == ()


def test_half_a_period_is_refused() -> None:
    text = yearly("Y1,0007,2026-02-01,2026-03-01,12000.00,2026-02-01,\n", ",period_from,period_to")
    assert previewed(book_with_customers(), "invoices", text).refused["reasons"].to_list() == [
        "only one of period_from and period_to is given"
    ]
