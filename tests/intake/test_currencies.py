"""Files with amounts in other currencies: converted by a rate, or refused; never passed through, never left out in silence."""

from decimal import Decimal

import polars as pl
import pytest

from health import currency
from health.access import Book
from health.errors import InvalidInput
from health.intake import layout, load
from health.intake.mapping import parse as mapping_of
from health.intake.reading import parse
from health.score import settings
from tests.intake.files import CUSTOMERS, NOW, empty_book, feed, previewed

RATES = "currency,day,rate,source\nUSD,2026-08-10,0.90,bank\nusd,2026-09-10,0.95,bank\n"
BILLS = "invoice_id,customer_id,issued_on,due_on,amount,currency\n"


def book_with_customers(rates: str = "") -> Book:
    book = empty_book()
    feed(book, "customers", CUSTOMERS)
    if rates:
        feed(book, "rates", rates)
    return book


def bill(day: str, code: str, amount: str = "100.00") -> str:
    return f"{BILLS}R1,C1,{day},{day},{amount},{code}\n"


def reasons(book: Book, table: str, text: str) -> list[str]:
    return previewed(book, table, text).refused["reasons"].to_list()


def test_an_amount_in_another_currency_without_a_rate_is_refused() -> None:
    [reason] = reasons(book_with_customers(), "invoices", bill("2026-09-01", "JPY"))
    assert reason == "currency JPY is another than EUR, and no exchange rate of the 31 days up to 1 Sep 2026 is on file: load it into rates"


@pytest.mark.parametrize(("day", "accepted"), [("2026-08-09", 0), ("2026-08-10", 1), ("2026-10-11", 1), ("2026-10-12", 0)])
def test_a_rate_serves_from_its_day_for_31_days(day: str, accepted: int) -> None:
    assert previewed(book_with_customers(RATES), "invoices", bill(day, "USD")).counts[0].accepted == accepted


@pytest.mark.parametrize("code", ["EUR", "eur", ""])
def test_the_currency_of_the_book_needs_no_rate_and_is_kept_blank(code: str) -> None:
    [change] = previewed(book_with_customers(), "invoices", bill("2026-09-01", code)).changes
    assert change.fresh["currency"].to_list() == [None]


def test_what_is_no_code_is_refused_and_so_is_a_rate_of_the_book_itself() -> None:
    assert reasons(book_with_customers(), "invoices", bill("2026-09-01", "dollars")) == [
        "currency 'dollars' is not a currency code such as EUR"
    ]
    assert reasons(book_with_customers(), "rates", "currency,day,rate\nEUR,2026-09-01,1\n") == [
        "currency EUR is your own, which needs no rate"
    ]


def test_an_invoice_keeps_its_own_amount_and_counts_at_the_rate_of_its_issue() -> None:
    book = book_with_customers(RATES)
    feed(book, "invoices", bill("2026-09-01", "usd"))
    with book.reading() as session:
        row = session.staged("invoices").row(0, named=True)
    assert (row["amount"], row["currency"], row["cents"]) == (Decimal("100.00"), "USD", 9000)


def test_rates_and_invoices_of_one_batch_go_together() -> None:
    frames = {
        "customers": pl.DataFrame({"customer_id": ["C1"], "name": ["C"]}),
        "rates": pl.DataFrame({"currency": ["USD"], "day": ["2026-09-01"], "rate": ["0.9"]}),
        "invoices": pl.DataFrame({
            "invoice_id": ["R1"], "customer_id": ["C1"], "issued_on": ["2026-09-02"], "amount": ["1.00"], "currency": ["USD"],
        }),
    }  # fmt: skip
    preview = load.prepare(empty_book(), layout.batch_from_frames(frames, "both"), NOW.date())
    assert [(count.table, count.accepted) for count in preview.counts] == [("customers", 1), ("rates", 1), ("invoices", 1)]


@pytest.mark.parametrize(("period", "price"), [("", "1200.00"), ("month", "1200.00"), ("quarter", "400.00"), ("year", "100.00")])
def test_prices_are_kept_a_month(period: str, price: str) -> None:
    text = f"contract_id,customer_id,product,start_on,unit_price,price_period\nK1,C1,voice,2026-01-01,1200.00,{period}\n"
    [change] = previewed(book_with_customers(), "contracts", text).changes
    assert change.fresh["unit_price"].to_list() == [Decimal(price)]


def test_a_column_of_codes_under_another_heading_is_refused_and_not_left_out() -> None:
    text = bill("2026-09-01", "JPY").replace("currency", "Curr.")
    with pytest.raises(InvalidInput, match="the column 'Curr.' says that amounts are in JPY, and nothing reads it"):
        previewed(book_with_customers(), "invoices", text)
    assert previewed(book_with_customers(), "invoices", text.replace("JPY", "EUR")).counts[0].accepted == 1
    mapped = mapping_of(
        '[tables.invoices.fields]\ninvoice_id = "invoice_id"\ncustomer_id = "customer_id"\nissued_on = "issued_on"\namount = "amount"', "m"
    )
    with pytest.raises(InvalidInput, match="Curr"):
        layout.batch_from_mapping(mapped, parse.parse_file(text.encode(), "b.csv"))


def test_amounts_with_the_symbol_of_another_currency_are_refused() -> None:
    book = book_with_customers(RATES)
    assert len(reasons(book, "invoices", bill("2026-09-01", "", "$100.00"))) == 1


def test_a_mapping_that_says_in_which_currency_amounts_are_written_gives_them_that_currency() -> None:
    book = book_with_customers(RATES)
    toml = '[file]\ncurrency = "USD"\n[tables.invoices.fields]\ninvoice_id = "no"\ncustomer_id = "who"\nissued_on = "day"\namount = "sum"'
    sheet = parse.parse_file(b"no,who,day,sum\nR1,C1,2026-09-01,$100.00\n", "b.csv")
    load.commit(book, load.prepare(book, layout.batch_from_mapping(mapping_of(toml, "m"), sheet), NOW.date()), "test", NOW)
    with book.reading() as session:
        assert session.staged("invoices").select("currency", "cents").rows() == [("USD", 9000)]


def test_the_currency_of_the_book_is_chosen_before_amounts_are_on_file() -> None:
    book = book_with_customers()
    with book.writing("settings") as session:
        chosen = settings.choose_currency(session, "USD", "test", NOW)
        assert (chosen.currency, chosen.version) == ("USD", 2) and settings.versions(session)["changed"][0].to_list() == [
            "currency EUR -> USD"
        ]
    with currency.using("USD"):
        assert reasons(book, "invoices", bill("2026-09-01", "EUR"))[0].startswith("currency EUR is another than USD")
        feed(book, "invoices", bill("2026-09-01", "USD"))
    with book.writing("settings") as session, pytest.raises(InvalidInput, match="amounts are on file in invoices"):
        settings.choose_currency(session, "GBP", "test", NOW)
    with book.writing("settings") as session, pytest.raises(InvalidInput, match="three capital letters"):
        settings.Settings(currency="dollar")


def test_a_mapping_in_another_currency_for_a_table_without_currencies_is_refused() -> None:
    fields = 'customer_id = "who"\nannounced_on = "day"\nreason = {value = "price"}\nwritten_off = "sum"'
    toml = f'[file]\ncurrency = "USD"\n[tables.exits.fields]\n{fields}'
    sheet = parse.parse_file(b"who,day,sum\nC1,2026-09-01,$100.00\n", "b.csv")
    with pytest.raises(InvalidInput, match="amounts are in USD; exits takes EUR only"):
        layout.batch_from_mapping(mapping_of(toml, "m"), sheet)


def test_the_first_file_in_another_currency_says_how_to_choose_it_for_the_book() -> None:
    book = book_with_customers()
    [notice] = previewed(book, "invoices", bill("2026-09-01", "USD")).notices
    assert notice.endswith("If all your amounts are in USD, set it first, at the upload or with settings --currency USD.")
    feed(book, "invoices", bill("2026-09-01", "EUR"))
    assert previewed(book, "invoices", bill("2026-09-01", "USD").replace("R1", "R2")).notices == ()
