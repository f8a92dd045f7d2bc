"""The urgent lane at the edges of its triggers (docs/method.md, section 8): one customer per case, all in one book."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from health import portfolio
from health.desk.worklist import inputs as read
from health.desk.worklist import urgent
from health.score import settings
from tests.books import analyst, rows, warehouse_of

DAY = date(2024, 6, 20)
Row = dict[str, Any]


def at(days: int, hour: int = 9) -> datetime:
    return datetime(2024, 6, 20, hour) + timedelta(days=days)


def on(days: int) -> date:
    return DAY + timedelta(days=days)


def complaint(**more: Any) -> Row:
    return {"table": "complaints", "opened_at": at(-2), "severity": 2} | more


def answer(days: int, score: int, **more: Any) -> Row:
    return {"table": "surveys", "kind": "nps", "answered_on": on(days), "score": score} | more


def talk(days: int, **more: Any) -> Row:
    return {"table": "interactions", "occurred_at": at(days), "channel": "call", "direction": "out", "outcome": "no_reply"} | more


def spoken(days: int) -> Row:
    return talk(days, outcome="reached")


def line(**more: Any) -> Row:
    return {"table": "contracts", "product": "mobile", "start_on": date(2023, 1, 1), "unit_price": 100, "quantity": 1} | more


def handover(**more: Any) -> Row:
    return {"table": "promises", "kind": "handover", "promised_on": on(-4), "due_at": at(-3, 17)} | more


COMPLAINTS: dict[str, tuple[list[Row], list[Any]]] = {
    "answered in time, its solution not due yet": ([complaint(first_response_at=at(-2, 12))], []),
    "unanswered after 16 hours": ([complaint()], [("limit", on(-2), 1, "Complaint of 18 Jun unanswered, overdue by 1 day")]),
    "answered too late": (
        [complaint(first_response_at=at(-1, 20))], [("limit", on(-2), 1, "Complaint of 18 Jun: late reply, still unresolved")],
    ),
    "answered too late, and solved": ([complaint(first_response_at=at(-1, 20), resolved_at=at(0))], []),
    "solved tomorrow, which is not known today": (
        [complaint(first_response_at=at(-1, 20), resolved_at=at(1))],
        [("limit", on(-2), 1, "Complaint of 18 Jun: late reply, still unresolved")],
    ),
    "unsolved for 120 hours": (
        [complaint(opened_at=at(-5), first_response_at=at(-5))],
        [("limit", on(-5), 0, "Complaint of 15 Jun unresolved, overdue since today")],
    ),
    "critical, and in time": (
        [complaint(severity=4, opened_at=at(0), first_response_at=at(0, 10))],
        [("critical", on(0), -2, "Critical complaint of 20 Jun open, solution due 22 Jun")],
    ),
    "critical, and unsolved for 48 hours": (
        [complaint(severity=4, opened_at=at(-3), first_response_at=at(-3))],
        [
            ("critical", on(-3), 1, "Critical complaint of 17 Jun open, overdue by 1 day"),
            ("limit", on(-3), 1, "Complaint of 17 Jun unresolved, overdue by 1 day"),
        ],
    ),
    "of tomorrow": ([complaint(opened_at=at(1), severity=4)], []),
    "reopened": (
        [complaint(opened_at=at(-20), first_response_at=at(-20), resolved_at=at(-18), reopened_at=at(-3))],
        [("limit", on(-3), 15, "Complaint of 17 Jun unresolved, overdue by 15 days")],
    ),
    "a poor answer in words": ([answer(-5, 4)], [("answer", on(-5), 5, "Survey answer 4 of 10 on 15 Jun; no contact since")]),
    "a renewal in words": (
        [line(end_on=on(60)), spoken(-46)],
        [("renewal", on(30), -30, "Last day for notice (assumed) in 30 days; no contact for 46 days")],
    ),
    "a renewal with its notice period": (
        [line(end_on=on(91), notice_days=90), spoken(-46)],
        [("renewal", on(1), -1, "Last day for notice in 1 day; no contact for 46 days")],
    ),
    "an end in words, its last day for notice past": (
        [line(end_on=on(29)), spoken(-46)], [("renewal", on(29), -29, "Ends in 29 days; no contact for 46 days")],
    ),
    "a last day for notice of today in words": (
        [line(end_on=on(30)), spoken(-46)], [("renewal", on(0), 0, "Last day for notice (assumed) today; no contact for 46 days")],
    ),
    "a notice in words": (
        [line(notice_on=on(-3), terminated_on=on(40))], [("notice", on(-3), -40, "Gave notice on 17 Jun; last day 30 Jul")],
    ),
    "a handover in words": ([handover()], [("handover", date(2023, 1, 1), 3, "Signed on 1 Jan 2023; handover call overdue by 3 days")]),
    "a handover of today": (
        [handover(due_at=at(0, 17))], [("handover", date(2023, 1, 1), 0, "Signed on 1 Jan 2023; handover call due today")],
    ),
    "a handover of yesterday": (
        [handover(due_at=at(-1, 17))], [("handover", date(2023, 1, 1), 1, "Signed on 1 Jan 2023; handover call overdue by 1 day")],
    ),
}  # fmt: skip
FIRED: dict[str, tuple[list[Row], list[str]]] = {
    "answer 6 of 10": ([answer(-5, 6)], ["answer"]),
    "answer 7 of 10": ([answer(-5, 7)], []),
    "answer of 29 days ago, spoken with before": ([answer(-29, 3), talk(-30)], ["answer"]),
    "answer of 30 days ago": ([answer(-30, 3)], []),
    "answer, and a try since": ([answer(-5, 3), talk(-3)], []),
    "answer, and a try on its day": ([answer(-5, 3), talk(-5)], []),
    "answer, and a try the day before": ([answer(-5, 3), talk(-6)], ["answer"]),
    "answer, and a newsletter since": ([answer(-5, 3), talk(-3, channel="newsletter")], ["answer"]),
    "answer, and an automated call since": ([answer(-5, 3), talk(-3, automated=True)], ["answer"]),
    "answer 3 of 1 to 5, which is 5 of 10": ([answer(-5, 3, kind="csat", scale_min=1, scale_max=5)], ["answer"]),
    "answer 4 of 1 to 5, which is 7.5 of 10": ([answer(-5, 4, kind="csat", scale_min=1, scale_max=5)], []),
    "answer on an unknown scale": ([answer(-5, 3, kind="csat")], []),
    "answer on a scale of one step, on which nothing is poor": ([answer(-5, 5, kind="csat", scale_min=5, scale_max=5)], []),
    "answer of tomorrow": ([answer(1, 3)], []),
    "notice in 31 days": ([line(end_on=on(61)), spoken(-46)], []),
    "notice today": ([line(end_on=on(30)), spoken(-46)], ["renewal"]),
    "notice no longer possible, and the contract ends": ([line(end_on=on(89), notice_days=90), spoken(-46)], ["renewal"]),
    "notice no longer possible, and spoken with in time": ([line(end_on=on(29)), spoken(-45)], []),
    "notice no longer possible, and the contract renews itself": ([line(end_on=on(29), renews_months=12), spoken(-46)], []),
    "notice no longer possible for one line of two": ([line(end_on=on(29)), line(end_on=on(200)), spoken(-46)], []),
    "renewal, spoken with on the last agreed day": ([line(end_on=on(60)), spoken(-45)], []),
    "renewal, tried and not reached": ([line(end_on=on(60)), spoken(-46), talk(-2)], ["renewal"]),
    "renews itself, notice in 10 days": ([line(end_on=on(-355), renews_months=12, notice_days=0), spoken(-46)], ["renewal"]),
    "term over tomorrow": ([line(end_on=on(1)), spoken(-46)], ["renewal"]),
    "term over today": ([line(end_on=on(0)), spoken(-46)], []),
    "term of one line of two ahead": ([line(end_on=on(40)), line(), spoken(-46)], ["renewal"]),
    "notice of today": ([line(notice_on=on(0), terminated_on=on(40))], ["notice"]),
    "notice of 13 days ago": ([line(notice_on=on(-13), terminated_on=on(40))], ["notice"]),
    "notice of 14 days ago": ([line(notice_on=on(-14), terminated_on=on(40))], []),
    "notice of one line of two": ([line(notice_on=on(-3), terminated_on=on(40)), line()], []),
    "handover made late": ([handover(delivered_at=at(-1))], []),
    "handover made tomorrow": ([handover(delivered_at=at(1))], ["handover"]),
    "handover due tomorrow": ([handover(due_at=at(1))], []),
    "all at once": (
        [handover(), complaint(severity=4, opened_at=at(-4)), answer(-1, 2), line(end_on=on(40)), spoken(-60)],
        ["critical", "limit", "answer", "renewal", "handover"],
    ),
    "everything, and gone": ([complaint(severity=4), answer(-1, 2), line(end_on=on(-40))], []),
    "signed today, to begin later": ([line(start_on=on(9), signed_on=on(-3))], ["handover"]),
}  # fmt: skip
IDS = {"complaints": "complaint_id", "surveys": "survey_id", "interactions": "interaction_id", "contracts": "contract_id",
       "promises": "promise_id"}  # fmt: skip


@pytest.fixture(scope="module")
def triggers() -> dict[str, list[tuple[Any, ...]]]:
    """By case (trigger, day, days past the clock, words)."""
    cases = {name: given for name, (given, _) in (COMPLAINTS | FIRED).items()}
    every: dict[str, list[Row]] = {name: [] for name in IDS}
    for name, given in cases.items():
        signed = [] if any(row["table"] == "contracts" for row in given) else [line()]
        for n, row in enumerate([*given, *signed, spoken(-400)]):
            every[row["table"]].append({"customer_id": name, IDS[row["table"]]: f"{name} {n}"} | row)
    since = {"signed today, to begin later": None}
    customers = [{"customer_id": i, "name": i, "customer_since": since.get(i, date(2023, 1, 1)), "tier": "B"} for i in cases]
    tables = {name: rows(name, *({k: v for k, v in row.items() if k != "table"} for row in given)) for name, given in every.items()}
    book = analyst(warehouse_of(tables | {"customers": rows("customers", *customers)}))
    with book.reading() as session:
        found = read.read_inputs(session, DAY, settings.in_force(session))
    told = urgent.urgent_triggers(portfolio.build(book, DAY), found, DAY)
    groups = told.partition_by("customer_id", as_dict=True)
    empty = told.clear()
    return {i: groups.get((i,), empty).select("trigger", "day", "days", "words").rows() for i in cases}


@pytest.mark.parametrize("name", COMPLAINTS)
def test_each_trigger_has_its_day_its_clock_and_its_words(triggers: dict[str, list[tuple[Any, ...]]], name: str) -> None:
    assert triggers[name] == COMPLAINTS[name][1]


@pytest.mark.parametrize("name", FIRED)
def test_a_trigger_holds_up_to_its_edge_and_not_beyond_in_the_order_of_the_method(
    triggers: dict[str, list[tuple[Any, ...]]], name: str
) -> None:  # fmt: skip
    assert [trigger for trigger, *_ in triggers[name]] == FIRED[name][1]


def test_every_trigger_is_seen() -> None:
    assert {one for _, fired in FIRED.values() for one in fired} == set(urgent.TRIGGERS)
