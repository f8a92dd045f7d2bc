"""The life of a contract line: its last day for notice, renewals by itself, trials and pauses, on hand-made rows."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
import pytest

from health.score import history
from health.score.settings import DEFAULT
from health.warehouse import facts
from tests.books import rows, unscored
from tests.score.naive import differences, fact_differences, oracle_of

D = date
CUSTOMER = {"customer_id": "A", "name": "A", "customer_since": D(2023, 1, 1), "tier": "B"}


def on(days: list[date], *lines: dict[str, Any], **tables: pl.DataFrame) -> list[dict[str, Any]]:
    """The customer's scored row on each day, given the lines of its contract."""
    given = {"customer_id": "A", "product": "suite", "unit_price": Decimal(100)}
    contracts = rows("contracts", *({"contract_id": f"K{n}"} | given | line for n, line in enumerate(lines)))
    with unscored({"customers": rows("customers", CUSTOMER), "contracts": contracts} | tables).reading() as session:
        scored = history.score_at(session, days, DEFAULT)
    return scored.sort("as_of").to_dicts()


def one(day: date, *lines: dict[str, Any], **tables: pl.DataFrame) -> dict[str, Any]:
    return on([day], *lines, **tables)[0]


def test_the_last_day_for_notice_lies_the_notice_period_before_the_end() -> None:
    found = one(D(2026, 11, 1), {"start_on": D(2025, 2, 1), "end_on": D(2027, 1, 31), "notice_days": 90})
    assert (found["notice_by"], found["days_to_notice"], found["notice_assumed"]) == (D(2026, 11, 2), 1, False)


def test_thirty_days_of_notice_are_assumed_where_none_are_on_file_and_none_at_all_without_an_end() -> None:
    found = one(D(2026, 11, 1), {"start_on": D(2025, 2, 1), "end_on": D(2027, 1, 31)})
    assert (found["notice_by"], found["notice_assumed"]) == (D(2027, 1, 1), True)
    rolling = one(D(2026, 11, 1), {"start_on": D(2025, 2, 1), "notice_days": 90})
    assert (rolling["notice_by"], rolling["days_to_notice"], rolling["notice_assumed"]) == (None, None, None)


def test_of_lines_that_end_together_the_longest_notice_period_rules_and_of_others_the_last_end() -> None:
    together = ({"start_on": D(2025, 1, 1), "end_on": D(2026, 12, 31), "notice_days": n} for n in (30, 90))
    assert one(D(2026, 6, 1), *together)["notice_by"] == D(2026, 10, 2)
    apart = ({"start_on": D(2025, 1, 1), "end_on": D(2026, month, 1), "notice_days": n} for month, n in ((11, 90), (12, 30)))
    assert one(D(2026, 6, 1), *apart)["notice_by"] == D(2026, 11, 1)


RENEWING = {"start_on": D(2023, 8, 29), "end_on": D(2025, 8, 28), "renews_months": 12, "notice_days": 30}


def test_a_line_that_renews_itself_runs_on_by_whole_terms_until_notice_is_possible_again() -> None:
    found = one(D(2026, 11, 27), RENEWING)
    assert (found["status"], found["agreed_until"], found["notice_by"]) == ("active", D(2027, 8, 28), D(2027, 7, 29))
    assert found["lost_on"] == D(2027, 8, 28) and found["renews_months"] == 12


def test_the_renewal_is_known_from_the_day_after_the_last_day_for_notice() -> None:
    before, after, renewing, renewed = on([D(2025, 7, 29), D(2025, 7, 30), D(2025, 8, 28), D(2025, 8, 29)], RENEWING)
    assert (before["agreed_until"], before["renews_on"]) == (D(2025, 8, 28), None)
    assert (after["agreed_until"], after["renews_on"], after["days_to_end"]) == (D(2026, 8, 28), D(2025, 8, 28), 394)
    assert (renewing["status"], renewing["renews_on"]) == ("active", D(2025, 8, 28))
    assert renewed["renews_on"] is None


def test_without_renewal_a_line_that_ends_is_an_end() -> None:
    line = {name: value for name, value in RENEWING.items() if name != "renews_months"}
    assert one(D(2026, 11, 27), line)["status"] == "lost"


@pytest.mark.parametrize(("day", "end"), [
    (D(2026, 1, 30), D(2026, 1, 31)), (D(2026, 1, 31), D(2026, 2, 28)), (D(2026, 2, 28), D(2026, 3, 31)), (D(2026, 3, 31), D(2026, 4, 30)),
    (D(2028, 2, 1), D(2028, 2, 29)),
])  # fmt: skip
def test_a_monthly_term_keeps_its_day_of_the_month_and_never_looks_ended(day: date, end: date) -> None:
    found = one(day, {"start_on": D(2025, 2, 1), "end_on": D(2026, 1, 31), "renews_months": 1, "notice_days": 0})
    assert (found["status"], found["agreed_until"]) == ("active", end)


def test_notice_in_time_ends_the_line_at_its_term_and_notice_too_late_at_the_next() -> None:
    in_time, too_late = RENEWING | {"notice_on": D(2025, 7, 29)}, RENEWING | {"notice_on": D(2025, 7, 30)}
    assert [one(D(2025, 8, 1), line)["lost_on"] for line in (in_time, too_late)] == [D(2025, 8, 28), D(2026, 8, 28)]
    assert [one(D(2025, 10, 1), line)["status"] for line in (in_time, too_late)] == ["lost", "leaving"]
    assert one(D(2025, 7, 28), in_time)["status"] == "active"


def test_an_agreed_early_end_rules_and_an_exit_stops_the_renewals() -> None:
    ended = RENEWING | {"notice_on": D(2026, 1, 10), "terminated_on": D(2026, 3, 31)}
    assert one(D(2026, 2, 1), ended)["lost_on"] == D(2026, 3, 31)
    exits = rows("exits", {"customer_id": "A", "announced_on": D(2026, 7, 1), "reason": "price"})
    announced, later = on([D(2026, 7, 1), D(2026, 12, 1)], RENEWING, exits=exits)
    assert (announced["status"], announced["lost_on"]) == ("leaving", D(2026, 8, 28))
    assert (later["status"], later["lost_on"]) == ("lost", D(2026, 8, 28))


def test_a_trial_makes_nobody_a_customer_and_the_first_paid_line_does() -> None:
    lines = ({"start_on": D(2026, 1, 1), "terminated_on": D(2026, 1, 31), "trial": True}, {"start_on": D(2026, 3, 1), "trial": False})
    before, trial, tried, bought = on([D(2025, 12, 31), D(2026, 1, 15), D(2026, 2, 15), D(2026, 3, 1)], *lines)
    assert [row["status"] for row in (before, trial, tried, bought)] == ["prospect", "trial", "trial", "active"]
    assert (trial["health"], trial["band"], trial["lost_on"]) == (None, None, None)
    assert bought["spell_start_on"] == D(2026, 3, 1)


def test_a_trial_beside_paid_lines_changes_nothing() -> None:
    paid = {"start_on": D(2025, 1, 1), "end_on": D(2026, 6, 30)}
    trial = {"start_on": D(2026, 6, 1), "trial": True, "unit_price": Decimal(70)}
    alone, beside = (on([D(2026, 6, 15), D(2026, 9, 1)], *lines) for lines in ([paid], [paid, trial]))
    assert alone == beside and alone[1]["status"] == "lost"


PAUSE = {"paused_from": D(2026, 5, 1), "paused_until": D(2026, 7, 31)}
CALL = {"interaction_id": "I", "customer_id": "A", "channel": "call", "direction": "in"}


def test_a_pause_is_no_loss_bills_nothing_and_stops_the_clocks_on_its_first_day() -> None:
    calls = rows("interactions", CALL | {"occurred_at": D(2026, 4, 1)})
    days = [D(2026, 4, 30), D(2026, 5, 1), D(2026, 7, 31), D(2026, 8, 1)]
    before, first, last, after = on(days, {"start_on": D(2024, 1, 1)} | PAUSE, interactions=calls)
    assert [row["status"] for row in (before, first, last, after)] == ["active", "paused", "paused", "active"]
    assert [row["mrr_cents"] for row in (before, first, last, after)] == [10_000, 0, 0, 10_000]
    assert first["facts_as_of"] == last["facts_as_of"] == D(2026, 5, 1)
    assert first["contact_points"] == last["contact_points"] is not None and last["health"] is not None
    assert after["contact_points"] < last["contact_points"]
    assert last["lost_on"] is None and last["band"] == first["band"] is not None


def test_one_paused_line_of_two_is_a_contraction_and_an_open_pause_lasts() -> None:
    lines = ({"start_on": D(2024, 1, 1)}, {"start_on": D(2024, 1, 1), "paused_from": D(2026, 5, 1)})
    assert [(row["status"], row["mrr_cents"]) for row in on([D(2026, 4, 30), D(2026, 12, 1)], *lines)] == [
        ("active", 20_000), ("active", 10_000),
    ]  # fmt: skip
    found = one(D(2029, 1, 1), lines[1])
    assert (found["status"], found["facts_as_of"]) == ("paused", D(2026, 5, 1))


def test_a_pause_that_follows_the_end_of_a_line_keeps_it_until_the_next_begins() -> None:
    first = {"start_on": D(2024, 1, 1), "notice_on": D(2026, 4, 30), "terminated_on": D(2026, 4, 30)} | PAUSE
    days = [D(2026, 4, 29), D(2026, 4, 30), D(2026, 5, 31), D(2026, 6, 30), D(2026, 8, 1)]
    found = on(days, first, {"start_on": D(2026, 8, 1)})
    assert [row["status"] for row in found] == ["active", "active", "paused", "paused", "active"]
    assert found[-1]["spell_start_on"] == D(2024, 1, 1)
    without = {name: value for name, value in first.items() if name not in PAUSE}
    assert [row["status"] for row in on(days[2:4], without, {"start_on": D(2026, 8, 1)})] == ["lost", "lost"]


def test_a_pause_and_notice_are_not_known_before_their_day() -> None:
    line = {"start_on": D(2024, 1, 1), "end_on": D(2025, 12, 31), "renews_months": 12}
    later = line | PAUSE | {"notice_on": D(2026, 10, 1)}
    days = [D(2025, 11, 30), D(2026, 3, 31), PAUSE["paused_from"] - timedelta(days=1)]
    assert on(days, line) == on(days, later)


PLANNED = {"diary_id": "D", "planned_on": D(2024, 1, 6), "created_on": D(2024, 1, 5), "cancelled_on": D(2024, 1, 5)}
PAID = {"invoice_id": "R", "customer_id": "C0", "issued_on": D(2024, 1, 5), "due_on": D(2024, 1, 5), "paid_on": D(2024, 1, 5), "amount": 0}


def drawn_line(draw: Random, customer: str, number: int, pause_within: int) -> dict[str, Any]:
    """A contract line with any of the events of its life; a pause begins within some days of its start."""

    def some(share: float, value: Any) -> Any:
        return value if draw.random() < share else None

    start = D(2024, 1, 1) + timedelta(days=draw.randrange(500))
    end = some(0.6, start + timedelta(days=draw.choice([29, 90, 181, 364])))
    told = some(0.25, start + timedelta(days=draw.randrange(600)))
    paused = some(0.4, start + timedelta(days=draw.randrange(pause_within)))
    return {
        "contract_id": f"{customer}{number}", "customer_id": customer, "product": "suite", "start_on": start, "end_on": end,
        "unit_price": Decimal(draw.randrange(1, 200)), "notice_days": some(0.6, draw.choice([0, 14, 60, 100])),
        "renews_months": some(0.6, draw.choice([1, 3, 12])), "trial": some(0.2, True), "notice_on": told,
        "terminated_on": some(0.5, (told or start) + timedelta(days=draw.randrange(120))),
        "paused_from": paused, "paused_until": paused and some(0.6, paused + timedelta(days=draw.randrange(200))),
    }  # fmt: skip


def test_every_life_reads_as_the_naive_reading_of_the_method_says() -> None:
    draw, customers = Random(11), [f"C{n}" for n in range(120)]
    lines = [drawn_line(draw, c, n, 500 if i % 4 else 20) for i, c in enumerate(customers) for n in range(draw.randrange(1, 4))]
    starts = {line["customer_id"]: line["start_on"] for line in lines if not line["trial"]}
    exits = [
        {"customer_id": customer, "announced_on": day, "reason": "price", "left_on": draw.choice([None, day + timedelta(days=40)])}
        for customer in sorted(starts.keys() & set(customers[::4]))
        for day in [starts[customer] + timedelta(days=draw.randrange(25, 500))]
    ]
    calls = [{"interaction_id": f"I{n}", "customer_id": c, "occurred_at": D(2024, 1, 5), "channel": "call", "direction": "in"}
             for n, c in enumerate(customers[::2])]  # fmt: skip
    complaint = {"complaint_id": "Q", "customer_id": "C0", "opened_at": D(2024, 1, 5)}
    tables = {
        "customers": rows("customers", *({"customer_id": c, "name": c, "tier": "B"} for c in customers)),
        "complaints": rows("complaints", complaint),
        "diary": rows("diary", PLANNED | {"customer_id": "C0"}), "invoices": rows("invoices", PAID),
        "contracts": rows("contracts", *lines), "exits": rows("exits", *exits), "interactions": rows("interactions", *calls),
    }  # fmt: skip
    days = [D(2024, 2, 29), D(2024, 11, 30), D(2025, 3, 17), D(2025, 8, 31), D(2026, 4, 30)]
    with unscored(tables).reading() as session:
        scored, raw = history.score_at(session, days, DEFAULT), facts.at(session, days, DEFAULT.terms)
    assert {"active", "paused", "trial", "leaving", "lost", "in grace", "prospect"} == set(scored["status"])
    assert differences(oracle_of(tables), scored)[:5] == []
    assert fact_differences(oracle_of(tables), raw)[:5] == []
