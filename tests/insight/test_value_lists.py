"""Renewals and room for more: who comes up, what is open, and nobody is offered more while something stands against it."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from health import format as fmt
from health.insight.titles import LONGEST
from health.insight.value import renewals, titles, upsell
from tests.books import staged

DAY = date(2026, 10, 31)
NOW: dict[str, Any] = {
    **dict.fromkeys(["customer_id", "name", "status", "band", "segment", "owner_name"], pl.String),
    **dict.fromkeys(["health", "mrr"], pl.Float64),
    **dict.fromkeys(["lost_on", "renewal_on", "notice_by", "renews_on", "spell_start_on"], pl.Date),
    **dict.fromkeys(["complaints_present", "invoices_present", "notice_assumed"], pl.Boolean),
    **dict.fromkeys(
        ["open", "overdue_60", "overdue_cents", "promises_due_365", "broken_promises_90", "benchmarked_cents", "market_cents",
         "days_to_notice"],
        pl.Int64,
    ),
}  # fmt: skip
CALM = {
    "status": "active", "band": "healthy", "segment": "small", "mrr": 100.0, "health": 80.0, "spell_start_on": date(2024, 1, 1),
    "complaints_present": True, "open": 0, "invoices_present": True, "overdue_60": 0, "overdue_cents": 0, "promises_due_365": 1,
    "broken_promises_90": 0, "benchmarked_cents": 10_000, "market_cents": 10_000,
}  # fmt: skip


def now(**customers: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([CALM | {"customer_id": c, "name": c} | told for c, told in customers.items()], schema=NOW)


def worth(**values: float | None) -> pl.DataFrame:
    known = {
        "customer_id": pl.String,
        "lifetime_value": pl.Float64,
        "p_leave_90d": pl.Float64,
        "p_leave_180d": pl.Float64,
        "p_leave_12m": pl.Float64,
    }
    return pl.DataFrame([(c, v, 0.1, 0.2, 0.3) for c, v in values.items()], schema=known, orient="row")


def ends(days: int, period: int = 30) -> dict[str, Any]:
    """A term whose last day for notice is this many days ahead."""
    end = {"notice_by": DAY + timedelta(days=days), "renewal_on": DAY + timedelta(days=days + period)}
    return {"days_to_notice": days, "notice_assumed": False} | end


def test_past_its_notice_day_a_term_stands_apart_and_one_that_renews_itself_by_the_day_it_does() -> None:
    renewing = ends(300) | {"renews_on": DAY + timedelta(days=12)}
    told = renewals.due(now(A=ends(-18, 90), B=renewing, C=ends(5), D=ends(-31)), worth(), DAY)
    assert told.select("customer_id", "state", "days", "within").rows() == [
        ("C", "ahead", 5, 30), ("B", "renews itself", 12, None), ("A", "notice day passed", 72, None),
    ]  # fmt: skip
    assert told["renewal_on"].to_list()[1] == DAY + timedelta(days=12)
    assert told.select(renewals.open_points())["open"].to_list() == ["", "renews, too late to leave", "notice day passed"]


def test_terms_come_up_by_their_last_day_for_notice_in_the_smallest_window_that_holds_them() -> None:
    told = renewals.due(now(A=ends(90), B=ends(31), C=ends(0), D=ends(91), E={}, F=ends(30)), worth(A=10.0), DAY)
    assert told.select("customer_id", "days", "within").rows() == [("C", 0, 30), ("F", 30, 30), ("B", 31, 60), ("A", 90, 90)]
    assert told["lifetime_value"].to_list() == [None, None, None, 10.0]
    windows = renewals.windows(told)
    assert windows.select("within", "customers", "mrr", "lifetime_value").rows() == [
        (30, 2, 200.0, None),
        (60, 3, 300.0, None),
        (90, 4, 400.0, 10.0),
    ]


def test_whoever_is_in_grace_is_listed_first_and_is_no_renewal_to_come() -> None:
    grace = {"status": "in grace", "band": None, "lost_on": DAY - timedelta(days=9)}
    between = {"status": "in grace", "band": None, "lost_on": DAY + timedelta(days=300)}
    gone = {"status": "leaving", "lost_on": DAY + timedelta(days=9)}
    told = renewals.due(now(A=ends(5), G=grace, N=between, L=gone), worth(), DAY)
    assert told.select("customer_id", "state", "days", "within").rows() == [
        ("G", "in grace", -9, None), ("N", "next line to begin", None, None), ("A", "ahead", 5, 30),
    ]  # fmt: skip
    assert renewals.windows(told)["customers"].to_list() == [1, 1, 1]


def test_what_is_open_is_said_and_what_is_unknown_is_not_called_none() -> None:
    busy = ends(5) | {"open": 2, "overdue_60": 1, "overdue_cents": 12_345, "broken_promises_90": 1}
    blind = ends(6) | {"complaints_present": False, "open": 0, "invoices_present": False, "promises_due_365": 0}
    told = renewals.due(now(A=busy, B=blind), worth(), DAY)
    assert told["open"].to_list() == ["2 complaints open, 1 invoice overdue, 1 promise broken", None]
    calm = renewals.due(now(A=busy | {"open": 0, "overdue_60": 0, "broken_promises_90": 0}), worth(), DAY)
    assert calm["open"].to_list() == [""], "nothing is open, and that is known"
    assert told.select("open_complaints", "overdue_invoices", "overdue", "broken_promises").rows() == [(2, 1, 123.45, 1), (None,) * 4]


CONTRACTS = {
    "contract_id": pl.String, "customer_id": pl.String, "product": pl.String, "unit_price": pl.Float64, "quantity": pl.Int64,
    **dict.fromkeys(["start_on", "end_on", "signed_on", "notice_on", "terminated_on"], pl.Date), "notice_days": pl.Int64,
    "renews_months": pl.Int64, "trial": pl.Boolean, "paused_from": pl.Date, "paused_until": pl.Date,
}  # fmt: skip
USAGE = {"customer_id": pl.String, "month": pl.Date, "product": pl.String, "metric": pl.String, "used": pl.Float64, "licensed": pl.Float64}


def rows(lines: list[tuple[str, str, float]], usage: list[tuple[str, date, str, float, float]] | None = None) -> dict[str, pl.DataFrame]:
    """Lines: customer, product, billed a month; usage: customer, month, product, used, licensed."""
    made = [
        {"contract_id": f"K{n}", "customer_id": c, "product": p, "unit_price": bill, "quantity": 1, "start_on": date(2024, 1, 1)}
        for n, (c, p, bill) in enumerate(lines)
    ]
    used = [{"customer_id": c, "month": m, "product": p, "metric": "seats", "used": u, "licensed": x} for c, m, p, u, x in usage or []]
    return {"contracts": staged("contracts", pl.DataFrame(made, schema=CONTRACTS)), "usage": pl.DataFrame(used, schema=USAGE)}


OTHERS = [(f"O{n}", product, bill) for n in range(5) for product, bill in (("mobile", 40.0), ("cloud", 20.0), ("voice", 10.0))]
BOTH = now(A={}, **{f"O{n}": {"mrr": 70.0} for n in range(5)})


def offered(frame: pl.DataFrame, held: dict[str, pl.DataFrame]) -> list[str]:
    return upsell.candidates(frame, held, DAY)["customer_id"].to_list()


def test_one_product_is_room_and_the_estimate_is_what_its_like_pay_in_proportion() -> None:
    held = rows([("A", "mobile", 100.0), *OTHERS])
    told = upsell.candidates(BOTH, held, DAY).row(0, named=True)
    assert (told["customer_id"], told["next_product"], told["reason"]) == ("A", "cloud", "has one product only")
    assert told["worth"] == pytest.approx(20 / 70 * 100, abs=0.01)  # the median bill of the six is 70
    assert "segment" in told["basis"] and offered(BOTH, held) == ["A"]


def test_a_product_that_few_hold_in_the_segment_is_priced_by_the_book_and_by_nobody_not_at_all() -> None:
    held = rows([("A", "mobile", 100.0), *OTHERS])
    apart = BOTH.with_columns(pl.when(pl.col("customer_id") == "A").then(pl.lit("large")).otherwise("segment").alias("segment"))
    assert "all customers" in upsell.candidates(apart, held, DAY)["basis"][0]
    alone = upsell.candidates(now(A={}), rows([("A", "mobile", 100.0)]), DAY).row(0, named=True)
    assert (alone["worth"], alone["next_product"]) == (None, None) and "no basis" in alone["basis"]


def test_nine_tenths_of_the_volume_in_the_last_three_full_months_is_room() -> None:
    lines = [("A", "mobile", 100.0), ("A", "voice", 50.0)]
    months = [date(2026, 10, 1), date(2026, 9, 1), date(2026, 8, 1)]
    full = rows(lines, [("A", m, "mobile", 99.0, 100.0) for m in months] + [("A", date(2026, m, 1), "mobile", 0.0, 900.0) for m in (7, 11)])
    told = upsell.candidates(now(A={}), full, DAY).row(0, named=True)
    assert (told["full_product"], told["products"], told["next_product"]) == ("mobile", 2, None)
    assert told["usage"] == pytest.approx(0.99) and told["worth"] == pytest.approx(10.0)
    assert told["reason"].replace(fmt.SPACE, " ") == "uses 99 % of mobile"
    assert offered(now(A={}), rows(lines, [("A", m, "mobile", 89.0, 100.0) for m in months])) == []
    assert offered(now(A={}), rows(lines, [("A", m, "cloud", 99.0, 100.0) for m in months])) == []  # no longer in force


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"open": 1}, "a complaint is open"),
        ({"complaints_present": False}, "open complaints are unknown"),
        ({"market_cents": 9_999}, "the price is above the market"),
        ({"benchmarked_cents": 0, "market_cents": None}, "the market price is unknown"),
    ],
)  # fmt: skip
def test_whatever_stands_against_it_is_named_and_nobody_is_offered_more(told: dict[str, Any], reason: str) -> None:
    held = rows([("A", "mobile", 100.0)])
    assert offered(now(A={}), held) == ["A"] and offered(now(A=told), held) == []
    assert upsell.held_back(now(A=told), held, DAY).rows() == [(reason, 1)]


@pytest.mark.parametrize("told", [{"band": "watch"}, {"band": "unknown"}, {"status": "leaving", "band": "healthy"}])
def test_only_the_healthy_are_looked_at(told: dict[str, Any]) -> None:
    held = rows([("A", "mobile", 100.0)])
    assert upsell.considered(now(A=told), held, DAY).is_empty()


def test_titles_fit_their_cards_and_an_empty_list_is_said() -> None:
    none, some = renewals.due(now(), worth(), DAY), renewals.due(now(A=ends(5)), worth(A=10.0), DAY)
    assert titles.renewals(renewals.windows(none)) == "No last day for notice within 90 days"
    assert titles.renewals(renewals.windows(some)) == "1 renewal due within 90 days, worth €10"
    empty = upsell.candidates(now(), rows([]), DAY)
    assert titles.upsell(empty, 7) == "No upsell candidates"
    assert titles.upsell(empty, 0) == "Upsell candidates are not known", "where nobody is known to be healthy, nothing is said of room"
    long = "A segment whose name was written by somebody who was paid by the letter"
    parts = pl.DataFrame({"group": [long, "b"], "customers": [1, 2], "share": [0.7, 0.3], "median": [90.0, 3.0]})
    for title in (
        titles.spread(parts),
        titles.upsell(upsell.candidates(BOTH, rows([("A", "x", 1.0), *OTHERS]), DAY), 1),
    ):
        assert 0 < len(title) <= LONGEST
    named = pl.DataFrame({"group": ["small", "enterprise"], "median": [3.0, 90.0]})
    assert titles.spread(named) == "A typical enterprise customer is worth 30 small ones"
    assert titles.spread(named.with_columns(median=pl.Series([3.0, 27.0]))).endswith("worth 9 small ones")
    assert titles.spread(named.with_columns(median=3.0)).endswith("?")
