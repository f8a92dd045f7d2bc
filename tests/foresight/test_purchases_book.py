"""From a book's invoices to what its customers without contracts are worth; what counts as a purchase, and from when it is known."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

from health.access import Book, Viewer
from health.errors import InsufficientData
from health.foresight import purchases
from health.warehouse import Warehouse
from tests.books import analyst, rows, typed

FIRST, TODAY = date(2024, 1, 1), date(2025, 3, 31)
Bought = dict[str, list[tuple[date, float]]]


def shop(bought: Bought, **more: pl.DataFrame) -> Warehouse:
    """A warehouse of these purchases; every second customer, from the first, is E0's."""
    customers = [{"customer_id": i, "name": i, "owner": f"E{n % 2}"} for n, i in enumerate(bought)]
    invoices = [
        {"invoice_id": f"{i}-{n}", "customer_id": i, "issued_on": day, "due_on": day, "amount": Decimal(str(amount))}
        for i, days in bought.items()
        for n, (day, amount) in enumerate(days)
    ]
    warehouse = Warehouse()
    with warehouse.writing() as session:
        for name, frame in {"customers": rows("customers", *customers), "invoices": rows("invoices", *invoices), **more}.items():
            session.insert(name, typed(name, frame))
    return warehouse


def shoppers(number: int = 80) -> Bought:
    """Customers of all paces, over 60 weeks."""
    rng = np.random.default_rng(3)
    found: Bought = {}
    for n in range(number):
        day, days = FIRST + timedelta(days=int(rng.integers(90))), []
        pace, drop, usual = rng.gamma(1.2) * 60 + 5, rng.beta(1, 6), rng.gamma(4) * 8 + 1
        while day <= TODAY:
            days.append((day, round(float(usual * rng.gamma(3) / 3), 2)))
            if rng.random() < drop:
                break
            day += timedelta(days=1 + int(rng.exponential(pace)))
        found[f"C{n:03}"] = days
    return found


@pytest.fixture(scope="module")
def bought() -> Bought:
    return shoppers()


@pytest.fixture(scope="module")
def book(bought: Bought) -> Book:
    return analyst(shop(bought))


def counted(warehouse: Warehouse, as_of: date = TODAY) -> dict[str, dict[str, Any]]:
    with warehouse.reading() as session:
        return {row["customer_id"]: row for row in purchases.counts(session, as_of).iter_rows(named=True)}


def test_two_invoices_of_a_day_are_one_purchase_a_free_one_is_one_and_a_credit_note_is_none() -> None:
    day = [FIRST + timedelta(weeks=n) for n in (0, 3, 5, 9, 60)]
    found = counted(shop({"A": [(day[0], 0), (day[1], 20), (day[1], 10), (day[2], -30), (day[3], 0), (day[4], 99)]}), day[3] + timedelta(7))
    assert found["A"] == {"customer_id": "A", "frequency": 2, "recency_weeks": 9.0, "age_weeks": 10.0, "spend": 15.0, "gone": False}


def test_whoever_has_a_contract_is_not_counted_from_its_signing_on_and_one_called_off_before_it_began_is_none() -> None:
    line = {"customer_id": "A", "product": "p", "start_on": date(2025, 2, 1), "signed_on": date(2025, 1, 1), "unit_price": Decimal(9)}
    lines = rows(
        "contracts",
        line | {"contract_id": "K1"},
        line | {"contract_id": "K2", "customer_id": "B", "terminated_on": date(2025, 1, 20), "notice_on": date(2025, 1, 15)},
    )
    warehouse = shop({i: [(FIRST, 5)] for i in "ABC"}, contracts=lines)
    assert list(counted(warehouse, date(2024, 12, 31))) == ["A", "B", "C"]
    assert list(counted(warehouse, date(2025, 1, 10))) == ["C"] and list(counted(warehouse)) == ["B", "C"]


def test_whoever_said_that_it_leaves_buys_nothing_unless_it_came_back(bought: Bought) -> None:
    said = rows("exits", *({"customer_id": i, "announced_on": day, "reason": "price"} for i, day in (("C000", TODAY), ("C001", FIRST))))
    back = bought | {"C001": [(FIRST, 5.0), (TODAY, 5.0)]}
    found = purchases.value(analyst(shop(back, exits=said)), TODAY, 0.3)
    assert found.row(0)[1:3] == (0, 0) and found["lifetime_value"][0] == 0 and found["p_alive"][1] > 0


def test_a_value_is_the_margin_of_the_purchases_expected_each_month_discounted_from_its_first_day(book: Book) -> None:
    models, found = purchases.fit(book, TODAY), purchases.value(book, TODAY, 0.3, discount_rate=0.2, horizon_months=24)
    with book.reading() as session:
        own = purchases.counts(session, TODAY)
    month = 365.2425 / 12 / 7
    by_then = [np.zeros(own.height), *(models.bg_nbd.expected(own, month * k) for k in range(1, 25))]
    naive = sum((later - sooner) * 1.2 ** (-k / 12) for k, (sooner, later) in enumerate(zip(by_then, by_then[1:], strict=False)))
    assert found["lifetime_value"].to_numpy() == pytest.approx(0.3 * found["spend"].to_numpy() * naive, rel=1e-4)
    assert found["expected_12m"].to_numpy() == pytest.approx(by_then[12], rel=1e-4)
    assert found["customer_id"].to_list() == sorted(found["customer_id"]) and found.null_count().sum_horizontal().sum() == 0


def test_a_manager_sees_the_own_customers_with_the_values_that_the_whole_book_gives_them(bought: Bought) -> None:
    warehouse = shop(bought)
    whole, own = (
        purchases.value(Book(viewer, warehouse), TODAY, 0.3) for viewer in (Viewer("a", "analyst"), Viewer("m", "account_manager", "E0"))
    )
    assert own.equals(whole.gather_every(2))
    nobodys = purchases.value(Book(Viewer("m", "account_manager"), warehouse), TODAY, 0.3)
    assert nobodys.is_empty() and nobodys.schema == whole.schema


def test_later_rows_change_nothing_known_before(bought: Bought) -> None:
    cut = date(2024, 12, 31)
    before = {i: [(day, paid) for day, paid in days if day <= cut] for i, days in bought.items()}
    values = [purchases.value(analyst(shop(b)), cut, 0.3) for b in (bought, before)]
    assert values[0].equals(values[1])


def test_what_was_foreseen_is_held_against_purchases_the_model_never_saw(book: Book, bought: Bought) -> None:
    found = purchases.check(book, TODAY)
    days = {i: sorted({day for day, _ in purchased}) for i, purchased in bought.items()}
    weeks_held = round((TODAY - min(d[0] for d in days.values())).days / 7 / 2)
    cut = TODAY - timedelta(weeks=weeks_held)
    made = [day for d in days.values() if d[0] <= cut for day in d[1:]]
    assert (found.fitted_on, found.held_weeks) == (cut, weeks_held)
    assert (found.made, found.later_made) == (len(made), sum(day > cut for day in made))
    assert found.weeks["made"].to_list() == [sum(day <= end for day in made) for end in found.weeks["until"]]
    assert found.weeks["until"][-1] == TODAY and found.weeks["held_out"].sum() == weeks_held
    assert f"{found.later_made} made" in found.sentence and found.weeks["foreseen"].is_sorted()


def test_a_model_that_foresees_too_little_says_so_and_does_not_hold(bought: Bought) -> None:
    """Everybody who had bought by the cut buys every day in the last fortnight."""
    rush = {i: days + [(TODAY - timedelta(days=n), 5.0) for n in range(14)] for i, days in bought.items()}
    found = purchases.check(analyst(shop(rush)), TODAY)
    assert not found.holds and "too few" in found.sentence and found.shortfall is not None and found.shortfall > 0.5


@pytest.mark.parametrize(
    ("bought_by", "words"),
    [
        ({}, "to forecast purchases: 0"),
        ({"A": [(FIRST, 5), (FIRST + timedelta(9), 5)]}, "to forecast purchases: 1"),
        ({f"C{n}": [(FIRST, 5), (FIRST, 6)] for n in range(50)}, "to forecast purchases: 0"),
        ({f"C{n}": [(FIRST, 0), (FIRST + timedelta(n), 0)] for n in range(1, 50)}, "0 customers without a contract bought again and paid"),
    ],
    ids=["nobody", "one customer", "a single day", "nothing paid"],
)
def test_too_little_is_a_sentence(bought_by: Bought, words: str) -> None:
    book = analyst(shop(bought_by))
    with pytest.raises(InsufficientData, match=words):
        purchases.value(book, TODAY, 0.3)


def test_too_short_a_time_to_check_is_a_sentence(bought: Bought) -> None:
    for days in ({}, bought):
        with pytest.raises(InsufficientData, match="it needs purchases over 8 weeks"):
            purchases.check(analyst(shop(days)), FIRST + timedelta(weeks=5))
