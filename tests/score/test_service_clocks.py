"""Response times count hours of service between instants: against the naive reading, and by hand."""

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from health.insight.client import complaint_sla
from health.score.settings import DEFAULT, Settings
from health.service_hours import parse_hours
from health.warehouse import facts
from tests.books import complaint_clocks, rows, unscored
from tests.oracle import Oracle

OFFICE = replace(DEFAULT, service_hours="Mon-Fri 9-17")
AMSTERDAM = replace(DEFAULT, zone="Europe/Amsterdam")
UTC = ZoneInfo("UTC")
FACTS = ["open", "burden", "repeats_365", "broken_365", "kept_365"]


def complaint(opened: str, number: int = 1, **more: Any) -> dict[str, Any]:
    days = {name: datetime.fromisoformat(value) for name, value in more.items() if isinstance(value, str) and name != "customer_id"}
    return {"complaint_id": f"Q{number}", "customer_id": "A", "severity": 3, "opened_at": datetime.fromisoformat(opened)} | more | days


def clock(settings: Settings, day: str, *complaints: dict[str, Any]) -> dict[str, Any]:
    return complaint_clocks(rows("complaints", *complaints), settings, date.fromisoformat(day)).row(0, named=True)


def test_from_friday_evening_to_monday_morning_25_minutes_of_service_pass() -> None:
    row = clock(OFFICE, "2026-10-05", complaint("2026-10-02 16:55", first_response_at="2026-10-05 09:20"))
    assert row["answer_used_us"] == 25 * 60 * 1_000_000
    assert row["answer_due_at"] == datetime(2026, 10, 5, 16, 55)
    assert (row["answer_kept"], row["answer_broken"]) == (True, False)


def test_a_holiday_and_the_hours_outside_service_do_not_count() -> None:
    closed = replace(OFFICE, holidays=("2026-10-05",))
    assert clock(closed, "2026-10-06", complaint("2026-10-02 16:55"))["answer_due_at"] == datetime(2026, 10, 6, 16, 55)
    assert clock(OFFICE, "2026-10-06", complaint("2026-10-03 12:00"))["answer_due_at"] == datetime(2026, 10, 5, 17)
    assert clock(replace(DEFAULT, holidays=("2026-10-05",)), "2026-10-06", complaint("2026-10-05 10:00"))["answer_due_at"].hour == 18


def test_a_deadline_at_the_close_of_a_day_is_that_close() -> None:
    row = clock(OFFICE, "2026-10-02", complaint("2026-10-02 09:00"))
    assert (row["answer_due_at"], row["answer_broken"]) == (datetime(2026, 10, 2, 17), True)
    shown = complaint_sla.with_running_deadline(
        complaint_clocks(rows("complaints", complaint("2026-10-02 09:00")), OFFICE, date(2026, 10, 2)), OFFICE.service_hours
    ).row(0, named=True)
    assert (shown["overdue"], shown["used"], shown["left_hours"]) == (True, 1.0, 0.0)


def test_screens_count_hours_of_service_and_say_so() -> None:
    given = complaint_clocks(rows("complaints", complaint("2026-10-02 16:00")), OFFICE, date(2026, 10, 5))
    assert complaint_sla.with_running_deadline(given, OFFICE.service_hours)["left"].to_list() == ["1 h of service overdue"]
    assert complaint_sla.with_deadline_texts(given, OFFICE.service_hours)["solution"].to_list() == ["■ Open 9 h of service, limit 72 h"]


def test_durations_are_by_instants_where_the_clock_is_set_back() -> None:
    over = complaint("2026-10-24 20:00", first_response_at="2026-10-25 03:30")  # 8 hours and a half
    assert clock(AMSTERDAM, "2026-10-25", over)["answer_broken"]
    assert not clock(DEFAULT, "2026-10-25", over)["answer_broken"]
    assert clock(AMSTERDAM, "2026-10-25", complaint("2026-10-24 20:00"))["answer_due_at"] == datetime(2026, 10, 25, 3)


def test_two_moments_that_read_alike_are_an_hour_apart() -> None:
    instants = {"opened_at_utc": "2026-10-25 00:30", "first_response_at_utc": "2026-10-25 01:30"}
    row = clock(AMSTERDAM, "2026-10-25", complaint("2026-10-25 02:30", first_response_at="2026-10-25 02:30", **instants))
    assert row["answer_used_us"] == 3600 * 1_000_000


def test_an_answer_or_solution_before_the_complaint_leaves_its_clocks_unknown() -> None:
    merged = complaint("2026-10-10 10:00", severity=4, first_response_at="2026-10-10 09:00", resolved_at="2026-10-09 18:00")
    for day in ("2026-10-10", "2026-11-20"):
        row = clock(DEFAULT, day, merged)
        assert [row[f"{name}_{state}"] for name in ("answer", "solution") for state in ("kept", "broken")] == [False] * 4
        assert row["answer_due_at"] is row["solution_due_at"] is row["answer_used_us"] is row["solution_used_us"] is None
        assert row["solved_at"] is not None
    words = complaint_sla.with_deadline_texts(complaint_clocks(rows("complaints", merged), DEFAULT, date(2026, 10, 12)))
    assert words.select("answer", "solution").row(0) == ("○ Unknown: dated before the complaint",) * 2


def test_a_merged_complaint_still_weighs_and_is_not_open() -> None:
    merged = complaint("2026-10-10 10:00", resolved_at="2026-10-09 18:00")
    for day, burden in ((date(2026, 10, 10), 400), (date(2026, 12, 8), 400), (date(2026, 12, 9), 320)):
        found = _facts([merged], DEFAULT, [day]).row(0, named=True)
        assert [found[name] for name in ("open", "burden", "broken_365", "kept_365")] == [0, burden, 0, 0]


def test_an_early_answer_alone_leaves_the_clock_of_the_solution_running() -> None:
    row = clock(DEFAULT, "2026-10-20", complaint("2026-10-10 10:00", first_response_at="2026-10-10 09:00"))
    assert (row["answer_broken"], row["solution_broken"]) == (False, True)


def _facts(complaints: list[dict[str, Any]], settings: Settings, days: list[date]) -> pl.DataFrame:
    customers = rows("customers", {"customer_id": "A", "name": "A"})
    with unscored({"customers": customers, "complaints": rows("complaints", *complaints)}).reading() as session:
        return facts.at(session, days, settings.terms)


def _drawn(draw: random.Random, number: int, zone: str) -> dict[str, Any]:
    """A complaint near a change of the clocks, some of its moments given with an offset, some before the complaint."""
    moment = datetime(2026, draw.choice((3, 10)), 22, tzinfo=UTC) + timedelta(minutes=draw.randrange(12 * 24 * 60))
    record: dict[str, Any] = {
        "complaint_id": f"Q{number:03}",
        "customer_id": "A",
        "severity": draw.choice((None, 1, 2, 3, 4)),
        "theme": "t",
    }
    for name in ("opened_at", "first_response_at", "resolved_at", "reopened_at"):
        if name == "opened_at" or draw.random() < (0.3 if name == "reopened_at" else 0.7):
            at = moment if name == "opened_at" else moment + timedelta(minutes=draw.choice((-90, 0, 30, 500, 1500, 6000, 20_000)))
            record[name] = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            record[f"{name}_utc"] = at.replace(tzinfo=None) if draw.random() < 0.5 else None
    if record.get("reopened_at") and record["reopened_at"] < record["opened_at"]:
        del record["reopened_at"], record["reopened_at_utc"]
    return record


@pytest.mark.parametrize("zone", ["UTC", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
@pytest.mark.parametrize("hours", ["", "Mon-Fri 9-17", "Sat-Sun 1-4, Mon 0-24, Wed 9-12, Wed 13-17:30"])
def test_every_clock_is_as_in_the_naive_reading(zone: str, hours: str) -> None:
    draw, holidays = random.Random(f"{zone} {hours}"), ("2026-03-30", "2026-10-26")
    settings = replace(DEFAULT, zone=zone, service_hours=hours, holidays=holidays)
    complaints = [_drawn(draw, number, zone) for number in range(40)]
    days = [date(2026, 3, 30), date(2026, 4, 9), date(2026, 10, 25), date(2026, 10, 30), date(2027, 3, 1)]
    service: dict[int, list[tuple[time, time]]] = {}
    for weekday, opens, closes in parse_hours(hours):
        service.setdefault(weekday - 1, []).append((_time(opens), time.max if closes == 1440 else _time(closes)))
    closed = frozenset(map(date.fromisoformat, holidays))
    tables = {"customers": [{"customer_id": "A"}], "complaints": complaints}
    judge = Oracle(tables, zone=zone, service=service or None, holidays=closed)
    for row in _facts(complaints, settings, days).iter_rows(named=True):
        expected = judge._complaint_facts("A", row["as_of"])
        if expected["burden"] is not None:
            assert {name: row[name] for name in FACTS} == {name: expected[name] for name in FACTS}, (zone, hours, row["as_of"])
            assert (row["critical_late"] > 0) == expected["critical_late"]


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
