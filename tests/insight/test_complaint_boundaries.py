"""A complaint's two deadlines to the minute, in the clocks of a client, the list of open complaints and the facts of the score."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from health.desk.worklist.inputs import reason_inputs
from health.insight.client import complaint_sla
from health.score.settings import DEFAULT
from health.warehouse import Warehouse, facts
from tests.books import analyst, complaint_clocks, rows, unscored

DAY = date(2026, 1, 31)
MINUTE = timedelta(minutes=1)
HOURS = {1: (24, 240), 2: (16, 120), None: (16, 120), 3: (8, 72), 4: (4, 48)}
"""To answer and to solve, by severity."""


def at(days: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 1, 31, hour, minute) + timedelta(days=days)


def raised(days: int = -20, severity: int | None = 3, **more: Any) -> dict[str, Any]:
    return {"complaint_id": "Q", "customer_id": "A", "opened_at": at(days), "severity": severity} | more


def known(row: dict[str, Any], day: date = DAY) -> dict[str, Any]:
    return complaint_clocks(rows("complaints", row), DEFAULT, day).row(0, named=True)


def raised_by_a(*given: dict[str, Any]) -> Warehouse:
    return unscored({"customers": rows("customers", {"customer_id": "A"}), "complaints": rows("complaints", *given)})


def still_open(*given: dict[str, Any], day: date = DAY) -> pl.DataFrame:
    return reason_inputs(analyst(raised_by_a(*given)), day).complaints


OFF = {-MINUTE: True, 0 * MINUTE: True, MINUTE: False}
"""How long after the limit, and whether that is in time."""


@pytest.fixture(scope="module")
def ended() -> dict[str, tuple[dict[str, Any], tuple[int, int]]]:
    """A customer for each severity and minute, whose complaint ended then: as its clocks tell it, and (limits kept, limits broken) as the
    score counts them."""
    tables: dict[str, list[dict[str, Any]]] = {"customers": [], "contracts": [], "complaints": []}
    for severity, hours in HOURS.items():
        answer, solution = (timedelta(hours=h) for h in hours)
        for off in OFF:
            whose = {"customer_id": f"{severity} {off}"}
            number = len(tables["customers"])
            tables["customers"].append(whose | {"name": "A"})
            line = {"contract_id": f"K{number}", "product": "m", "start_on": date(2020, 1, 1), "unit_price": 1}
            tables["contracts"].append(whose | line)
            ends = {"first_response_at": at(-20) + answer + off, "resolved_at": at(-20) + solution + off}
            tables["complaints"].append(raised(severity=severity) | whose | ends | {"complaint_id": f"Q{number}"})
    with unscored({name: rows(name, *given) for name, given in tables.items()}).reading() as session:
        told = {row["customer_id"]: row for row in facts.complaints(session, DAY, DEFAULT.terms).iter_rows(named=True)}
        counted = facts.at(session, [DAY], DEFAULT.terms).select("customer_id", "kept_365", "broken_365")
    return {who: (told[who], (kept, broken)) for who, kept, broken in counted.iter_rows()}


@pytest.mark.parametrize("severity", HOURS)
@pytest.mark.parametrize("off, kept", OFF.items())
def test_an_answer_and_a_solution_on_the_very_minute_are_in_time_and_one_later_are_not(
    severity: int | None, off: timedelta, kept: bool, ended: dict[str, tuple[dict[str, Any], tuple[int, int]]]
) -> None:
    found, counted = ended[f"{severity} {off}"]
    assert (found["answer_kept"], found["solution_kept"]) == (kept, kept)
    assert (found["answer_broken"], found["solution_broken"]) == (not kept, not kept)
    assert counted == ((2, 0) if kept else (0, 2))


@pytest.mark.parametrize("off, broken", [(-MINUTE, False), (0 * MINUTE, False), (MINUTE, True)])
def test_an_open_complaint_answered_on_the_very_minute_has_not_broken_its_limit(off: timedelta, broken: bool) -> None:
    found = still_open(raised(-1, 2, first_response_at=at(-1) + timedelta(hours=16) + off))
    assert found["answer_broken"].to_list() == [broken]


@pytest.mark.parametrize("severity", HOURS)
def test_a_limit_is_broken_from_the_day_on_which_it_runs_out(severity: int | None) -> None:
    answer, solution = (timedelta(hours=hours) for hours in HOURS[severity])
    row = raised(severity=severity)
    own = raised_by_a(row)
    for name, due in (("answer", at(-20) + answer), ("solution", at(-20) + solution)):
        day = due.date()
        on_it, listed = known(row, day), reason_inputs(analyst(own), day).complaints
        assert on_it[f"{name}_broken"] and on_it[f"{name}_due_at"] == due
        assert listed[f"{name}_broken"].to_list() == [True]
        assert listed[f"{name}_due_at"].to_list() == [due]
        if day > at(-20).date():
            before = day - timedelta(days=1)
            eve = known(row, before)
            assert not eve[f"{name}_broken"] and not eve[f"{name}_kept"]
            assert reason_inputs(analyst(own), before).complaints[f"{name}_broken"].to_list() == [False]


def test_what_happens_on_the_day_is_known_and_what_happens_after_it_is_not() -> None:
    for days, there in ((0, True), (1, False)):
        late = at(days, 23, 59)
        assert (known(raised(first_response_at=late))["answered_at"] is not None) is there
        assert (known(raised(resolved_at=late))["solved_at"] is not None) is there
        assert (known(raised(resolved_at=at(-5), reopened_at=late))["solved_at"] is None) is there
        assert complaint_clocks(rows("complaints", raised(opened_at=late)), DEFAULT, DAY).height == there
        assert still_open(raised(opened_at=late)).height == there
        assert still_open(raised(resolved_at=late)).height == (not there)
        assert (still_open(raised(first_response_at=late))["answered_at"][0] is not None) is there
        assert (still_open(raised(resolved_at=at(-5), reopened_at=late)).height == 1) is there


@pytest.mark.parametrize("off, again", [(-MINUTE, False), (0 * MINUTE, True), (MINUTE, True)])
def test_reopened_at_its_solution_or_later_it_runs_on_and_earlier_it_stays_solved(off: timedelta, again: bool) -> None:
    row = raised(resolved_at=at(-5), reopened_at=at(-5) + off)
    assert (known(row)["solved_at"] is None) is again
    assert still_open(row).height == again
    assert still_open(raised(reopened_at=at(-5))).height == 1


def test_a_solution_is_an_answer_where_none_came_before() -> None:
    assert known(raised(resolved_at=at(-19)))["answered_at"] == at(-19)
    assert known(raised(resolved_at=at(-18), first_response_at=at(-19)))["answered_at"] == at(-19)
    assert known(raised(resolved_at=at(-19), first_response_at=at(-18)))["answered_at"] == at(-19)
    assert (known(raised(severity=None))["severity"], known(raised(theme=None))["theme"]) == (2, "unsorted")
    found = still_open(raised(severity=None))
    assert found.select("severity", "theme").row(0) == (2, "unsorted")


def test_the_running_clock_is_the_answers_until_it_is_given_and_the_least_left_comes_first() -> None:
    given = [
        raised(0, 2, complaint_id="b"),
        raised(0, 2, complaint_id="a"),
        raised(0, 4, complaint_id="c"),
        raised(0, 4, complaint_id="d", first_response_at=at(0, 10)),
        raised(-1, 4, complaint_id="e"),
    ]
    found = complaint_sla.with_running_deadline(still_open(*given))
    left = {"e": -35, "c": -11, "a": 1, "b": 1, "d": 33}  # of 15 hours since nine until the end of the day
    assert found["complaint_id"].to_list() == list(left)
    assert found["left_hours"].to_list() == pytest.approx(list(left.values()), abs=1e-3)
    assert found["clock"].to_list() == ["answer"] * 4 + ["solution"]
    assert found["used"].to_list() == pytest.approx([39 / 4, 15 / 4, 15 / 16, 15 / 16, 15 / 48], abs=1e-3)


@pytest.mark.parametrize(
    "hours, words",
    [
        (0, "0 h left"),
        (1, "1 h left"),
        (47.4, "47 h left"),
        (48, "2 days left"),
        (-1, "1 h overdue"),
        (-47.4, "47 h overdue"),
        (-48, "2 days overdue"),
        (-72, "3 days overdue"),
    ],
)
def test_what_is_left_is_told_in_hours_below_two_days(hours: float, words: str) -> None:
    assert complaint_sla.time_left_text(hours) == words


def test_the_state_of_each_clock_shows_whether_it_was_kept_is_over_or_runs() -> None:
    def marks(**more: Any) -> tuple[str, str]:
        found = complaint_sla.with_deadline_texts(complaint_clocks(rows("complaints", raised(**more)), DEFAULT, DAY)).row(0, named=True)
        return re.split(r":? \d", found["answer"])[0], re.split(r":? \d", found["solution"])[0]

    assert marks(days=0, severity=1) == ("■ Open", "■ Open")
    assert marks(days=-1, severity=1, first_response_at=at(-1)) == ("● On time", "■ Open")
    assert marks(resolved_at=at(-20, 10)) == ("● On time", "● On time")
    assert marks() == ("◆ Open", "◆ Open") and marks(resolved_at=at(-1)) == ("◆ Late", "◆ Late")
    given = complaint_clocks(rows("complaints", raised(days=-1, first_response_at=at(-1, 12), resolved_at=at(0, 9))), DEFAULT, DAY)
    late = complaint_sla.with_deadline_texts(given)
    assert [late["answer"][0], late["solution"][0]] == ["● On time: 3 h, limit 8 h", "● On time: 24 h, limit 3 days"]


def test_a_clients_complaints_stand_newest_first_ties_by_id() -> None:
    given = rows("complaints", raised(-9, complaint_id="a"), raised(-3, complaint_id="c"), raised(-3, complaint_id="b"))
    assert complaint_sla.with_deadline_texts(complaint_clocks(given, DEFAULT, DAY))["complaint_id"].to_list() == ["b", "c", "a"]


@pytest.mark.parametrize("days_ago, repeats", [(1, True), (364, True), (365, False)])
def test_a_complaint_on_the_same_theme_is_a_repeat_for_a_year(days_ago: int, repeats: bool) -> None:
    first = raised(-days_ago - 10, theme="billing") | {"complaint_id": "P"}
    both = complaint_clocks(rows("complaints", first, raised(-days_ago, theme="billing")), DEFAULT, DAY)
    assert both.filter(complaint_id="Q")["repeats"].to_list() == [repeats]


@pytest.mark.parametrize(
    "ends, burden",
    [
        ({"opened_at": at(0, 20)}, 400),
        ({"opened_at": at(-1)}, 600),
        ({"opened_at": at(-20)}, 800),
        ({"opened_at": at(-1), "first_response_at": at(-1, 10)}, 400),
    ],
)
def test_each_missed_deadline_adds_half_of_the_severitys_weight_to_the_burden(ends: dict[str, datetime], burden: int) -> None:
    assert known(raised() | ends)["burden"] == burden


def test_a_solved_complaint_loses_its_burden_in_whole_hundredths() -> None:
    solved = raised(-200) | {"first_response_at": at(-200, 10), "resolved_at": at(-200, 11)}
    burdens = [known(solved, DAY + timedelta(days=days))["burden"] for days in range(-199, 400, 30)]
    assert burdens[0] == 400 and burdens == sorted(burdens, reverse=True) and 0 < burdens[-1] < 100


def test_what_is_kept_on_the_very_day_is_kept_on_it() -> None:
    found = known(raised(0, first_response_at=at(0, 10), resolved_at=at(0, 11)))
    assert (found["answer_kept"], found["solution_kept"]) == (True, True)


def test_a_reopening_is_known_from_its_day_on_and_there_is_one_state_on_every_day() -> None:
    row = raised(resolved_at=at(-5), reopened_at=at(0))
    for day, again in ((DAY - timedelta(days=1), None), (DAY, at(0)), (DAY + timedelta(days=1), at(0))):
        assert complaint_clocks(rows("complaints", row), DEFAULT, day)["reopened_at"].to_list() == [again]


@pytest.mark.parametrize("apart, theme, repeats", [(180, "bill", True), (181, "bill", False), (0, "bill", True), (9, None, False)])
def test_a_complaint_is_a_repeat_within_180_days_of_the_last_on_its_theme(apart: int, theme: str | None, repeats: bool) -> None:
    both = rows("complaints", raised(-apart - 1, theme=theme) | {"complaint_id": "P"}, raised(-1, theme=theme))
    assert complaint_clocks(both, DEFAULT, DAY)["repeats"].to_list() == [False, repeats]


def test_a_complaint_never_solved_fades_as_if_it_had_been_solved_after_180_days() -> None:
    left_open, day = raised(0), DAY + timedelta(days=180 + 60)
    assert [known(left_open, day - timedelta(days=1))["burden"], known(left_open, day)["burden"]] == [800, 640]


@pytest.mark.parametrize("minutes, hours", [(210, 4), (209, 3), (216, 4), (60, 1)])
def test_hours_taken_are_rounded_to_the_nearest(minutes: int, hours: int) -> None:
    given = raised(-1, first_response_at=at(-1) + timedelta(minutes=minutes))
    told = complaint_sla.with_deadline_texts(complaint_clocks(rows("complaints", given), DEFAULT, DAY))
    assert told["answer"].to_list() == [f"● On time: {hours} h, limit 8 h"]
