"""The wide frame says what the rows say, and nothing where they say nothing."""

from dataclasses import replace
from datetime import date, datetime

import polars as pl

from health import portfolio
from health.score.components import COMPONENTS
from health.score.settings import DEFAULT
from tests.books import analyst, rows, small_book, warehouse_of

DAY = date(2024, 6, 10)


def test_a_book_of_customers_and_contracts_alone_has_unknown_bands_and_a_known_mrr() -> None:
    tables = {name: frame for name, frame in small_book().items() if name != "interactions"}
    frame = portfolio.build(analyst(warehouse_of(tables)), DAY)
    assert frame["band"].to_list() == ["unknown", "unknown"]
    assert frame["coverage"].to_list() == [20.0, 20.0]
    assert frame["contact_points"].null_count() == frame["complaints_points"].null_count() == frame["price_points"].null_count() == 2
    assert frame["mrr"].to_list() == [100.0, 100.0]
    assert frame["health_before"].null_count() == 2


def test_an_empty_book_has_a_state_and_no_day() -> None:
    state = portfolio.state(analyst(warehouse_of({})))
    assert state.empty and state.as_of is None and not any(state.rows.values())


def test_who_has_not_left_has_no_day_of_loss() -> None:
    tables = small_book()
    tables["exits"] = rows("exits", {"customer_id": "B", "announced_on": date(2024, 5, 2), "left_on": date(2024, 5, 20), "reason": "price"})
    frame = portfolio.build(analyst(warehouse_of(tables)), DAY)
    assert frame.select("status", "lost_on", "decided_on").rows() == [("active", None, None), ("lost", date(2024, 5, 20), date(2024, 5, 2))]
    assert frame["band"].to_list() == ["unknown", None]


def test_whoever_leaves_keeps_the_points_of_the_month_end_before_it_was_known() -> None:
    tables = small_book()
    tables["exits"] = rows("exits", {"customer_id": "B", "announced_on": date(2024, 6, 1), "left_on": date(2024, 9, 1), "reason": "price"})
    book = analyst(warehouse_of(tables))
    today, before = portfolio.build(book, DAY), portfolio.build(book, date(2024, 5, 31))
    leaving = today.filter(pl.col("status") == "leaving")
    assert leaving["band"].to_list() == ["leaving"]
    assert (
        leaving.select("contact_points", "tenure_points").rows()
        == before.filter(pl.col("customer_id") == "B").select("contact_points", "tenure_points").rows()
    )


def test_the_driver_goes_by_the_weights_of_the_customers_segment() -> None:
    """A lags behind in contact (by 40) and tenure (by 10): everybody's weights name contact, those of its segment tenure."""
    points = {c.column: [None, None, None] for c in COMPONENTS} | {
        "contact_points": [10.0, 50.0, 60.0],
        "tenure_points": [40.0, 50.0, 60.0],
    }
    frame = pl.DataFrame(
        points | {"status": ["active"] * 3, "score_segment": ["small", None, None]},
        {c.column: pl.Float64 for c in COMPONENTS} | {"status": pl.String, "score_segment": pl.String},
    )
    own = replace(DEFAULT, segment_weights={"small": {"tenure": 60, "complaints": 40}})
    assert portfolio._with_driver(frame, DEFAULT)["driver"][0] == "contact"
    assert portfolio._with_driver(frame, own)["driver"].to_list()[:2] == ["tenure", "contact"]


def test_health_before_is_that_of_the_month_end_that_many_months_ago() -> None:
    book = analyst(warehouse_of(small_book()))
    past = portfolio.history(book).filter(pl.col("as_of") == date(2024, 3, 31)).sort("customer_id")
    assert portfolio.build(book, DAY)["health_before"].to_list() == past["health"].to_list()


def test_each_row_of_a_client_names_its_load_and_line() -> None:
    own = portfolio.client(analyst(warehouse_of(small_book())), "A", DAY)
    assert own["interactions"].select("load_id", "line").null_count().row(0) == (0, 0)


def test_a_price_beside_the_market_shows_its_source_and_age() -> None:
    tables = small_book()
    tables["market_prices"] = rows(
        "market_prices", {"product": "mobile", "region": "north", "month": date(2024, 4, 1), "source": "survey", "price": 80}
    )
    prices = portfolio.client(analyst(warehouse_of(tables)), "A", DAY)["prices"]
    assert prices.select("unit_price", "market", "gap_pct", "source", "age_months").rows() == [(100.0, 80.0, 25.0, "survey", 2)]


def test_whoever_is_leaving_still_has_prices() -> None:
    tables = small_book()
    tables["exits"] = rows("exits", {"customer_id": "B", "announced_on": date(2024, 6, 1), "left_on": date(2024, 9, 1), "reason": "price"})
    assert portfolio.client(analyst(warehouse_of(tables)), "B", DAY)["prices"]["product"].to_list() == ["mobile"]


def test_without_contracts_purchases_tell_who_is_there_and_what_a_month_brings() -> None:
    days = [date(2024, m, 1) for m in (1, 2, 3, 4, 5)]
    bills = [{"invoice_id": str(d), "customer_id": "A", "issued_on": d, "due_on": d, "amount": 90} for d in days]
    tables = {"customers": rows("customers", {"customer_id": "A", "name": "A"}), "invoices": rows("invoices", *bills)}
    book = analyst(warehouse_of(tables))
    seen = portfolio.build(book, date(2024, 5, 31)).row(0, named=True)
    assert (seen["status"], seen["mrr"], seen["price_points"]) == ("active", 90.0, None)
    assert portfolio.build(book, date(2024, 12, 1)).row(0, named=True)["status"] == "lost"


def test_an_automated_mail_is_no_conversation() -> None:
    tables = small_book()
    mail = {"interaction_id": "N", "customer_id": "A", "occurred_at": datetime(2024, 6, 9), "channel": "newsletter", "direction": "out"}
    tables["interactions"] = pl.concat([tables["interactions"], rows("interactions", mail)])
    days = portfolio.build(analyst(warehouse_of(tables)), DAY)["days_since"].to_list()
    assert days == [0, 0] or days[0] == days[1]
