"""The naive second implementation says what the method's text says, and what the golden book expects."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests import oracle
from tests.oracle import Oracle, Row, read_golden, read_rows

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "data" / "golden"
THIN = ("customers", "contracts", "market_prices", "exits")
needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason=f"no golden book at {GOLDEN}")


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def line(start: str, end: str | None = None, key: str = "L1", **more: Any) -> Row:
    row = {"contract_id": key, "customer_id": "c", "product": "voice", "start_on": day(start), "unit_price": Decimal("10.00")}
    return row | {"end_on": day(end) if end else None} | more


def book(*lines: Row, customer: Row | None = None, **tables: list[Row]) -> Oracle:
    """A book of one customer, `c`, with these lines and tables."""
    rows = {name: [{"customer_id": "c", **row} for row in given] for name, given in tables.items()}
    return Oracle({"customers": [{"customer_id": "c", "name": "C", **(customer or {})}], "contracts": list(lines), **rows})


def invoice(key: int, issued: date, amount: str = "30.00", **more: Any) -> Row:
    return {"invoice_id": f"{key:03}", "issued_on": issued, "due_on": issued, "amount": Decimal(amount), "paid_on": issued, **more}


def contact(when: str, channel: str = "call", direction: str = "out", outcome: str | None = "reached", **more: Any) -> Row:
    return {"interaction_id": when, "occurred_at": at(when), "channel": channel, "direction": direction, "outcome": outcome, **more}


def shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, Fraction):
        return f"{float(value):.6f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


# ---- the golden book ------------------------------------------------------------------------------------------------


@needs_golden
@pytest.mark.parametrize("name", ["expected", "expected_thin"])
def test_every_row_of_the_golden_book_is_reproduced(name: str) -> None:
    tables = read_golden(GOLDEN)
    judge = Oracle(tables if name == "expected" else {table: tables[table] for table in THIN})
    rows = read_rows(GOLDEN / f"{name}.csv")
    got = [judge.score(row["customer_id"], day(row["as_of"])) for row in rows]
    assert [
        {column: shown(answer[column.removesuffix("_points")]) for column in row} for row, answer in zip(rows, got, strict=True)
    ] == rows
    assert len(rows) > 200


@needs_golden
def test_every_fact_of_the_golden_book_is_reproduced() -> None:
    judge, wrong = Oracle(read_golden(GOLDEN)), []
    for row in read_rows(GOLDEN / "facts.csv"):
        answer = judge.score(row["customer_id"], day(row["as_of"]))
        facts = answer["facts"] and {**answer["facts"], "gap": oracle.price_gap(answer["facts"])}
        got = {column: shown(answer[column] if column in answer else facts.get(column)) for column in row}
        wrong += [(row["as_of"], row["customer_id"], column, row[column], got[column]) for column in row if row[column] != got[column]]
    assert wrong == []


@needs_golden
def test_the_newest_day_of_the_golden_book_is_its_last_date() -> None:
    assert Oracle(read_golden(GOLDEN)).newest_day() == max(day(row["as_of"]) for row in read_rows(GOLDEN / "expected.csv"))


@needs_golden
def test_rows_in_any_order_score_the_same() -> None:
    tables = read_golden(GOLDEN)
    judges = [Oracle(tables), Oracle({name: rows[::-1] for name, rows in tables.items()})]
    wanted = [(row["customer_id"], day(row["as_of"])) for row in read_rows(GOLDEN / "expected.csv")[::7]]
    straight, turned = ([judge.score(*one) for one in wanted] for judge in judges)
    assert straight == turned


# ---- status and the day of loss -------------------------------------------------------------------------------------


def test_a_gap_within_grace_is_one_spell_and_a_longer_one_is_two() -> None:
    first, end = line("2025-01-01", "2025-06-30"), "2026-07-19"
    assert len(book(first, line("2025-07-20", end, "L2")).spells("c", day("2026-01-01"))) == 1
    two = book(first, line("2025-08-01", end, "L2")).spells("c", day("2026-01-01"))
    assert [spell.lost_on for spell in two] == [day("2025-06-30"), day("2026-07-19")]
    assert len(book(first, line("2025-07-30", end, "L2")).spells("c", day("2026-01-01"))) == 1


def test_a_silent_loss_is_known_after_the_grace_only() -> None:
    judge = book(line("2024-01-01", "2024-12-31"))
    days = ["2024-12-30", "2024-12-31", "2025-01-29", "2025-01-30"]
    assert [judge.status("c", day(text)) for text in days] == ["active", "in grace", "in grace", "lost"]


def test_notice_without_an_end_ends_after_its_days() -> None:
    last = [
        book(line("2024-01-01", notice_on=day("2024-06-10"), notice_days=days)).spells("c", day("2024-06-10"))[0].lost_on
        for days in (None, 60)
    ]
    assert last == [day("2024-07-10"), day("2024-08-09")]


def test_notice_is_unknown_before_its_day() -> None:
    judge = book(line("2024-01-01", notice_on=day("2024-06-10"), terminated_on=day("2024-08-31")))
    assert [judge.status("c", day(text)) for text in ("2024-06-09", "2024-06-10", "2024-08-30", "2024-08-31")] == [
        "active",
        "leaving",
        "leaving",
        "lost",
    ]


def test_a_signed_successor_makes_notice_a_contraction() -> None:
    left = line("2024-01-01", notice_on=day("2024-06-10"), terminated_on=day("2024-08-31"))
    successor = line("2024-09-01", "2025-08-31", "L2", signed_on=day("2024-07-01"))
    judge = book(left, successor)
    assert [judge.status("c", day(text)) for text in ("2024-06-30", "2024-07-01", "2024-09-15")] == ["leaving", "active", "active"]


def test_a_leaving_customer_keeps_the_points_of_the_month_end_before_the_notice() -> None:
    judge = book(
        line("2024-01-01", notice_on=day("2024-06-30"), terminated_on=day("2024-08-31")), customer={"customer_since": day("2023-01-01")}
    )
    score = judge.score("c", day("2024-07-20"))
    assert (score["facts_as_of"], score["tenure"], score["band"]) == (
        day("2024-05-31"),
        judge.score("c", day("2024-05-31"))["tenure"],
        "leaving",
    )


def test_leaving_in_the_first_month_keeps_the_points_of_the_day_before_the_word() -> None:
    judge = book(line("2024-06-05", notice_on=day("2024-06-20"), terminated_on=day("2024-08-31")))
    assert judge.score("c", day("2024-07-20"))["facts_as_of"] == day("2024-06-19")


def test_an_exit_ends_every_line_and_a_later_line_begins_anew() -> None:
    gone = {"announced_on": day("2024-03-01"), "left_on": day("2024-03-31"), "reason": "price"}
    judge = book(line("2023-01-01", "2026-12-31"), line("2024-04-10", key="L2", signed_on=day("2024-04-10")), exits=[gone])
    assert [judge.status("c", day(text)) for text in ("2024-02-29", "2024-03-01", "2024-03-31", "2024-04-10")] == [
        "active",
        "leaving",
        "lost",
        "active",
    ]
    assert judge.facts("c", day("2024-05-31"))["billed"] == 1000


def test_an_exit_without_a_day_leaves_at_the_agreed_end_or_at_once() -> None:
    word = {"announced_on": day("2024-03-01"), "left_on": None, "reason": "price"}
    fixed, rolling = book(line("2023-01-01", "2024-12-31"), exits=[word]), book(line("2023-01-01"), exits=[word])
    assert [judge.spells("c", day("2024-03-01"))[0].lost_on for judge in (fixed, rolling)] == [day("2024-12-31"), day("2024-03-01")]


def test_a_merged_customer_is_neither_lost_nor_scored() -> None:
    judge = book(line("2023-01-01"), exits=[{"announced_on": day("2024-03-01"), "left_on": day("2024-03-01"), "reason": "merged"}])
    score = judge.score("c", day("2024-03-01"))
    assert (score["status"], score["health"], score["band"]) == ("merged", None, None)


def test_without_contracts_silence_of_three_usual_gaps_is_the_loss() -> None:
    often = book(invoices=[invoice(k, day("2024-01-01") + timedelta(days=10 * k)) for k in range(5)])
    seldom = book(invoices=[invoice(k, day("2024-01-01") + timedelta(days=100 * k)) for k in range(5)])
    last = [day("2024-02-10"), day("2025-02-04")]
    found = [judge.spells("c", day("2025-02-05"))[0].lost_on for judge in (often, seldom)]
    assert found == [last[0] + timedelta(days=180), last[1] + timedelta(days=300)]
    assert [often.status("c", found[0] - timedelta(days=1)), often.status("c", found[0])] == ["active", "lost"]


def test_without_contracts_the_bill_is_a_third_of_three_full_months() -> None:
    judge = book(invoices=[invoice(k, day(f"2024-0{k}-15"), f"{k}00.01") for k in range(1, 6)])
    assert [judge.facts("c", day(text))["billed"] for text in ("2024-05-20", "2024-05-31")] == [30001, 40001]


def test_a_customer_of_invoices_only_has_no_points_of_price_or_commitment() -> None:
    judge = book(invoices=[invoice(1, day("2024-05-15"))], customer={"customer_since": day("2022-06-01")})
    score = judge.score("c", day("2024-05-31"))
    assert (score["status"], score["price"], score["tenure"]) == ("active", None, Decimal("49.98"))


def test_the_first_contract_of_a_new_customer_promises_a_handover() -> None:
    before, kept = contact("2024-01-01 09:00", automated=True), contact("2024-03-02 11:00")
    promise = book(line("2024-03-10", signed_on=day("2024-03-01")), interactions=[before, kept]).handover("c")
    assert promise is not None
    assert (promise["due_at"].date(), promise["delivered_at"]) == (day("2024-03-02"), at("2024-03-02 11:00"))
    assert book(line("2024-03-10", signed_on=day("2024-03-01")), interactions=[kept]).handover("c") is None


# ---- facts ----------------------------------------------------------------------------------------------------------

COMPLAINT: Row = {
    "complaint_id": "k1", "opened_at": at("2025-01-01 10:00"), "severity": 3,
    "first_response_at": at("2025-01-02 09:00"), "resolved_at": at("2025-01-03 10:00"),
}  # fmt: skip


@pytest.mark.parametrize(("start", "burden"), [
    ("2024-12-31", 0), ("2025-01-01", 600), ("2025-03-04", 480), ("2025-05-03", 384), ("2025-07-02", 300),
    ("2025-09-30", 216), ("2026-01-03", 156), ("2026-06-27", 72), ("2027-01-03", 0),
])  # fmt: skip
def test_the_burden_of_a_solved_complaint_fades_by_steps(start: str, burden: int) -> None:
    earlier = {"complaint_id": "k0", "customer_id": "other", "opened_at": at("2024-01-01 10:00")}
    judge = book(line("2024-01-01"), complaints=[COMPLAINT, earlier])
    assert judge.facts("c", day(start))["burden"] == burden


def test_the_burden_holds_until_the_day_it_fades() -> None:
    judge = book(line("2024-01-01"), complaints=[COMPLAINT])
    assert [judge.facts("c", day(text))["burden"] for text in ("2025-03-03", "2025-05-02", "2027-01-02")] == [600, 480, 72]


def test_a_clock_still_running_is_neither_kept_nor_broken() -> None:
    facts = book(line("2024-01-01"), complaints=[COMPLAINT]).facts("c", day("2025-01-02"))
    assert (facts["open"], facts["broken_365"], facts["kept_365"]) == (1, 1, 0)


def test_a_complaint_reopened_is_open_as_if_never_solved() -> None:
    judge = book(line("2024-01-01"), complaints=[COMPLAINT | {"reopened_at": at("2025-02-01 08:00")}])
    found = [judge.facts("c", day(text)) for text in ("2025-01-31", "2025-02-01")]
    assert [(facts["open"], facts["broken_365"], facts["kept_365"], facts["burden"]) for facts in found] == [(0, 1, 1, 600), (1, 2, 0, 800)]


def test_a_newsletter_is_no_contact_and_a_complaint_call_no_volume() -> None:
    rows = [
        contact("2024-05-01 09:00", "newsletter", outcome=None),
        contact("2024-05-02 09:00", purpose="complaint"),
        contact("2024-05-03 09:00", outcome=None),
    ]
    facts = book(line("2024-01-01"), interactions=rows).facts("c", day("2024-05-31"))
    assert (facts["touch_180"], facts["attempts_180"], facts["days_since"]) == (1 + 0 + 3, 1, 29)


def test_a_missing_table_is_unknown_and_an_empty_customer_is_not() -> None:
    alone = book(line("2024-01-01")).score("c", day("2024-05-31"))
    other = {"complaint_id": "k", "customer_id": "other", "opened_at": at("2024-05-01 09:00")}
    beside = book(line("2024-01-01"), complaints=[other]).score("c", day("2024-05-31"))
    assert (alone["contact"], alone["complaints"], alone["band"], beside["complaints"]) == (None, None, "unknown", Decimal(100))


def test_the_own_region_goes_before_everywhere_then_the_latest_seen_then_the_name() -> None:
    def price(region: str | None, source: str, amount: str, seen: str) -> Row:
        return {
            "product": "voice",
            "region": region,
            "month": day("2024-05-01"),
            "source": source,
            "price": Decimal(amount),
            "observed_on": day(seen),
        }

    rows = [
        price(None, "a", "1", "2024-05-30"),
        price("north", "b", "2", "2024-05-10"),
        price("north", "c", "3", "2024-05-20"),
        price("north", "d", "4", "2024-05-20"),
    ]
    judge = book(line("2024-01-01"), market_prices=rows)
    assert judge.benchmark("voice", "north", day("2024-05-31")) == (300, 0)
    assert judge.benchmark("voice", None, day("2024-06-01")) == (100, 1)
    assert judge.benchmark("voice", "north", day("2024-05-09")) is None


def test_plans_and_agreed_ends_are_not_the_newest_day_and_starts_are_not_the_first_observed() -> None:
    judge = book(
        line("2020-01-01", "2030-12-31"), customer={"customer_since": day("2019-01-01")}, interactions=[contact("2024-05-01 09:00")],
        diary=[{"diary_id": "d", "planned_on": day("2029-01-01"), "created_on": day("2024-04-01")}],
    )  # fmt: skip
    assert (judge.observed_from(), judge.newest_day()) == (day("2024-04-01"), day("2024-05-01"))


def test_a_terminated_line_commits_nobody_and_a_signed_one_does() -> None:
    given_up = line("2023-01-01", "2026-12-31", "L1", notice_on=day("2024-01-10"), terminated_on=day("2024-07-31"))
    signed = line("2024-08-15", "2025-08-14", "L2", signed_on=day("2024-06-01"))
    judge = book(given_up, signed, line("2024-01-01", "2024-12-31", "L3"))
    ends = [day("2024-12-31") - day("2024-05-31"), day("2025-08-14") - day("2024-06-01")]
    assert [judge.facts("c", day(text))["days_to_end"] for text in ("2024-05-31", "2024-06-01")] == [end.days for end in ends]


def test_tenure_without_a_since_counts_from_the_first_spell() -> None:
    judge = book(line("2020-01-01", "2021-12-31"), line("2023-01-01", key="L2"))
    assert judge.facts("c", day("2024-01-01"))["start"] == day("2020-01-01")


@pytest.mark.parametrize(("more", "due"), [
    ({}, 1), ({"cancelled_on": day("2024-05-13")}, 0), ({"cancelled_on": day("2024-05-14")}, 1), ({"created_on": day("2024-06-01")}, 0),
])  # fmt: skip
def test_a_planned_contact_is_due_three_days_later_unless_called_off_or_unknown(more: Row, due: int) -> None:
    rows = [{"diary_id": "d", "planned_on": day("2024-05-10")} | more]
    judge = book(line("2024-01-01"), diary=rows, interactions=[contact("2024-05-03 09:00")])
    assert [judge.facts("c", day(text))["due_180"] for text in ("2024-05-12", "2024-05-31")] == [0, due]
    assert judge.facts("c", day("2024-05-31"))["kept_diary_180"] == due


# ---- points ---------------------------------------------------------------------------------------------------------

CONTACT = {
    "cadence": 45, "days_since": 90, "touch_180": 25, "attempts_180": 6, "answered_180": 3, "rhythm": 30, "gaps": 8,
    "due_180": 4, "kept_diary_180": 2,
}  # fmt: skip


def test_the_methods_four_components() -> None:
    complaints = {"burden": 300, "repeats_365": 1, "kept_365": 3, "broken_365": 1}
    price = {"billed": 10900, "benchmarked": 10900, "market": 10000, "benchmark_age": 12}
    tenure = {"months": Fraction(730 * 16, 487), "days_to_end": 60}
    points = {
        "contact": oracle.contact_points(CONTACT, 730), "complaints": oracle.complaints_points(complaints),
        "price": oracle.price_points(price), "tenure": oracle.tenure_points(tenure, has_line=True),
    }  # fmt: skip
    assert points == {"contact": 4928, "complaints": 5864, "price": 5000, "tenure": 3887}
    assert oracle.composite(points) == {"health": 5015, "low": 5015, "high": 5015, "coverage": 10000}
    assert oracle.composite(points | {"price": None}) == {"health": 5019, "low": 4015, "high": 6015, "coverage": 8000}


def test_an_unknown_part_leaves_its_weight_to_the_others() -> None:
    few = CONTACT | {"gaps": 3, "due_180": 0, "attempts_180": 2}
    assert oracle.contact_points(few, 730) == oracle.hundredths(Fraction(40 * 50 * 1000 + 25 * 53125, 65 * 1000))


def test_the_burden_curve_halves_every_four() -> None:
    found = [
        oracle.complaints_points({"burden": 100 * units, "repeats_365": 0, "kept_365": 0, "broken_365": 0}) for units in (0, 1, 2, 4, 8, 16)
    ]
    assert found == [10000, 8409, 7071, 5000, 2500, 625]


def test_loyalty_halves_the_rest_every_two_years() -> None:
    found = [oracle.tenure_points({"months": months, "days_to_end": None}, has_line=False) for months in (0, 6, 12, 24, 48, 120)]
    assert found == [0, 1591, 2929, 5000, 7500, 9688]


def test_an_unknown_price_widens_the_interval_and_lowers_the_coverage() -> None:
    found = oracle.composite({"contact": 8000, "complaints": 4000, "price": None, "tenure": 6000})
    assert found == {"health": 6000, "low": 4800, "high": 6800, "coverage": 8000}


@pytest.mark.parametrize("name", list(oracle.WEIGHTS))
def test_dropping_a_component_makes_nobody_firmly_healthy(name: str) -> None:
    points: dict[str, int | None] = {"contact": 6400, "complaints": 6600, "price": 6300, "tenure": 6500}
    whole, less = oracle.composite(points), oracle.composite(points | {name: None})
    assert less["low"] < whole["low"] < 6500
    assert oracle.verdict(less, "active", capped=False) != ("healthy", True)


@pytest.mark.parametrize(("health", "capped", "band"), [
    (4999, False, "at_risk"), (5000, False, "watch"), (6499, False, "watch"), (6500, False, "healthy"),
    (6500, True, "watch"), (4999, True, "at_risk"),
])  # fmt: skip
def test_a_knock_out_caps_the_band_and_never_the_number(health: int, capped: bool, band: str) -> None:
    assert oracle.band_of(health, capped) == band


def test_an_unpaid_invoice_knocks_out_after_sixty_days_unless_disputed() -> None:
    rows: list[Row] = [{}, {"paid_on": day("2024-03-02")}, {"disputed": True}, {"written_off": True}]
    judges = [book(line("2024-01-01"), invoices=[invoice(1, day("2024-01-02"), paid_on=None) | row]) for row in rows]
    found = [[judge.facts("c", day(text))["overdue_60"] for text in ("2024-03-01", "2024-03-02")] for judge in judges]
    assert found == [[False, True], [False, False], [False, False], [False, True]]


def test_an_open_critical_complaint_past_its_limit_knocks_out() -> None:
    row = {"complaint_id": "k", "opened_at": at("2024-05-01 10:00"), "severity": 4, "resolved_at": at("2024-05-10 10:00")}
    judge = book(line("2024-01-01"), complaints=[row])
    assert [judge.facts("c", day(text))["critical_late"] for text in ("2024-05-02", "2024-05-03", "2024-05-10")] == [False, True, False]
