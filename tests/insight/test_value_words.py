"""The words and frames of the value screen say what their figures say, and no more."""

from datetime import date

import polars as pl
import pytest

from health import format as fmt
from health.foresight.lifetime.assumptions import DEFAULT
from health.foresight.lifetime.measured_inputs import NewCustomer
from health.insight.client import forecast, negotiation
from health.insight.client.negotiation import Chances
from health.insight.retention_forecast import Forecast, ForecastSide
from health.insight.value import groups, retention_frames

SUMMARY = pl.DataFrame(
    {
        "segment": ["protect", "rescue", "grow", "decide", "unknown"],
        "customers": [50, 10, 60, 9, 3],
        "mrr": [9000.0, 4000.0, 800.0, 90.0, None],
        "lifetime_value": [60_000.0, 30_000.0, 9000.0, 1000.0, None],
        "churn": [0.02, 0.2, 0.03, 0.12, None],
        "low": [0.01, 0.15, 0.02, 0.08, None],
        "high": [0.03, 0.25, 0.04, 0.14, None],
    }
)
ROW = {"mrr": 1000.0, "margin": 300.0, "annuity": 24.743, "lifetime_value": 7423.0, "p_leave_12m": 0.40, "chance_from": "model"}
NEW = NewCustomer(280.0, 21.337, 100, True)


def test_what_is_to_rescue_is_said_as_a_share_of_the_books_value() -> None:
    assert groups.rescue_title(SUMMARY).replace("\u00a0", " ") == "10 customers to rescue: €30k lifetime value, 30 % of the total"
    assert groups.rescue_title(SUMMARY.with_columns(pl.lit(0).alias("customers"))) == "No high-value customer has low health"


def test_a_list_says_whom_no_group_holds_and_why_and_whose_margin_is_not_on_file() -> None:
    rows = pl.DataFrame({"mrr": [100.0, None, 50.0, 9.0], "quadrant": ["grow", None, None, None], "margin": [30.0, None, 15.0, None],
                         "margin_assumed": [True, False, False, False], "status": ["active", "active", "leaving", "lost"]})  # fmt: skip
    assert groups.list_summary(rows) == (
        "4 customers, €159 MRR; without a group: 1 leaving, 1 without a known band or margin, 1 inactive but may buy again; "
        "margin of 1 estimated from the margin rate."
    )
    assert groups.list_summary(rows.filter(pl.col("mrr").is_null())).startswith("1 customer, – MRR"), (
        "an unknown bill is not a bill of zero"
    )


def test_a_group_leaves_most_only_where_its_interval_stands_apart() -> None:
    assert groups.churn_title(SUMMARY).startswith("Rescue churns most")
    near = SUMMARY.with_columns(pl.when(pl.col("segment") == "decide").then(0.19).otherwise("high").alias("high"))
    assert groups.churn_title(near) == "Rescue and decide churn most, at similar rates"


def test_every_move_stands_in_the_table_and_only_those_in_a_group_on_both_days_count_as_moved() -> None:
    moves = pl.DataFrame(
        {"from": ["protect", "protect", "new", "rescue"], "to": ["protect", "rescue", "grow", "left"], "customers": [8, 2, 3, 1]}
    )
    assert groups.movement_title(moves) == "2 moved from Protect to Rescue, 0 back"
    assert groups.movement_summary(moves).replace("\u00a0", " ") == "20 %, 2 of 10, changed group."
    shown = groups.movement_table(moves)
    assert shown.drop("From").sum_horizontal().sum() == 14


def test_the_floors_of_the_worked_example_are_those_of_the_screen() -> None:
    terms = negotiation.deal(ROW, NEW, DEFAULT)
    assert terms is not None
    cost = 4000.0
    fixed = negotiation.Deal(1000, 300, 24.743, cost, 0.5, 280, 21.337)
    assert (terms.price, terms.margin, terms.annuity, terms.new_margin) == (fixed.price, fixed.margin, fixed.annuity, fixed.new_margin)
    sure, unsure = negotiation.floors(fixed, Chances(0.40, 0.25))
    assert (round(sure or 0, 3), round(unsure or 0, 3)) == (0.26, 0.052)
    assert (
        negotiation.finding(sure, unsure).replace("\u00a0", " ")
        == "Break-even discount: 5.2 % (26.0 % if it would otherwise certainly leave)"
    )


def test_a_discount_pays_up_to_its_floor_and_no_further() -> None:
    terms, u = negotiation.Deal(1000, 300, 24.743, 4000, 0.5, 280, 21.337), Chances(0.40, 0.25)
    floor = negotiation.floors(terms, u)[1] or 0
    assert (
        negotiation.value_at_discount(terms, u, floor - 0.001)["gain"] > 0 > negotiation.value_at_discount(terms, u, floor + 0.001)["gain"]
    )


def test_without_a_price_there_is_no_room_to_speak_of() -> None:
    assert negotiation.deal(ROW | {"mrr": None}, NEW, DEFAULT) is None
    assert negotiation.finding(None, None) == "Break-even discount not available"


def test_the_cost_of_a_loss_adds_up_and_an_unknown_share_of_write_offs_counts_none() -> None:
    found = forecast.loss_cost(ROW, NEW, DEFAULT, 1800.0, None)
    assert found.parts["mid"].sum() == pytest.approx(found.mid)
    assert found.parts.filter(pl.col("part") == "Receivables written off")["high"][0] == 0
    assert "not counted" in forecast.assumptions_text(DEFAULT, None)


@pytest.mark.parametrize("margin", [281.37, 20_815.49])
def test_the_cost_of_a_loss_is_the_same_in_the_title_and_in_the_table_and_its_parts_add_up(margin: float) -> None:
    parts = forecast.cost_parts(forecast.loss_cost(ROW | {"margin": margin}, NEW, DEFAULT, 1799.63, 0.37))
    *rows, total = parts.select("low", "mid", "high").fill_null(0).iter_rows()
    assert total == tuple(map(sum, zip(*rows, strict=True))) and all(amount == round(amount) for amount in total)
    low, mid, high = map(fmt.money, total)
    assert forecast.cost_finding(parts) == f"Cost of losing this customer: {mid} ({low} to {high})"


def test_a_bands_rate_makes_a_curve_that_meets_it_after_a_year() -> None:
    curve = forecast.constant_churn_curve(0.40)
    assert curve.filter(pl.col("month") == 12)["stays"][0] == pytest.approx(0.60)
    assert curve["stays"].is_sorted(descending=True)


def test_curves_that_overlap_are_not_told_apart_and_hidden_groups_are_named() -> None:
    found = pl.DataFrame(
        {
            "group": ["A", "A", "B", "B", "C"], "since": [0] * 5, "month": [0, 12, 0, 12, 0], "at_risk": [90, 80, 70, 60, 3],
            "stays": [1.0, 0.9, 1.0, 0.7, None], "low": [None, 0.8, None, 0.6, None], "high": [None, 0.95, None, 0.78, None],
        }
    )  # fmt: skip
    curves = retention_frames.curves(found)
    assert retention_frames.curves_title(curves).replace("\u00a0", " ") == "After 12 months: 90 % of A, 70 % of B stay"
    assert retention_frames.hidden_groups_text(found) == "Too few customers for a curve: C."
    assert retention_frames.hidden_groups_text(found.with_columns(pl.col("group").replace("C", "at_risk"))).endswith(": ◆ At risk.")
    wide = found.with_columns(pl.when(pl.col("group") == "B").then(0.85).otherwise("high").alias("high"))
    assert retention_frames.curves_title(retention_frames.curves(wide)) == "No clear difference between the groups after 12 months"


def test_the_present_forecast_stands_last_with_its_outcome_open() -> None:
    past = pl.DataFrame(
        [(date(2025, 6, 30), date(2026, 6, 30), "gross", 0.8, 0.7, 0.9, 0.02, 0.82)],
        ["made_on", "until", "side", "expected", "low", "high", "chance_sd", "came"],
        orient="row",
    )
    now = Forecast(date(2026, 6, 30), date(2027, 6, 30), 10, 1.0, ForecastSide(0.81, 0.7, 0.9, 0.02, None), None, past)
    assert retention_frames.forecasts(now, "gross").rows()[-1] == (date(2026, 6, 30), 0.81, 0.7, 0.9, None)
    assert retention_frames.forecasts(now, "net").is_empty()
