"""The effect that a preview tells is, to the hundredth, what the commit then does; and telling it writes nothing."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from health.access import Book, Viewer
from health.demo import generate
from health.errors import Forbidden, InvalidInput
from health.intake import layout, load
from health.intake.effect import LEFT, NEW, NOTICE, SEGMENT, TIME, Effect, effect
from health.intake.reading import parse
from health.score import history
from health.score.settings import DEFAULT, in_force, save
from health.warehouse import facts
from tests.intake import files
from tests.intake.files import NOW, content, empty_book, feed, same, small_book
from tests.size import size

HEADS = {
    "customers": "customer_id,name,tier,customer_since",
    "contracts": "contract_id,customer_id,product,start_on,end_on,unit_price",
    "interactions": "interaction_id,customer_id,occurred_at,channel,direction,outcome",
    "complaints": "complaint_id,customer_id,opened_at,severity,theme,resolved_at",
    "exits": "customer_id,announced_on,left_on,reason",
    "invoices": "invoice_id,customer_id,issued_on,due_on,amount,paid_on",
    "diary": "diary_id,customer_id,planned_on,created_on",
    "market_prices": "product,region,month,source,price",
}
WHO = st.sampled_from(["C1", "C2", "0007"])
DAY = st.dates(date(2024, 6, 1), date(2025, 9, 30)).map(str)
END = st.one_of(st.just(""), st.dates(date(2025, 10, 1), date(2026, 9, 30)).map(str))
N = st.integers(1, 4).map(str)
ROWS = {
    "customers": st.tuples(st.sampled_from(["C1", "C2", "C3"]), st.just("Name"), st.sampled_from(["A", "C", ""]), DAY),
    "contracts": st.tuples(N.map("K{}".format), WHO, st.sampled_from(["mobile", "voice"]), DAY, END, st.sampled_from(["10", "30.50"])),
    "interactions": st.tuples(N.map("I{}".format), WHO, DAY, st.sampled_from(["call", "email"]), st.sampled_from(["in", "out"]),
                              st.sampled_from(["reached", "no_reply"])),
    "complaints": st.tuples(N.map("Q{}".format), WHO, DAY, N, st.sampled_from(["bill", ""]), st.sampled_from(["", "2025-09-30"])),
    "exits": st.tuples(WHO, DAY, END, st.just("price")),
    "invoices": st.tuples(N.map("R{}".format), WHO, DAY, st.just("2025-10-01"), st.sampled_from(["0", "99.90"]), END),
    "diary": st.tuples(N.map("D{}".format), WHO, DAY, DAY),
    "market_prices": st.tuples(st.sampled_from(["mobile", "voice"]), st.just(""), DAY, st.just("survey"), st.sampled_from(["9", "24"])),
}  # fmt: skip
FILES = st.sampled_from(list(ROWS)).flatmap(lambda t: st.tuples(st.just(t), st.lists(ROWS[t], min_size=1, max_size=4)))


def scored(book: Book) -> tuple[date | None, pl.DataFrame]:
    """The newest day, and the score of everybody on it."""
    with book.reading() as session:
        day = facts.span(session).newest_day
        return day, history.score_at(session, [day or history.NO_DAY], in_force(session))


def previewed(book: Book, table: str, rows: list[tuple[str, ...]]) -> load.Preview:
    return files.previewed(book, table, "\n".join([HEADS[table], *(",".join(row) for row in rows)]))


def told_and_done(book: Book, preview: load.Preview) -> tuple[Effect, int]:
    """The effect told beforehand, held against what the commit did to every customer that it touched."""
    (today, before), told, stood = scored(book), effect(book, preview), content(book)
    assert same(book, stood)
    load_id = load.commit(book, preview, "test", NOW).load_id
    assert load_id
    then, after = scored(book)
    assert (told.as_of_before, told.as_of_after) == (today, then)
    kept = ["customer_id", "band", "health"]
    both = before.select(kept).join(after.select(kept), on="customer_id", how="full", coalesce=True, suffix="_after")
    if preview.touched is not None and not told.looked_at > len(preview.touched):
        both = both.filter(pl.col("customer_id").is_in(list(preview.touched)))
    moved = both.filter(pl.col("band").ne_missing(pl.col("band_after")) | pl.col("health").ne_missing(pl.col("health_after")))
    found = told.frame.select(
        "customer_id", band="band_before", health="health_before", band_after="band_after", health_after="health_after"
    )
    assert found.sort("customer_id").rows() == moved.sort("customer_id").select(found.columns).rows()
    assert told.frame["moved_by"].null_count() == 0 and told.looked_at == both.height
    return told, load_id


BOOK = small_book()


@settings(max_examples=size(3, 24), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES)
def test_what_is_told_is_what_the_commit_does(file: tuple[str, list[tuple[str, ...]]]) -> None:
    before = content(BOOK)
    preview = previewed(BOOK, *file)
    if not preview.anything_new:
        with pytest.raises(InvalidInput):
            load.commit(BOOK, preview, "test", NOW)
        return
    _, load_id = told_and_done(BOOK, preview)
    load.undo(BOOK, load_id, NOW)
    assert same(BOOK, before)


def test_a_demo_and_a_month_of_talks_agree_too() -> None:
    book, company = empty_book(), generate(size(80, 150), 12, 3)
    load.load_demo(book, company.tables, "demo", "test", NOW)
    talks = company.tables["interactions"].sort("occurred_at").tail(200).select(*HEADS["interactions"].split(","))
    rows = (
        talks.fill_null("")
        .with_columns(pl.format("N{}", "interaction_id").alias("interaction_id"), pl.lit("2026-11-01 08:00:00").alias("occurred_at"))
        .rows()
    )
    told, _ = told_and_done(book, previewed(book, "interactions", rows))
    assert told.as_of_before and told.as_of_after == told.as_of_before + timedelta(days=1) and told.frame.height > 50


def test_the_newest_day_ages_a_customer_and_that_is_told_apart() -> None:
    book = small_book()
    told = effect(book, previewed(book, "interactions", [("I1", "C1", "2025-01-10 09:00:00", "call", "out", "reached"),
                                                         ("I8", "C2", "2025-08-01", "call", "out", "reached")]))  # fmt: skip
    (row,) = told.frame.iter_rows(named=True)
    assert (told.as_of_before, told.as_of_after) == (date(2025, 3, 2), date(2025, 8, 1))
    assert row["customer_id"] == "C2" and row["aged"] < 0 < row["points"] - row["aged"] and row["moved_by"] == "Contact frequency"
    nothing = effect(book, previewed(book, "interactions", [("I8", "C1", "2025-03-02", "newsletter", "out", "")]))
    assert nothing.as_of_after == nothing.as_of_before and set(nothing.frame["aged"]) <= {0}
    older = effect(book, previewed(book, "customers", [("C1", "Other name", "A", "2025-08-01")]))
    assert set(older.frame["moved_by"]) - {TIME}  # a start in 2025 takes tenure, which time alone would not


def test_the_new_and_the_lost_are_told_apart_and_leaving_is_named() -> None:
    book = small_book()
    feed(book, "customers", "customer_id,name\nC3,Three\n")
    assert effect(book, previewed(book, "contracts", [("K9", "C3", "mobile", "2025-01-01", "", "10")])).of_kind(NEW).height == 1
    gone = effect(book, previewed(book, "exits", [("C1", "2025-02-01", "2025-02-20", "price")]))
    assert gone.of_kind(LEFT)["customer_id"].to_list() == ["C1"] and gone.crossed.is_empty()
    going = effect(book, previewed(book, "exits", [("C1", "2025-03-01", "2025-12-31", "price")]))
    assert going.frame.select("customer_id", "band_after", "moved_by").rows() == [("C1", "leaving", NOTICE)]


def test_a_knock_out_is_named_where_it_moves_the_band() -> None:
    book = small_book()
    feed(book, "complaints", "complaint_id,customer_id,opened_at,severity\nQ1,C2,2024-02-01 10:00:00,1\n")
    capped = effect(book, previewed(book, "invoices", [("R1", "C2", "2024-11-01", "2024-12-01", "99.90", "")]))
    (row,) = capped.crossed.select("customer_id", "band_before", "band_after", "points", "moved_by").rows()
    assert row == ("C2", "healthy", "watch", 0, "invoice unpaid for 60 days or more")


def test_the_first_row_of_its_kind_concerns_everybody() -> None:
    told = effect(small_book(), previewed(BOOK, "complaints", [("Q1", "C1", "2025-02-01", "1", "bill", "")]))
    assert told.looked_at == 3
    assert {row["customer_id"]: row["moved_by"] for row in told.frame.iter_rows(named=True)}["C2"] == "Complaints, now known"


def test_what_moved_a_customer_goes_by_the_weights_of_its_segment() -> None:
    """C2 is small: contact weighs nothing for it, so a talk moves nothing, and another segment moves it though nothing else changed."""
    book = small_book()
    feed(book, "customers", "customer_id,name,tier,segment\nC2,Bo & Daughters,B,small\n")
    feed(book, "complaints", "complaint_id,customer_id,opened_at,severity\nQ0,C1,2024-02-01 10:00:00,1\n")
    with book.writing("settings") as session:
        own = {"small": {"complaints": 80, "tenure": 20}}
        save(session, replace(DEFAULT, segment_weights=own), "test", "Small ones complain", NOW)
        history.refresh(session, ())
    both = load.prepare(
        book,
        layout.batch_from_extract(
            "complaints", parse.parse_file(b"complaint_id,customer_id,opened_at,severity\nQ2,C2,2025-02-01,2\n", "c.csv")
        ),
        NOW.date(),
    )
    assert effect(book, both).frame["moved_by"].to_list() == ["Complaints"]
    assert effect(book, previewed(book, "interactions", [("I8", "C2", "2025-03-02", "call", "out", "reached")])).frame.is_empty()
    other = layout.batch_from_extract("customers", parse.parse_file(b"customer_id,name,tier,segment\nC2,Bo & Daughters,B,large\n", "c.csv"))
    assert effect(book, load.prepare(book, other, NOW.date())).frame["moved_by"].to_list() == [SEGMENT]


def test_a_preview_that_was_overtaken_is_made_anew_before_its_effect_is_told() -> None:
    book = small_book()
    preview = previewed(book, "interactions", [("I8", "C1", "2025-03-02", "call", "out", "reached")])
    feed(book, "interactions", "interaction_id,customer_id,occurred_at,channel,direction\nI9,C2,2025-05-01,call,out\n")
    assert effect(book, preview).as_of_after == date(2025, 5, 1)


def test_whoever_may_not_load_is_told_nothing() -> None:
    reader = Book(Viewer("exec", "executive"), BOOK._warehouse)
    with pytest.raises(Forbidden):
        effect(reader, previewed(BOOK, "interactions", [("I8", "C1", str(datetime(2025, 3, 2)), "call", "out", "reached")]))
