"""The one-pass facts against a naive reading of the method, one customer and one day at a time."""

import os
import random
from datetime import date, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from health.demo import generate
from health.score import history, settings
from health.tables import TABLES
from health.warehouse import Warehouse, facts
from tests.books import rebuilt_scores, stored_scores, typed, unscored, warehouse_of
from tests.score.naive import differences, oracle_of
from tests.size import size

CUSTOMERS = size(500, 2000)


@pytest.fixture(scope="module")
def company() -> dict[str, pl.DataFrame]:
    return {name: typed(name, frame) for name, frame in generate(CUSTOMERS, 36, 7, "demo").tables.items()}


@pytest.fixture(scope="module")
def warehouse(company: dict[str, pl.DataFrame]) -> Warehouse:
    return warehouse_of(company)


def test_facts_and_points_equal_the_naive_reading_at_every_month_end_for_every_customer(
    company: dict[str, pl.DataFrame], warehouse: Warehouse
) -> None:
    """Every customer at three month ends, a twelfth of them at each, since the naive reading is slow (`make soak`: half of all, in a larger
    book).

    What happens exactly at the edges is read in test_facts_boundaries.
    """
    part = size(12, 2)
    with warehouse.reading() as session:
        stored = session.rows("history").sort("customer_id", "as_of")
    assert stored.height == 36 * CUSTOMERS
    month, customer = pl.col("as_of").rank("dense"), pl.col("customer_id").rank("dense")
    read = stored.filter((month + customer) % part == 0)
    assert read.height == 36 * CUSTOMERS // part
    assert read["as_of"].n_unique() == 36
    assert read["customer_id"].n_unique() == CUSTOMERS
    assert differences(oracle_of(company), read) == []


def test_a_day_inside_a_month_equals_the_naive_reading(company: dict[str, pl.DataFrame], warehouse: Warehouse) -> None:
    with warehouse.reading() as session:
        scored = history.score_at(session, [date(2025, 5, 17)], settings.DEFAULT)
    assert differences(oracle_of(company), scored) == []


def test_one_pass_over_many_days_equals_a_pass_for_each_day(warehouse: Warehouse) -> None:
    days = [date(2024, 1, 31), date(2024, 2, 29), date(2025, 3, 14), date(2026, 10, 31)]
    with warehouse.reading() as session:
        together = facts.at(session, days, settings.DEFAULT.terms)
        apart = pl.concat(facts.at(session, [day], settings.DEFAULT.terms) for day in days)
    assert_frame_equal(together, apart)


LATER = {
    "complaints": ("first_response_at", "resolved_at", "reopened_at"), "invoices": ("paid_on",), "contracts": ("notice_on",),
        "promises": ("delivered_at",),
    "diary": ("cancelled_on",), "surveys": ("answered_on",), "exits": ("interviewed_on",),
}  # fmt: skip
KNOWN = {
    "contracts": pl.coalesce("signed_on", "start_on"), "interactions": pl.col("occurred_at").dt.date(),
        "complaints": pl.col("opened_at").dt.date(),
    "surveys": pl.coalesce("asked_on", "answered_on"), "invoices": pl.col("issued_on"), "promises": pl.col("promised_on"),
    "diary": pl.coalesce("created_on", "planned_on"), "exits": pl.col("announced_on"), "referrals": pl.col("made_on"),
        "opportunities": pl.col("opened_on"),
    "usage": pl.col("month"), "market_prices": pl.coalesce("observed_on", pl.col("month").dt.month_end()),
}  # fmt: skip


def as_known(tables: dict[str, pl.DataFrame], day: date) -> dict[str, pl.DataFrame]:
    """The rows that were there on the day, with later answers, payments and notices blank."""
    cut = {name: frame.filter(KNOWN[name] <= day) if name in KNOWN else frame for name, frame in tables.items()}
    for name, columns in LATER.items():
        blank = [pl.when(pl.col(c).cast(pl.Date) <= day).then(pl.col(c)).alias(c) for c in columns]
        cut[name] = cut[name].with_columns(blank)
    unnoticed = pl.col("notice_on").is_null() & (pl.col("terminated_on") > day)
    given = tables["contracts"].select("contract_id", known=pl.coalesce("notice_on", "terminated_on"))
    lines = cut["contracts"].join(given, on="contract_id", how="left")
    kept = pl.when((pl.col("known") <= day) | ~unnoticed.fill_null(True)).then(pl.col("terminated_on"))
    cut["contracts"] = lines.with_columns(pl.when(pl.col("known") <= day).then(kept).alias("terminated_on")).drop("known")
    return cut


def of(customers: list[str], company: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The rows of some customers, and those that are nobody's."""
    return {name: f.filter(pl.col("customer_id").is_in(customers)) if "customer_id" in f.columns else f for name, f in company.items()}


def scored_on(warehouse: Warehouse, day: date) -> pl.DataFrame:
    with warehouse.reading() as session:
        return history.score_at(session, [day], settings.DEFAULT)


def test_nothing_dated_later_changes_an_earlier_score(company: dict[str, pl.DataFrame]) -> None:
    chance = random.Random(11)
    some = of(sorted(chance.sample(company["customers"]["customer_id"].to_list(), size(100, 200))), company)
    whole = unscored(some)
    for day in [date(2024, 1, 15) + timedelta(days=chance.randrange(1000)) for _ in range(size(2, 10))]:
        past = unscored(as_known(some, day))
        seen = scored_on(whole, day)
        assert seen.height == size(100, 200)
        assert_frame_equal(seen, scored_on(past, day))
        past.close()
    whole.close()


def test_the_order_of_loading_and_the_number_of_threads_change_no_bit(
    company: dict[str, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    some = of(company["customers"]["customer_id"].head(size(120, 400)).to_list(), company)
    once = warehouse_of(some)
    with once.reading() as session:
        first = session.rows("history").sort("as_of", "customer_id")
    once.close()
    assert os.environ["HEALTH_THREADS"] == "1"
    monkeypatch.setenv("HEALTH_THREADS", "2")
    again = warehouse_of({name: some[name].sample(fraction=1.0, shuffle=True, seed=2) for name in reversed(list(some))})
    with again.reading() as session:
        assert_frame_equal(session.rows("history").sort("as_of", "customer_id"), first)
    again.close()


def test_refreshing_only_the_touched_equals_a_full_rebuild(company: dict[str, pl.DataFrame]) -> None:
    small = of(company["customers"]["customer_id"].head(size(100, 300)).to_list(), company)
    talks = small["interactions"].sort("occurred_at", "interaction_id")
    new = talks.slice(talks.height // 2, 400)
    before = warehouse_of(small | {"interactions": talks.join(new, on="interaction_id", how="anti")})
    with before.writing() as session:
        session.insert("interactions", new)
        history.refresh(session, set(new["customer_id"]))
        assert_frame_equal(stored_scores(session), rebuilt_scores(session), check_column_order=False)
    before.close()


class _Undone(Exception):
    """Takes back what a test has written."""


def test_rows_of_one_table_move_what_a_full_reckoning_says(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the rows of some customers go, table after table; some of the customers are leaving, with facts of an earlier day on file."""
    monkeypatch.delattr(history, "build")
    with warehouse.reading() as session:
        everybody, ends = session.rows("history").sort("as_of", "customer_id"), facts.span(session).month_ends()
    some = (everybody.filter(pl.col("status") == "leaving"), everybody)
    whom = sorted({one for rows in some for one in rows["customer_id"].unique().sort().head(20)})
    before, idle = everybody.filter(pl.col("customer_id").is_in(whom)), set()
    with pytest.raises(_Undone), warehouse.writing() as session:
        for table in (t for t in TABLES.values() if "customer_id" in t.names and t.name != "customers"):
            of_them = session.rows(table.name).filter(pl.col("customer_id").is_in(whom)).sort(table.key)
            session.move(table.name, f"{table.name}_replaced", of_them.gather_every(2).select(table.key), replaced_by=2)
            history.refresh(session, whom, {table.name})
            stored = session.alike("history", pl.DataFrame({"customer_id": whom})).sort("as_of", "customer_id")
            assert_frame_equal(stored, history.score_at(session, ends, settings.DEFAULT, whom), check_column_order=False)
            if stored.equals(before):
                idle.add(table.name)
            before = stored
        raise _Undone
    assert idle == {"opportunities"}
