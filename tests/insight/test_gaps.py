"""A month that misses rows is found by the stated rule; a small, a growing or a periodic table raises no alarm."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.insight.data import gaps
from health.insight.data.gaps import BASE_MONTHS, FEWEST_USUAL, Gap
from health.tables import TABLES

FIRST = date(2023, 1, 1)
JUDGED = [name for name in TABLES if gaps.is_judged(name) and name not in ("contacts", "employees", "market_prices", "usage")]


def months(n: int) -> list[date]:
    return [date(FIRST.year + (FIRST.month - 1 + k) // 12, (FIRST.month - 1 + k) % 12 + 1, 1) for k in range(n)]


def counted(rows: list[int], table: str = "interactions") -> pl.DataFrame:
    """The counts of a table by month; a month without rows has no count."""
    held = [(table, month, n) for month, n in zip(months(len(rows)), rows, strict=True) if n]
    return pl.DataFrame(held, schema={"table_name": pl.String, "month": pl.Date, "rows": pl.Int64}, orient="row")


def newest(rows: list[int]) -> date:
    """The last day of the last month."""
    return gaps.months_back(months(len(rows))[-1], 0)


def found(rows: list[int], table: str = "interactions") -> list[Gap]:
    return gaps.gaps(counted(rows, table), newest(rows))


def test_a_month_with_few_rows_is_told_with_the_usual_number() -> None:
    rows = [940] * 38 + [12] + [940] * 7
    assert [gap.words for gap in found(rows)] == ["interactions: 12 rows in March 2026 (usual: about 940)"]
    assert gaps.finding(found(rows), counted(rows)) == "Interactions: 12 rows in March 2026 (usual: about 940)"


def test_months_in_a_row_are_one_gap_however_many() -> None:
    rows = [100] * 12 + [3, 0, 2, 0, 0, 1, 0, 0] + [100] * 12
    assert [gap.words for gap in found(rows)] == ["interactions: 6 rows from January 2024 to August 2024 (usual: about 100 a month)"]


def test_a_table_that_stopped_is_told_until_the_newest_full_month() -> None:
    counts = counted([50] * 12 + [0] * 4)
    told = gaps.gaps(counts, date(2024, 4, 17))
    assert [(gap.first, gap.last, gap.months) for gap in told] == [(date(2024, 1, 1), None, 3)], "April is not over"
    assert told[0].words == "interactions: no rows since January 2024 (usual: about 50 a month)"
    assert gaps.month_grid(counts, told, date(2024, 4, 17)).filter("gap")["month"].to_list() == months(15)[12:]


def test_the_largest_gap_comes_first() -> None:
    counts = pl.concat([counted([30] * 8 + [0] + [30] * 8), counted([500] * 10 + [100] + [500] * 6, "invoices")])
    told = gaps.gaps(counts, newest([0] * 17))
    assert [gap.table for gap in told] == ["invoices", "interactions"]
    assert gaps.finding(told, counts).startswith("2 gaps in the data; largest: invoices: 100 rows in November 2023")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(FEWEST_USUAL, 2 * FEWEST_USUAL), min_size=1, max_size=60))
def test_a_steady_table_raises_no_alarm(rows: list[int]) -> None:
    assert found(rows) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, FEWEST_USUAL - 1), min_size=1, max_size=60).filter(any), st.sampled_from(JUDGED))
def test_a_small_table_raises_no_alarm_whatever_its_months(rows: list[int], table: str) -> None:
    assert found(rows, table) == []
    assert gaps.finding([], counted(rows, table)) == "Not enough data yet to detect gaps"


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 1000), st.integers(1, 11), st.integers(0, 11), st.integers(20, 60))
def test_a_table_filled_every_other_month_or_less_often_raises_no_alarm(rows: int, pause: int, shift: int, length: int) -> None:
    assert found([rows if (k + shift) % (pause + 1) == 0 else 0 for k in range(length)]) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.floats(1.0, 1.6))
def test_a_growing_table_raises_no_alarm(start: int, growth: float) -> None:
    assert found([round(start * growth**k) for k in range(24)]) == []


@settings(max_examples=60, deadline=None)
@given(
    st.integers(FEWEST_USUAL, 5000), st.integers(BASE_MONTHS, 20), st.integers(1, 14), st.integers(1, 20), st.floats(0, 0.24), st.randoms()
)  # fmt: skip
def test_every_hole_in_a_steady_table_is_found_to_the_month(
    level: int, before: int, hole: int, after: int, left: float, rng: object
) -> None:
    few = int(level * left)
    rows = [level] * before + [few] * hole + [level] * after
    assert [(g.first, g.months, g.rows, g.usual) for g in found(rows)] == [(months(before + 1)[-1], hole, few * hole, level)]


@pytest.mark.parametrize("table", ["customers", "contracts"])
def test_starts_and_signings_are_not_judged(table: str) -> None:
    assert found([300] * 12 + [0] * 3 + [300] * 12, table) == []


@pytest.mark.parametrize("table", ["usage", "market_prices"])
def test_a_table_by_month_may_lag_one_month(table: str) -> None:
    assert found([300] * 12 + [0], table) == []
    assert [gap.months for gap in found([300] * 12 + [0, 0], table)] == [1]


def test_the_picture_holds_every_month_of_two_years_and_marks_the_one_not_over() -> None:
    counts = counted([10, 20] * 20)
    drawn = gaps.month_grid(counts, [], date(2026, 4, 10))
    assert drawn["month"].to_list() == months(40)[-24:]
    assert drawn["rows"].to_list() == [10, 20] * 12
    assert drawn["share"].to_list() == [0.5, 1.0] * 12
    assert drawn.filter(~pl.col("full"))["month"].to_list() == [date(2026, 4, 1)]
    assert gaps.usual_rows(drawn) == {"interactions": 10}
