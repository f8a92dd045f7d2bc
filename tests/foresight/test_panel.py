"""Who stands in the panel, at which cut-offs, and what is said to have become of them: as known when the horizon had matured."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from health.foresight.backtest import cutoffs
from health.foresight.backtest.panel import Panel, panel
from health.score import settings
from health.score.settings import DEFAULT, Settings
from health.warehouse.facts import Span
from tests.books import rows, warehouse_of

FIRST, NEWEST = date(2023, 1, 10), date(2024, 12, 20)
CUT = date(2024, 3, 31)


def line(customer: str, n: int = 1, **columns: Any) -> dict[str, Any]:
    """A rolling line of one customer from the first day."""
    begun = {"contract_id": f"K{customer}{n}", "customer_id": customer, "product": "mobile", "unit_price": Decimal("100.00"), "quantity": 1}
    return begun | {"start_on": date(2023, 1, 1)} | columns


def left(customer: str, on: date, **columns: Any) -> dict[str, Any]:
    """An exit announced and gone on one day."""
    return {"customer_id": customer, "announced_on": on, "left_on": on, "reason": "service"} | columns


def panel_of(lines: list[dict[str, Any]], exits: list[dict[str, Any]] = [], horizon: int = 90, under: Settings = DEFAULT) -> Panel:  # noqa: B006
    """The panel of a book in which every customer named talks each month."""
    names = sorted({row["customer_id"] for row in lines})
    talks = [
        {
            "interaction_id": f"I{name}{month}",
            "customer_id": name,
            "occurred_at": at,
            "channel": "call",
            "direction": "out",
            "outcome": "reached",
        }
        for name in names
        for month in range(24)
        for at in [datetime(2023 + month // 12, month % 12 + 1, 10 if month else FIRST.day, 9)]
    ]
    complaint = {
        "complaint_id": "Q",
        "customer_id": names[0],
        "opened_at": datetime(2023, 1, 10, 9),
        "resolved_at": datetime(2023, 1, 10, 10),
    }
    referral = {"referral_id": "F", "customer_id": names[0], "made_on": NEWEST}
    warehouse = warehouse_of(
        {
            "customers": rows("customers", *({"customer_id": name, "name": name, "tier": "B"} for name in names)),
            "contracts": rows("contracts", *lines),
            "interactions": rows("interactions", *talks),
            "complaints": rows("complaints", complaint),
            "exits": rows("exits", *exits),
            "referrals": rows("referrals", referral),
        }
    )
    with warehouse.reading() as session:
        return panel(session, horizon, under)


def label(found: Panel, customer: str, cut: date = CUT) -> bool | None:
    """Lost, kept, or None where the customer is not in the panel at the cut-off."""
    row = found.rows.filter((pl.col("customer_id") == customer) & (pl.col("cutoff") == cut))
    return bool(row["lost"][0]) if row.height else None


def test_cut_offs_are_quarter_ends_a_year_after_the_first_day_whose_outcome_is_known() -> None:
    assert cutoffs.cutoffs(Span(FIRST, NEWEST), 90) == [date(2024, 3, 31), date(2024, 6, 30)]
    assert cutoffs.cutoffs(Span(FIRST, NEWEST), 180) == [date(2024, 3, 31)]
    last = date(2024, 3, 31) + timedelta(days=120)
    assert cutoffs.cutoffs(Span(date(2023, 3, 31), last), 90) == [CUT]
    assert cutoffs.cutoffs(Span(date(2023, 4, 1), last), 90) == []
    assert cutoffs.cutoffs(Span(date(2023, 3, 31), last - timedelta(days=1)), 90) == []
    assert cutoffs.cutoffs(Span(None, None), 90) == []


def test_what_is_learned_was_known_before_it_is_used() -> None:
    days = [date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31)]
    assert cutoffs.matured_cutoffs(days, days[1], 90) == []
    assert cutoffs.matured_cutoffs(days, days[2], 90) == days[:1]
    assert cutoffs.split_in_halves(days, 90) == (days[:1], days[2:])
    assert cutoffs.split_in_halves([], 90) == ([], [])


def test_the_reason_for_too_little_history_tells_what_was_observed_and_what_is_needed() -> None:
    told = cutoffs.explain_no_cutoffs(Span(date(2019, 12, 31), date(2019, 12, 31)), 90)
    assert (
        "on one day, 31 Dec 2019" in told
        and "start dates of contracts do not count" in told
        and "31 Dec 2020" in told
        and "30 Apr 2021" in told
    )


@pytest.mark.parametrize(
    ("day", "lost"),
    [(1, True), (90, True), (91, False), (120, False)],
)
def test_only_who_decides_within_the_horizon_is_lost(day: int, lost: bool) -> None:
    on = CUT + timedelta(days=day)
    found = panel_of(
        [line("A"), line("B"), line("C"), line("D", end_on=on)], [left("B", on), left("C", on, left_on=on + timedelta(days=300))]
    )
    assert [label(found, customer) for customer in "ABCD"] == [False, lost, lost, lost]


def test_who_has_decided_by_the_cut_off_is_not_asked_about() -> None:
    late = CUT + timedelta(days=60)
    found = panel_of(
        [line("A"), line("B"), line("C", notice_on=CUT, terminated_on=late), line("D", start_on=CUT + timedelta(days=1))],
        [left("B", CUT, left_on=late)],
    )
    assert [label(found, customer) for customer in "ABCD"] == [False, None, None, None]


def test_a_word_that_comes_after_the_horizon_matured_changes_no_label() -> None:
    before = CUT + timedelta(days=50)
    words = [left("A", CUT + timedelta(days=120), left_on=before), left("B", CUT + timedelta(days=121), left_on=before)]
    assert [label(panel_of([line("A"), line("B")], words), customer) for customer in "AB"] == [True, False]


def test_whoever_comes_back_was_lost_all_the_same() -> None:
    gone = CUT + timedelta(days=20)
    back = [line("A", end_on=gone), line("A", 2, start_on=gone + timedelta(days=31), signed_on=gone + timedelta(days=31))]
    in_grace = [line("B", end_on=gone), line("B", 2, start_on=gone + timedelta(days=30), signed_on=gone + timedelta(days=30))]
    twice = [line("C", end_on=gone), *(line("C", n, start_on=gone + timedelta(days=10 * n)) for n in (2, 3))]
    exits = [left("C", gone), left("C", gone + timedelta(days=25))]
    found = panel_of([*back, *in_grace, *twice], exits)
    assert [label(found, customer) for customer in "ABC"] == [True, False, True]


def test_merged_and_ended_by_us_are_left_out_and_counted() -> None:
    on = CUT + timedelta(days=30)
    exits = [
        left(customer, on, reason=reason) for customer, reason in zip("BCDE", ["merged", "insolvency", "we_ended", "price"], strict=True)
    ]
    found = panel_of([line(customer) for customer in "ABCDE"], exits)
    assert [label(found, customer) for customer in "ABCDE"] == [False, None, None, None, True]
    assert found.left_out == {"unknown": 0, "merged": 1, "not_theirs": 2}


def test_who_is_not_scored_is_left_out_and_counted() -> None:
    found = panel_of([line("A"), line("B")], under=Settings(weights={"contact": 0, "complaints": 0, "price": 50, "tenure": 50}, version=1))
    assert found.rows.is_empty() and found.left_out["unknown"] == 4


def test_the_panel_under_other_weights_is_the_panel_made_anew() -> None:
    book = warehouse_of({})
    with book.reading() as session:
        assert panel(session, 90, settings.in_force(session)).cutoffs == []
    draft = Settings(weights={"contact": 70, "complaints": 10, "price": 0, "tenure": 20}, at_risk_below=40, healthy_from=80)
    lines = [line("A"), line("B", start_on=date(2023, 9, 1)), line("C", end_on=date(2025, 3, 1))]
    again, anew = panel_of(lines).rescore(draft), panel_of(lines, under=draft)
    columns = [name for name in anew.rows.columns if name != "health_last_quarter"]
    assert again.rows.select(columns).equals(anew.rows.select(columns))
    slower = Settings(cadence_days={"A": 1, "B": 1, "C": 1})
    assert (panel_of(lines, under=slower).rows["contact_points"] < anew.rows["contact_points"]).any()
    with pytest.raises(ValueError, match="build a new panel"):
        anew.rescore(slower)


def test_last_quarters_health_is_that_of_three_months_before() -> None:
    found = panel_of([line("A"), line("B", start_on=date(2024, 2, 1))])
    by = {(c, d): (h, q) for c, d, h, q in found.rows.select("customer_id", "cutoff", "health", "health_last_quarter").iter_rows()}
    june = date(2024, 6, 30)
    assert by["A", june][1] == by["A", CUT][0] and by["B", june][1] == by["B", CUT][0]
    assert by["A", CUT][1] is not None and by["B", CUT][1] is None
