"""Times with an offset are read in the zone of the book and keep their instant; days are never shifted."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from health.access import Book
from health.intake import layout, load, mapping
from health.intake.cells import parse_columns
from health.intake.proposal import propose
from health.intake.reading import parse
from health.intake.reading.typed_columns import read_parquet
from health.score import history, settings
from health.tables import TABLES
from tests.intake.files import CUSTOMERS, NOW, empty_book, feed
from tests.size import size

ZONES = ["UTC", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Chatham"]
TIME, DAY = TABLES["interactions"].column("occurred_at"), TABLES["exits"].column("announced_on")
HEAD = "interaction_id,customer_id,occurred_at,channel,direction\n"


def read_time(text: str, zone: str) -> tuple[datetime | None, datetime | None]:
    """A cell as local time and as instant."""
    row = parse_columns([TIME], pl.DataFrame({"occurred_at": [text]}), [], zone).row(0, named=True)
    return row["occurred_at"], row["occurred_at_utc"]


def read_day(text: str, zone: str) -> date | None:
    value: date | None = parse_columns([DAY], pl.DataFrame({"announced_on": [text]}), [], zone)["announced_on"][0]
    return value


def in_zone(book: Book, zone: str) -> Book:
    with book.writing("settings") as session:
        settings.save(session, replace(settings.in_force(session), zone=zone), "test", "moved", NOW)
        history.refresh(session, ())
    return book


def times(book: Book) -> list[tuple[str, datetime, datetime | None]]:
    with book.reading() as session:
        rows = session.rows("interactions").sort("interaction_id")
    return rows.select("interaction_id", "occurred_at", "occurred_at_utc").rows()


SAME = (
    "2026-10-25T23:30:00Z", "2026-10-25 23:30 UTC", "2026-10-26T01:30:00+0200", "2026-10-25T18:30:00.000-05:00", "2026-10-26T00:30:00+01",
)  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_an_offset_in_any_form_is_read_in_the_zone_of_the_book(text: str) -> None:
    assert read_time(text, "Europe/Amsterdam") == (datetime(2026, 10, 26, 0, 30), datetime(2026, 10, 25, 23, 30))


def test_two_times_that_read_alike_keep_the_hour_between_them() -> None:
    first, second = (read_time(f"2026-10-25T02:30:00+0{hour}:00", "Europe/Amsterdam") for hour in (2, 1))
    assert first[0] == second[0] == datetime(2026, 10, 25, 2, 30)
    assert first[1] is not None and second[1] is not None and second[1] - first[1] == timedelta(hours=1)


def test_a_time_without_an_offset_is_taken_as_it_stands() -> None:
    assert read_time("2026-10-25 02:30:00", "Europe/Amsterdam") == (datetime(2026, 10, 25, 2, 30), None)
    assert read_time("2026-10-25", "Asia/Kolkata") == (datetime(2026, 10, 25), None)


@pytest.mark.parametrize("text", ["2026-10-25 10:00:00+15:00", "2026-10-25 10:00:00+02:70", "2026-10-25 25:00:00Z", "2026-10-25 Z"])
def test_an_offset_that_is_none_makes_no_time(text: str) -> None:
    assert read_time(text, "UTC") == (None, None)


@examples(max_examples=size(60, 600), deadline=None, derandomize=True)
@given(
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)).map(lambda m: m.replace(microsecond=0)),
    minutes=st.integers(-48, 56).map(lambda quarters: 15 * quarters),
    zone=st.sampled_from(ZONES),
)
def test_every_instant_reads_as_the_standard_library_reads_it(moment: datetime, minutes: int, zone: str) -> None:
    sign, offset = "-" if minutes < 0 else "+", f"{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    written = f"{(moment + timedelta(minutes=minutes)):%Y-%m-%dT%H:%M:%S}{sign}{offset}"
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert read_time(written, zone) == (local, moment)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", ["2026-10-25", "2026-10-25T00:00:00Z", "2026-10-25T00:00:00.000+0000", "2026-10-25 00:00:00-08:00"])
def test_a_day_is_never_shifted_also_where_it_is_written_as_a_midnight(text: str, zone: str) -> None:
    assert read_day(text, zone) == date(2026, 10, 25)


def test_a_day_given_by_a_moment_with_an_offset_is_its_day_in_the_zone_of_the_book() -> None:
    assert [read_day("2026-10-24T22:00:00Z", zone) for zone in ("UTC", "Europe/Amsterdam")] == [date(2026, 10, 24), date(2026, 10, 25)]
    assert read_day("2026-10-25 14:00:00", "UTC") is None


def test_a_change_of_zone_converts_instants_and_keeps_other_times_as_written() -> None:
    book = empty_book()
    feed(book, "customers", CUSTOMERS)
    feed(book, "interactions", f"{HEAD}I1,C1,2026-10-25T23:30:00Z,call,out\nI2,C1,2026-10-25 23:30:00,call,out\n")
    instant = datetime(2026, 10, 25, 23, 30)
    in_zone(book, "Europe/Amsterdam")
    assert times(book) == [("I1", datetime(2026, 10, 26, 0, 30), instant), ("I2", instant, None)]
    in_zone(book, "UTC")
    assert times(book) == [("I1", instant, instant), ("I2", instant, None)]


def test_a_time_repeated_without_an_offset_keeps_its_instant_and_another_loses_it() -> None:
    book = in_zone(empty_book(), "Europe/Amsterdam")
    feed(book, "customers", CUSTOMERS)
    feed(book, "interactions", f"{HEAD}I1,C1,2026-10-25T23:30:00Z,call,out\n")
    again = feed(book, "interactions", f"{HEAD}I1,C1,2026-10-26 00:30:00,call,in\n")
    assert again.tables[0].changed == 1
    assert times(book)[0][2] == datetime(2026, 10, 25, 23, 30)
    feed(book, "interactions", f"{HEAD}I1,C1,2026-10-26 09:00:00,call,in\n")
    assert times(book)[0][1:] == (datetime(2026, 10, 26, 9), None)


def test_a_row_that_differs_by_the_hour_that_occurs_twice_only_is_changed() -> None:
    book = in_zone(empty_book(), "Europe/Amsterdam")
    feed(book, "customers", CUSTOMERS)
    feed(book, "interactions", f"{HEAD}I1,C1,2026-10-25T02:30:00+02:00,call,out\n")
    assert feed(book, "interactions", f"{HEAD}I1,C1,2026-10-25T02:30:00+01:00,call,out\n").tables[0].changed == 1


def test_a_parquet_file_with_a_time_zone_is_read() -> None:
    moments = pl.Series("occurred_at", [datetime(2026, 10, 25, 19, 30)]).dt.replace_time_zone("America/New_York")
    content = io.BytesIO()
    pl.DataFrame(
        {"interaction_id": ["I1"], "customer_id": ["C1"], "occurred_at": moments, "channel": ["call"], "direction": ["out"]}
    ).write_parquet(content)
    book = in_zone(empty_book(), "Europe/Amsterdam")
    feed(book, "customers", CUSTOMERS)
    batch = layout.batch_from_extract("interactions", read_parquet(content.getvalue(), "z.parquet", "hash"))
    load.commit(book, load.prepare(book, batch, NOW.date()), "test", NOW)
    assert times(book) == [("I1", datetime(2026, 10, 26, 0, 30), datetime(2026, 10, 25, 23, 30))]


# ---- headings that say UTC ------------------------------------------------------------------------------------------

TICKETS = "Ticket,Client,Created At (UTC)\nT1,C1,2026-10-25 23:30\nT2,C2,2026-10-25 10:00\n"
FIELDS = 'complaint_id = "Ticket"\ncustomer_id = "Client"\n'


def tickets(rule: str) -> tuple[list[datetime], tuple[str, ...]]:
    """When the tickets were opened in a book in Amsterdam, and the notices of the load."""
    book = in_zone(empty_book(), "Europe/Amsterdam")
    feed(book, "customers", CUSTOMERS)
    outside = mapping.parse(f"[tables.complaints.fields]\n{FIELDS}opened_at = {rule}", "tickets")
    loaded = load.commit(
        book, load.prepare(book, layout.batch_from_mapping(outside, parse.parse_file(TICKETS.encode(), "t.csv"))), "test", NOW
    )
    with book.reading() as session:
        return session.rows("complaints").sort("complaint_id")["opened_at"].to_list(), loaded.notices


def test_a_heading_that_says_utc_is_believed_where_the_mapping_does_not_say_and_that_is_reported() -> None:
    opened, notices = tickets('"Created At (UTC)"')
    assert opened == [datetime(2026, 10, 26, 0, 30), datetime(2026, 10, 25, 11)]
    assert notices == ("t.csv: the times in Created At (UTC) are read as UTC, as the heading says.",)


@pytest.mark.parametrize(("zone", "hour"), [("utc", 11), ("book", 10)])
def test_the_mapping_says_in_which_zone_the_times_of_a_column_are(zone: str, hour: int) -> None:
    opened, notices = tickets(f'{{column = "Created At (UTC)", zone = "{zone}"}}')
    assert (opened[1], notices) == (datetime(2026, 10, 25, hour), ())


def test_a_heading_that_says_utc_is_asked_about_and_the_answer_is_kept_in_the_mapping() -> None:
    draft = propose(parse.parse_file(TICKETS.replace("Ticket,", "Ticket ID,").encode(), "complaints.csv"), ["C1", "C2"])
    (question,) = (q for q in draft.questions if q.about == "zone")
    assert question.ask == "In which time zone are the times in Created At (UTC)?"
    answered = draft.answered(question, "book")
    assert not [q for q in answered.questions if q.about == "zone"]
    assert answered.table_draft("complaints").choice("opened_at").rule("|")["zone"] == "book"


def test_days_under_a_heading_that_says_utc_are_neither_asked_about_nor_shifted() -> None:
    text = "Ticket ID,Client,Created (UTC)\nT1,C1,2026-10-25\nT2,C2,2026-10-26\n"
    draft = propose(parse.parse_file(text.encode(), "complaints.csv"), ["C1", "C2"])
    assert not [q for q in draft.questions if q.about == "zone"]


def test_a_mapping_with_another_zone_is_refused() -> None:
    with pytest.raises(Exception, match="zone 'cet' is not supported"):
        mapping.parse(f'[tables.complaints.fields]\n{FIELDS}opened_at = {{column = "At", zone = "cet"}}', "tickets")
