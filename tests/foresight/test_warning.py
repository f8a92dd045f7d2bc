"""How long a warning lasted, by hand-made months: from the first month end of the run that lasts until the decision."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from health.foresight.backtest.warning import warning_times, with_warning_days
from health.foresight.backtest.warning_curve import HeldOutMonths
from health.month_ends import month_end
from health.score.settings import DEFAULT

JANUARY = date(2026, 1, 31)
BANDS = {"h": "healthy", "w": "watch", "r": "at_risk", "?": "unknown"}


def scores(customer: str, bands: str, first: date = JANUARY) -> list[dict[str, Any]]:
    """Bands by month end from `first` on: h, w, r, ? unknown, l leaving with frozen points at risk, g in grace, - not on file."""
    statuses = {"l": "leaving", "g": "in grace"}
    return [
        {"customer_id": customer, "as_of": month_end(first, n), "status": statuses.get(sign, "active"), "band": BANDS.get(sign, "at_risk")}
        for n, sign in enumerate(bands)
        if sign != "-"
    ]


def warned(bands: str, decided_on: date, start: date = date(2020, 1, 1)) -> tuple[int | None, int | None]:
    """Days at watch or worse, and at risk, of one loss."""
    losses = pl.DataFrame({"customer_id": ["A"], "decided_on": [decided_on], "spell_start_on": [start]})
    others = scores("B", "rrrrrr")
    found = with_warning_days(losses, pl.DataFrame(scores("A", bands) + others))
    return found.select("warning_days", "at_risk_days").row(0)


@pytest.mark.parametrize(
    ("bands", "days"),
    [
        ("hhhww", (31 + 15, 0)),  # since 30 April
        ("hhwrr", (31 + 30 + 15, 46)),  # since 31 March; at risk since 30 April
        ("hwhrw", (46, 0)),  # the run of February was interrupted, and at risk did not last
        ("wwwwh", (0, 0)),  # healthy at the last month end: never warned
        ("hhhhw", (15, 0)),
        ("hhhhr", (15, 15)),
        ("rrrrr", (120 + 15, 135)),
        ("rr?rr", (46, 46)),  # a month without enough data is no warning
        ("rr-rr", (46, 46)),  # nor is one that was not scored
        ("rrgrr", (46, 46)),  # nor one between two contracts
        ("hhhr?", (0, 0)),
        ("?????", (None, None)),  # nothing was ever said
        ("-----", (None, None)),
        ("hhhwwl", (46, 0)),  # the frozen points of a customer who is leaving come after the decision
        ("hhhhhl", (0, 0)),
    ],
)
def test_a_warning_begins_with_the_run_that_lasts_until_the_decision(bands: str, days: tuple[int | None, int | None]) -> None:
    assert warned(bands, date(2026, 6, 15)) == days


def test_a_customer_lost_in_its_first_month_has_no_warning_to_measure() -> None:
    assert warned("------", date(2026, 6, 15), date(2026, 6, 2)) == (None, None)
    assert warned("-----r", date(2026, 7, 15), date(2026, 6, 2)) == (15, 15)


def test_the_month_end_of_the_decision_itself_is_no_warning() -> None:
    assert warned("hhhww", date(2026, 5, 31)) == (31, 0)
    assert warned("hhhww", date(2026, 6, 1)) == (32, 0)


def test_the_months_of_an_earlier_contract_do_not_count() -> None:
    assert warned("rrrrr", date(2026, 6, 15), date(2026, 4, 30)) == (46, 46)
    assert warned("rrrrr", date(2026, 6, 15), date(2026, 5, 1)) == (15, 15)


def test_two_losses_of_one_customer_have_a_warning_each() -> None:
    losses = pl.DataFrame(
        {
            "customer_id": ["A", "A"],
            "decided_on": [date(2026, 6, 15), date(2026, 3, 10)],
            "spell_start_on": [date(2026, 4, 20), date(2025, 1, 1)],
        }
    )
    found = with_warning_days(losses, pl.DataFrame(scores("A", "hr-hr")))
    assert found["warning_days"].to_list() == [15, 10]
    assert found.select(losses.columns).equals(losses)


def ledger(days: list[int | None], reasons: list[str | None] | None = None) -> pl.DataFrame:
    """Losses with their warning."""
    return pl.DataFrame({"warning_days": days, "reason": reasons or [None] * len(days)}, {"warning_days": pl.Int64, "reason": pl.String})


def test_shares_are_of_the_losses_that_had_a_score() -> None:
    found = warning_times(ledger([0, 59, 60, 89, 90, 400, None]))
    assert (found.losses, found.not_scored, found.median_days) == (7, 1, 74.5)
    assert [(share.k, share.n) for share in found.at_least.values() if share] == [(4, 6), (2, 6)]
    assert found.never is not None and (found.never.k, found.never.n) == (1, 6)
    told = found.as_json()
    assert told["share_60_low"] < told["share_60"] == 4 / 6 < told["share_60_high"]


def test_losses_that_nobody_chose_are_left_out() -> None:
    assert warning_times(ledger([10, 20, 30], ["price", "insolvency", "we_ended"])).losses == 1


def test_without_a_score_nothing_is_said() -> None:
    found = warning_times(ledger([None, None]))
    assert (found.losses, found.not_scored, found.median_days, found.never, *found.at_least.values()) == (2, 2, None, None, None, None)
    assert found.as_json()["share_60"] is None


# --- the length of the list ---

SINCE = date(2026, 3, 31)


def book_of_ten(health: dict[str, list[int | None]], ends: int = 4) -> pl.DataFrame:
    """Scores of ten customers, C0 the lowest at 10.00 to C9 at 19.00, from December on; `health` replaces some, None: not scored."""
    found = []
    for n in range(10):
        name = f"C{n}"
        for month, value in enumerate(health.get(name, [1000 + 100 * n] * (ends + 3))):
            days = 100 * (n + 1) if name != "C9" else None
            row = {"customer_id": name, "cutoff": month_end(date(2025, 12, 31), month), "health": value, "band": "at_risk"}
            found.append(row | {"tenure_days": 900 - 10 * n, "days_since": days, "cadence_days": 45})
    return pl.DataFrame(found).filter(pl.col("health").is_not_null())


def needed(health: dict[str, list[int | None]], decided_on: date, start: date = date(2020, 1, 1), who: str = "C4") -> dict[str, Any]:
    """The shortest lists of one loss."""
    losses = pl.DataFrame({"customer_id": [who], "decided_on": [decided_on], "spell_start_on": [start]})
    found = HeldOutMonths(SINCE, losses, book_of_ten(health), DEFAULT).curve().needed
    return found.row(0, named=True) if found.height else {}


DECIDED = date(2026, 6, 15)  # 60 days before: 16 April, so the list of 31 March and those of April and May


def test_a_list_warns_of_whom_it_holds_at_each_month_end_of_sixty_days() -> None:
    """The fifth lowest of ten is on lists of more than 40 %."""
    assert needed({}, DECIDED)["health"] == 41
    assert needed({"C4": [1400, 1400, 1400, 1400, 1350, 1850, 1400]}, DECIDED)["health"] == 81
    assert needed({"C4": [1400, 1400, 1850, 1400, 1400, 1400, 1850]}, DECIDED)["health"] == 41
    assert needed({"C4": [1400, 1400, 1400, 1850, 1400, 1400, 1400]}, DECIDED)["health"] == 81


def test_sixty_days_to_the_day() -> None:
    worse_in_february = {"C4": [1400, 1400, 1850, 1400, 1400, 1400, 1400]}
    assert needed(worse_in_february, date(2026, 5, 30))["health"] == 41  # 60 days after 31 March
    assert needed(worse_in_february, date(2026, 5, 29))["health"] == 81
    worse_in_may = {"C4": [1400, 1400, 1400, 1400, 1400, 1850, 1400]}
    assert needed(worse_in_may, date(2026, 5, 31))["health"] == 41
    assert needed(worse_in_may, date(2026, 6, 1))["health"] == 81


def test_equal_scores_are_ranked_by_customer() -> None:
    assert needed({"C4": [1300] * 7}, DECIDED)["health"] == 41
    assert needed({"C4": [1300] * 7}, DECIDED, who="C3")["health"] == 31


def test_a_month_without_a_score_is_no_warning() -> None:
    assert needed({"C4": [1400, 1400, 1400, 1400, None, 1400, 1400]}, DECIDED)["health"] is None
    assert needed({}, DECIDED, start=date(2026, 4, 1))["health"] is None
    assert needed({}, DECIDED, start=date(2026, 3, 31))["health"] == 41
    assert needed({"C4": [None] * 7}, DECIDED) == {}
    assert needed({}, DECIDED, start=date(2026, 6, 1)) == {}


def test_the_simple_rules_rank_by_what_they_know() -> None:
    """C4 has been with us for the sixth shortest time; its last contact is the fifth oldest of nine, and C9 takes the median."""
    found = needed({"C4": [1850, 1850, 1850, 1400, 1400, 1400, 1400]}, DECIDED)
    assert (found["tenure_only"], found["days_since_contact"], found["last_quarter"]) == (51, 41, 81)
    assert needed({}, DECIDED, who="C0")["tenure_only"] == 91


def test_points_of_the_curve_are_shares_of_the_losses() -> None:
    losses = pl.DataFrame({"customer_id": [f"C{n}" for n in range(4)], "decided_on": [DECIDED] * 4, "spell_start_on": [SINCE] * 4})
    curve = HeldOutMonths(SINCE, losses, book_of_ten({"C3": [1300, 1300, 1300, None, 1300, 1300, 1300]}), DEFAULT).curve()
    points = {round(100 * point["list_share"]): point for point in curve.points()}
    assert list(points) == [5, 10, 15, 20, 25, 30, 35, 40, 45, 50]
    assert [points[percent]["warned_60"] for percent in (5, 10, 15, 25, 50)] == [0.25, 0.25, 0.5, 0.75, 0.75]
    assert points[50]["tenure_only"] == 0 and points[20]["random"] == 0.2
    assert points[5]["low"] < 0.25 < points[5]["high"] and curve.losses == 4
    assert curve.warned_by_band is not None and (curve.warned_by_band.k, curve.warned_by_band.n) == (3, 4)


def test_without_a_loss_there_is_no_curve() -> None:
    losses = pl.DataFrame(schema={"customer_id": pl.String, "decided_on": pl.Date, "spell_start_on": pl.Date})
    curve = HeldOutMonths(SINCE, losses, book_of_ten({}), DEFAULT).curve()
    assert (curve.points(), curve.losses, curve.warned_by_band) == ([], 0, None)
