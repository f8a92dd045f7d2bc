"""Month ends: of a day, months away, and the last one by a day."""

from datetime import date, timedelta

import polars as pl
import pytest

from health.month_ends import last_month_end, latest_of, month_end, month_end_by


@pytest.mark.parametrize(
    "day, months, expected",
    [
        (date(2024, 2, 1), 0, date(2024, 2, 29)), (date(2026, 12, 31), 0, date(2026, 12, 31)), (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 31)), (date(2026, 11, 30), 1, date(2026, 12, 31)),
    ],
)  # fmt: skip
def test_the_end_of_a_month_some_months_away(day: date, months: int, expected: date) -> None:
    assert month_end(day, months) == expected


def test_the_last_month_end_by_any_day_of_three_years_is_that_of_a_walk_back() -> None:
    days = [date(2023, 12, 30) + timedelta(days=n) for n in range(800)]
    walked = []
    for day in days:
        back = day
        while (back + timedelta(days=1)).day != 1:
            back -= timedelta(days=1)
        walked.append(back)
    assert pl.DataFrame({"day": days}).select(last_month_end(pl.col("day")))["day"].to_list() == walked
    assert [month_end_by(day) for day in days] == walked


def test_the_last_of_some_ends_counts_the_day_itself() -> None:
    ends = [date(2026, 1, 31), date(2026, 2, 28)]
    assert latest_of(ends, date(2026, 2, 28)) == ends[1]
    assert latest_of(ends, date(2026, 2, 27)) == ends[0]
    assert latest_of(ends, date(2026, 1, 30)) == date(2026, 1, 30)
