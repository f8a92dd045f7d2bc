"""A handover's deadline to the second, who owes one, and which rows show that it was made: each exactly at its edge."""

from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest

from health.desk import handover
from health.warehouse import Warehouse, facts
from tests.books import analyst, rows, unscored

SIGNED = date(2024, 3, 4)


def day(n: int) -> date:
    return SIGNED + timedelta(days=n)


def moment(n: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day(n), time(hour, minute, second))


def book(
    *calls: dict[str, Any],
    lines: tuple[dict[str, Any], ...] = ({},),
    promises: tuple[dict[str, Any], ...] = (),
    since: date | None = None,
    first: int = -30,
    diary: tuple[dict[str, Any], ...] = (),
) -> Warehouse:
    """One customer who signed on SIGNED; contacts on file begin `first` days after it, with somebody else."""
    line = {"contract_id": "K", "customer_id": "A", "product": "m", "start_on": SIGNED, "unit_price": 1}
    call = {"customer_id": "A", "channel": "call", "direction": "out", "occurred_at": moment(0)}
    before = {"interaction_id": "first", "customer_id": "B", "channel": "call", "direction": "in", "occurred_at": moment(first)}
    names = [{"customer_id": i, "name": i, "customer_since": s} for i, s in (("A", since), ("B", date(2000, 1, 1)))]
    tables = {
        "customers": rows("customers", *names),
        "contracts": rows("contracts", *(line | one for one in lines)),
        "interactions": rows("interactions", before, *({"interaction_id": f"I{n}"} | call | one for n, one in enumerate(calls))),
        "promises": rows(
            "promises", *({"promise_id": f"V{n}", "customer_id": "A", "kind": "handover"} | one for n, one in enumerate(promises))
        ),
        "diary": rows("diary", *({"diary_id": f"D{n}", "customer_id": "A"} | one for n, one in enumerate(diary))),
    }
    return unscored(tables)


def owed(warehouse: Warehouse, n: int) -> list[dict[str, Any]]:
    with warehouse.reading() as session:
        facts.prepare_grid(session, [day(n)])
        return session.frame("queries/handovers", as_of=day(n)).to_dicts()


def kept(warehouse: Warehouse, n: int) -> bool | None:
    [one] = owed(warehouse, n)
    return one["kept"]  # type: ignore[no-any-return]


def test_it_is_due_at_the_last_second_of_the_day_after_signing() -> None:
    silent = book()
    assert owed(silent, -1) == [] and [kept(silent, n) for n in (0, 1, 2)] == [None, False, False]
    [one] = owed(silent, 0)
    assert (one["signed_on"], one["due_at"], one["given"], one["contract_id"]) == (SIGNED, moment(1, 23, 59, 59), False, "K")


@pytest.mark.parametrize(
    "at, expected", [(moment(0, 0), True), (moment(1, 23, 59, 59), True), (moment(2, 0), False), (moment(-1, 23), False)]
)
def test_a_contact_from_the_day_of_signing_to_the_deadline_keeps_it(at: datetime, expected: bool) -> None:
    called = book({"occurred_at": at})
    assert kept(called, 5) is expected
    [one] = owed(called, 5)
    assert one["first_contact_at"] == one["kept_at"] == (at if at >= moment(0, 0) else None)


@pytest.mark.parametrize(
    "contact, counts",
    [
        ({"direction": "out"}, True),
        ({"direction": "both"}, True),
        ({"direction": "in"}, False),
        ({"channel": "newsletter"}, False),
        ({"channel": "newsletter", "automated": False}, True),
        ({"automated": True}, False),
        ({"automated": False}, True),
        ({"customer_id": "B"}, False),
    ],
)
def test_only_a_human_contact_that_we_began_keeps_it(contact: dict[str, Any], counts: bool) -> None:
    assert kept(book(contact), 5) is counts


def test_the_first_such_contact_counts_and_none_of_a_later_day_is_known() -> None:
    called = book({"occurred_at": moment(1, 8)}, {"occurred_at": moment(1, 7)}, {"occurred_at": moment(3)})
    assert [one["first_contact_at"] for n in (0, 1, 3) for one in owed(called, n)] == [None, moment(1, 7), moment(1, 7)]
    assert kept(called, 0) is None and kept(called, 1) is True


@pytest.mark.parametrize("since, owes", [(None, 1), (day(0), 1), (day(1), 1), (day(-1), 0)])
def test_only_a_new_customers_first_contract_makes_one(since: date | None, owes: int) -> None:
    assert len(owed(book(since=since), 3)) == owes


@pytest.mark.parametrize("first, owes", [(-1, 1), (0, 1), (1, 0)])
def test_none_is_made_of_a_signature_before_the_first_contact_on_file(first: int, owes: int) -> None:
    assert len([one for one in owed(book(first=first), 3) if one["customer_id"] == "A"]) == owes


def test_the_first_line_signed_makes_it_a_blank_signature_is_the_start() -> None:
    later = {"contract_id": "L", "start_on": day(-5), "signed_on": day(2)}
    assert [one["contract_id"] for one in owed(book(lines=({}, later)), 5)] == ["K"]
    same = {"contract_id": "J", "start_on": day(9), "signed_on": day(0)}
    assert [one["contract_id"] for one in owed(book(lines=({}, same)), 5)] == ["K"], "of one day the one that starts first"
    assert (
        owed(book(lines=({"signed_on": day(1)},)), 0) == [] and len(owed(book(lines=({"start_on": day(30), "signed_on": day(1)},)), 1)) == 1
    )


def promised(**more: Any) -> dict[str, Any]:
    return {"promised_on": day(1), "due_at": moment(4, 12)} | more


def test_a_given_promise_takes_the_place_of_the_one_made_from_its_day_on() -> None:
    given = book(promises=(promised(),))
    assert [one["given"] for n in (0, 1) for one in owed(given, n)] == [False, True]
    [one] = owed(given, 1)
    assert (one["contract_id"], one["signed_on"], one["due_at"], one["promise_id"]) == ("K", SIGNED, moment(4, 12), "V0")
    assert [kept(given, n) for n in (1, 3, 4)] == [None, None, False]
    assert [one["given"] for one in owed(book(promises=(promised(kind="delivery"),)), 3)] == [False]
    assert [one["signed_on"] for one in owed(book(lines=(), promises=(promised(),)), 3)] == [day(1)]


@pytest.mark.parametrize("at, expected", [(moment(4, 12), True), (moment(4, 12, 0, 1), False), (moment(4, 11, 59), True)])
def test_a_given_promise_is_kept_to_the_second(at: datetime, expected: bool) -> None:
    given = book(promises=(promised(delivered_at=at),))
    assert kept(given, 4) is expected and kept(given, 3) is None


def test_each_given_promise_is_owed_under_its_own_line() -> None:
    other = {"contract_id": "L", "signed_on": day(2)}
    both = book(lines=({}, other), promises=(promised(contract_id="L"), promised(contract_id="K"), promised(contract_id="Z")))
    assert [(one["promise_id"], one["contract_id"], one["signed_on"]) for one in owed(both, 9)] == [
        ("V1", "K", day(0)),
        ("V2", "K", day(0)),
        ("V0", "L", day(2)),
    ]
    assert [
        one["contract_id"]
        for one in owed(book(lines=({}, {"contract_id": "L", "customer_id": "B"}), promises=(promised(contract_id="L"),)), 9)
        if one["customer_id"] == "A"
    ] == ["K"]


# ---- the desk's list ------------------------------------------------------------------------------------------------


def listed(warehouse: Warehouse, n: int) -> list[dict[str, Any]]:
    return handover.handovers(analyst(warehouse), day(n)).to_dicts()


def test_it_is_listed_for_ninety_days() -> None:
    assert [len(listed(book(), n)) for n in (0, 89, 90)] == [1, 1, 0]


def test_it_is_open_until_its_day_is_over_then_late_and_kept_once_it_was_made_in_time() -> None:
    assert [one["state"] for n in (0, 1) for one in listed(book(), n)] == ["open", "late"]
    assert [one["state"] for one in listed(book({"occurred_at": moment(2)}), 3)] == ["late"]
    assert [one["state"] for one in listed(book({"occurred_at": moment(0)}), 0)] == ["kept"]


def test_one_due_at_the_very_end_of_a_day_is_late_on_that_day() -> None:
    last = moment(3, 23, 59, 59).replace(microsecond=999_999)
    given = book(promises=(promised(due_at=last),))
    assert [one["state"] for n in (2, 3) for one in listed(given, n)] == ["open", "late"]


def test_hours_are_left_to_the_deadline_and_taken_from_the_start_of_the_day_of_signing() -> None:
    assert [one["hours_left"] for n in (0, 1, 2) for one in listed(book(), n)] == pytest.approx([24, 0, -24], abs=0.02)
    [made] = listed(book({"occurred_at": moment(1, 6)}), 3)
    assert (made["hours_left"], made["hours_taken"]) == (None, 30)


def test_open_ones_come_first_then_those_late_and_not_made_then_those_made_late() -> None:
    lines = ({"contract_id": "K"}, {"contract_id": "L", "customer_id": "B"})
    promises = (
        promised(due_at=moment(2), contract_id="K"),
        promised(due_at=moment(1), contract_id="K"),
        promised(due_at=moment(9)),
        promised(due_at=moment(1), delivered_at=moment(2)),
        promised(due_at=moment(5), delivered_at=moment(4)),
        promised(due_at=moment(0, 20), promised_on=day(0), delivered_at=moment(0)),
    )
    found = [one["promise_id"] for one in listed(book(lines=lines, promises=promises), 6) if one["customer_id"] == "A"]
    assert found == ["V2", "V1", "V0", "V3", "V5", "V4"]


def steps(warehouse: Warehouse, n: int) -> dict[str, bool | None]:
    return dict(handover.checklist(analyst(warehouse), day(n)).select("step", "done").iter_rows())


def test_a_step_is_done_from_the_day_of_its_row_on() -> None:
    other = {"kind": "delivery", "promised_on": day(3), "due_at": moment(9)}
    full = book({"occurred_at": moment(2)}, promises=(other,), diary=({"planned_on": day(9), "created_on": day(4)},))
    found = [tuple(steps(full, n).values()) for n in (1, 2, 3, 4)]
    assert found == [(False, False, False), (True, False, False), (True, True, False), (True, True, True)]
    early = {"kind": "delivery", "promised_on": day(-1), "due_at": moment(9)}
    old = book({"occurred_at": moment(-1)}, promises=(early,), diary=({"planned_on": day(-1), "created_on": day(-2)},))
    assert tuple(steps(old, 9).values()) == (False, False, False)
    on_day = book({"occurred_at": moment(0)}, promises=(early | {"promised_on": day(0)},), diary=({"planned_on": day(0)},))
    assert tuple(steps(on_day, 9).values()) == (True, True, True)


def test_what_no_table_could_show_is_not_known_and_not_counted() -> None:
    assert steps(book({"occurred_at": moment(0)}), 3) == {"introduced": True, "expectations": None, "first_date": None}
    [one] = listed(book({"occurred_at": moment(0)}), 3)
    assert (one["done"], one["of"]) == (1, 1)
    assert pl.DataFrame(listed(book(diary=({"planned_on": day(-5)},)), 3)).select("done", "of").row(0) == (0, 2)
