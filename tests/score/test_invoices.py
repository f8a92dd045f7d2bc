"""Invoices as billing systems write them: void ones and drafts, part payments, credit notes, periods, one-off amounts."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from health.score.settings import DEFAULT
from health.warehouse import facts
from health.warehouse.as_of_views import views_as_of
from tests.books import rows, small_book, unscored
from tests.score.naive import fact_differences, oracle_of

ISSUED, DUE = date(2024, 1, 1), date(2024, 1, 31)
LATE = DUE + timedelta(days=60)


def bill(key: str = "R1", amount: str = "300.00", **more: Any) -> dict[str, Any]:
    given = {"invoice_id": key, "customer_id": "A", "issued_on": ISSUED, "due_on": DUE, "amount": Decimal(amount)}
    return given | {name: Decimal(value) if name == "paid_amount" else value for name, value in more.items()}


def found(day: date, *bills: dict[str, Any], contracts: bool = True) -> dict[str, Any]:
    """The facts of customer A on a day."""
    book = small_book() | {"invoices": rows("invoices", *bills)}
    if not contracts:
        del book["contracts"]
    with unscored(book).reading() as session:
        return facts.at(session, [day], DEFAULT.terms, ["A"]).row(0, named=True)


def overdue(day: date, *bills: dict[str, Any]) -> tuple[float, int]:
    """What customer A has overdue on a day, and how many invoices by 60 days."""
    row = found(day, *bills)
    return row["overdue_cents"] / 100, row["overdue_60"]


def owed(day: date, *bills: dict[str, Any]) -> float:
    with unscored(small_book() | {"invoices": rows("invoices", *bills)}).reading() as session:
        facts.prepare_grid(session, [day])
        return float(session.frame("queries/owed")["owed_cents"].sum() / 100)


@pytest.mark.parametrize(("status", "expected"), [
    ("void", (0, 0)), ("draft", (0, 0)), ("open", (300, 1)), (None, (300, 1)), ("uncollectible", (300, 1)),
])  # fmt: skip
def test_void_and_draft_invoices_are_no_debts(status: str | None, expected: tuple[float, int]) -> None:
    assert overdue(LATE, bill(status=status)) == expected
    assert owed(LATE, bill(status=status)) == expected[0]


def test_an_uncollectible_invoice_counts_even_where_it_is_disputed_like_one_written_off() -> None:
    for given_up in ({"status": "uncollectible"}, {"written_off": True}):
        assert overdue(LATE, bill(disputed=True, **given_up)) == (300, 1)
    assert overdue(LATE, bill(disputed=True)) == (0, 0)


def test_an_invoice_without_a_due_day_is_due_on_its_own_day() -> None:
    assert [overdue(ISSUED + timedelta(days=n), bill(due_on=None)) for n in (0, 1, 60)] == [(0, 0), (300, 0), (300, 1)]


def test_a_part_payment_leaves_the_rest_owed_from_its_day_on() -> None:
    part = bill(paid_amount="120.00", paid_on=date(2024, 2, 10))
    assert [overdue(day, part)[0] for day in (date(2024, 2, 9), date(2024, 2, 10), LATE)] == [300, 180, 180]
    assert overdue(LATE, part) == (180, 1)
    assert [owed(day, part) for day in (date(2024, 2, 9), date(2024, 2, 10))] == [300, 180]
    whole = bill(paid_amount="300.00", paid_on=date(2024, 2, 10))
    assert overdue(LATE, whole) == (0, 0) and found(LATE, whole)["paid_6"] == 1
    assert found(LATE, part)["paid_6"] == 0, "a part is no payment whose delay counts"


def test_paid_as_a_status_pays_all_of_it() -> None:
    assert overdue(LATE, bill(status="paid", paid_amount="0.00", paid_on=date(2024, 2, 10))) == (0, 0)


def test_a_payment_without_a_day_is_known_from_the_day_it_was_recorded() -> None:
    recorded = bill(status="paid", recorded_at=datetime(2024, 2, 10, 8))
    assert [overdue(day, recorded)[0] for day in (date(2024, 2, 9), date(2024, 2, 10))] == [300, 0]


def test_a_payment_without_any_day_is_known_from_the_newest_day_of_the_book_that_its_file_made() -> None:
    book = small_book() | {"invoices": rows("invoices", bill(status="paid"), bill("R2", "5.00", issued_on=date(2024, 3, 5), due_on=None))}
    warehouse = unscored(book)
    with warehouse.writing() as session:
        session.insert("loads", pl.DataFrame({"load_id": [1], "extract_on": [date(2024, 4, 20)]}))
    days = [date(2024, 4, 19), date(2024, 4, 20)]
    with warehouse.reading() as session:
        assert [f / 100 for f in facts.at(session, days, DEFAULT.terms, ["A"])["overdue_cents"]] == [305, 5]
    for day, status in zip(days, [None, "paid"], strict=True):
        with warehouse.reading() as session, views_as_of(session, day):
            assert session.rows("invoices").sort("invoice_id")["status"][0] == status
            seen = facts.at(session, [day], DEFAULT.terms, ["A"])["overdue_cents"][0]
        assert seen == (500 if status else 30_500), "the same with what came later hidden"


def test_a_credit_note_lowers_what_is_owed_from_its_own_day() -> None:
    note = bill("CN1", "-300.00", issued_on=date(2024, 2, 10), due_on=None)
    assert [overdue(day, bill(), note)[0] for day in (date(2024, 2, 9), date(2024, 2, 10))] == [300, 0]
    assert overdue(LATE, bill(), note) == (0, 0), "and it is no debt itself"
    assert [owed(day, bill(), note) for day in (date(2024, 2, 9), date(2024, 2, 10))] == [300, 0]


def test_a_credit_note_pays_the_oldest_debt_first() -> None:
    newer = bill("R2", "200.00", issued_on=date(2024, 3, 1), due_on=date(2024, 3, 2))
    note = bill("CN1", "-300.00", issued_on=date(2024, 2, 10), due_on=None)
    assert overdue(LATE, bill(), newer, note) == (200, 0), "the one of 60 days is covered, the newer one is not"
    smaller = note | {"amount": Decimal("-299.99")}
    assert overdue(LATE, bill(), newer, smaller) == (200.01, 1)


def test_credit_beyond_the_debts_makes_no_negative_debt_and_credit_paid_out_is_gone() -> None:
    note = bill("CN1", "-500.00", issued_on=date(2024, 2, 10), due_on=None)
    assert overdue(LATE, bill(), note)[0] == owed(LATE, bill(), note) == 0
    assert overdue(LATE, bill(), note | {"paid_on": date(2024, 3, 1)}) == (300, 1)


# ---- books without contracts ----------------------------------------------------------------------------------------


YEAR = {"issued_on": date(2026, 1, 1), "due_on": None}
COVERED = bill("R1", "12000.00", period_from=date(2026, 1, 1), period_to=date(2026, 12, 31)) | YEAR
ONE_OFF = bill("R2", "6000.00", one_off=True) | YEAR
MONTH_ENDS = [date(2026, m, 1) + timedelta(days=27) for m in range(1, 13)]


def test_a_year_paid_in_advance_is_a_twelfth_a_month_and_a_one_off_amount_is_none() -> None:
    with unscored({"customers": small_book()["customers"], "invoices": rows("invoices", COVERED, ONE_OFF)}).reading() as session:
        read = facts.at(session, [*MONTH_ENDS, date(2026, 12, 31), date(2027, 1, 1)], DEFAULT.terms, ["A"])
    assert read["mrr_cents"].to_list() == [100_000] * 13 + [0]
    assert set(read["status"]) == {"active"} and set(read["lost_on"]) == {date(2026, 12, 31) + timedelta(days=180)}


def test_a_void_invoice_makes_no_customer() -> None:
    assert found(date(2026, 6, 30), COVERED | {"status": "void"}, contracts=False)["status"] == "prospect"


def test_what_is_billed_after_its_month_counts_from_its_issue() -> None:
    january = bill("R1", "50.00", issued_on=date(2026, 2, 1), period_from=date(2026, 1, 1), period_to=date(2026, 1, 31), due_on=None)
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1)]
    assert [found(day, january, contracts=False)["mrr_cents"] for day in days] == [None, 5000, 5000, 0]


@pytest.mark.parametrize(("until", "months"), [
    (date(2026, 1, 15), 1), (date(2026, 1, 31), 1), (date(2026, 3, 20), 3), (date(2026, 3, 10), 2), (date(2027, 12, 31), 24),
])  # fmt: skip
def test_a_period_is_counted_in_whole_months(until: date, months: int) -> None:
    row = found(date(2026, 1, 10), bill("R1", "2400.00", period_from=date(2026, 1, 1), period_to=until) | YEAR, contracts=False)
    assert row["mrr_cents"] == 240_000 // months


# ---- against the naive reading --------------------------------------------------------------------------------------


def random_bills(seed: int) -> list[dict[str, Any]]:
    """Invoices of two customers with everything that they may carry."""
    rng, bills = random.Random(seed), []
    for n in range(60):
        issued = date(2023, 1, 1) + timedelta(days=rng.randrange(900))
        first = issued + timedelta(days=rng.randrange(-60, 30))
        amount = rng.choice([0, 100, 250, 999, 12_000, -50, -300, -1200])
        period = {"period_from": first, "period_to": first + timedelta(days=rng.choice([0, 27, 30, 90, 364, 365, 729]))}
        bills.append({
            "invoice_id": f"R{n:02}", "customer_id": rng.choice("AB"), "issued_on": issued, "amount": Decimal(amount),
            "due_on": rng.choice([None, issued, issued + timedelta(days=30)]),
            "paid_on": rng.choice([None, None, issued + timedelta(days=rng.randrange(120))]),
            "paid_amount": rng.choice([None, None, Decimal(amount), Decimal(amount) / 2, Decimal(40)]),
            "status": rng.choice([None, "open", "open", "paid", "void", "draft", "uncollectible"]),
            "disputed": rng.choice([None, None, True]), "written_off": rng.choice([None, None, None, True]),
            "one_off": rng.choice([None, None, True]),
            "recorded_at": rng.choice([None, datetime(2025, 1, 1) + timedelta(days=rng.randrange(200))]),
        } | rng.choice([{}, period]))  # fmt: skip
    return bills


def in_currencies(seed: int, found: pl.DataFrame) -> pl.DataFrame:
    """The rows, each in the currency of the book or in one of two others."""
    codes = random.Random(seed).choices([None, "USD", "JPY"], k=found.height)
    return found.with_columns(pl.Series("currency", codes, pl.String))


def random_rates(seed: int) -> pl.DataFrame:
    """Exchange rates of two currencies on days of their own, from before the first row."""
    rng, found = random.Random(seed), []
    for code, level in (("USD", 0.9), ("JPY", 0.0061)):
        days = [date(2022, 1, 1), *(date(2023, 1, 1) + timedelta(days=n) for n in rng.sample(range(1100), 25))]
        found += [{"currency": code, "day": day, "rate": Decimal(f"{level * rng.uniform(0.8, 1.25):.8f}")} for day in days]
    return rows("rates", *found)


@pytest.mark.parametrize("contracts", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_facts_of_any_invoices_in_any_currencies_equal_the_naive_reading(seed: int, contracts: bool) -> None:
    market = [{"product": "mobile", "month": date(2023, m, 1), "source": "s", "price": Decimal(70 + m)} for m in (1, 5, 9)]
    priced = {"invoices": rows("invoices", *random_bills(seed)), "market_prices": rows("market_prices", *market)} | {
        "contracts": small_book()["contracts"]
    }
    book = small_book() | {name: in_currencies(seed, frame) for name, frame in priced.items()} | {"rates": random_rates(seed)}
    if not contracts:
        del book["contracts"]
    days = [date(2023, 3, 14), *(date(2023 + m // 12, m % 12 + 1, 28) for m in range(2, 32, 3)), date(2026, 2, 28)]
    with unscored(book).reading() as session:
        scored = facts.at(session, days, DEFAULT.terms)
    assert fact_differences(oracle_of(book), scored) == []
