"""At the desk an account manager reads and writes the own clients alone; a foreign one is told of as one that is not there."""

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from importlib import import_module
from types import ModuleType
from typing import Any

import polars as pl
import pytest

import health.desk
import health.report
from health import portfolio
from health.access import Book
from health.desk import diary, entries, handover, plays, renewal_forecasts, renewals, worklist
from health.desk.entries import notes
from health.desk.plays import Case, progress
from health.desk.renewal_forecasts import Renewal
from health.desk.worklist import actions, detection_lag, inputs
from health.errors import NotFound
from health.insight.client import complaint_sla, entry_effect, people
from health.insight.client import rows as own
from health.report import diary as paper
from health.warehouse import Warehouse
from tests.books import analyst, rows
from tests.desk.office import content, loaded, manager

DAY, NOW, QUARTER = date(2026, 6, 19), datetime(2026, 6, 19, 15), "2026 Q2"
OWN, FOREIGN, NOBODY = "Ours", "Theirs", "Nobodys"
LEDGERS = ("notes", "actions", "holdouts", "play_moves", "entries", "overrides", "loads")
Answer = Callable[..., Any]


def told_of(client: str, owner: str) -> dict[str, dict[str, Any]]:
    """A row of every kind; each id and each text names its client."""
    return {
        "customers": {"name": f"Name of {client}", "customer_since": date(2026, 5, 4), "owner": owner, "tier": "A"},
        "contacts": {"contact_id": f"P{client}", "name": f"Ida of {client}"},
        "contracts": {"contract_id": f"K{client}", "product": "mobile", "start_on": date(2026, 5, 4), "end_on": date(2026, 7, 10),
                      "unit_price": 100, "quantity": 1},
        "interactions": {"interaction_id": f"I{client}", "occurred_at": datetime(2026, 5, 1, 9), "channel": "call", "direction": "in"},
        "complaints": {"complaint_id": f"Q{client}", "opened_at": datetime(2026, 5, 20, 9), "severity": 3, "theme": f"Theme of {client}"},
        "promises": {"promise_id": f"V{client}", "kind": "other", "promised_on": date(2026, 5, 20), "due_at": datetime(2026, 5, 25, 9)},
        "surveys": {"survey_id": f"S{client}", "kind": "nps", "answered_on": date(2026, 6, 10), "score": 2},
        "diary": {"diary_id": f"D{client}", "planned_on": date(2026, 6, 25), "created_on": date(2026, 5, 20), "channel": "call"},
        "opportunities": {"opportunity_id": f"O{client}", "kind": "renewal", "opened_on": date(2026, 6, 1)},
        "referrals": {"referral_id": f"R{client}", "made_on": date(2026, 6, 1)},
    }  # fmt: skip


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    """Two clients of two managers; of both a note, an entry, an action, and a play that runs."""
    warehouse = Warehouse()
    each = {client: told_of(client, owner) for client, owner in ((OWN, "E0"), (FOREIGN, "E1"))}
    filled = {t: rows(t, *({"customer_id": c} | told[t] for c, told in each.items())) for t in each[OWN]}
    loaded(analyst(warehouse), filled | {"employees": rows("employees", *({"employee_id": f"E{n}", "name": f"M{n}"} for n in "01"))}, "crm")
    whole = analyst(warehouse)
    for client in each:
        notes.add(whole, client, f"Note on {client}", NOW)
        entries.write(whole, "interactions", call(client), NOW)
    with warehouse.writing() as session:
        past = [
            {"customer_id": c, "play": "silence", "quarter": "2026 Q1", "triggered_on": date(2026, 3, 1), "arm": "held_out"} for c in each
        ]
        session.insert("holdouts", pl.DataFrame(past))
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def stood(warehouse: Warehouse) -> pl.DataFrame:
    """Of everybody: what a caller may hand in by mistake."""
    return portfolio.build(analyst(warehouse), DAY)


@pytest.fixture(scope="module")
def enrolled(warehouse: Warehouse, stood: pl.DataFrame) -> list[str]:
    """Whom the account manager of the own client enrolled, handing in the whole book; then everybody is, and both run a play."""
    everybody = plays.urgent_triggers(analyst(warehouse), stood, DAY)
    plays.enrol(manager(warehouse), stood, everybody, DAY, NOW)
    with warehouse.reading() as session:
        found = session.rows("holdouts").filter(pl.col("quarter") == QUARTER)["customer_id"].unique().to_list()
    plays.enrol(analyst(warehouse), stood, everybody, DAY, NOW)
    for client in (OWN, FOREIGN):
        progress.accept(analyst(warehouse), Case(client, "late_complaint", QUARTER), NOW)
        progress.tick(analyst(warehouse), Case(client, "late_complaint", QUARTER), 1, NOW)
    return found


def call(client: str) -> dict[str, Any]:
    return {
        "customer_id": client,
        "occurred_at": datetime(2026, 6, 18, 9),
        "channel": "call",
        "direction": "out",
        "comment": f"To {client}",
    }


def valued(stood: pl.DataFrame) -> pl.DataFrame:
    worth = {"p_leave_180d": 0.5, "lifetime_value": 1e5, "margin": 10.0}
    return stood.select("customer_id").with_columns(**{n: pl.lit(v) for n, v in worth.items()}, chance_from=pl.lit("model"))


def losses(stood: pl.DataFrame) -> pl.DataFrame:
    return stood.select("customer_id", pl.lit(date(2026, 5, 4)).alias("spell_start_on"), pl.lit(DAY).alias("decided_on"))


def week(book: Book, stood: pl.DataFrame, employee: str | None = None) -> Any:
    suggested = plays.suggested_plays(book, DAY, plays.triggered_plays(stood, plays.urgent_triggers(book, stood, DAY), DAY))
    return vars(worklist.week(book, DAY, 10, stood, valued(stood), None, employee, suggested))


READS: dict[str, Answer] = {
    "week.week": week,
    "urgent_lane.urgent_triggers": lambda b, stood: plays.urgent_triggers(b, stood, DAY),
    "inputs.reason_inputs": lambda b, _: vars(inputs.reason_inputs(b, DAY)),
    "case_list.suggested_plays": lambda b, stood: plays.suggested_plays(
        b, DAY, plays.triggered_plays(stood, plays.urgent_triggers(analyst_of(b), stood, DAY), DAY)
    ),
    "case_list.play_cases": lambda b, _: plays.play_cases(b, DAY),
    "case_list.past_control_group": lambda b, _: plays.past_control_group(b, DAY),
    "diary.read_diary": lambda b, _: diary.read_diary(b, DAY),
    "handover.handovers": lambda b, _: handover.handovers(b, DAY),
    "handover.checklist": lambda b, _: handover.checklist(b, DAY),
    "detection_lag.with_detection": lambda b, stood: detection_lag.with_detection(b, losses(stood), DAY),
    "renewals.outcomes": lambda b, _: renewals.outcomes(b, DAY),
    "diary.diary_entries": lambda b, _: paper.diary_entries(b, DAY),
    "rows.themes": lambda b, _: own.themes(b),
}
"""What is answered of a whole book; the frames handed in hold everybody."""
ABOUT: dict[str, Answer] = {
    "trail.trail": entries.trail,
    "case_list.case_steps": lambda b, i: plays.case_steps(b, Case(i, "late_complaint", QUARTER)),
    "rows.customer_rows": lambda b, i: own.customer_rows(b, i, list(told_of(i, ""))),
    "rows.planned_contacts": lambda b, i: own.planned_contacts(b, i, DAY),
    "rows.read_ledgers": own.read_ledgers,
    "rows.open_complaints": lambda b, i: own.open_complaints(b, i, portfolio.state(b).settings, DAY),
    "people.faults": lambda b, i: people.faults(b, i, DAY),
    "complaint_sla.customer_complaints": lambda b, i: complaint_sla.customer_complaints(b, i, portfolio.state(b).settings, DAY),
    "entry_effect.score_state": lambda b, i: entry_effect.score_state(b, i, DAY),
}
"""What is answered of one client."""
WRITES: dict[str, Answer] = {
    "write.write": lambda b, i: entries.write(b, "interactions", call(i), NOW),
    "write.correct": lambda b, i: entries.correct(b, "complaints", f"Q{i}", {"theme": "x"}, 1, "why", NOW),
    "write.remove": lambda b, i: entries.remove(b, "complaints", f"Q{i}", 1, "why", NOW),
    "notes.add": lambda b, i: notes.add(b, i, "x", NOW),
    "notes.remove": lambda b, i: notes.remove(b, {FOREIGN: 2, NOBODY: 3}[i], NOW),
    "actions.mark_done": lambda b, i: actions.mark_done(b, i, DAY, NOW),
    "actions.snooze": lambda b, i: actions.snooze(b, i, date(2026, 7, 1), "why", DAY, NOW),
    "actions.hand_over": lambda b, i: actions.hand_over(b, i, analyst_of(b), "why", NOW),
    "actions.reopen": lambda b, i: actions.reopen(b, i, NOW),
    "progress.accept": lambda b, i: progress.accept(b, Case(i, "late_complaint", QUARTER), NOW),
    "progress.decline": lambda b, i: progress.decline(b, Case(i, "late_complaint", QUARTER), "why", NOW),
    "progress.tick": lambda b, i: progress.tick(b, Case(i, "late_complaint", QUARTER), 2, NOW),
    "progress.untick": lambda b, i: progress.untick(b, Case(i, "late_complaint", QUARTER), 1, NOW),
    "progress.complete": lambda b, i: progress.complete(b, Case(i, "late_complaint", QUARTER), NOW),
    "renewal_forecasts.add": lambda b, i: renewal_forecasts.add(b, i, Renewal(DAY, DAY, None, None), "leaves", None, "", DAY, NOW),
    "progress.stop": lambda b, i: progress.stop(b, Case(i, "late_complaint", QUARTER), "why", NOW),
}
ELSEWHERE = {
    "enrolment.enrol", "effect.effects", "rows.employees", "renewal_forecasts.forecasts", "saved_views.saved_views", "saved_views.save",
    "saved_views.remove",
}  # fmt: skip
"""Enrolling, saved views and forecasts of renewals have own tests;
effects count everybody and colleagues are no clients: neither names one."""


def analyst_of(book: Book) -> Book:
    return analyst(book._warehouse)


def said(answer: Any) -> str:
    """All that an answer holds, frames row by row."""
    if isinstance(answer, pl.DataFrame):
        return str(answer.rows())
    if isinstance(answer, dict):
        return " ".join(said(part) for part in answer.values())
    return repr(answer)


def refused(attempt: Answer, book: Book, client: str) -> str:
    """How the client is told not to be there, without its id and the numbers of its rows."""
    with pytest.raises(NotFound) as problem:
        attempt(book, client)
    return re.sub(r"\d", "", str(problem.value).replace(client, "?"))


def test_every_function_that_takes_a_book_is_held_to_this() -> None:
    packages: list[ModuleType] = [health.desk, health.report]
    names = [m.name for package in packages for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    found = set()
    for module in [*map(import_module, names), own]:
        for name, thing in inspect.getmembers(module, inspect.isfunction):
            asks = list(inspect.signature(thing).parameters)
            if thing.__module__ == module.__name__ and not name.startswith("_") and asks[:1] == ["book"] and "session" not in asks:
                found.add(f"{module.__name__.rpartition('.')[2]}.{name}")
    assert found <= {*READS, *ABOUT, *WRITES, *ELSEWHERE}, "say here whether it reads or writes, and of whom"


@pytest.mark.parametrize("name", READS)
def test_what_is_read_of_a_book_holds_no_foreign_row(name: str, warehouse: Warehouse, stood: pl.DataFrame, enrolled: list[str]) -> None:
    whole, mine = (said(READS[name](book, stood)) for book in (analyst(warehouse), manager(warehouse)))
    assert OWN in whole and FOREIGN in whole, "else nothing is shown by this"
    assert OWN in mine and FOREIGN not in mine


@pytest.mark.parametrize("name", ABOUT)
def test_of_a_foreign_client_nothing_is_said_not_even_that_it_exists(name: str, warehouse: Warehouse, enrolled: list[str]) -> None:
    book = manager(warehouse)
    assert FOREIGN not in said(ABOUT[name](book, OWN))
    assert refused(ABOUT[name], book, FOREIGN) == refused(ABOUT[name], book, NOBODY)
    ABOUT[name](analyst(warehouse), FOREIGN)


@pytest.mark.parametrize("name", WRITES)
def test_to_a_foreign_client_nothing_is_written(name: str, warehouse: Warehouse, enrolled: list[str]) -> None:
    def held() -> list[object]:
        with warehouse.reading() as session:
            return [*content(warehouse), *(sorted(session.rows(ledger).rows(), key=str) for ledger in LEDGERS)]

    book, before = manager(warehouse), held()
    assert refused(WRITES[name], book, FOREIGN) == refused(WRITES[name], book, NOBODY)
    assert held() == before


def test_an_account_manager_enrols_the_own_clients_alone(enrolled: list[str]) -> None:
    assert enrolled == [OWN]


def test_the_list_and_the_calendar_of_a_colleague_are_empty_to_who_may_not_see_them(warehouse: Warehouse, stood: pl.DataFrame) -> None:
    assert paper.diary_entries(manager(warehouse), DAY, "E1") == []
    theirs = week(manager(warehouse), stood, "E1")
    assert all(theirs[part].is_empty() for part in ("urgent", "ranked", "below", "away")) and FOREIGN not in said(theirs)
    assert plays.effects(manager(warehouse), DAY) and FOREIGN not in said(plays.effects(manager(warehouse), DAY))
