"""Hours of service are read from a line of text, and a line that is not understood says how to write it."""

from datetime import date

import pytest

from health.errors import InvalidInput
from health.service_hours import EXAMPLE, parse_holidays, parse_hours, weekly_minutes

OFFICE = tuple((weekday, 540, 1020) for weekday in range(1, 6))


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("", ()),
        ("Mon-Fri 9-17", OFFICE),
        ("mon-fri 09:00-17:00 ,", OFFICE),
        ("Sat 9:30-12", ((6, 570, 720),)),
        ("Sun 0-24", ((7, 0, 1440),)),
        ("Mon 13-17, Mon 9-12", ((1, 540, 720), (1, 780, 1020))),
        ("Mon 9-12, Mon 12-17", ((1, 540, 720), (1, 720, 1020))),
    ],
)
def test_a_text_gives_the_windows_of_each_weekday(text: str, windows: tuple[tuple[int, int, int], ...]) -> None:
    assert parse_hours(text) == windows


@pytest.mark.parametrize(
    "text",
    [
        "9-17", "Mon 9", "Mon 9-9", "Mon 17-9", "Mon 9-25", "Mon 9-24:01", "Mon 9:60-12", "Fri-Mon 9-17", "Mon 9-17, Mon-Fri 16-18",
        "Mo 9-17",
    ],
)  # fmt: skip
def test_a_text_that_gives_no_hours_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="Hours of service"):
        parse_hours(text)


def test_the_example_is_understood_and_has_its_minutes() -> None:
    assert weekly_minutes(parse_hours(EXAMPLE)) == 5 * 8 * 60 + 150


def test_holidays_are_days_in_order_each_once() -> None:
    assert parse_holidays("2026-12-26, 2026-12-25;2026-12-26") == (date(2026, 12, 25), date(2026, 12, 26))
    assert parse_holidays(" ") == ()
    with pytest.raises(InvalidInput, match="25/12"):
        parse_holidays("25/12/2026")
