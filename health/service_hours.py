"""Hours of service: the working hours of each weekday and the holidays, as text and as minutes of the day."""

import re
from collections.abc import Sequence
from datetime import date

from health.errors import InvalidInput

AROUND_THE_CLOCK = "around the clock"
EXAMPLE = "Mon-Fri 9-17, Sat 9:30-12"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Window = tuple[int, int, int]
"""A weekday (1 is Monday), and the minutes of the day at which service begins and ends there."""
_DAY = "|".join(WEEKDAYS)
_PART = re.compile(rf"({_DAY})(?:-({_DAY}))? (\d{{1,2}})(?::(\d{{2}}))?-(\d{{1,2}})(?::(\d{{2}}))?", re.IGNORECASE)


def parse_hours(text: str) -> tuple[Window, ...]:
    """The windows of a text such as 'Mon-Fri 9-17, Sat 9:30-12', by weekday and time; none where it is blank: around the clock.

    A weekday may have several windows. Raises InvalidInput.
    """
    windows = sorted(window for part in text.split(",") if part.strip() for window in _windows(part.strip()))
    for earlier, later in zip(windows, windows[1:], strict=False):
        if earlier[0] == later[0] and later[1] < earlier[2]:
            raise InvalidInput(f"Hours of service: {WEEKDAYS[later[0] - 1]} has hours that overlap; give each hour of a day once.")
    return tuple(windows)


def _windows(part: str) -> list[Window]:
    found = _PART.fullmatch(part)
    if not found:
        raise InvalidInput(f"Hours of service: '{part[:60]}' is not understood; write them as in {EXAMPLE}.")
    first, last = (_weekday(day) for day in (found[1], found[2] or found[1]))
    opens, closes = (int(found[hour]) * 60 + int(found[hour + 1] or 0) for hour in (3, 5))
    if last < first or not opens < closes <= 24 * 60 or any(int(found[minute] or 0) > 59 for minute in (4, 6)):
        raise InvalidInput(f"Hours of service: '{part[:60]}' does not end after it begins, within one day and one week.")
    return [(weekday, opens, closes) for weekday in range(first, last + 1)]


def _weekday(name: str) -> int:
    return WEEKDAYS.index(name.capitalize()) + 1


def parse_holidays(text: str) -> tuple[date, ...]:
    """The days of a text such as '2026-12-25, 2026-12-26', in order, each once. Raises InvalidInput."""
    days = set()
    for word in re.split(r"[\s,;]+", text.strip()):
        try:
            days |= {date.fromisoformat(word)} if word else set()
        except ValueError as problem:
            raise InvalidInput(f"Holidays: '{word[:60]}' is not a day; write each as in 2026-12-25.") from problem
    return tuple(sorted(days))


def weekly_minutes(windows: Sequence[Window]) -> int:
    """Minutes of service in a week without holidays."""
    return sum(closes - opens for _, opens, closes in windows)
