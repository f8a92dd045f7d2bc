"""Every rule of the staging views at its boundary, on hand-made rows; and that the views read what an overlay shows."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from health.desk import diary
from health.score.settings import DEFAULT
from health.tables import TABLES
from health.warehouse import Session, Warehouse, as_of_views, dependencies, facts, sql_files
from health.warehouse.overlay import StagedRows, overlay_rows
from tests.books import analyst, complaint_clocks, rows, small_book, staged, unscored

TERMS = DEFAULT.terms
PLANNED = date(2024, 5, 10)
OPENED = datetime(2024, 5, 1, 10)


def contact(**more: Any) -> dict[str, Any]:
    given = {"interaction_id": "I", "customer_id": "A", "occurred_at": datetime(2024, 5, 1, 9), "channel": "call", "direction": "out"}
    return staged("interactions", rows("interactions", given | more)).row(0, named=True)


@pytest.mark.parametrize(("channel", "automated", "human"), [
    ("call", None, True), ("call", False, True), ("call", True, False),
    ("newsletter", None, False), ("newsletter", False, True), ("newsletter", True, False),
])  # fmt: skip
def test_a_newsletter_with_blank_automated_is_not_human_and_any_other_contact_is(channel: str, automated: bool | None, human: bool) -> None:
    assert contact(channel=channel, automated=automated)["human"] is human


@pytest.mark.parametrize(("channel", "direction", "outcome", "took_part"), [
    ("call", "out", None, False), ("call", "out", "no_reply", False), ("call", "out", "reached", True),
    ("email", "in", "no_reply", True), ("email", "both", None, True),
    ("visit", "out", None, True), ("video", "out", "unknown", True), ("visit", "out", "no_reply", False), ("letter", "out", None, False),
])  # fmt: skip
def test_the_customer_took_part_by_direction_outcome_or_meeting(channel: str, direction: str, outcome: str | None, took_part: bool) -> None:
    found = contact(channel=channel, direction=direction, outcome=outcome)
    assert (found["took_part"], found["two_way"]) == (took_part, took_part)
    assert contact(channel=channel, direction=direction, outcome=outcome, automated=True)["two_way"] is False


@pytest.mark.parametrize(("more", "touch"), [
    ({"outcome": "reached"}, 10), ({"outcome": "no_reply"}, 3), ({"automated": True, "outcome": "reached"}, 1),
    ({"outcome": "reached", "purpose": "complaint"}, 0), ({"outcome": "reached", "purpose": "review"}, 10),
])  # fmt: skip
def test_a_touch_is_worth_ten_with_the_customer_three_without_one_by_a_machine_and_nothing_about_a_complaint(
    more: dict[str, Any], touch: int
) -> None:
    assert contact(**more)["touch"] == touch


@pytest.mark.parametrize(("more", "outreach", "attempt", "answered"), [
    ({"outcome": "reached"}, True, True, True), ({"outcome": "no_reply"}, True, True, False), ({"outcome": None}, True, False, False),
    ({"outcome": "unknown"}, True, False, False), ({"direction": "both", "outcome": "reached"}, True, True, True),
    ({"direction": "in", "outcome": "reached"}, False, False, False), ({"automated": True, "outcome": "reached"}, False, False, False),
])  # fmt: skip
def test_an_attempt_is_human_outreach_with_a_known_outcome(more: dict[str, Any], outreach: bool, attempt: bool, answered: bool) -> None:
    found = contact(**more)
    assert (found["outreach"], found["attempt"], found["answered"]) == (outreach, attempt, answered)


# ---- complaints -----------------------------------------------------------------------------------------------------


def clocks(day: date, **more: Any) -> dict[str, Any]:
    given = {"complaint_id": "Q", "customer_id": "A", "opened_at": OPENED, "severity": 3}
    return complaint_clocks(rows("complaints", given | more), DEFAULT, day).row(0, named=True)


@pytest.mark.parametrize(("late", "kept"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
def test_an_answer_exactly_at_its_deadline_is_in_time(late: timedelta, kept: bool) -> None:
    due = OPENED + timedelta(hours=DEFAULT.response_hours[2])
    found = clocks(date(2024, 5, 31), first_response_at=due + late)
    assert (found["answer_due_at"], found["answer_kept"], found["answer_broken"]) == (due, kept, not kept)


@pytest.mark.parametrize(("late", "kept"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
def test_a_solution_exactly_at_its_deadline_is_in_time(late: timedelta, kept: bool) -> None:
    due = OPENED + timedelta(hours=DEFAULT.resolution_hours[2])
    found = clocks(date(2024, 5, 31), resolved_at=due + late)
    assert (found["solution_due_at"], found["solution_kept"], found["solution_broken"]) == (due, kept, not kept)


@pytest.mark.parametrize(("late", "kept", "broken"), [(timedelta(0), 1, 0), (timedelta(microseconds=1), 0, 1)])
def test_the_facts_count_an_answer_exactly_at_its_deadline_as_kept(late: timedelta, kept: int, broken: int) -> None:
    due = OPENED + timedelta(hours=DEFAULT.response_hours[2])
    tables = small_book() | {
        "complaints": rows(
            "complaints", {"complaint_id": "Q", "customer_id": "A", "opened_at": OPENED, "severity": 3, "first_response_at": due + late}
        )
    }
    with unscored(tables).reading() as session:
        found = facts.at(session, [OPENED.date() + timedelta(days=1)], TERMS, ["A"]).row(0, named=True)
    assert (found["kept_365"], found["broken_365"]) == (kept, broken)


def test_a_deadline_is_broken_from_its_own_day_on_and_runs_before() -> None:
    due = (OPENED + timedelta(hours=DEFAULT.resolution_hours[2])).date()
    found = [clocks(day)["solution_broken"] for day in (due - timedelta(days=1), due)]
    assert found == [False, True]


def test_a_solution_is_an_answer_and_the_earlier_of_both_counts() -> None:
    first, solved = OPENED + timedelta(hours=2), OPENED + timedelta(hours=1)
    day = date(2024, 5, 31)
    assert clocks(day, resolved_at=solved)["answered_at"] == solved
    assert clocks(day, first_response_at=first, resolved_at=solved)["answered_at"] == solved
    assert clocks(day, first_response_at=solved, resolved_at=first)["answered_at"] == solved


def test_severity_and_theme_that_are_not_given_are_normal_and_unsorted() -> None:
    found = clocks(date(2024, 5, 31), severity=None)
    assert (found["severity"], found["theme"]) == (2, "unsorted")
    assert found["answer_due_at"] == OPENED + timedelta(hours=DEFAULT.response_hours[1])


@pytest.mark.parametrize(
    ("after", "counts"), [(timedelta(0), True), (timedelta(microseconds=1), True), (timedelta(microseconds=-1), False)]
)
def test_a_complaint_reopened_at_or_after_its_solution_counts_as_never_solved_from_that_day(after: timedelta, counts: bool) -> None:
    solved = OPENED + timedelta(days=10)
    given = {"resolved_at": solved, "reopened_at": solved + after}
    found = [clocks(day, **given)["solved_at"] for day in (solved.date() - timedelta(days=1), solved.date())]
    assert found == [None, None if counts else solved]


@pytest.mark.parametrize(("days", "repeats"), [(180, True), (181, False)])
def test_a_theme_raised_again_within_180_days_repeats(days: int, repeats: bool) -> None:
    again = OPENED + timedelta(days=days)
    pair = [
        {"complaint_id": i, "customer_id": "A", "opened_at": at, "theme": "outage"} for i, at in (("Q1", OPENED), ("Q2", again))
    ]  # fmt: skip
    found = complaint_clocks(rows("complaints", *pair), DEFAULT, again.date())
    assert found["repeats"].to_list() == [False, repeats]


# ---- diary ----------------------------------------------------------------------------------------------------------


def planned(session_day: date, two_way_on: date | None = None, **more: Any) -> tuple[str, bool, int, int]:
    """State and whether it counts, in the list and in the facts, of one planned contact on a day."""
    entry = {"diary_id": "D", "customer_id": "A", "planned_on": PLANNED, "created_on": date(2024, 1, 1)} | more
    talk = {"interaction_id": "I", "customer_id": "A", "channel": "call", "direction": "in"}
    talks = [talk | {"occurred_at": datetime.combine(two_way_on, datetime.max.time())}] if two_way_on else []
    warehouse = unscored(small_book() | {"interactions": rows("interactions", *talks), "diary": rows("diary", entry)})
    listed = diary.read_diary(analyst(warehouse), session_day).row(0, named=True)
    with warehouse.reading() as session:
        found = facts.at(session, [session_day], TERMS, ["A"]).row(0, named=True)
    return listed["state"], listed["counted"], found["due_180"], found["kept_diary_180"]


@pytest.mark.parametrize(("days", "kept"), [(-8, False), (-7, True), (3, True), (4, False)])
def test_a_planned_contact_is_kept_from_seven_days_before_to_three_after(days: int, kept: bool) -> None:
    found = planned(date(2024, 5, 31), PLANNED + timedelta(days=days))
    assert found == ("kept" if kept else "broken", True, 1, int(kept))


@pytest.mark.parametrize(("days", "counts"), [(2, False), (3, True), (182, True), (183, False)])
def test_a_planned_contact_counts_from_three_days_after_until_half_a_year_after(days: int, counts: bool) -> None:
    _, counted, due, _ = planned(PLANNED + timedelta(days=days))
    assert (counted, due) == (counts, int(counts))


@pytest.mark.parametrize(("days", "called_off"), [(3, True), (4, False)])
def test_a_planned_contact_called_off_by_three_days_after_does_not_count(days: int, called_off: bool) -> None:
    state, counted, due, _ = planned(date(2024, 5, 31), cancelled_on=PLANNED + timedelta(days=days))
    assert (state, counted, due) == ("cancelled" if called_off else "broken", not called_off, int(not called_off))


# ---- invoices -------------------------------------------------------------------------------------------------------

DUE = date(2024, 1, 2)


def invoice(**more: Any) -> dict[str, Any]:
    given = {"invoice_id": "R", "customer_id": "A", "issued_on": date(2023, 12, 1), "due_on": DUE, "amount": 12}
    return staged("invoices", rows("invoices", given | more)).row(0, named=True)


@pytest.mark.parametrize(("disputed", "written_off", "owed"), [
    (None, None, True), (False, False, True), (True, None, False), (True, True, True), (None, True, True),
])  # fmt: skip
def test_an_invoice_is_owed_unless_disputed_and_all_the_same_where_written_off(
    disputed: bool | None, written_off: bool | None, owed: bool
) -> None:
    found = invoice(disputed=disputed, written_off=written_off)
    assert (found["owed"], found["overdue_60_from"] is not None, found["cents"]) == (owed, owed, 1200)


@pytest.mark.parametrize(("paid_after", "from_day", "from_60"), [
    (1, None, None), (2, 1, None), (60, 1, None), (61, 1, 60), (None, 1, 60),
])  # fmt: skip
def test_an_unpaid_invoice_is_overdue_after_a_day_and_long_overdue_after_sixty(
    paid_after: int | None, from_day: int | None, from_60: int | None
) -> None:
    found = invoice(paid_on=DUE + timedelta(days=paid_after) if paid_after else None)
    expected = [DUE + timedelta(days=days) if days else None for days in (from_day, from_60)]
    assert [found["overdue_from"], found["overdue_60_from"]] == expected


def test_the_facts_count_an_invoice_as_long_overdue_from_the_sixtieth_day() -> None:
    bill = {"invoice_id": "R", "customer_id": "A", "issued_on": date(2023, 12, 1), "due_on": DUE, "amount": 12}
    with unscored(small_book() | {"invoices": rows("invoices", bill)}).reading() as session:
        found = facts.at(session, [DUE + timedelta(days=days) for days in (59, 60)], TERMS, ["A"])
    assert found["overdue_60"].to_list() == [0, 1]


# ---- contract lines -------------------------------------------------------------------------------------------------


def line(**more: Any) -> dict[str, Any]:
    given = {"contract_id": "K", "customer_id": "A", "product": "voice", "start_on": date(2023, 1, 1), "unit_price": 1}
    return staged("contracts", rows("contracts", given | more)).row(0, named=True)


NOTICE, LAST = date(2024, 6, 10), date(2024, 8, 31)


@pytest.mark.parametrize(("more", "termination"), [
    ({}, (None, None)),
    ({"notice_on": NOTICE}, (NOTICE + timedelta(days=30), NOTICE)),
    ({"notice_on": NOTICE, "notice_days": 60}, (NOTICE + timedelta(days=60), NOTICE)),
    ({"notice_on": NOTICE, "notice_days": 0}, (NOTICE, NOTICE)),
    ({"notice_on": NOTICE, "terminated_on": LAST, "notice_days": 60}, (LAST, NOTICE)),
    ({"terminated_on": LAST}, (LAST, LAST)),
    ({"notice_on": NOTICE, "end_on": LAST}, (None, NOTICE)),
])  # fmt: skip
def test_notice_ends_a_rolling_line_after_its_days_and_a_fixed_one_at_its_end(more: dict[str, Any], termination: tuple[Any, Any]) -> None:
    found = line(**more)
    assert (found["termination_on"], found["termination_known_on"]) == termination


def test_a_line_is_known_from_its_signing_and_is_one_where_no_quantity_is_given() -> None:
    assert (line()["known_on"], line(signed_on=NOTICE)["known_on"]) == (date(2023, 1, 1), NOTICE)
    assert (line()["billed_quantity"], line(quantity=3)["billed_quantity"], line()["price_cents"], line()["cost_cents"]) == (
        1,
        3,
        100,
        None,
    )


# ---- the mechanism --------------------------------------------------------------------------------------------------


def humans(session: Session) -> int:
    return int(session.staged("interactions")["human"].sum())


def test_staging_views_read_what_an_overlay_shows_and_the_tables_again_after_it() -> None:
    fresh = rows("interactions", {"interaction_id": "N", "customer_id": "A", "occurred_at": OPENED, "channel": "call", "direction": "in"})
    fresh = fresh.with_columns(pl.lit(2, pl.Int64).alias("load_id"), pl.lit(1, pl.Int64).alias("line"))
    overlay = {"interactions": StagedRows(fresh, rows("interactions").select("interaction_id"))}
    with unscored(small_book()).reading() as session:
        counts = [humans(session)]
        with overlay_rows(session, overlay):
            counts.append(humans(session))
        counts.append(humans(session))
        with as_of_views.views_as_of(session, date(2024, 1, 31)):
            counts.append(humans(session))
        counts.append(humans(session))
    assert counts == [12, 13, 12, 2, 12]


def test_every_staging_view_is_named_after_its_table_and_keeps_its_columns() -> None:
    warehouse = Warehouse()
    with warehouse.reading() as session:
        for view in sorted(sql_files.STAGING):
            table = view.removeprefix("stg_").removesuffix("_counted")
            assert table in sql_files.relations(f"staging/{view}") or f"{view}_counted" in sql_files.relations(f"staging/{view}")
            if table not in TABLES:  # a table of scores has no declared columns
                continue
            columns = session.columns(table)
            assert session.staged(table).columns[: len(columns)] == columns


def test_every_step_runs_after_the_steps_it_reads_and_every_fact_arrives_once() -> None:
    for place, step in enumerate(sql_files.STEPS):
        assert sql_files.tables_read(step) & set(sql_files.STEPS) <= set(sql_files.STEPS[:place]), step
    with unscored(small_book()).reading() as session:
        found = facts.at(session, [date(2024, 5, 31)], TERMS)
        for step in dependencies.FACT_STEPS:
            assert dependencies.step_columns(step) == session.temp_columns(step)
        assert dependencies.fact_columns() == set(found.columns)
