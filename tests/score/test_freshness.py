"""How fresh the data is: clocks run up to the day on which a customer was last seen, and no further."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from health import portfolio
from health.access import Book, Viewer
from health.demo import generate
from health.demo.cut import KNOWN_FROM
from health.desk import diary, entries
from health.desk.worklist import inputs
from health.errors import InvalidInput
from health.foresight.backtest import cutoffs
from health.foresight.churn import landmarks
from health.intake import layout, load
from health.score import history, settings
from health.tables import TABLES
from health.warehouse import Warehouse, completeness, facts
from tests.books import rebuilt_scores, recorded, rows, stored_scores, typed
from tests.oracle import Oracle
from tests.score.naive import differences, fact_differences, oracle_of
from tests.size import size

NOW = datetime(2026, 11, 28, 15)
TODAY, OCTOBER = date(2026, 11, 28), date(2026, 10, 31)
Tables = Mapping[str, pl.DataFrame]


def book_of(*loads: tuple[Tables, date | None]) -> Book:
    """A book whose files are these, each with the day up to which it says that it is complete."""
    book = Book(Viewer("test", "admin"), Warehouse())
    for number, (tables, complete_through) in enumerate(loads):
        load_file(book, tables, complete_through, f"file{number}")
    return book


def load_file(book: Book, tables: Tables, complete_through: date | None = None, name: str = "file") -> int:
    batch = replace(layout.batch_from_frames(tables, name, "extract"), complete_through=complete_through)
    loaded = load.commit(book, load.prepare(book, batch, today=TODAY), "test", NOW)
    assert loaded.load_id is not None
    return loaded.load_id


def talk(customer: str, day: date, number: int = 1, **more: Any) -> dict[str, Any]:
    at = datetime.combine(day, datetime.min.time()).replace(hour=9)
    return {
        "interaction_id": f"{customer}{day:%y%m%d}{number}", "customer_id": customer, "occurred_at": at, "channel": "call",
        "direction": "out", "outcome": "reached", **more,
    }  # fmt: skip


def log_call(book: Book, customer: str, day: date = TODAY) -> int:
    given = {key: value for key, value in talk(customer, day).items() if key != "interaction_id"}
    done = entries.write(book, "interactions", given, NOW)
    assert done.load_id is not None
    return done.load_id


CUSTOMERS = {
    "customers": rows("customers", *({"customer_id": i, "name": i, "tier": "B", "customer_since": date(2023, 1, 1)} for i in "AB")),
    "contracts": rows(
        "contracts",
        *({"contract_id": i, "customer_id": i, "product": "p", "start_on": date(2023, 1, 1), "unit_price": Decimal("10.00")} for i in "AB"),
    ),
}
TALKS = {"interactions": rows("interactions", *(talk(i, date(2026, 10, 1)) for i in "AB"))}
INVOICES = {
    "invoices": rows("invoices", {"invoice_id": "R", "customer_id": "B", "issued_on": TODAY, "due_on": TODAY, "amount": Decimal("1.00")})
}


def facts_on(book: Book, day: date = TODAY) -> dict[str, dict[str, Any]]:
    with book.reading() as session:
        return {row["customer_id"]: row for row in facts.at(session, [day], settings.DEFAULT.terms).iter_rows(named=True)}


def stored(book: Book) -> pl.DataFrame:
    with book.reading() as session:
        return stored_scores(session)


def rebuilt(book: Book) -> pl.DataFrame:
    with book.reading() as session:
        return rebuilt_scores(session)


def test_silence_is_counted_up_to_the_day_through_which_the_contacts_are_complete() -> None:
    book = book_of((CUSTOMERS, None), (TALKS, OCTOBER), (INVOICES, None))
    scored = portfolio.build(book, TODAY)
    assert portfolio.state(book).as_of == TODAY
    assert scored["days_since"].to_list() == [30, 30]
    assert scored["interactions_seen_to"].to_list() == [OCTOBER, OCTOBER]
    with book.reading() as session:
        recency = facts.at(session, [TODAY], settings.DEFAULT.terms).select(pl.col("days_since") / pl.col("cadence_days"))
    assert (recency.to_series() <= 1).all()
    log_call(book, "A")
    assert portfolio.build(book, TODAY)["days_since"].to_list() == [0, 30]


def test_a_call_logged_by_hand_moves_the_day_of_the_book_and_one_customers_clock_alone() -> None:
    book = book_of((CUSTOMERS, None), (TALKS, None))
    assert portfolio.state(book).as_of == date(2026, 10, 1)
    load_id = log_call(book, "A")
    assert portfolio.state(book).as_of == TODAY
    got = facts_on(book)
    assert [got[i]["days_since"] for i in "AB"] == [0, 0]
    assert [got[i]["interactions_seen_to"] for i in "AB"] == [TODAY, date(2026, 10, 1)]
    assert got["B"]["tenure_days"] == (TODAY - date(2023, 1, 1)).days
    before = facts_on(book, date(2026, 11, 15))
    assert [before[i]["interactions_seen_to"] for i in "AB"] == [date(2026, 10, 1)] * 2  # what is entered later is not known yet
    load.undo(book, load_id, NOW)
    assert portfolio.state(book).as_of == date(2026, 10, 1)


def test_correcting_the_newest_row_by_hand_moves_no_clock() -> None:
    newest = talk("A", date(2026, 10, 10))
    book = book_of((CUSTOMERS, None), (TALKS, None), ({"interactions": rows("interactions", newest)}, None))
    entries.correct(book, "interactions", newest["interaction_id"], {"outcome": "no_reply"}, 3, "mistyped", NOW)
    got = facts_on(book)
    assert [got[i]["interactions_seen_to"] for i in "AB"] == [date(2026, 10, 10)] * 2
    assert [got[i]["days_since"] for i in "AB"] == [9, 9]


def test_the_past_reads_the_same_whether_a_table_is_complete_beyond_it_or_not() -> None:
    plain = book_of((CUSTOMERS, None), (TALKS, None), (INVOICES, None))
    declared = book_of((CUSTOMERS, None), (TALKS, OCTOBER), (INVOICES, TODAY))
    for day in (date(2026, 6, 30), date(2026, 10, 15), OCTOBER):
        assert facts_on(plain, day) == facts_on(declared, day)


@pytest.mark.parametrize("kind", ["write", "undo"])
def test_what_is_stored_equals_a_full_rebuild_after_a_call_and_after_its_undoing(kind: str) -> None:
    book = book_of((CUSTOMERS, None), (TALKS, date(2026, 9, 30)), (INVOICES, None))
    first = stored(book)
    load_id = log_call(book, "A", date(2026, 10, 20))
    if kind == "write":
        assert_frame_equal(stored(book), rebuilt(book), check_column_order=False)
        changed = stored(book).join(first, on=first.columns, how="anti", nulls_equal=True)
        assert set(changed["customer_id"]) == {"A"} and set(changed["as_of"]) == {OCTOBER, TODAY}
    else:
        load.undo(book, load_id, NOW)
        assert_frame_equal(stored(book), first, check_column_order=False)


def test_undoing_a_load_with_a_declaration_restores_every_bit() -> None:
    book = book_of((CUSTOMERS, None), (TALKS, date(2026, 9, 15)), (INVOICES, None))
    first = stored(book)
    assert facts_on(book)["A"]["interactions_seen_to"] == date(2026, 9, 15)
    load_id = load_file(book, {"interactions": rows("interactions", talk("B", date(2026, 10, 20)))}, OCTOBER, "later")
    assert facts_on(book)["A"]["interactions_seen_to"] == OCTOBER
    assert_frame_equal(stored(book), rebuilt(book), check_column_order=False)
    load.undo(book, load_id, NOW)
    assert_frame_equal(stored(book), first, check_column_order=False)
    assert facts_on(book)["A"]["interactions_seen_to"] == date(2026, 9, 15)


def test_a_later_file_that_declares_nothing_counts_up_to_its_newest_row() -> None:
    book = book_of((CUSTOMERS, None), (TALKS, date(2026, 10, 10)), (INVOICES, None))
    load_file(book, {"interactions": rows("interactions", talk("B", date(2026, 10, 20)))})
    got = facts_on(book)
    assert (got["A"]["interactions_seen_to"], got["A"]["days_since"], got["B"]["days_since"]) == (date(2026, 10, 20), 19, 0)


def test_a_file_of_known_rows_that_reaches_further_is_loaded_for_what_it_declares() -> None:
    book = book_of((CUSTOMERS, None), (TALKS, date(2026, 10, 10)), (INVOICES, None))
    load_file(book, {"interactions": TALKS["interactions"].head(1)}, OCTOBER, "again")
    assert facts_on(book)["A"]["days_since"] == 30


def test_a_day_that_is_still_ahead_is_refused() -> None:
    with pytest.raises(InvalidInput, match="2026-12-01: this day is still ahead"):
        book_of((CUSTOMERS, date(2026, 12, 1)))


def test_a_planned_contact_is_not_broken_while_the_contacts_that_could_keep_it_are_not_loaded() -> None:
    plans = {"diary": rows("diary", {"diary_id": "D", "customer_id": "A", "planned_on": date(2026, 11, 5), "created_on": date(2026, 9, 1)})}
    book = book_of((CUSTOMERS, None), (TALKS, OCTOBER), (plans, None), (INVOICES, None))
    assert facts_on(book)["A"]["due_180"] == 0
    log_call(book, "A")
    got = facts_on(book)["A"]
    assert (got["due_180"], got["kept_diary_180"], got["diary_seen_to"]) == (1, 0, TODAY)


def test_complaints_stand_still_where_their_table_does() -> None:
    critical = {"complaint_id": "Q", "customer_id": "A", "opened_at": datetime(2026, 10, 30, 9), "severity": 4}
    late = {"complaint_id": "P", "customer_id": "B", "opened_at": datetime(2026, 9, 1, 9), "severity": 4}
    book = book_of((CUSTOMERS, None), ({"complaints": rows("complaints", critical, late)}, OCTOBER), (INVOICES, None))
    got = facts_on(book)
    assert [(got[i]["open"], got[i]["critical_late"]) for i in "AB"] == [(1, 0), (1, 1)]
    with book.reading() as session:
        known = facts.complaints(session, TODAY, settings.DEFAULT.terms)
    assert known["solution_broken"].to_list() == [False, True] and known["burden"].sum() == got["A"]["burden"] + got["B"]["burden"]


def test_customers_without_contracts_are_not_lost_because_invoices_are_not_loaded() -> None:
    people = {"customers": CUSTOMERS["customers"]}
    days = [(i, date(2026, 1, 10) + timedelta(days=90 * n)) for i in "AB" for n in range(2)]
    bills = [
        {"invoice_id": f"R{i}{day}", "customer_id": i, "issued_on": day, "due_on": TODAY, "amount": Decimal("30.00")} for i, day in days
    ]
    book = book_of((people, None), ({"invoices": rows("invoices", *bills)}, date(2026, 6, 30)))
    assert {row["status"] for row in facts_on(book, date(2027, 6, 1)).values()} == {"active"}
    assert facts_on(book, date(2027, 6, 1))["A"]["mrr_cents"] == facts_on(book, date(2026, 6, 30))["A"]["mrr_cents"] == 1000


def test_a_table_is_stale_after_45_days_and_makes_no_band_firm() -> None:
    stays = {"complaints": rows("complaints", {"complaint_id": "Q", "customer_id": "B", "opened_at": datetime(2026, 1, 5, 9)})}
    book = book_of((CUSTOMERS, None), (TALKS, date(2026, 10, 14)), (stays, None), (INVOICES, None))
    with book.reading() as session:
        known = completeness.read(session)
        assert known.stale(TODAY) == {} and known.stale(TODAY + timedelta(days=1)) == {"interactions": date(2026, 10, 14)}
        days = [TODAY, TODAY + timedelta(days=1)]
        scored = history.score_at(session, days, settings.DEFAULT, ["A"])
    assert scored["stale_tables"].to_list() == [None, "interactions"]
    assert scored["contact_points"][0] == scored["contact_points"][1]
    assert scored["firm"].to_list()[1] is False


THROUGH = {"interactions": date(2026, 9, 20), "complaints": date(2026, 10, 5), "invoices": date(2026, 8, 31), "diary": date(2026, 10, 20)}
BY_HAND = ("interactions", "complaints", "diary", "surveys", "promises")


@pytest.fixture(scope="module")
def mixed() -> tuple[Warehouse, Oracle]:
    """A company whose tables end on different days; of the rows after 31 August every fifth was entered by hand."""
    company = {name: typed(name, frame) for name, frame in generate(size(60, 300), 20, 5).tables.items()}
    later = {name: KNOWN_FROM[name].cast(pl.Date) > date(2026, 8, 31) for name in BY_HAND}
    by_hand = {name: is_later & (pl.int_range(pl.len()) % 5 == 0) for name, is_later in later.items()}
    warehouse = recorded(company, THROUGH, by_hand)
    ids = {name: set(company[name].filter(entered).to_series()) for name, entered in by_hand.items()}
    with warehouse.reading() as session:
        files_through = completeness.read(session).files_through
    assert files_through == date(2026, 10, 31)
    return warehouse, oracle_of(company, dict.fromkeys(TABLES, files_through) | THROUGH, ids)


@pytest.mark.parametrize("day", [date(2026, 8, 15), date(2026, 9, 25), date(2026, 10, 31), date(2026, 12, 5)])
def test_every_fact_equals_the_naive_reading_whatever_ends_when(mixed: tuple[Warehouse, Oracle], day: date) -> None:
    warehouse, oracle = mixed
    with warehouse.reading() as session:
        scored = history.score_at(session, [day], settings.DEFAULT)
    assert differences(oracle, scored) == []
    assert fact_differences(oracle, scored) == []


def test_many_days_in_one_pass_equal_a_pass_for_each_day_whatever_ends_when(mixed: tuple[Warehouse, Oracle]) -> None:
    days = [date(2026, 8, 31), date(2026, 9, 22), date(2026, 9, 30), date(2026, 10, 15), date(2026, 10, 31), date(2026, 11, 20)]
    with mixed[0].reading() as session:
        together = facts.at(session, days, settings.DEFAULT.terms)
        apart = pl.concat(facts.at(session, [day], settings.DEFAULT.terms) for day in days)
    assert_frame_equal(together, apart)
    assert (together["interactions_seen_to"] < together["as_of"]).sum() > together.height // 4


SILENCE = [f"{key}_points" for key in ("contact", "complaints", "satisfaction", "payment", "usage", "depth", "expectations")]
"""The points that silence can lower; the day itself counts in tenure and contract."""


def test_one_call_logged_today_changes_the_points_of_one_customer_of_the_demo() -> None:
    yesterday = TODAY - timedelta(days=1)
    book = Book(Viewer("test", "admin"), Warehouse())
    load.load_demo(book, generate(size(120, 600), 14, until=yesterday).tables, "demo", "test", NOW)
    before = portfolio.build(book, yesterday).filter(pl.col("status") == "active")
    called = before.sort("contact_points", "customer_id")["customer_id"][0]
    log_call(book, called)
    after = portfolio.build(book, TODAY)
    assert portfolio.state(book).as_of == TODAY
    both = before.join(after, on="customer_id", suffix="_after", how="inner")
    changed = both.filter(pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in SILENCE))
    assert both.height == before.height > 60 and changed["customer_id"].to_list() == [called]


def test_contacts_that_are_loaded_a_month_late_change_no_earlier_month_and_nobody_for_silence_alone() -> None:
    company = generate(size(120, 600), 14, until=date(2026, 11, 30)).tables
    late = company | {"interactions": company["interactions"].filter(pl.col("occurred_at").cast(pl.Date) <= OCTOBER)}
    ends = [date(2026, 8, 31), OCTOBER, date(2026, 11, 30)]
    with recorded(company).reading() as whole, recorded(late, {"interactions": OCTOBER}).reading() as cut:
        loaded, waiting = (history.score_at(session, ends, settings.DEFAULT) for session in (whole, cut))
    key = ["customer_id", "as_of", "contact_points"]
    assert loaded.filter(pl.col("as_of") <= OCTOBER).select(key).equals(waiting.filter(pl.col("as_of") <= OCTOBER).select(key))
    then, now = (waiting.filter(pl.col("status") == "active", pl.col("as_of") == day) for day in ends[1:])
    stayed = then.join(now, on="customer_id", suffix="_now")
    assert stayed.height > 60 and stayed["contact_points"].equals(stayed["contact_points_now"].alias("contact_points"))
    running = loaded.filter(pl.col("as_of") == ends[2]).join(now, on="customer_id")
    assert not running["contact_points"].equals(running["contact_points_right"].alias("contact_points"))


def test_outcomes_end_where_contracts_and_exits_do() -> None:
    company = generate(30, 30).tables
    with recorded(company, {"exits": date(2026, 6, 30)}).reading() as session:
        span = facts.span(session)
        assert span.newest_day and span.newest_day > date(2026, 10, 28) and span.outcomes_until == date(2026, 6, 30)
        assert max(cutoffs.cutoffs(span, 90)) == date(2025, 12, 31)
        assert landmarks.last_known_day(session, span.newest_day) == date(2026, 6, 30)
    with recorded(company).reading() as session:
        assert max(cutoffs.cutoffs(facts.span(session), 90)) == date(2026, 6, 30)


def test_the_lists_count_what_the_facts_count_whatever_ends_when(mixed: tuple[Warehouse, Oracle]) -> None:
    day = date(2026, 10, 31)
    with mixed[0].reading() as session:
        known = facts.at(session, [day], settings.DEFAULT.terms)
        listed = inputs.read_inputs(session, day, settings.DEFAULT)
        planned = diary.planned_contacts(session, day).filter("counted")
    counted = {
        "open": listed.complaints.group_by("customer_id").len(),
        "broken_promises_90": listed.promises.group_by("customer_id").len(),
        "due_180": planned.group_by("customer_id").len(),
        "kept_diary_180": planned.filter(pl.col("state") == "kept").group_by("customer_id").len(),
    }
    for name, rows_listed in counted.items():
        both = known.join(rows_listed, on="customer_id", how="left")
        assert both[name].sum() > 0 and both[name].equals(both["len"].fill_null(0).cast(pl.Int64).alias(name)), name
