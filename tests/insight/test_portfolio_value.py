"""The book's value: unknown values are in no sum, and what moved it adds up to the cent."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health import format as fmt
from health.insight import portfolio_value
from health.insight.titles import LONGEST
from health.insight.value import titles

VALUE: dict[str, Any] = {
    "customer_id": pl.String, "status": pl.String, "method": pl.String, "p_leave_90d": pl.Float64, "p_leave_180d": pl.Float64,
    "p_leave_12m": pl.Float64, "p_alive": pl.Float64, "margin": pl.Float64, "margin_assumed": pl.Boolean, "annuity": pl.Float64,
    "chance_from": pl.String, "lifetime_value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "segment": pl.String, "why": pl.String,
}  # fmt: skip
NOW: dict[str, Any] = {
    **dict.fromkeys(["customer_id", "name", "status", "band", "segment", "tier", "region", "owner", "owner_name"], pl.String),
    "health": pl.Float64, "mrr": pl.Float64, "renewal_on": pl.Date,
}  # fmt: skip


def valued(*rows: dict[str, Any]) -> pl.DataFrame:
    """A value frame; a value is margin x annuity unless given."""
    made = []
    for given_row in rows:
        r = {"status": "active", "method": "hazard", "margin_assumed": False} | given_row
        if "lifetime_value" not in r and r.get("margin") is not None and r.get("annuity") is not None:
            r["lifetime_value"] = r["margin"] * r["annuity"]
        made.append(r)
    return pl.DataFrame(made, schema=VALUE)


def standing(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{"status": "active", "band": "healthy", "name": r["customer_id"]} | r for r in rows], schema=NOW)


def test_an_unknown_value_is_in_no_sum_and_is_counted_with_its_reason() -> None:
    value = valued(
        {"customer_id": "A", "margin": 100.0, "annuity": 20.0, "p_leave_12m": 0.25},
        {"customer_id": "B", "margin": 50.0, "annuity": 10.0, "p_leave_12m": 0.5, "margin_assumed": True},
        {"customer_id": "C", "status": "leaving", "margin": 70.0, "method": "none", "why": "It is known to leave."},
        {"customer_id": "D", "status": "lost", "method": "none", "why": "The customer has left."},
    )
    now = standing(
        {"customer_id": "A"}, {"customer_id": "B", "band": "at_risk"}, {"customer_id": "C", "status": "leaving", "band": None},
        {"customer_id": "D", "status": "lost"},
    )  # fmt: skip
    found = portfolio_value.portfolio_value(value, now)
    assert (found.value, found.margin, found.customers, found.valued, found.without) == (2500.0, 150.0, 3, 2, 1)
    assert found.why == (("It is known to leave.", 1),) and found.assumed == 1
    assert (found.at_risk, found.in_band, found.band_customers) == (750.0, 500.0, 1)


def test_where_nothing_is_known_there_is_no_value_rather_than_none_at_all() -> None:
    value, now = valued({"customer_id": "A", "method": "none", "why": "No model."}), standing({"customer_id": "A"})
    found = portfolio_value.portfolio_value(value, now)
    assert (found.value, found.at_risk, found.in_band, found.top_share) == (None, None, None, None)
    assert portfolio_value.largest_at_risk(value, now).is_empty() and portfolio_value.quantiles(value, now).is_empty()
    assert portfolio_value.by_segment(value, now)["lifetime_value"].to_list() == [None]


def test_a_value_without_a_chance_of_leaving_is_not_said_to_be_safe() -> None:
    value = valued(
        {"customer_id": "A", "margin": 100.0, "annuity": 20.0}, {"customer_id": "B", "lifetime_value": 400.0, "method": "bg_nbd"}
    )
    found = portfolio_value.portfolio_value(value, standing({"customer_id": "A"}, {"customer_id": "B"}))
    assert (found.value, found.at_risk, found.with_probability) == (2400.0, None, 0)
    assert titles.at_risk(found) == "no churn probability known"


def test_what_is_at_risk_is_a_share_of_the_value_only_where_everybody_with_a_value_has_a_chance_of_leaving() -> None:
    foreseen = {"customer_id": "A", "margin": 100.0, "annuity": 20.0, "p_leave_12m": 0.25}
    shopper = {"customer_id": "B", "method": "bg_nbd", "lifetime_value": 8000.0, "p_alive": 0.9}
    alone, both = (
        portfolio_value.portfolio_value(valued(*rows), standing({"customer_id": "A"}, {"customer_id": "B"}))
        for rows in ([foreseen], [foreseen, shopper])
    )
    assert titles.at_risk(alone).replace(fmt.SPACE, " ") == "25 % of the value"
    assert titles.at_risk(both) == "of 1 customer", "the shopper's chance is not known, and not none"


def test_a_day_without_customers_is_not_asked_why_they_have_no_value() -> None:
    gone = {"customer_id": "A", "status": "lost"}
    assert titles.without(
        portfolio_value.portfolio_value(valued(gone | {"method": "none", "why": "The customer has left."}), standing(gone))
    ).startswith("There are no customers")


def test_where_nobodys_band_is_known_the_value_in_the_band_at_risk_is_not_none_at_all() -> None:
    value = valued({"customer_id": "A", "margin": 10.0, "annuity": 20.0}, {"customer_id": "B", "lifetime_value": 4.0, "status": "lost"})
    now = standing({"customer_id": "A", "band": "unknown"}, {"customer_id": "B", "status": "lost", "band": None})
    found = portfolio_value.portfolio_value(value, now)
    assert (found.in_band, found.band_customers) == (None, None)
    assert (found.customers, found.valued, found.gone) == (1, 2, 1), "whoever is gone and may buy again is told apart"
    known = portfolio_value.portfolio_value(value, now.with_columns(pl.lit("healthy").alias("band")))
    assert (known.in_band, known.band_customers) == (0.0, 0)


def test_the_largest_at_risk_come_first_with_their_share_ties_by_id() -> None:
    value = valued(
        *({"customer_id": c, "lifetime_value": v, "p_leave_12m": p} for c, v, p in (("B", 100.0, 0.5), ("A", 50.0, 1.0), ("C", 900.0, 0.1)))
    )
    found = portfolio_value.largest_at_risk(value, standing(*({"customer_id": c} for c in "ABC")), 2)
    assert found["customer_id"].to_list() == ["C", "A"]
    assert found["share"].to_list() == pytest.approx([90 / 190, 50 / 190])


VALUES = st.none() | st.integers(-100_000, 100_000_000).map(lambda c: c / 100)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(VALUES, st.sampled_from(["small", "large", None])), min_size=1, max_size=30))
def test_segments_hold_everybody_once(customers: list[tuple[float | None, str | None]]) -> None:
    value = valued(*({"customer_id": f"C{n}", "lifetime_value": v} for n, (v, _) in enumerate(customers)))
    now = standing(*({"customer_id": f"C{n}", "segment": s} for n, (_, s) in enumerate(customers)))
    known = [round(v * 100) for v, _ in customers if v is not None]
    parts = portfolio_value.by_segment(value, now)
    assert parts["customers"].sum() == len(customers)
    assert round(sum(parts["lifetime_value"].fill_null(0)) * 100) == sum(known)


def parts_of(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, int]:
    move = portfolio_value.value_change(before, after)
    return {part: cents for part, cents in move.parts.select("part", "cents").iter_rows() if cents}


def one(**given_row: Any) -> pl.DataFrame:
    return valued({"customer_id": "A"} | given_row)


NOBODY = valued()
STAYS = {"margin": 100.0, "annuity": 20.0}


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (NOBODY, one(**STAYS), {"new": 200_000}),
        (one(status="prospect", method="none"), one(**STAYS), {"new": 200_000}),
        (one(**STAYS), one(status="lost", method="none"), {"left": -200_000}),
        (one(**STAYS), one(status="leaving", method="none"), {"left": -200_000}),
        (one(**STAYS), one(status="in grace", method="none"), {"unknown": -200_000}),
        (one(**STAYS), one(method="none"), {"unknown": -200_000}),
        (one(method="none"), one(**STAYS), {"known": 200_000}),
        (one(**STAYS), one(margin=110.0, annuity=20.0), {"margin": 20_000}),
        (one(**STAYS), one(margin=100.0, annuity=18.0), {"chance": -20_000}),
        (one(**STAYS), one(margin=110.0, annuity=18.0), {"margin": 19_000, "chance": -21_000}),
        (one(lifetime_value=50.0, method="bg_nbd"), one(**STAYS), {"chance": 195_000}),
        (one(lifetime_value=50.0, method="bg_nbd"), one(lifetime_value=20.0, method="bg_nbd", status="lost"), {"chance": -3_000}),
    ],
)  # fmt: skip
def test_each_change_is_told_by_its_own_name(before: pl.DataFrame, after: pl.DataFrame, parts: dict[str, int]) -> None:
    assert parts_of(before, after) == parts


def test_what_the_method_alone_makes_of_a_day_is_told_apart_from_what_happened() -> None:
    told, revalued = one(margin=100.0, annuity=18.0, chance_from="band"), one(margin=100.0, annuity=15.0, chance_from="model")
    found = portfolio_value.method_effect(told, revalued)
    assert (found.reported, found.revalued, found.customers) == (180_000, 150_000, 1)
    words = titles.method(found, date(2026, 7, 31)).replace(fmt.SPACE, " ")
    assert "Reported on 31 Jul 2026: €1,800. Model change: -€300" in words
    assert "from the churn rates of the bands then, and come from the churn model now" in words


def test_a_day_on_which_nothing_could_be_told_has_no_value_that_a_method_moved() -> None:
    found = portfolio_value.method_effect(one(method="none", margin=100.0), one(**STAYS, chance_from="model"))
    assert found.methods_then == () and "No values were available" in titles.method(found, date(2026, 7, 31))
    same = portfolio_value.method_effect(one(**STAYS, chance_from="model"), one(**STAYS, chance_from="model"))
    assert same.customers == 0 and titles.method(same, date(2026, 7, 31)).endswith("was the same, €2,000.")


def test_the_title_of_a_change_names_the_longest_bar_in_its_direction() -> None:
    before = valued(*({"customer_id": c, **STAYS} for c in "AB"))
    gone = {"customer_id": "B", "status": "lost", "method": "none"}
    after = valued({"customer_id": "A", "margin": 50.0, "annuity": 20.0}, gone, {"customer_id": "C", **STAYS})
    assert parts_of(before, after) == {"new": 200_000, "left": -200_000, "margin": -100_000}
    assert titles.value_change_title(portfolio_value.value_change(before, after), date(2026, 7, 31)).endswith("mainly churned customers")


SIDE = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["prospect", "active", "leaving", "in grace", "lost", "merged"]),
        "method": st.sampled_from(["hazard", "bg_nbd", "none"]),
        "margin": st.none() | st.floats(-50, 5000, allow_nan=False),
        "annuity": st.none() | st.floats(0, 47.9),
        "lifetime_value": st.none() | st.floats(-2000, 250_000),
    }
)
FRAMES = st.dictionaries(st.sampled_from("ABCDEF"), SIDE)


@settings(max_examples=60, deadline=None)
@given(FRAMES, FRAMES)
def test_whatever_happens_the_parts_add_up_to_the_cent(before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = (valued(*({"customer_id": c} | r for c, r in side.items())) for side in (before, after))
    move = portfolio_value.value_change(old, new)
    assert move.parts["part"].to_list() == list(portfolio_value.PARTS)
    assert move.before + int(move.parts["cents"].sum()) == move.after
    assert int(move.customers["cents"].sum()) == int(move.parts["cents"].sum())
    assert len(titles.value_change_title(move, date(2026, 7, 31))) <= LONGEST
