"""Who stands on a list today, by hand-made frames: until which day a customer rests, what wakes it, whose list it is on."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from health.access import Viewer
from health.desk.worklist import actions, snoozed
from health.errors import InvalidInput
from health.warehouse import Warehouse
from tests.books import analyst, rows, unscored
from tests.desk.office import manager, small_book

TODAY = date(2024, 6, 20)
NOW = datetime(2024, 6, 20, 15)
NOW_FRAME = pl.DataFrame({"customer_id": ["A", "B", "C"], "name": ["Ada", "Bo", "Cy"], "owner": ["E0", "E1", None]})
ALL = Viewer("v", "analyst", "E7")


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def action(customer: str = "A", kind: str = "snoozed", until: int | None = None, **more: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("to_employee", "to_role", "of_owner", "reason", "to_name"))
    return (
        {
            "customer_id": customer,
            "kind": kind,
            "until_on": None if until is None else on(until),
            "seen": [""],
            "author_name": "Ida",
            "made_at": NOW,
        }
        | blank
        | more
    )


def handed(customer: str = "A", to: str = "E1", role: str = "account_manager", owner: str | None = "E0") -> dict[str, Any]:
    return action(customer, "handed", to_employee=to, to_name=to, to_role=role, of_owner=owner, reason="leave")


SCHEMA = {
    "until_on": pl.Date,
    "to_employee": pl.String,
    "to_role": pl.String,
    "of_owner": pl.String,
    "reason": pl.String,
    "to_name": pl.String,
    "customer_id": pl.String,
    "kind": pl.String,
    "seen": pl.List(pl.String),
    "author_name": pl.String,
    "made_at": pl.Datetime("us"),
}


def split(
    *acted: dict[str, Any], triggers: dict[str, list[str]] | None = None, employee: str | None = None, viewer: Viewer = ALL
) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = [(i, key) for i, keys in (triggers or {}).items() for key in keys]
    fired = pl.DataFrame(rows, schema={"customer_id": pl.String, "key": pl.String}, orient="row")
    return snoozed.split_worklist(
        NOW_FRAME, pl.DataFrame(list(acted), schema_overrides=SCHEMA, schema=SCHEMA if not acted else None), fired, TODAY, employee, viewer
    )


def lists(*acted: dict[str, Any], **more: Any) -> tuple[list[str], list[str]]:
    here, away = split(*acted, **more)
    return here["customer_id"].to_list(), away["customer_id"].to_list()


@pytest.mark.parametrize("kind", ["snoozed", "done"])
@pytest.mark.parametrize("until, rests", [(-1, False), (0, False), (1, True), (90, True)])
def test_a_customer_rests_until_its_day_and_is_back_on_it(kind: str, until: int, rests: bool) -> None:
    here, away = lists(action(kind=kind, until=until))
    assert ("A" in away, "A" in here) == (rests, not rests) and here[-2:] == ["B", "C"]


@pytest.mark.parametrize("kind", ["handed", "reopened"])
def test_only_done_and_snoozed_rest(kind: str) -> None:
    assert lists(action(kind=kind, until=5)) == (["A", "B", "C"], [])


def test_a_trigger_that_was_not_seen_wakes_its_own_customer_alone() -> None:
    two = action("A", until=5, seen=["x", "y"]), action("B", until=5, seen=["z"])
    assert lists(*two, triggers={"A": ["x"], "B": ["z"]}) == (["C"], ["A", "B"])
    assert lists(*two, triggers={"A": ["x", "y"]}) == (["C"], ["A", "B"])
    assert lists(*two, triggers={"A": ["x", "new"]}) == (["A", "C"], ["B"])
    assert lists(*two, triggers={"B": ["x"]}) == (["B", "C"], ["A"]), "seen with another customer"
    here, _ = split(*two, triggers={"A": ["new"]})
    assert [note is None for note in here["note"]] == [False, True]
    here, _ = split(action(until=0), triggers={"A": ["new"]})
    assert here["note"].to_list() == [None, None, None]


def test_a_list_is_the_named_employees_else_the_managers_own_else_everybodys() -> None:
    mine = Viewer("m", "account_manager", "E1")
    assert lists() == (["A", "B", "C"], []) and lists(employee="E0") == (["A"], []) and lists(viewer=mine) == (["B"], [])
    assert lists(viewer=mine, employee="E0") == (["A"], []) and lists(employee="E9") == ([], [])


def test_what_was_handed_over_is_on_the_colleagues_list_and_away_from_the_owners() -> None:
    assert lists(handed(), employee="E0") == ([], ["A"]) and lists(handed(), employee="E1") == (["A", "B"], [])
    assert lists(handed(), employee="E2") == ([], []) and lists(handed()) == (["A", "B", "C"], [])
    here, _ = split(handed())
    assert [note is None for note in here["note"]] == [False, True, True]
    assert lists(handed("C", owner=None), employee="E1") == (["B", "C"], [])


def test_a_hand_over_to_a_manager_is_void_under_another_owner_and_to_others_it_is_not() -> None:
    assert lists(handed(owner="E9"), employee="E0") == (["A"], []) and lists(handed(owner="E9"), employee="E1") == (["B"], [])
    assert lists(handed(owner=None), employee="E1") == (["B"], []) and lists(handed("C", owner="E0"), employee="E1") == (["B"], [])
    assert lists(handed(to="E5", role="analyst", owner="E9"), employee="E5") == (["A"], [])
    assert lists(handed(to="E5", role="analyst", owner="E9"), employee="E0") == ([], ["A"])


def test_the_words_say_what_was_done_and_why_where_a_reason_was_given() -> None:
    done, put = action(kind="done", until=5), action("B", until=6, reason="quote")
    _, away = split(done, put)
    assert [away["words"][0].startswith("Done by Ida"), away["words"][1].startswith("Snoozed by Ida")] == [True, True]
    assert [word.endswith("25 Jun") or word.endswith(": quote") for word in away["words"]] == [True, True]
    _, gone = split(handed(), employee="E0")
    assert gone["words"].to_list() == ["With E1 since 20 Jun: leave"]
    assert away.select("customer_id", "kind", "until_on", "reason").rows() == [("A", "done", on(5), None), ("B", "snoozed", on(6), "quote")]


# ---- the ledger -----------------------------------------------------------------------------------------------------


@pytest.fixture
def office() -> Warehouse:
    return unscored(small_book())


@pytest.mark.parametrize("days, taken", [(0, False), (1, True), (90, True), (91, False)])
def test_a_snooze_ends_on_one_of_the_next_ninety_days(office: Warehouse, days: int, taken: bool) -> None:
    if taken:
        assert actions.snooze(manager(office), "A", on(days), "why", TODAY, NOW).action_id == 1
    else:
        with pytest.raises(InvalidInput, match="21 Jun 2024 or later" if days == 0 else "up to 18 Sep"):
            actions.snooze(manager(office), "A", on(days), "why", TODAY, NOW)


def test_a_customer_who_is_done_comes_back_after_the_days_agreed_with_its_tier() -> None:
    customers = rows("customers", *({"customer_id": i, "name": i, "tier": t} for i, t in (("A", "A"), ("C", "C"), ("N", None))))
    house = analyst(unscored({"customers": customers}))
    for customer in "ACN":
        actions.mark_done(house, customer, TODAY, NOW)
    with house.reading() as session:
        assert actions.latest_actions(session)["until_on"].to_list() == [on(30), on(90), on(45)]


def test_the_latest_action_of_each_customer_holds_and_its_number_is_the_next(office: Warehouse) -> None:
    mine, house = manager(office), analyst(office)
    given = [
        actions.mark_done(mine, "A", TODAY, NOW, ["x", "y"]),
        actions.snooze(house, "B", on(3), " why ", TODAY, NOW),
        actions.reopen(mine, "A", NOW),
    ]
    assert [one.action_id for one in given] == [1, 2, 3]
    with office.reading() as session:
        held = actions.latest_actions(session)
        assert held.select("customer_id", "action_id", "kind", "until_on", "reason").rows() == [
            ("A", 3, "reopened", None, None),
            ("B", 2, "snoozed", on(3), "why"),
        ]
        first = session.rows("actions").sort("action_id").row(0, named=True)
    assert (first["until_on"], first["seen"], first["author"]) == (on(45), "x\ny", "E0"), "tier B is agreed every 45 days"
    assert held["seen"].to_list() == [[""], [""]]


def test_nothing_is_taken_back_twice_or_before_anything_was_done(office: Warehouse) -> None:
    mine = manager(office)
    with pytest.raises(InvalidInput):
        actions.reopen(mine, "A", NOW)
    actions.mark_done(mine, "A", TODAY, NOW)
    actions.reopen(mine, "A", NOW)
    with pytest.raises(InvalidInput):
        actions.reopen(mine, "A", NOW)


def test_a_hand_over_needs_a_reason_and_a_colleague_of_ours(office: Warehouse) -> None:
    mine = manager(office)
    for to, why in ((manager(office, "E1"), " "), (mine, "why"), (manager(office, "E9"), "why")):
        with pytest.raises(InvalidInput):
            actions.hand_over(mine, "A", to, why, NOW)
    assert actions.hand_over(mine, "A", manager(office, "E1"), "why", NOW).action_id == 1
    with office.reading() as session:
        row = session.rows("actions").row(0, named=True)
    assert (row["kind"], row["to_employee"], row["to_role"], row["of_owner"]) == ("handed", "E1", "account_manager", "E0")
