"""What the one-pass facts and scores say against the naive reading of the method."""

from datetime import date
from typing import Any

import polars as pl

from health.tables import TABLES
from tests.oracle import NEVER, Oracle

KEYS = ("contact", "complaints", "price", "tenure", "satisfaction", "payment", "usage", "depth", "expectations")
FACTS = {
    "days_since": "days_since", "touch_180": "touch_180", "attempts_180": "attempts_180", "answered_180": "answered_180",
        "due_180": "due_180",
    "kept_diary_180": "kept_diary_180", "burden": "burden", "open": "open", "repeats_365": "repeats_365", "broken_365": "broken_365",
        "kept_365": "kept_365",
    "billed": "billed_cents", "benchmarked": "benchmarked_cents", "days_to_end": "days_to_end", "days_to_notice": "days_to_notice",
        "voices": "voices_365",
    "promises_due": "promises_due_365", "promises_kept": "promises_kept_365", "broken_90": "broken_promises_90",
}  # fmt: skip


def oracle_of(
    tables: dict[str, pl.DataFrame], through: dict[str, date] | None = None, by_hand: dict[str, set[str]] | None = None
) -> Oracle:
    """The naive reading of these tables."""
    return Oracle({name: frame.select(TABLES[name].names).to_dicts() for name, frame in tables.items()}, through, by_hand)


def hundredths(value: Any) -> int | None:
    """A number with two decimals as a whole number."""
    return None if value is None else int(value * 100)


def differences(oracle: Oracle, scored: pl.DataFrame) -> list[tuple[Any, ...]]:
    """(day, customer, figure, wanted, found) of each figure that differs."""
    found: list[tuple[Any, ...]] = []
    for row in scored.iter_rows(named=True):
        naive = oracle.score(row["customer_id"], row["as_of"])
        want = {"status": naive["status"], "band": naive["band"], "firm": naive["firm"]}
        got = {name: row[name] for name in want}
        want |= {key: hundredths(naive[key]) for key in (*KEYS, "health", "low", "high", "coverage")}
        got |= {key: row[f"{key}_points"] for key in KEYS} | {key: row[key] for key in ("health", "low", "high", "coverage")}
        if naive["status"] == "active":
            want |= {name: naive["facts"][name] for name in FACTS}
            got |= {name: row[column] for name, column in FACTS.items()}
        found += [(row["as_of"], row["customer_id"], k, want[k], got[k]) for k in want if want[k] != got[k]]
    return found


def fact_differences(oracle: Oracle, facts: pl.DataFrame) -> list[tuple[Any, ...]]:
    """The same of every fact by itself, whatever the customer's status: also those that only the bands and the lists read."""
    found: list[tuple[Any, ...]] = []
    for row in facts.iter_rows(named=True):
        customer, day = row["customer_id"], row["as_of"]
        naive, spell = oracle.facts(customer, day), oracle.spell(customer, day)
        complaints, invoices = row["complaints_present"], row["invoices_present"]
        contacts, people, referrals = row["contact_present"], row["contacts_present"], row["referrals_present"]
        known = {"contact": contacts, "complaints": complaints}
        want = {"status": oracle.status(customer, day), "cadence": naive["cadence"], "start": naive["start"]}
        got = {"status": row["status"], "cadence": row["cadence_days"], "start": row["start_on"]}
        if spell is not None:
            ends = {"start": spell.start, "lost": spell.lost_on, "decided": spell.decided_on, "known": spell.known_on}
            want |= {f"spell {name}": None if when >= NEVER else when for name, when in ends.items()} | {"reason": spell.reason}
            got |= {
                f"spell {name}": row[column]
                for name, column in (("start", "spell_start_on"), ("lost", "lost_on"), ("decided", "decided_on"), ("known", "known_on"))
            }
            got |= {"reason": row["exit_reason"]}
        for name, column in FACTS.items():
            group = "contact" if name in _OF_CONTACT else "complaints" if name in _OF_COMPLAINTS else None
            if name in ("benchmarked", "billed") or (name in ("days_to_end", "days_to_notice") and row["status"] != "active"):
                continue
            if group is None or known[group]:
                want[name], got[name] = naive[name], row[column]
        if complaints:
            want["critical"], got["critical"] = bool(naive["critical_late"]), row["critical_late"] > 0
        if contacts:
            want["rhythm"], got["rhythm"] = (naive["rhythm"] if naive["gaps"] >= 4 else None), row["rhythm_days"]
            want["gaps"], got["gaps"] = naive["gaps"], row["rhythm_gaps"]
        if invoices:
            want["unpaid"], got["unpaid"] = naive["overdue_60"], row["overdue_60"] > 0
            want["overdue"], got["overdue"] = naive["overdue"] or 0, row["overdue_cents"]
            want["late"], got["late"] = (len(naive["late_days"]), sum(naive["late_days"])), (row["paid_6"], row["late_days_6"])
            want["invoiced"], got["invoiced"] = naive["overdue"] is not None, row["invoiced"]
        want["billed"], got["billed"] = naive["mrr"], row["mrr_cents"] or 0
        want["market"], got["market"] = (naive["market"], naive["benchmark_age"]), (row["market_cents"] or 0, row["benchmark_age_months"])
        want["answers"] = (len(naive["answers"]), sum(naive["answers"]))
        got["answers"] = (row["answers_365"], row["answers_sum"])
        want["used"] = (len(naive["used_by_month"]), sum(naive["used_by_month"].values()))
        got["used"] = (row["usage_months_3"], row["used_3"])
        want["used before"] = (len(naive["used_by_month_before"]), sum(naive["used_by_month_before"].values()))
        got["used before"] = (row["usage_months_before"], row["used_before"])
        want["licensed"], got["licensed"] = (naive["licensed"], naive["licensed_used"]), (row["licensed_3"], row["licensed_used_3"])
        if people:
            want["people"], got["people"] = naive["people"], row["people"]
            want["details"] = (len(naive["details"]), sum(naive["details"]))
            got["details"] = (row["details_wanted"], row["details_filled"])
        if referrals:
            want["referrals"], got["referrals"] = naive["referrals"], row["referrals_730"]
        found += [(day, customer, k, want[k], got[k]) for k in want if want[k] != got[k]]
    return found


_OF_CONTACT = {"days_since", "touch_180", "attempts_180", "answered_180", "due_180", "kept_diary_180", "voices"}
_OF_COMPLAINTS = {"burden", "open", "repeats_365", "broken_365", "kept_365"}
