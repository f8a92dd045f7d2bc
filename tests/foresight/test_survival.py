"""Product-limit curves: against published figures, a naive second way, and books whose every end is written out."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.access import Book, Viewer
from health.errors import InsufficientData
from health.foresight.backtest.spells import observed_spells
from health.foresight.survival import kaplan_meier
from tests.books import analyst, rows, warehouse_of

SIX_MP = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
"""Weeks of remission on 6-mercaptopurine: Freireich et al. 1963, Blood 21, as printed in Cox and Oakes 1984, table 1.1."""
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_the_curve_of_the_remission_data_is_the_published_one() -> None:
    """Klein and Moeschberger 2003, table 4.1; the log-log intervals as printed by Stata's `sts list` for the same data."""
    found = kaplan_meier.kaplan_meier([0] * 21, SIX_MP, RELAPSED)
    assert found["time"].to_list() == [0, 6, 7, 10, 13, 16, 22, 23]
    assert found["at_risk"].to_list() == [21, 21, 17, 15, 12, 11, 7, 6]
    assert found["events"].to_list() == [0, 3, 1, 1, 1, 1, 1, 1]
    assert found["stays"].round(4).to_list() == [1, 0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert found["low"].round(4).to_list() == [None, 0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881]
    assert found["high"].round(4).to_list() == [None, 0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801]


def test_where_everybody_was_seen_to_the_end_it_is_the_share_still_there() -> None:
    found = kaplan_meier.kaplan_meier([0] * 21, PLACEBO, [1] * 21)
    for time, stays in found.select("time", "stays").iter_rows():
        assert stays == pytest.approx(sum(week > time for week in PLACEBO) / 21)
    assert found["low"][-1] is None and found["stays"][-1] == 0


def naive(spells: Sequence[tuple[int, int, bool]]) -> dict[int, tuple[int, int, float]]:
    """Time -> at risk, events, stays, one spell after the other."""
    seen = [spell for spell in spells if spell[0] < spell[1]]
    stays, found = 1.0, {}
    for time in sorted({end for _, end, left in seen if left}):
        at_risk = sum(begun < time <= end for begun, end, _ in seen)
        events = sum(end == time and left for _, end, left in seen)
        stays *= 1 - events / at_risk
        found[time] = (at_risk, events, stays)
    return found


SPELLS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 12), st.booleans()), max_size=25)


@settings(max_examples=60, deadline=None)
@given(SPELLS)
def test_late_entry_and_censoring_agree_with_the_product_written_out(spells: list[tuple[int, int, bool]]) -> None:
    entry, end, left = ([spell[i] for spell in spells] for i in range(3))
    found = kaplan_meier.kaplan_meier(entry, end, left)
    told = {int(t): (n, d, s) for t, n, d, s in found[1:].select("time", "at_risk", "events", "stays").iter_rows()}
    expected = naive(spells)
    assert told.keys() == expected.keys()
    for time, (at_risk, events, stays) in expected.items():
        assert told[time][:2] == (at_risk, events) and told[time][2] == pytest.approx(stays)
    assert found["stays"].is_between(0, 1).all() and not (found["stays"].diff() > 0).any()
    inside = found.drop_nulls("low")
    assert (inside["low"] <= inside["stays"]).all() and (inside["stays"] <= inside["high"]).all()
    turned = kaplan_meier.kaplan_meier(entry[::-1], end[::-1], left[::-1])
    assert turned.equals(found)


def test_only_survivors_at_the_start_are_no_reason_to_foresee_long_lives() -> None:
    """Lives of a mean of 20 months; half of them were begun up to 60 months before anybody looked, and the dead of then are on no file."""
    rng = np.random.default_rng(1)
    life = rng.exponential(20 * 30.4375, 8000)
    entry = np.where(rng.random(8000) < 0.5, 0, rng.uniform(0, 60 * 30.4375, 8000))
    there = life > entry
    end = np.minimum(life, entry + 24 * 30.4375)[there]
    curve = kaplan_meier.monthly_curve(entry[there], end, (life <= entry + 24 * 30.4375)[there])
    told = dict(curve.select("month", "stays").iter_rows())
    blind = kaplan_meier.kaplan_meier(np.zeros(there.sum()), end, (life <= entry + 24 * 30.4375)[there])
    for month in (6, 12, 20):
        assert told[month] == pytest.approx(np.exp(-month / 20), abs=0.02)
    assert blind.filter(pl.col("time") <= 20 * 30.4375)["stays"][-1] > np.exp(-1) + 0.08


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Lives of a mean of 20, each watched from and to days of its own: the share at 12 is exp(-0.6)."""
    rng, held = np.random.default_rng(2), []
    for _ in range(200):
        life, entry = rng.exponential(20, 250), rng.uniform(0, 6, 250) * (rng.random(250) < 0.5)
        end = rng.uniform(8, 40, 250)
        curve = kaplan_meier.kaplan_meier(entry, np.minimum(life, end), life <= end)
        low, high = curve.filter(pl.col("time") <= 12).select("low", "high").row(-1)
        held.append(low <= np.exp(-0.6) <= high)
    assert 0.91 <= np.mean(held) <= 0.99


def test_a_curve_begins_where_ten_are_watched_and_ends_where_they_no_longer_are() -> None:
    late = kaplan_meier.monthly_curve([95] * 12, [400 + i for i in range(12)], [True] * 12)
    assert late["since"].to_list() == [4] * late.height and late.row(0, named=True)["stays"] == 1.0
    assert late["at_risk"][0] == 12 and late["month"].to_list() == list(range(4, 15))
    assert late["stays"][-1] is None and "Fewer than 10" in late["why"][-1] and late["why"][:-1].null_count() == late.height - 1
    few = kaplan_meier.monthly_curve([0] * 9, [50] * 9, [True] * 9)
    assert few.height == 1 and few["stays"][0] is None and "Fewer than 10" in few["why"][0]
    assert kaplan_meier.monthly_curve([], [], []).height == 1


def test_who_left_when_hardly_anybody_was_watched_does_not_drag_the_curve_down() -> None:
    """The first of all left as the only one watched: taken at its word, nobody would ever stay."""
    entry, end, left = [0] + [100] * 40, [20] + [900] * 40, [True] + [False] * 40
    assert kaplan_meier.kaplan_meier(entry, end, left)["stays"][-1] == 0
    assert set(kaplan_meier.monthly_curve(entry, end, left).drop_nulls("stays")["stays"]) == {1.0}


NEWEST = date(2024, 12, 31)
SEEN_TO = NEWEST - timedelta(days=30)
OBSERVED = date(2023, 1, 1)


def book_of(customers: list[dict[str, Any]], lines: list[dict[str, Any]], exits: list[dict[str, Any]]) -> Book:
    """A book observed from the first day of 2023 to the last of 2024, in which the first customer talks each month."""
    talks = [
        {"interaction_id": f"I{day}", "customer_id": customers[0]["customer_id"], "occurred_at": datetime(day.year, day.month, day.day, 9)}
        | {"channel": "call", "direction": "out", "outcome": "reached"}
        for day in [OBSERVED, *pl.date_range(OBSERVED, NEWEST, "1mo", eager=True).dt.month_end().to_list()]
    ]
    solved = {"opened_at": datetime(2023, 1, 10, 9), "resolved_at": datetime(2023, 1, 10, 10)}
    tables = {
        "customers": customers, "contracts": lines, "interactions": talks, "exits": exits,
        "complaints": [{"complaint_id": "Q", "customer_id": customers[-1]["customer_id"]} | solved],
    }  # fmt: skip
    return analyst(warehouse_of({name: rows(name, *records) for name, records in tables.items()}))


def line(customer: str, start: date, n: int = 1, **columns: Any) -> dict[str, Any]:
    """One line of a customer."""
    return {"contract_id": f"K{customer}{n}", "customer_id": customer, "product": "mobile", "start_on": start} | {
        "unit_price": Decimal(100), "unit_cost": Decimal(60), **columns
    }  # fmt: skip


def left(customer: str, on: date, reason: str = "price") -> dict[str, Any]:
    """An exit announced and gone on one day."""
    return {"customer_id": customer, "announced_on": on, "left_on": on, "reason": reason}


@pytest.fixture(scope="module")
def told() -> Book:
    """Twelve rolling customers of 2023 and one of each odd kind."""
    start, names = date(2023, 7, 1), [f"C{i:02}" for i in range(12)]
    customers = [{"customer_id": name, "name": name, "segment": "small", "owner": "E1"} for name in names]
    odd = {"Merged": "merged", "Sent": "we_ended", "Old": None, "Back": None, "Silent": None, "Late": None}
    customers += [{"customer_id": name, "name": name, "owner": "E2"} for name in odd]
    customers[-4]["customer_since"] = date(2020, 1, 1)
    begun = date(2024, 1, 1)
    lines = [line(name, start) for name in names]
    lines += [line(name, begun, end_on=date(2024, 12, 31)) for name in ("Merged", "Sent")]
    lines += [line("Old", date(2021, 1, 1), end_on=date(2023, 12, 31)), line("Old", date(2024, 1, 1), 2, end_on=date(2025, 12, 31))]
    lines += [line("Back", begun, end_on=date(2024, 3, 31)), line("Back", date(2024, 9, 1), 2, signed_on=date(2024, 9, 1))]
    lines += [line("Silent", begun, end_on=SEEN_TO), line("Late", begun, end_on=date(2024, 12, 20))]
    gone = [left(name, start + timedelta(days=99)) for name in names[:3]]
    gone += [left("Merged", date(2024, 5, 31), "merged"), left("Sent", date(2024, 5, 31), "we_ended")]
    return book_of(customers, lines, gone)


def lives(book: Book, customer: str) -> list[tuple[int, int, bool, str]]:
    """(entry, duration, left, contract) of each spell of a customer."""
    with book.reading() as session:
        found = observed_spells(session, NEWEST).filter(pl.col("customer_id") == customer)
    return list(found.select("entry", "duration", "left", "contract").iter_rows())


def test_each_spell_is_watched_from_its_tenure_then_to_the_day_it_was_decided_or_last_known(told: Book) -> None:
    begun = date(2024, 1, 1)
    watched = (SEEN_TO - begun).days + 1
    assert lives(told, "C00") == [(0, 100, True, "rolling")]
    assert lives(told, "C05") == [(0, (SEEN_TO - date(2023, 7, 1)).days + 1, False, "rolling")]
    assert lives(told, "Merged") == lives(told, "Sent") == [(0, 152, False, "12 months")]
    since = date(2020, 1, 1)
    assert lives(told, "Old") == [((OBSERVED - since).days, (SEEN_TO - since).days + 1, False, "36 months")]
    assert lives(told, "Silent") == [(0, watched, True, "other terms")]
    assert lives(told, "Late") == [(0, watched, False, "12 months")]
    returned = (date(2024, 9, 1) - begun).days
    assert lives(told, "Back") == [(0, 91, True, "other terms"), (returned, watched, False, "rolling")]


def test_groups_are_told_apart_and_small_ones_hidden_with_the_reason(told: Book) -> None:
    by_contract = kaplan_meier.curves_by_group(told, NEWEST, "contract")
    rolling = by_contract.filter(pl.col("group") == "rolling")
    assert rolling["stays"].to_list()[:5] == [1, 1, 1, 1, None], "nine are left after three of twelve went on the hundredth day"
    hidden = by_contract.filter(pl.col("group") == "12 months")
    assert hidden.height == 1 and hidden["stays"][0] is None and hidden["why"][0]
    assert set(kaplan_meier.curves_by_group(told, NEWEST, "segment")["group"]) == {"small", "not given"}
    assert set(kaplan_meier.curves_by_group(told, NEWEST, "cohort")["group"]) == {"2020", "2023", "2024"}
    assert by_contract.schema == pl.Schema(kaplan_meier.CURVE)


def test_bands_are_those_of_a_year_before_and_leavers_among_them(told: Book) -> None:
    by_band = kaplan_meier.curves_by_group(told, NEWEST, "band")
    assert by_band.filter(pl.col("month") == 0)["at_risk"].sum() == 10, "nine of the twelve, and the old one"
    assert (by_band["month"] <= 13).all()
    assert set(by_band["group"]) <= {"healthy", "watch", "at_risk"}
    assert set(kaplan_meier.curves_by_group(told, NEWEST, "quadrant")["group"]) <= {"protect", "rescue", "grow", "decide"}


def test_an_account_manager_reads_the_own_customers_alone(told: Book) -> None:
    manager = Book(Viewer("m", "account_manager", "E2"), told._warehouse)
    assert set(kaplan_meier.curves_by_group(manager, NEWEST, "segment")["group"]) == {"not given"}


@pytest.mark.parametrize("kind", ["segment", "band"])
def test_a_book_too_young_to_watch_says_so(kind: kaplan_meier.Kind) -> None:
    with pytest.raises(InsufficientData, match="observed for more than 30 days"):
        kaplan_meier.curves_by_group(analyst(warehouse_of({})), NEWEST, kind)
