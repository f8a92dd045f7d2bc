"""The rows behind a figure are those it was worked out from: they add up to it, are the customer's own, and say where they came from."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from statistics import median_low
from typing import Any

import polars as pl
import pytest

from health import demo, portfolio
from health.access import Book
from health.insight import lineage
from health.insight.lineage import SourceRows
from tests.books import analyst, rows, small_book, typed, warehouse_of
from tests.size import size

DAYS = date(2026, 10, 31), date(2026, 6, 17)


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return {name: typed(name, frame) for name, frame in demo.generate(customers=90, months=30).tables.items()}


@pytest.fixture(scope="module")
def book(tables: dict[str, pl.DataFrame]) -> Book:
    return analyst(warehouse_of(tables))


def told(book: Book, c: Mapping[str, Any], day: date) -> dict[str, SourceRows]:
    own = portfolio.client(book, c["customer_id"], day)
    return {b.figure: b for b in lineage.headline_figures(own, c, day)}


def adds(found: SourceRows, table: str = "") -> float:
    own = found.rows.filter(pl.col("table") == table) if table else found.rows
    return float(own["adds"].sum())


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_rows_behind_every_figure_of_every_customer_add_up_to_it(book: Book, tables: dict[str, pl.DataFrame], day: date) -> None:
    """Each is asked for as its own page asks, facts and all, which takes long: a tenth on one day and another on the other (soak: half)."""
    there = portfolio.build(book, day).filter(pl.col("status") == "active")
    assert there.height > 50
    there = there.sort("customer_id").gather_every(size(10, 2), DAYS.index(day))
    found: set[str] = set()
    for c in there.iter_rows(named=True):
        shown = told(book, c, day)
        found |= set(shown)
        nothing = SourceRows("", "", pl.DataFrame(schema=lineage.sources.SCHEMA))
        recency, volume, rhythm, diary, answers, burden, clocks, gap, commitment, unpaid, late, mrr = (
            shown.get(name, nothing)
            for name in ("Recency", "Volume", "Usual interval", "Planned contacts kept", "Attempts answered", "Burden", "Deadlines met",
            "Gap to market", "Commitment",
                         "Overdue invoices", "Critical and late", "MRR")
        )  # fmt: skip
        assert set(recency.rows.filter(pl.col("table") == "interactions")["day"]) == ({c["last_two_way_on"]} - {None})
        assert adds(volume, "interactions") == pytest.approx(c["touch_180"] / 10)
        gaps = [int(gap) for gap in rhythm.rows["adds"].drop_nulls()]
        assert len(gaps) == c["rhythm_gaps"] and (c["rhythm_days"] is None or median_low(gaps) == c["rhythm_days"])
        assert (adds(diary), diary.rows.height) == (c["kept_diary_180"], c["due_180"])
        assert (adds(answers), answers.rows.height) == (c["answered_180"], c["attempts_180"])
        assert adds(burden) == pytest.approx(c["burden"] / 100 + c["repeats_365"])
        assert burden.rows.filter(pl.col("what").str.contains(", open,")).height == c["open"]
        assert (adds(clocks), clocks.rows.height) == (c["kept_365"], c["kept_365"] + c["broken_365"])
        assert adds(mrr) == pytest.approx(c["mrr"] or 0)
        assert adds(gap, "contracts") == pytest.approx((c["billed_cents"] or 0) / 100)
        assert adds(gap, "market_prices") == pytest.approx((c["market_cents"] or 0) / 100)
        assert commitment.rows["adds"].max() == c["days_to_end"]
        assert shown["Loyalty"].rows["day"].to_list() == [c["start_on"]]
        assert (adds(unpaid), adds(late)) == (c["overdue_60"], c["critical_late"])
        for row in pl.concat([b.rows for b in shown.values()]).iter_rows(named=True):
            source = tables[row["table"]].row(int(row["line"]), named=True)  # the test's tables number their rows from 0
            assert source.get("customer_id", c["customer_id"]) == c["customer_id"] and row["load_id"] == "1"
    assert len(found) >= 11


def test_what_is_asked_of_the_leaving_rests_on_the_day_their_points_are_frozen_at(book: Book) -> None:
    leaving = [c for day in DAYS for c in portfolio.build(book, day).filter(pl.col("status") == "leaving").iter_rows(named=True)]
    assert leaving
    built = cache(lambda day: portfolio.build(book, day))
    for c in leaving[:: size(3, 1)]:
        day = c["facts_as_of"]
        then = built(day).row(by_predicate=pl.col("customer_id") == c["customer_id"], named=True)
        rows_behind = pl.concat([b.rows for b in lineage.score_parts(portfolio.client(book, c["customer_id"], day), then, day)])
        happened = rows_behind.filter(pl.col("table").is_in(["interactions", "complaints", "diary"]))
        assert (happened["day"] <= day).all()


def test_a_complaint_reopened_weighs_again_from_that_day_on() -> None:
    opened = datetime(2024, 1, 1, 9)
    tables = small_book() | {
        "complaints": rows(
            "complaints",
            {"complaint_id": "Q1", "customer_id": "A", "opened_at": opened, "severity": 4, "theme": "outage",
             "first_response_at": datetime(2024, 1, 1, 10), "resolved_at": datetime(2024, 1, 2), "reopened_at": datetime(2024, 2, 1)},
            {"complaint_id": "Q2", "customer_id": "A", "opened_at": datetime(2024, 3, 1, 9), "theme": "outage"},
        )
    }  # fmt: skip
    book = analyst(warehouse_of(tables))
    for day in (date(2024, 1, 31), date(2024, 2, 1), date(2024, 3, 2), date(2024, 9, 30), date(2026, 2, 28)):
        c = portfolio.build(book, day).row(0, named=True)
        shown = told(book, c, day)
        assert adds(shown["Burden"]) == pytest.approx(c["burden"] / 100 + c["repeats_365"]), day
        assert shown["Burden"].rows.filter(pl.col("what").str.contains(", open,")).height == c["open"]
        assert ("Critical and overdue" in shown) == bool(c["critical_late"])


def test_revenue_without_a_contract_rests_on_three_full_months_of_invoices() -> None:
    bills = [
        {"invoice_id": f"R{m}", "customer_id": "C", "issued_on": date(2024, m, 3), "due_on": date(2024, m, 20), "amount": 10 * m}
        for m in range(1, 7)
    ]
    tables = small_book()
    tables["customers"] = pl.concat([tables["customers"], rows("customers", {"customer_id": "C", "name": "C"})])
    book = analyst(warehouse_of(tables | {"invoices": rows("invoices", *bills)}))
    for day, months in ((date(2024, 6, 17), (3, 4, 5)), (date(2024, 6, 30), (4, 5, 6))):
        c = portfolio.build(book, day).row(by_predicate=pl.col("customer_id") == "C", named=True)
        mrr = told(book, c, day)["MRR"]
        assert sorted(mrr.rows["day"].dt.month()) == list(months)
        assert round(adds(mrr), 2) == c["mrr"]
        assert told(book, c, day).get("Overdue invoices") is not None
