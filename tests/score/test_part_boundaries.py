"""Each part of the score at its worst, at its best and one step inside of both, and each condition under which it is known."""

from typing import Any

import polars as pl
import pytest

from health.score.components import COMPONENTS, Component, Part, component_points
from health.score.components.complaints import OPEN
from health.score.components.parts import Approach, Halving, Ramp
from tests.score.test_components import ROW

PARTS: dict[tuple[str, str], Part] = {(c.key, p.key): p for c in COMPONENTS for p in c.parts}


def measured(component: str, part: str, **facts: Any) -> float | None:
    value: float | None = pl.DataFrame([ROW | facts], infer_schema_length=None).select(PARTS[component, part].points.alias("p"))["p"][0]
    return value


EDGES: list[tuple[str, str, dict[str, Any], float | None]] = [
    # the agreed days are 45: full until then, nothing from three times on
    ("contact", "recency", {"days_since": 45}, 100),
    ("contact", "recency", {"days_since": 46}, 100 * (135 - 46) / 90),
    ("contact", "recency", {"days_since": 134}, 100 / 90),
    ("contact", "recency", {"days_since": 135}, 0),
    ("contact", "recency", {"contact_present": False}, None),
    ("contact", "recency", {"days_since": None}, None),
    # 180 / 45 = 4 contacts agreed; a touch counts a tenth
    ("contact", "volume", {"touch_180": 40}, 100),
    ("contact", "volume", {"touch_180": 39}, 100 * (39 / 40 - 0.2) / 0.8),
    ("contact", "volume", {"touch_180": 8}, 0),
    ("contact", "volume", {"touch_180": 9}, 100 * (9 / 40 - 0.2) / 0.8),
    ("contact", "volume", {"touch_180": 39, "observed_days": 180}, 100 * (39 / 40 - 0.2) / 0.8),
    ("contact", "volume", {"touch_180": 39, "observed_days": 181}, 100 * (39 / 40 - 0.2) / 0.8),
    ("contact", "volume", {"touch_180": 39, "observed_days": 179}, 100 * (39 / 10 / (179 / 45) - 0.2) / 0.8),
    ("contact", "volume", {"touch_180": 39, "observed_days": None}, 100 * (39 / 40 - 0.2) / 0.8),
    ("contact", "volume", {"touch_180": 3, "observed_days": 30}, 100 * (0.3 / (30 / 45) - 0.2) / 0.8),
    ("contact", "volume", {"touch_180": 3, "observed_days": 29}, 100 * (0.3 / (30 / 45) - 0.2) / 0.8),
    ("contact", "volume", {"touch_180": 3, "observed_days": 31}, 100 * (0.3 / (31 / 45) - 0.2) / 0.8),
    ("contact", "volume", {"contact_present": False}, None),
    ("contact", "rhythm", {"days_since": 45, "rhythm_days": 30}, 100),
    ("contact", "rhythm", {"days_since": 120, "rhythm_days": 30}, 0),
    ("contact", "rhythm", {"days_since": 46, "rhythm_days": 30}, 100 * (4 - 46 / 30) / 2.5),
    ("contact", "rhythm", {"days_since": 119, "rhythm_days": 30}, 100 * (4 - 119 / 30) / 2.5),
    ("contact", "rhythm", {"days_since": 14, "rhythm_days": 1}, 80),
    ("contact", "rhythm", {"days_since": 14, "rhythm_days": 7}, 80),
    ("contact", "rhythm", {"days_since": 14, "rhythm_days": 8}, 90),
    ("contact", "rhythm", {"rhythm_days": None}, None),
    ("contact", "rhythm", {"contact_present": False}, None),
    ("contact", "diary", {"due_180": 0, "kept_diary_180": 0}, None),
    ("contact", "diary", {"due_180": 1, "kept_diary_180": 1}, 100),
    ("contact", "diary", {"due_180": 9, "kept_diary_180": 8}, 100),
    ("contact", "diary", {"due_180": 9, "kept_diary_180": 7}, 500 / 6),
    ("contact", "diary", {"due_180": 9, "kept_diary_180": 2}, 0),
    ("contact", "diary", {"due_180": 9, "kept_diary_180": 3}, 100 / 6),
    ("contact", "diary", {"contact_present": False}, None),
    ("contact", "answers", {"attempts_180": 2, "answered_180": 2}, None),
    ("contact", "answers", {"attempts_180": 3, "answered_180": 1}, 200 / 9),
    ("contact", "answers", {"attempts_180": 10, "answered_180": 2}, 0),
    ("contact", "answers", {"attempts_180": 10, "answered_180": 3}, 100 / 6),
    ("contact", "answers", {"attempts_180": 10, "answered_180": 8}, 100),
    ("contact", "answers", {"attempts_180": 10, "answered_180": 7}, 500 / 6),
    ("contact", "answers", {"contact_present": False}, None),
    ("complaints", "burden", {"burden": 100, "repeats_365": 0}, 100 * 2**-0.25),
    ("complaints", "burden", {"burden": 0, "repeats_365": 1}, 100 * 2**-0.25),
    ("complaints", "burden", {"burden": 0, "repeats_365": 0}, 100),
    ("complaints", "burden", {"complaints_present": False}, None),
    ("complaints", "clocks", {"kept_365": 0, "broken_365": 0}, None),
    ("complaints", "clocks", {"kept_365": 1, "broken_365": 0}, 100),
    ("complaints", "clocks", {"kept_365": 0, "broken_365": 1}, 100 * (2 / 3 - 0.4) / 0.55),
    ("complaints", "clocks", {"kept_365": 0, "broken_365": 3}, 0),
    ("complaints", "clocks", {"kept_365": 0, "broken_365": 2}, 100 * 0.1 / 0.55),
    ("complaints", "clocks", {"kept_365": 17, "broken_365": 1}, 100),
    ("complaints", "clocks", {"kept_365": 16, "broken_365": 1}, 100 * (18 / 19 - 0.4) / 0.55),
    ("complaints", "clocks", {"complaints_present": False}, None),
    ("price", "gap", {"benchmarked_cents": 12_000}, 0),
    ("price", "gap", {"benchmarked_cents": 11_999}, 100 * 0.0001 / 0.22),
    ("price", "gap", {"benchmarked_cents": 9_800, "billed_cents": 9_800}, 100),
    ("price", "gap", {"benchmarked_cents": 9_801, "billed_cents": 9_801}, 100 * 0.2199 / 0.22),
    ("price", "gap", {"market_cents": 0}, None),
    ("price", "gap", {"market_cents": 1, "benchmarked_cents": 1, "billed_cents": 1}, 100 * 0.2 / 0.22),
    ("price", "gap", {"benchmark_age_months": 12}, 50),
    ("price", "gap", {"benchmark_age_months": 13}, None),
    ("price", "gap", {"billed_cents": 21_800}, 50),
    ("price", "gap", {"billed_cents": 21_801}, None),
    ("tenure", "loyalty", {"tenure_days": -3}, 0),
    ("tenure", "loyalty", {"tenure_days": 730.5}, 50),
    ("tenure", "loyalty", {"tenure_days": None}, None),
    ("tenure", "commitment", {"days_to_end": 0}, 0),
    ("tenure", "commitment", {"days_to_end": 1}, 100 / 270),
    ("tenure", "commitment", {"days_to_end": 269}, 26_900 / 270),
    ("tenure", "commitment", {"days_to_end": 270}, 100),
    ("tenure", "commitment", {"agreed_until": None, "days_to_end": None}, 25),
    ("tenure", "commitment", {"agreed_until": None, "days_to_end": None, "has_agreement": False}, None),
    ("satisfaction", "answers", {"answers_365": 1, "answers_sum": 30_000}, 0),
    ("satisfaction", "answers", {"answers_365": 1, "answers_sum": 30_600}, 1),
    ("satisfaction", "answers", {"answers_365": 1, "answers_sum": 90_000}, 100),
    ("satisfaction", "answers", {"answers_365": 1, "answers_sum": 89_400}, 99),
    ("satisfaction", "answers", {"answers_365": 0, "answers_sum": 0}, None),
    ("payment", "overdue", {"overdue_cents": 30_000}, 0),
    ("payment", "overdue", {"overdue_cents": 29_700}, 1),
    ("payment", "overdue", {"overdue_cents": 300}, 99),
    ("payment", "overdue", {"overdue_cents": 0}, 100),
    ("payment", "overdue", {"invoiced": False}, None),
    ("payment", "overdue", {"mrr_cents": None, "overdue_cents": 1}, 0),
    ("payment", "overdue", {"mrr_cents": None, "overdue_cents": 0}, 100),
    ("payment", "delay", {"paid_6": 1, "late_days_6": 30}, 0),
    ("payment", "delay", {"paid_6": 1, "late_days_6": 29}, 100 / 30),
    ("payment", "delay", {"paid_6": 1, "late_days_6": 1}, 2900 / 30),
    ("payment", "delay", {"paid_6": 0, "late_days_6": 0}, None),
    ("usage", "level", {"licensed_used_3": 4, "licensed_3": 10}, 0),
    ("usage", "level", {"licensed_used_3": 9, "licensed_3": 10}, 100),
    ("usage", "level", {"licensed_used_3": 5, "licensed_3": 10}, 20),
    ("usage", "level", {"licensed_used_3": 8, "licensed_3": 10}, 80),
    ("usage", "level", {"licensed_used_3": 1, "licensed_3": 1}, 100),
    ("usage", "level", {"licensed_3": 0}, None),
    ("usage", "change", {"used_3": 540}, 0),
    ("usage", "change", {"used_3": 549}, 2.5),
    ("usage", "change", {"used_3": 900}, 100),
    ("usage", "change", {"used_3": 891}, 97.5),
    ("usage", "change", {"used_3": 0}, 0),
    ("usage", "change", {"used_3": 1, "usage_months_3": 1, "used_before": 1, "usage_months_before": 1}, 100),
    ("usage", "change", {"usage_months_3": 0}, None),
    ("usage", "change", {"usage_months_before": 0}, None),
    ("usage", "change", {"used_before": 0}, None),
    ("depth", "people", {"people": 0}, 0),
    ("depth", "people", {"people": 1}, 100 / 3),
    ("depth", "people", {"people": 2}, 200 / 3),
    ("depth", "people", {"people": 3}, 100),
    ("depth", "people", {"contacts_present": False}, None),
    ("depth", "complete", {"details_wanted": 0, "details_filled": 0}, 0),
    ("depth", "complete", {"details_wanted": 10, "details_filled": 4}, 0),
    ("depth", "complete", {"details_wanted": 10, "details_filled": 5}, 100 / 6),
    ("depth", "complete", {"details_wanted": 10, "details_filled": 9}, 500 / 6),
    ("depth", "complete", {"details_wanted": 1, "details_filled": 1}, 100),
    ("depth", "complete", {"contacts_present": False}, None),
    ("depth", "voices", {"voices_365": 0}, 0),
    ("depth", "voices", {"voices_365": 1}, 0),
    ("depth", "voices", {"voices_365": 2}, 100),
    ("depth", "voices", {"voices_365": None}, None),
    ("depth", "voices", {"contacts_present": False}, None),
    ("depth", "voices", {"contact_present": False}, None),
    ("depth", "referral", {"referrals_730": 0}, 0),
    ("depth", "referral", {"referrals_730": 1}, 100),
    ("depth", "referral", {"referrals_present": False}, None),
    ("depth", "referral", {"contacts_present": False}, None),
    ("expectations", "kept", {"promises_due_365": 0, "promises_kept_365": 0}, None),
    ("expectations", "kept", {"promises_due_365": 1, "promises_kept_365": 1}, 100),
    ("expectations", "kept", {"promises_due_365": 1, "promises_kept_365": 0}, 100 / 3),
    ("expectations", "kept", {"promises_due_365": 2, "promises_kept_365": 0}, 0),
    ("expectations", "kept", {"promises_due_365": 9, "promises_kept_365": 8}, 100 * (10 / 11 - 0.5) / 0.5),
]


@pytest.mark.parametrize(
    "component, part, facts, expected", EDGES, ids=[f"{c}-{p}-{'-'.join(map(str, f.values()))}" for c, p, f, _ in EDGES]
)
def test_a_part_gives_its_points_exactly_at_its_edges(component: str, part: str, facts: dict[str, Any], expected: float | None) -> None:
    found = measured(component, part, **facts)
    assert found is None if expected is None else found == pytest.approx(expected, abs=1e-9)


SHARES = {
    "contact": (40, 25, 15, 10, 10),
    "complaints": (70, 30),
    "price": (100,),
    "tenure": (60, 40),
    "satisfaction": (100,),
    "payment": (60, 40),
    "usage": (60, 40),
    "depth": (40, 30, 15, 15),
    "expectations": (100,),
}
WEIGHTS = {"contact": 30, "complaints": 30, "price": 20, "tenure": 20}


def test_shares_and_default_weights_are_those_of_the_method() -> None:
    assert {c.key: tuple(part.share for part in c.parts) for c in COMPONENTS} == SHARES
    assert {c.key: c.weight for c in COMPONENTS if c.weight} == WEIGHTS


NATURAL = {
    ("contact", "recency"): ("days_since", 45),
    ("contact", "rhythm"): ("days_since", 30),
    ("tenure", "commitment"): ("days_to_end", 1),
    ("contact", "volume"): ("touch_180", 40),
    ("payment", "delay"): ("late_days_6", 6),
    ("payment", "overdue"): ("overdue_cents", 30_000),
    ("depth", "people"): ("people", 1),
    ("depth", "voices"): ("voices_365", 1),
    ("depth", "referral"): ("referrals_730", 1),
    ("satisfaction", "answers"): ("answers_sum", 20_000),
    ("usage", "level"): ("licensed_used_3", 1200),
    ("depth", "complete"): ("details_filled", 6),
    ("tenure", "loyalty"): ("tenure_days", 30.4375),
    ("complaints", "burden"): ("burden", 100),
    ("contact", "answers"): ("answered_180", 6),
}
"""By part the fact that its curve is drawn over, and how much of it is one on the curve's axis."""


@pytest.mark.parametrize("component, part", NATURAL, ids=["-".join(key) for key in NATURAL])
def test_the_curve_drawn_is_the_curve_measured(component: str, part: str) -> None:
    fact, unit = NATURAL[component, part]
    shown = PARTS[component, part]
    assert shown.axis is not None
    at = [shown.axis.start + k * (shown.axis.stop - shown.axis.start) / 40 for k in range(41)]
    drawn = pl.DataFrame({"x": at}).select(shown.curve(pl.col("x")).alias("y"))["y"].to_list()
    found = [measured(component, part, **{"repeats_365": 0}, **{fact: x * unit}) for x in at]
    assert drawn == pytest.approx(found, abs=1e-6)


CURVES = {
    ("contact", "diary"): (0.3, 0.9),
    ("complaints", "clocks"): (0.4, 0.95),
    ("price", "gap"): (20, -2),
    ("usage", "change"): (-40, 0),
    ("expectations", "kept"): (0.5, 1),
}


@pytest.mark.parametrize("component, part", CURVES, ids=["-".join(key) for key in CURVES])
def test_the_curve_of_a_ratio_runs_between_the_edges_of_its_part(component: str, part: str) -> None:
    shown, (worst, best) = PARTS[component, part], CURVES[component, part]
    at = [float(worst), worst + 0.01 * (best - worst), best - 0.01 * (best - worst), float(best)]
    assert pl.DataFrame({"x": at}).select(shown.curve(pl.col("x")).alias("y"))["y"].to_list() == pytest.approx([0, 1, 99, 100])


AXES = {
    ("contact", "recency"): (0, 4),
    ("contact", "volume"): (0, 1.5),
    ("contact", "rhythm"): (0, 5),
    ("complaints", "burden"): (0, 16),
    ("price", "gap"): (-10, 30),
    ("tenure", "loyalty"): (0, 120),
    ("tenure", "commitment"): (0, 365),
    ("satisfaction", "answers"): (0, 10),
    ("payment", "overdue"): (0, 1.5),
    ("payment", "delay"): (0, 45),
    ("usage", "change"): (-60, 20),
    ("depth", "people"): (0, 5),
    ("depth", "voices"): (0, 4),
    ("depth", "referral"): (0, 3),
}


def test_each_curve_is_drawn_over_its_axis() -> None:
    assert {key: (part.axis.start, part.axis.stop) for key, part in PARTS.items() if part.axis} == dict.fromkeys(PARTS, (0, 1)) | AXES


def test_points_round_to_the_nearest_hundredth_a_half_up() -> None:
    tenure = next(c for c in COMPONENTS if c.key == "tenure")
    for days, expected in ((27, 1000), (1, 37), (2, 74)):
        row = ROW | {"tenure_days": None, "days_to_end": days}
        assert pl.DataFrame([row], infer_schema_length=None).select(component_points(tenure)).item() == expected
    half = pl.DataFrame([ROW | {"answers_365": 16, "answers_sum": 480_003}], infer_schema_length=None)  # exactly 0.0003125 points
    satisfaction = next(c for c in COMPONENTS if c.key == "satisfaction")
    assert half.select(component_points(satisfaction)).item() == 0
    for total, expected in ((30_003, 1), (30_002, 0), (30_009, 2), (30_015, 3)):  # halves of a hundredth go up
        row = ROW | {"answers_365": 1, "answers_sum": total}
        assert pl.DataFrame([row], infer_schema_length=None).select(component_points(satisfaction)).item() == expected


def shaped(shape: Ramp | Halving | Approach, *values: float) -> list[float]:
    return pl.DataFrame({"x": [float(x) for x in values]}).select(shape.points(pl.col("x")).alias("y"))["y"].to_list()


def test_each_shape_has_its_points_at_its_bounds_and_is_flat_beyond() -> None:
    assert shaped(Ramp(0.2, 1), 0, 0.2, 0.6, 1, 2) == pytest.approx([0, 0, 50, 100, 100])
    assert shaped(Ramp(3, 1), 4, 3, 2, 1, 0) == pytest.approx([0, 0, 50, 100, 100])
    assert shaped(Halving(4), 0, 4, 8) == pytest.approx([100, 50, 25])
    assert shaped(Approach(24), 0, 24, 48) == pytest.approx([0, 50, 75])
    assert [Approach(24).at(x) for x in (0, 24, 48)] == pytest.approx([0, 50, 75])


@pytest.mark.parametrize(
    "open_complaints, overdue, days_overdue, words",
    [
        (1, 0, 0, "1 complaint open"),
        (2, 0, 0, "2 complaints open"),
        (1, 1, 0, "1 complaint open, overdue since today"),
        (1, 1, 1, "1 complaint open, overdue by 1 day"),
        (3, 1, 2, "3 complaints open, 1 overdue by 2 days"),
        (3, 2, 0, "3 complaints open, 2 overdue since today"),
    ],
)
def test_open_complaints_in_words_count_the_overdue_and_their_days(
    open_complaints: int, overdue: int, days_overdue: int, words: str
) -> None:
    counts = pl.DataFrame({"open": [open_complaints], "past": [overdue], "past_days": [days_overdue]})
    assert counts.select(OPEN).item() == words


@pytest.mark.parametrize("overdue, owed, words", [(30_000, 100, "100"), (15_000, 50, "50"), (149, 149 / 300, "0"), (150, 0.5, "1")])
def test_what_is_owed_is_told_in_per_cent_of_three_months(overdue: int, owed: float, words: str) -> None:
    [reason] = PARTS["payment", "overdue"].reasons
    row = pl.DataFrame([ROW | {"mrr_cents": 10_000, "overdue_cents": overdue}], infer_schema_length=None)
    told, value = row.select(reason.words.alias("words"), reason.value.alias("value")).row(0)
    assert value == pytest.approx(owed) and told == f"Overdue invoices: {words}\u00a0% of three months' billing"


def test_a_part_that_is_alone_known_gives_the_component_its_points_however_small_its_share() -> None:
    small, large = (Part(f"p{share}", "", share, pl.col(f"p{share}"), Ramp(0, 100), "") for share in (1, 99))
    component = Component("tried", "Tried", 0, "", "usage", (small, large), "")
    given = pl.DataFrame({"p1": [40.0, 40.0, None, None], "p99": [None, 60.0, 60.0, None]})
    assert given.select(component_points(component)).to_series().to_list() == [4000, 5980, 6000, None]
