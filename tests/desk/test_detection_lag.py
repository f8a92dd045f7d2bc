"""Detection lag by hand-made rows, a customer a case: what makes urgent, what is an act, and what stays unknown."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from health.desk.worklist.detection_lag import WINDOW_DAYS, detection_lag, with_detection
from health.score import history
from tests.books import analyst, recorded, rows, unscored

AS_OF, DECIDED, START = date(2026, 6, 30), date(2026, 5, 15), date(2025, 10, 1)
Record = dict[str, Any]
Found = tuple[date | None, str | None, bool | None, int | None]
NOTHING: Found = (None, None, None, None)
RAISED = date(2026, 3, 10)
CRITICAL: Record = {"opened_at": datetime(2026, 3, 10, 10), "severity": 4}
SOLVED = CRITICAL | {"resolved_at": datetime(2026, 3, 10, 11)}
NORMAL: Record = {"opened_at": datetime(2026, 3, 10, 10), "severity": 2}  # 16 hours to reply
POOR: Record = {"kind": "nps", "answered_on": date(2026, 4, 1), "score": Decimal(6)}
LINE: Record = {"product": "mobile", "start_on": START, "signed_on": START, "unit_price": Decimal(10)}
ENDS_SOON = LINE | {"end_on": date(2026, 5, 20), "notice_days": 30}  # notice by 20 April; 45 days between contacts are agreed
HANDOVER: Record = {"kind": "handover", "promised_on": date(2026, 3, 1), "due_at": datetime(2026, 3, 4, 17)}
BY_HAND = ("notes", "actions", "overrides", "entries", "renewal_forecasts", "play_moves")


def call(at: datetime, **other: Any) -> Record:
    """A call in which the customer was reached."""
    return {"occurred_at": at, "channel": "call", "direction": "out", "outcome": "reached"} | other


def after_the_complaint(act: Record, *days: int) -> tuple[dict[str, list[Record]], Found]:
    """A critical complaint and a contact, which is an act after so many days, or none."""
    return {"complaints": [CRITICAL], "interactions": [act]}, (RAISED, "critical", bool(days), *(days or (None,)))


CASES: dict[str, tuple[dict[str, list[Record]], Found]] = {
    "the first act after the trigger counts": (
        {"complaints": [CRITICAL], "interactions": [call(datetime(2026, 3, day, 9)) for day in (10, 22, 13)]}, (RAISED, "critical", True, 3)
    ),
    "a minute later": after_the_complaint(call(datetime(2026, 3, 10, 10, 1)), 0),
    "a minute earlier": after_the_complaint(call(datetime(2026, 3, 10, 9, 59))),
    "the day before the decision": after_the_complaint(call(datetime(2026, 5, 14, 23)), 65),
    "the day of the decision": after_the_complaint(call(datetime(2026, 5, 15, 8))),
    "nobody answered the call": after_the_complaint(call(datetime(2026, 3, 31), outcome="no_reply"), 21),
    "a newsletter": after_the_complaint(call(datetime(2026, 3, 31), channel="newsletter")),
    "an automatic call": after_the_complaint(call(datetime(2026, 3, 31), automated=True)),
    "the customer complains": after_the_complaint(call(datetime(2026, 3, 31), direction="in", purpose="complaint")),
    "we call about the complaint": after_the_complaint(call(datetime(2026, 3, 31), purpose="complaint"), 21),
    "a first response": (
        {"complaints": [CRITICAL | {"first_response_at": datetime(2026, 3, 11, 9)}]}, (RAISED, "critical", True, 1)
    ),
    "a missed deadline": (
        {"complaints": [NORMAL | {"first_response_at": datetime(2026, 3, 14, 9), "resolved_at": datetime(2026, 3, 14, 10)}]},
        (date(2026, 3, 11), "limit", True, 3),
    ),
    "kept deadlines": (
        {"complaints": [NORMAL | {"first_response_at": datetime(2026, 3, 10, 11), "resolved_at": datetime(2026, 3, 10, 12)}]}, NOTHING
    ),
    "a poor answer": ({"surveys": [POOR], "interactions": [call(datetime(2026, 4, 1))]}, (date(2026, 4, 1), "answer", True, 0)),
    "a fair answer": ({"surveys": [POOR | {"score": Decimal(7)}]}, NOTHING),
    "an answer without a score": ({"surveys": [POOR | {"score": None}]}, NOTHING),
    "notice is due soon, and no contact": (
        {"contracts": [ENDS_SOON], "interactions": [call(datetime(2026, 1, 15)), call(datetime(2026, 4, 9))]},
        (date(2026, 3, 31), "renewal", True, 9),
    ),
    "notice is due soon, and a contact": ({"contracts": [ENDS_SOON], "interactions": [call(datetime(2026, 3, 20))]}, NOTHING),
    "an overdue handover": ({"promises": [HANDOVER]}, (date(2026, 3, 4), "handover", False, None)),
    "a handover in time": ({"promises": [HANDOVER | {"delivered_at": datetime(2026, 3, 4, 16)}]}, NOTHING),
    "the earliest trigger": (
        {"complaints": [CRITICAL], "surveys": [POOR | {"answered_on": date(2026, 3, 9)}]}, (date(2026, 3, 9), "answer", False, None)
    ),
    "a tie goes by the urgent lane": (
        {"complaints": [CRITICAL | {"opened_at": datetime(2026, 4, 1)}], "surveys": [POOR]}, (date(2026, 4, 1), "critical", False, None)
    ),
    "raised after the decision": ({"complaints": [CRITICAL | {"opened_at": datetime(2026, 5, 16)}]}, NOTHING),
    "reopened after the decision": (
        {"complaints": [SOLVED | {"first_response_at": datetime(2026, 3, 10, 10, 30), "reopened_at": datetime(2026, 5, 20)}]},
        (RAISED, "critical", True, 0),
    ),
    **{f"recorded by hand: {table}": ({"complaints": [CRITICAL]}, (RAISED, "critical", True, 7)) for table in BY_HAND},
    "solved": ({"complaints": [SOLVED]}, (RAISED, "critical", False, None)),
}  # fmt: skip
FIRST_CALL = call(datetime(2025, 10, 2)) | {"customer_id": "Z", "interaction_id": "first"}


def tables(cases: dict[str, dict[str, list[Record]]], first_call: Record = FIRST_CALL) -> dict[str, pl.DataFrame]:
    """A customer per case, and a customer Z who was called once, so that contacts are on file."""
    filled: dict[str, list[Record]] = {"interactions": [first_call]}
    for case, given in cases.items():
        for name, records in ({"contracts": [LINE]} | given).items():
            keys = [{"customer_id": case, f"{name.rstrip('s')}_id": f"{case} {n}"} for n in range(len(records))]
            filled.setdefault(name, []).extend(key | record for key, record in zip(keys, records, strict=True))
    known = {"customer_since": date(2024, 6, 1)}
    people = rows("customers", *({"customer_id": name, "name": name} | known for name in (*cases, "Z")))
    return {"customers": people} | {name: rows(name, *records) for name, records in filled.items()}


def losses(*customers: str, decided_on: date = DECIDED, start: date = START) -> pl.DataFrame:
    """A loss of each customer."""
    return pl.DataFrame({"customer_id": customers}).with_columns(
        pl.lit(start).alias("spell_start_on"), pl.lit(decided_on).alias("decided_on")
    )


@pytest.fixture(scope="module")
def warehouse() -> Any:
    """All cases, with what was recorded by hand."""
    filled = unscored(tables({case: given for case, (given, _) in CASES.items()}))
    with filled.writing() as session:
        for table in BY_HAND:
            made = {"customer_id": f"recorded by hand: {table}", "author": "Jo", "made_at": datetime(2026, 3, 17, 9)}
            session.insert(table, pl.DataFrame([made]))
        history.refresh(session, None)
    return filled


@pytest.fixture(scope="module")
def found(warehouse: Any) -> dict[str, Found]:
    """By case: first trigger, its kind, whether it was acted on, and after how many days."""
    seen = with_detection(analyst(warehouse), losses(*CASES), AS_OF)
    assert seen.select(losses("").columns).equals(losses(*CASES))
    return {case: tuple(row) for case, *row in seen.select("customer_id", "urgent_on", "trigger", "acted", "detection_days").iter_rows()}  # type: ignore[misc]


@pytest.mark.parametrize("case", CASES)
def test_the_lag_runs_from_the_first_trigger_to_the_first_act_of_a_person(case: str, found: dict[str, Found]) -> None:
    assert found[case] == CASES[case][1]


@pytest.mark.parametrize(
    ("decided_on", "start", "counts"),
    [
        (RAISED + timedelta(days=WINDOW_DAYS), START, True),
        (RAISED + timedelta(days=WINDOW_DAYS + 1), START, False),
        (RAISED + timedelta(days=1), START, True),
        (RAISED, START, False),  # on the day of the decision
        (DECIDED, RAISED, True),
        (DECIDED, RAISED + timedelta(days=1), False),  # before this contract
    ],
)
def test_triggers_of_180_days_before_the_decision_and_of_this_contract_count(
    warehouse: Any, decided_on: date, start: date, counts: bool
) -> None:
    seen = with_detection(analyst(warehouse), losses("solved", decided_on=decided_on, start=start), AS_OF)
    assert WINDOW_DAYS == 180 and seen["urgent_on"].to_list() == [RAISED if counts else None]


def test_contacts_that_are_not_on_file_leave_the_lag_unknown() -> None:
    """Contacts are on file from 11 March to 13 May."""
    cases = {"early": {"complaints": [CRITICAL]}, "late": {"complaints": [CRITICAL | {"opened_at": datetime(2026, 3, 12)}]}}
    filled = recorded(tables(cases, FIRST_CALL | {"occurred_at": datetime(2026, 3, 11)}), {"interactions": date(2026, 5, 13)})
    with filled.writing() as session:
        history.refresh(session, None)
    acted = [
        with_detection(analyst(filled), losses("early", "late", decided_on=day), AS_OF)["acted"].to_list()
        for day in (date(2026, 5, 14), DECIDED)
    ]
    assert acted == [[None, False], [None, None]]


def seen(*each: tuple[bool | None, int | None], reason: str | None = None) -> pl.DataFrame:
    """Losses with a trigger: whether somebody acted, and when."""
    schema = {"acted": pl.Boolean, "detection_days": pl.Int64}
    columns = (pl.lit(DECIDED).alias("urgent_on"), pl.lit(reason, pl.String).alias("reason"))
    return pl.DataFrame(each, schema, orient="row").with_columns(columns)


def test_the_summary_counts_each_loss_once() -> None:
    quiet = seen((None, None)).with_columns(pl.lit(None, pl.Date).alias("urgent_on"))
    each = pl.concat([seen((True, 1), (True, 4), (True, 30), (False, None), (None, None)), quiet, seen((True, 9), reason="insolvency")])
    lag = detection_lag(each)
    assert (lag.losses, lag.without_trigger, lag.unknown, lag.acted, lag.median_days) == (6, 1, 1, 3, 4.0)
    assert lag.never is not None and (lag.never.k, lag.never.n) == (1, 4)
    told = lag.as_json()
    assert told["never_low"] < told["never"] == 0.25 < told["never_high"] and told["window_days"] == 180


def test_without_a_trigger_nothing_is_said() -> None:
    told = detection_lag(seen()).as_json()
    assert (told["losses"], told["median_days"], told["never"], told["never_low"]) == (0, None, None, None)
