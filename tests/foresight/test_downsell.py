"""Downsells: who counts as one, who does not, and that churn stays a label of its own."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from health.foresight.backtest import downsell, verdict
from health.foresight.backtest.panel import Panel
from health.foresight.backtest.verdict import VerdictInputs
from health.score.settings import DEFAULT
from health.warehouse.facts import Span
from tests.books import analyst, rows, unscored, warehouse_of

D = date
CUT, HORIZON = D(2025, 3, 31), 90
END = D(2025, 6, 29)


def line(customer: str, number: int, price: str, **more: Any) -> dict[str, Any]:
    given = {"contract_id": f"{customer}{number}", "customer_id": customer, "product": "suite", "start_on": D(2024, 1, 1)}
    return given | {"unit_price": Decimal(price)} | more


ENDS = {"notice_on": D(2025, 4, 30), "terminated_on": D(2025, 5, 31)}
LINES = [
    line("fell", 0, "85"), line("fell", 1, "15", **ENDS),
    line("little", 0, "85.01"), line("little", 1, "14.99", **ENDS),
    line("paused", 0, "60"), line("paused", 1, "40", paused_from=D(2025, 5, 1), paused_until=D(2025, 7, 31)),
    line("later", 0, "60"), line("later", 1, "40", notice_on=D(2025, 6, 1), terminated_on=D(2025, 6, 29)),
    line("grew", 0, "60"), line("grew", 1, "10", start_on=D(2025, 5, 1)),
    line("lost", 0, "60"), line("lost", 1, "40", **ENDS),
    line("gap", 0, "60", end_on=D(2025, 6, 15)),
]  # fmt: skip
CUSTOMERS = sorted({row["customer_id"] for row in LINES})
BOOK = {"customers": rows("customers", *({"customer_id": c, "name": c} for c in CUSTOMERS)), "contracts": rows("contracts", *LINES)}


def panel_of_all() -> Panel:
    """The panel of one cut-off: every customer stayed but the lost one."""
    frame = pl.DataFrame({"customer_id": CUSTOMERS, "cutoff": [CUT] * len(CUSTOMERS), "lost": [c == "lost" for c in CUSTOMERS]})
    return Panel(frame, [CUT], HORIZON, {"unknown": 1}, DEFAULT, Span(CUT, END))


def test_a_fall_of_fifteen_percent_is_a_downsell_and_less_a_pause_or_a_later_end_is_none() -> None:
    with unscored(BOOK).reading() as session:
        found = downsell.downsell_panel(session, panel_of_all())
    assert dict(found.rows.select("customer_id", "lost").iter_rows()) == {
        "fell": True, "little": False, "paused": False, "later": False, "grew": False,
    }  # fmt: skip
    assert (found.losses, found.cutoffs, found.horizon_days) == (1, [CUT], HORIZON)


def test_churned_customers_and_those_without_a_line_are_in_no_downsell_test_and_the_churn_panel_is_untouched() -> None:
    panel = panel_of_all()
    with unscored(BOOK).reading() as session:
        found = downsell.downsell_panel(session, panel)
    assert set(found.rows["customer_id"]).isdisjoint({"lost", "gap"})
    assert panel.losses == 1 and panel.rows.height == len(CUSTOMERS)


def test_with_few_downsells_the_verdict_says_so_in_its_own_words() -> None:
    with unscored(BOOK).reading() as session:
        result = downsell.downsell_evidence(downsell.downsell_panel(session, panel_of_all()))
    assert result.verdict == "too_few_losses"
    assert result.sentence == "Too few downsells to test the score: 1 downsell at 1 test date; 30 are needed."
    assert {"verdict", "sentence", "rows", "downsells", "models"} <= result.as_json().keys()


def test_both_verdicts_name_what_they_are_about() -> None:
    inputs = VerdictInputs(90, 4, 60, 0.7, 0.66, 0.74, "tenure_only", 0.02)
    churn, fall = verdict.verdict_text(inputs), verdict.verdict_text(inputs, verdict.DOWNSELL)
    assert "the customer who churned within 90 days" in churn and "whose MRR fell by 15 % or more within 90 days" in fall


def test_the_list_shows_each_fall_from_one_month_end_to_the_next() -> None:
    calls = rows("interactions", {"interaction_id": "I", "customer_id": "grew", "occurred_at": D(2024, 9, 1), "channel": "call",
                                  "direction": "in"}, {"interaction_id": "J", "customer_id": "grew", "occurred_at": D(2025, 8, 31),
                                                       "channel": "call", "direction": "in"})  # fmt: skip
    warehouse = warehouse_of(BOOK | {"interactions": calls})
    found = downsell.downsells(analyst(warehouse), D(2025, 8, 31))
    assert found.select("customer_id", "fell_by", "before_cents", "after_cents").rows() == [
        ("fell", D(2025, 6, 30), 10_000, 8_500), ("later", D(2025, 6, 30), 10_000, 6_000), ("lost", D(2025, 6, 30), 10_000, 6_000),
    ]  # fmt: skip
    assert downsell.downsells(analyst(warehouse), D(2025, 6, 29)).is_empty()
