"""What is told of one customer's rows, of themes, products and refused rows."""

from datetime import date, datetime

import polars as pl
import pytest

from health import demo, portfolio
from health.insight import method
from health.insight.client import details, invoices
from health.insight.overview import products, themes
from health.insight.upload import rejections
from health.score.components import COMPONENTS
from health.score.settings import DEFAULT
from tests.books import analyst, rows, staged, typed, warehouse_of

AS_OF = date(2026, 1, 31)


def complaint(number: int, customer: str = "A", **more: object) -> dict[str, object]:
    return {"complaint_id": f"Q{number}", "customer_id": customer, "opened_at": datetime(2026, 1, number, 9), "severity": 3, **more}


def test_nothing_after_the_day_shown_stands_in_the_timeline() -> None:
    raised = {"complaints": rows("complaints", complaint(10), {**complaint(11), "opened_at": datetime(2026, 2, 1)})}
    assert details.sort_timeline(details.events(raised), AS_OF, {})["at"].to_list() == [datetime(2026, 1, 10, 9)]


def test_an_unpaid_invoice_is_said_to_be_unpaid_only_after_its_due_day() -> None:
    bills = rows(
        "invoices",
        {"invoice_id": "R1", "customer_id": "A", "issued_on": date(2026, 1, 1), "due_on": date(2026, 1, 21), "amount": 10},
        {"invoice_id": "R2", "customer_id": "A", "issued_on": date(2026, 1, 20), "due_on": date(2026, 2, 20), "amount": 10},
    )
    assert invoices.with_states(staged("invoices", bills), AS_OF)["state"].to_list() == ["■ Open", "◆ Unpaid, 10 days overdue"]


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return demo.generate(customers=120, months=24).tables


@pytest.fixture(scope="module")
def now(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return portfolio.build(analyst(warehouse_of(tables)), date(2026, 10, 31))


def test_the_parts_of_every_customer_add_up_to_its_components(now: pl.DataFrame) -> None:
    for customer in now.filter(pl.col("status") == "active").iter_rows(named=True):
        told = details.parts(customer, DEFAULT.weights).drop_nulls("points")
        for component in (c for c in COMPONENTS if c.weight):
            mine = told.filter(pl.col("component") == component.label)
            points = customer[component.column]
            assert (points is None) == mine.is_empty()
            if points is not None:
                assert points == pytest.approx((mine["points"] * mine["share"]).sum() / mine["share"].sum(), abs=0.0051)


def test_an_unknown_part_says_why_and_shows_no_figure(now: pl.DataFrame) -> None:
    silent = now.row(0, named=True) | {"contact_present": False, "complaints_present": False}
    told = details.parts(silent, DEFAULT.weights).filter(pl.col("component").is_in(["Contact frequency", "Complaints"]))
    assert told["points"].null_count() == told.height
    assert told["fact"].str.starts_with("Unknown: ").all()


def test_products_add_up_to_the_revenue_of_the_book(now: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> None:
    by_product = products.by_product(staged("contracts", tables["contracts"]), now, date(2026, 10, 31))
    there = now.filter(pl.col("status").is_in(["active", "paused", "leaving"]))
    assert by_product["mrr"].sum() == pytest.approx(there["mrr"].sum())


def test_themes_count_each_at_risk_customer_once(now: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> None:
    at_risk = now.filter(pl.col("band") == "at_risk")
    told = themes.at_risk_by_theme(typed("complaints", tables["complaints"]), now, date(2026, 10, 31))
    assert told["customers"].sum() == at_risk.height
    assert told["mrr"].sum() == pytest.approx(at_risk["mrr"].sum())


def test_a_customer_counts_under_the_theme_raised_most() -> None:
    now = pl.DataFrame({"customer_id": ["A", "B"], "band": ["at_risk", "at_risk"], "mrr": [60.0, 40.0]})
    raised = rows("complaints", complaint(1, theme="outage"), complaint(2, theme="outage"), complaint(3, theme="billing"))
    told = themes.at_risk_by_theme(raised, now, AS_OF)
    assert told.rows() == [("Outage", 1, 60.0), ("No complaint", 1, 40.0)]
    assert themes.finding(told) == "Outage: 60\u00a0% of the MRR at risk; no complaint: 40\u00a0%"


def test_the_same_fault_in_other_words_of_the_file_is_one_reason() -> None:
    refused = pl.DataFrame(
        {
            "table_name": ["customers"] * 2,
            "line": [2, 3],
            "reasons": ["tier 'X' is none of A, B, C; name is missing", "tier 'Y' is none of A, B, C"],
            "raw": ['{"a":"1","b":"x, y"}', '{"a":"2","b":""}'],
        }
    )
    assert rejections.by_reason(refused).rows() == [("tier is none of A, B, C", 2)]
    assert rejections.refused_table(refused, 10)["cells"].to_list() == ["1, x, y", "2, "]


def test_every_curve_runs_from_its_worst_to_its_best() -> None:
    for part in (part for component in COMPONENTS for part in component.parts):
        points = method.curve(part)["points"]
        assert points.min() >= 0 and points.max() <= 100
        assert points.is_sorted() or points.is_sorted(descending=True)
