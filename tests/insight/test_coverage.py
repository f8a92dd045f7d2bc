"""Coverage of the parts of the score, recounted from the points and the rows, with a reason for everybody who lacks one."""

from collections import Counter
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from health import demo, portfolio
from health.access import Book
from health.insight.data import coverage
from health.score.settings import DEFAULT
from health.status import ACTIVE
from health.tables import TABLES
from health.warehouse import profile
from tests.books import analyst, warehouse_of
from tests.oracle import Oracle

DAY = date(2026, 10, 31)


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    """A demo in which one product has no market price, another only old ones in one region."""
    made = dict(demo.generate(customers=120, months=18).tables)
    prices, products = made["market_prices"], sorted(made["market_prices"]["product"].unique())
    old = (pl.col("product") == products[1]) & (pl.col("month") > date(2025, 8, 1))
    return made | {"market_prices": prices.filter((pl.col("product") != products[0]) & ~old)}


@pytest.fixture(scope="module")
def book(tables: dict[str, pl.DataFrame]) -> Book:
    return analyst(warehouse_of(tables))


def test_every_part_is_known_for_as_many_as_have_its_points(book: Book, tables: dict[str, pl.DataFrame]) -> None:
    now = portfolio.build(book, DAY)
    told = coverage.parts(now, DEFAULT, portfolio.state(book).rows)
    oracle = Oracle({name: frame.to_dicts() for name, frame in tables.items()})
    scores = [oracle.score(c, DAY) for c in oracle.customers if oracle.status(c, DAY) == "active"]
    assert coverage.count_complete(now)[::2] == (sum(s["coverage"] == 100 for s in scores), len(scores))
    for component, known in told.select("component", "component_known").unique().iter_rows():
        key = component.split()[0].lower()
        assert round(known * len(scores)) == sum(s[key] is not None for s in scores)
    assert all(bool(why) == (unknown > 0) for why, unknown in told.select("why", "unknown").iter_rows())
    assert told["weight"].sum() == 100


def test_everybody_whose_price_cannot_be_compared_has_exactly_one_reason(book: Book) -> None:
    unknown = portfolio.build(book, DAY).filter(ACTIVE & pl.col("price_points").is_null())
    reasons = coverage.price_reasons(unknown)
    assert sum(reasons.values()) == unknown.height > 0
    assert {coverage.NO_PRICE, coverage.OLD_PRICE} <= set(reasons)


def test_lines_without_a_market_price_are_those_found_line_by_line(book: Book, tables: dict[str, pl.DataFrame]) -> None:
    with book.reading() as session:
        told = profile.unpriced_lines(session, DAY)
    oracle = Oracle({name: frame.to_dicts() for name, frame in tables.items()})
    naive: Counter[tuple[str, str]] = Counter()
    for customer, region in tables["customers"].select("customer_id", "region").iter_rows():
        for line in oracle.lines(customer, DAY):
            if line.start <= DAY <= line.end and oracle.benchmark(line.product, region, DAY) is None:
                naive[line.product, region] += 1
    assert {(p, r): n for p, r, n in told.select("product", "region", "lines").iter_rows()} == naive != {}


def test_a_table_without_rows_is_the_reason_and_what_to_load(book: Book) -> None:
    now = portfolio.build(book, DAY).with_columns(pl.lit(None, pl.Float64).alias("contact_points"))
    told = coverage.parts(now.with_columns(pl.lit(False).alias("contact_present")), DEFAULT, dict.fromkeys(TABLES, 1) | {"interactions": 0})
    assert set(told.filter(pl.col("component") == "Contact frequency")["why"]) == {"no interactions are loaded"}
    assert coverage.tables_to_load(told) == ["interactions", "market prices"]
    assert coverage.finding(told, now.filter(ACTIVE).height).startswith("Contact frequency: unknown for 100\u00a0%")


def test_where_a_segment_has_weights_of_its_own_a_part_weighs_their_mean(book: Book) -> None:
    own = replace(DEFAULT, segment_weights={"small": {"contact": 70, "payment": 30}})
    now = portfolio.build(book, DAY).filter(ACTIVE).head(2).with_columns(pl.Series("score_segment", ["small", None]))
    told = coverage.parts(now, own, dict.fromkeys(TABLES, 1))
    weights = dict(told.group_by("component").agg(pl.col("weight").sum().round(6)).iter_rows())
    assert weights == {"Contact frequency": 50, "Complaints": 15, "Price against market": 10, "Tenure": 10, "Payment": 15}


def test_a_book_with_nobody_active_is_said_to_have_none() -> None:
    nobody = pl.DataFrame(schema={"status": pl.String, "coverage": pl.Float64, "band": pl.String, "firm": pl.Boolean})
    assert coverage.count_complete(nobody) == (0, 0, 0)
    assert coverage.finding(pl.DataFrame(schema=coverage.PARTS), 0) == "No active customers, so nothing is scored"
