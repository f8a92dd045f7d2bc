"""The contract of every component, and the worked examples of docs/method.md, section 3."""

import polars as pl
import pytest

from health.score.components import COMPONENTS, Component, Part, component_points

ROW: dict[str, object] = {
    "contact_present": True, "days_since": 90, "cadence_days": 45, "observed_days": 730, "touch_180": 25, "rhythm_days": 30, "due_180": 4,
        "kept_diary_180": 2,
    "attempts_180": 6, "answered_180": 3, "complaints_present": True, "burden": 300, "repeats_365": 1, "kept_365": 3, "broken_365": 1,
    "billed_cents": 10_900, "benchmarked_cents": 10_900, "market_cents": 10_000, "benchmark_age_months": 1,
    "tenure_days": 730, "agreed_until": True, "has_agreement": True, "days_to_end": 60,
    "answers_365": 2, "answers_sum": 130_000, "invoiced": True, "overdue_cents": 7500, "mrr_cents": 10_000, "paid_6": 6, "late_days_6": 54,
    "usage_months_3": 3, "used_3": 780, "licensed_used_3": 780, "licensed_3": 1200, "usage_months_before": 3, "used_before": 900,
    "contacts_present": True, "people": 2, "details_wanted": 6, "details_filled": 5, "voices_365": 2, "referrals_present": True,
        "referrals_730": 0,
    "promises_due_365": 4, "promises_kept_365": 3,
}  # fmt: skip
WORST: dict[str, object] = {
    "days_since": 100_000, "touch_180": 0, "kept_diary_180": 0, "due_180": 30, "answered_180": 0, "burden": 10**7, "kept_365": 0,
        "broken_365": 90,
    "market_cents": 1000, "tenure_days": 0, "days_to_end": 0, "answers_sum": 0, "overdue_cents": 10**9, "late_days_6": 600,
    "used_3": 0, "licensed_used_3": 0, "people": 0, "details_filled": 0, "voices_365": 0, "referrals_730": 0, "promises_due_365": 90,
        "promises_kept_365": 0,
}  # fmt: skip
BEST: dict[str, object] = {
    "days_since": 0, "touch_180": 1000, "kept_diary_180": 30, "due_180": 30, "answered_180": 6, "burden": 0, "repeats_365": 0,
        "kept_365": 90, "broken_365": 0,
    "market_cents": 100_000, "tenure_days": 10**6, "days_to_end": 1000, "answers_sum": 200_000, "overdue_cents": 0, "late_days_6": 0,
    "used_3": 1200, "licensed_used_3": 1200, "people": 9, "details_filled": 6, "voices_365": 5, "referrals_730": 2,
        "promises_kept_365": 4,
}  # fmt: skip
COVERED = [c for c in COMPONENTS if all(set(part.points.meta.root_names()) <= ROW.keys() for part in c.parts)]
"""The components whose facts ROW holds; one declared later is covered once its facts are added there."""
PARTS = [(c, p) for c in COVERED for p in c.parts]


def measured(part: Part, **changes: object) -> float | None:
    value: float | None = pl.DataFrame([ROW | changes]).select(part.points.alias("points"))["points"][0]
    return value


def of(component: Component, **changes: object) -> int | None:
    value: int | None = pl.DataFrame([ROW | changes], infer_schema_length=None).select(component_points(component))[component.column][0]
    return value


def by_key(key: str) -> Component:
    return next(c for c in COMPONENTS if c.key == key)


@pytest.mark.parametrize(
    "key, hundredths",
    [
        ("contact", 4928), ("complaints", 5864), ("price", 5000), ("satisfaction", 5833), ("payment", 7300), ("usage", 5667),
        ("depth", 6333), ("expectations", 6667),
    ],
)  # fmt: skip
def test_the_worked_example_gives_its_points(key: str, hundredths: int) -> None:
    assert of(by_key(key)) == hundredths


def test_a_term_with_60_days_left_after_two_years_gives_its_points() -> None:
    # 730 days are 23.984 months, so loyalty is 49.98 and tenure 38.87, as the method prints it
    assert of(by_key("tenure")) == 3887


@pytest.mark.parametrize("burden, expected", [(0, 100), (1, 84.09), (2, 70.71), (4, 50), (8, 25), (16, 6.25)])
def test_the_burden_halves_for_every_four(burden: int, expected: float) -> None:
    assert measured(by_key("complaints").parts[0], burden=100 * burden, repeats_365=0) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("months, expected", [(0, 0), (6, 15.91), (12, 29.29), (24, 50), (48, 75), (120, 96.88)])
def test_loyalty_grows_by_half_of_the_rest_every_two_years(months: int, expected: float) -> None:
    assert measured(by_key("tenure").parts[0], tenure_days=months * 30.4375) == pytest.approx(expected, abs=0.005)


def test_a_rolling_contract_counts_25_for_commitment() -> None:
    assert measured(by_key("tenure").parts[1], agreed_until=None, days_to_end=None) == 25


@pytest.mark.parametrize("component, part", PARTS, ids=[f"{c.key}-{p.key}" for c, p in PARTS])
def test_each_part_reaches_0_and_100_and_never_leaves_them(component: Component, part: Part) -> None:
    assert measured(part, **WORST) == pytest.approx(0, abs=0.01)
    assert measured(part, **BEST) == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize("component, part", PARTS, ids=[f"{c.key}-{p.key}" for c, p in PARTS])
def test_each_curve_is_monotone_between_0_and_100(component: Component, part: Part) -> None:
    assert part.axis is not None
    x = pl.DataFrame({"x": [part.axis.start + i * (part.axis.stop - part.axis.start) / 50 for i in range(51)]})
    drawn = x.select(part.curve(pl.col("x")).alias("y"))["y"]
    assert drawn.is_between(0, 100).all()
    assert drawn.is_sorted() or drawn.is_sorted(descending=True)


UNKNOWN: dict[str, dict[str, object]] = {
    "contact": {"contact_present": False, "days_since": None, "rhythm_days": None},
    "complaints": {"complaints_present": False},
    "price": {"benchmarked_cents": None, "market_cents": None, "billed_cents": None, "benchmark_age_months": None},
    "tenure": {"tenure_days": None, "agreed_until": None, "has_agreement": False, "days_to_end": None},
    "satisfaction": {"answers_365": 0, "answers_sum": 0},
    "payment": {"invoiced": False, "overdue_cents": 0, "paid_6": 0, "late_days_6": 0},
    "usage": dict.fromkeys(("usage_months_3", "used_3", "licensed_used_3", "licensed_3", "usage_months_before", "used_before"), 0),
    "depth": {"contacts_present": False, "people": 0},
    "expectations": {"promises_due_365": 0, "promises_kept_365": 0},
}


def test_every_component_of_the_product_as_delivered_is_covered() -> None:
    assert set(UNKNOWN) == {c.key for c in COVERED}


@pytest.mark.parametrize("component", COVERED, ids=lambda c: c.key)
def test_unknown_facts_give_unknown_points_never_zero(component: Component) -> None:
    frame = pl.DataFrame([ROW, ROW | UNKNOWN[component.key]], infer_schema_length=None)
    assert frame.select(component_points(component))[component.column].to_list()[1] is None


def test_a_price_whose_benchmark_is_older_than_a_year_is_unknown() -> None:
    assert of(by_key("price"), benchmark_age_months=12) == 5000
    assert of(by_key("price"), benchmark_age_months=13) is None


def test_a_price_known_for_less_than_half_of_the_bill_is_unknown() -> None:
    assert of(by_key("price"), billed_cents=2 * 10_900) == 5000
    assert of(by_key("price"), billed_cents=2 * 10_900 + 1) is None


def test_a_year_of_talks_that_name_nobody_leaves_the_second_voice_unknown() -> None:
    assert measured(by_key("depth").parts[2], voices_365=None) is None
    assert measured(by_key("depth").parts[2], voices_365=0) == 0


def test_a_bill_overdue_where_nothing_is_billed_any_more_is_the_worst_and_none_the_best() -> None:
    assert measured(by_key("payment").parts[0], mrr_cents=None) == 0
    assert measured(by_key("payment").parts[0], mrr_cents=None, overdue_cents=0) == 100


def test_an_unknown_part_leaves_its_weight_to_the_others() -> None:
    contact = by_key("contact")
    expected = (40 * 50 + 25 * 53.125 + 15 * 40 + 10 * 50) / 90
    assert of(contact, attempts_180=2) == int(100 * expected + 0.5)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda c: c.key)
def test_each_component_explains_itself(component: Component) -> None:
    assert component.why.endswith(".") and len(component.why) > 40
    assert sum(p.share for p in component.parts) == 100
    assert all(p.formula and p.worst and p.best and p.unknown_when and p.axis for p in component.parts)
    assert component.needs and component.example


def test_the_default_weights_add_up_to_100() -> None:
    assert sum(c.weight for c in COMPONENTS) == 100
